"""VK's objects as JSON, shaped by version 5.199 of its schema."""

from __future__ import annotations

from collections.abc import Iterable

from demo.vk.attachments import MAKERS
from demo.vk.board import first_comment, last_comment
from demo.vk.items import Comment, Community, Json, Post, Topic, User
from demo.vk.state import VkTown

INLINED = 10  # replies inside a thread, at most
ATTACHMENT_KINDS = frozenset(MAKERS)
PROFILE_FIELDS = ("sex", "screen_name", "photo_50", "photo_100", "online", "online_info")
GROUP_FIELDS = ("photo_50", "photo_100", "photo_200")


def likes(count: int) -> Json:
    return {"can_like": 1, "count": count, "user_likes": 0}


def post(it: Post, *, is_pinned: bool) -> Json:
    shown: Json = {
        "inner_type": "wall_wallpost",
        "id": it.id,
        "owner_id": it.owner_id,
        "from_id": it.from_id,
        "date": it.date,
        "marked_as_ads": 0,
        "donut": {"is_donut": False},
        "comments": {
            "can_post": 0 if it.is_closed else 1,
            "count": it.comments_count + it.unseen_comments,
            "groups_can_post": True,
        },
        "short_text_rate": 0.8,
        "attachments": it.attachments,
        "is_favorite": False,
        "likes": likes(it.likes) | {"can_publish": 1},
        "post_source": {"type": "vk"},
        "post_type": "post",
        "reposts": {"count": it.reposts, "user_reposted": 0},
        "text": it.text,
        "hash": f"demo{it.id}",
    }
    optional: Json = {
        "views": {"count": it.views} if it.views is not None else None,
        "edited": it.edited or None,
        "is_pinned": 1 if is_pinned else None,
    }
    return shown | {name: value for name, value in optional.items() if value is not None} | it.extra


def cut(text: str, length: int) -> str:
    """`preview_length`: 0 leaves the text whole."""
    return text if not length or len(text) <= length else text[:length].rstrip() + "…"


def comment(it: Comment, *, threads: int | None, need_likes: bool = False, preview: int = 0) -> Json:
    """`threads`: how many replies to inline, oldest first; None leaves the thread out, as inside threads."""
    shown: Json = {"id": it.id, "parents_stack": list(it.parents), "date": it.date}
    if threads is not None and not it.parents:
        inlined = it.replies.page(0, min(threads, INLINED))
        shown["thread"] = {
            "count": it.replies_count,
            "items": [comment(r, threads=None, need_likes=need_likes, preview=preview) for r in inlined],
            "can_post": True,
            "show_reply_button": True,
            "groups_can_post": True,
        }
    if it.is_deleted:
        return shown | {"deleted": True}
    shown |= {"from_id": it.from_id, "text": cut(it.text, preview)}
    shown |= {"post_id": it.post_id, "owner_id": it.owner_id}
    if it.reply_to_user:
        shown |= {"reply_to_user": it.reply_to_user, "reply_to_comment": it.reply_to_comment}
    if it.attachments:
        shown["attachments"] = it.attachments
    if need_likes:
        shown["likes"] = likes(it.likes)
    return shown


def topic(it: Topic, *, preview: int, length: int) -> Json:
    """`preview`: 1 shows the first comment, 2 the last, 3 both, 0 none."""
    last = last_comment(it)
    shown: Json = {
        "id": it.id,
        "title": it.title,
        "created": it.created,
        "created_by": it.created_by,
        "updated": last.date,
        "updated_by": last.from_id,
        "is_closed": int(it.is_closed),
        "is_fixed": int(it.is_fixed),
        "comments": len(it.comments),
    }
    if preview & 1:
        shown["first_comment"] = cut(first_comment(it).text, length)
    if preview & 2:
        shown["last_comment"] = cut(last.text, length)
    return shown


def topic_comment(it: Comment, *, need_likes: bool) -> Json:
    shown: Json = {"id": it.id, "from_id": it.from_id, "date": it.date, "text": it.text}
    if it.attachments:
        shown["attachments"] = it.attachments
    if need_likes:
        shown["likes"] = likes(it.likes)
    return shown


def user(it: User, fields: Iterable[str] = ()) -> Json:
    """A deactivated person keeps hardly more than an id."""
    if it.deactivated:
        name = "DELETED" if it.deactivated == "deleted" else it.first_name
        surname = "" if it.deactivated == "deleted" else it.last_name
        return {"id": it.id, "first_name": name, "last_name": surname, "deactivated": it.deactivated}
    photo = f"https://example.invalid/id{it.id}.jpg"
    known: Json = {
        "sex": it.sex,
        "screen_name": it.handle,
        "domain": it.handle,
        "photo_50": photo,
        "photo_100": photo,
        "photo_200": photo,
        "online": 0,
        "online_info": {"visible": False, "is_online": False, "is_mobile": False, "status": "recently"},
        **it.extra,
    }
    shown: Json = {"id": it.id, "first_name": it.first_name, "last_name": it.last_name}
    shown |= {"can_access_closed": not it.is_closed, "is_closed": it.is_closed}
    return shown | {name: known[name] for name in fields if name in known}


def group(it: Community, fields: Iterable[str] = GROUP_FIELDS) -> Json:
    shown: Json = {"id": it.id, "name": it.name, "screen_name": it.handle}
    shown |= {"is_closed": it.is_closed, "type": it.kind}
    if it.deactivated:
        shown["deactivated"] = it.deactivated
    photo = f"https://example.invalid/club{it.id}.jpg"
    known: Json = dict.fromkeys(GROUP_FIELDS, photo) | it.extra
    return shown | {name: known[name] for name in {*GROUP_FIELDS, *fields} if name in known}


def people(town: VkTown, owner_ids: Iterable[int], fields: Iterable[str]) -> Json:
    """`profiles` and `groups` of an extended answer; each once, strangers left out."""
    found = [town.directory.owner(owner_id) for owner_id in dict.fromkeys(owner_ids)]
    wanted = [*PROFILE_FIELDS, *fields]
    return {
        "profiles": [user(it, wanted) for it in found if isinstance(it, User)],
        "groups": [group(it, fields) for it in found if isinstance(it, Community)],
    }
