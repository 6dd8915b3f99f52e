"""wall.getComments and wall.getComment."""

from __future__ import annotations

from demo.vk import shapes
from demo.vk.errors import VkError, bad_parameter
from demo.vk.items import Comment, Json, Post
from demo.vk.ordered import Ordered
from demo.vk.params import Call
from demo.vk.wall import Wall
from demo.vk.wall_methods import readable_post, readable_wall

PAGE, MOST_COMMENTS = 10, 100
# `smart` (the most interesting first) is nobody's to emulate: we serve it as `asc`.
SORTS = ("asc", "desc", "smart")


def get_comments(call: Call) -> Json:
    """One level of comments under a post: the top one, or with `comment_id` the replies of one thread.

    `count` counts all comments with their replies, `current_level_count` those of the level asked for.
    """
    threads = call.bounded("thread_items_count", 0, 0, shapes.INLINED)
    wall, post = readable_post(call, call.integer("owner_id", call.token.owner_id), call.integer("post_id"))
    if post.is_closed:
        raise VkError(212)
    total, here, level = _level(call, wall, post)
    newest_first = call.choice("sort", SORTS) == "desc"
    offset = call.integer("offset", 0)
    start = _start(call, level, wall.comments, newest_first=newest_first)
    page = level.page(
        (start or 0) + offset, call.capped("count", PAGE, MOST_COMMENTS), newest_first=newest_first
    )
    answer: Json = {
        "count": total,
        "items": [_show(call, it, threads) for it in page],
        "current_level_count": here,
    }
    if start is not None:
        answer["real_offset"] = start + offset
    return answer | _permissions() | _people(call, post, page, threads)


def get_comment(call: Call) -> Json:
    wall = readable_wall(call, call.integer("owner_id", call.token.owner_id))
    it = wall.visible_comment(call.integer("comment_id"))
    if it is None:
        raise VkError(211)
    post = wall.posts[it.post_id]
    if post.is_closed:
        raise VkError(212)
    return {"items": [_show(call, it, 0)]} | _permissions() | _people(call, post, [it], 0)


def _level(call: Call, wall: Wall, post: Post) -> tuple[int, int, Ordered[Comment]]:
    """What `count` and `current_level_count` say, and the comments to page through."""
    comment_id = call.integer("comment_id", 0)
    if not comment_id:
        return post.comments_count + post.unseen_comments, len(post.top), post.top
    top = wall.visible_comment(comment_id)
    if top is None or top.post_id != post.id:
        raise bad_parameter("comment_id is invalid")
    return top.replies_count, top.replies_count, top.replies


def _start(
    call: Call, level: Ordered[Comment], known: dict[int, Comment], *, newest_first: bool
) -> int | None:
    """The place of `start_comment_id`; of one that was deleted meanwhile, where it would stand."""
    comment_id = call.integer("start_comment_id", 0)
    if not comment_id:
        return None
    if comment_id not in known:
        raise bad_parameter("start_comment_id is invalid")
    return level.place(known[comment_id].key, newest_first=newest_first)


def _show(call: Call, it: Comment, threads: int) -> Json:
    preview = call.bounded("preview_length", 0, 0, 2**31)
    return shapes.comment(it, threads=threads, need_likes=call.flag("need_likes"), preview=preview)


def _permissions() -> Json:
    return {"can_post": True, "show_reply_button": True, "groups_can_post": True}


def _people(call: Call, post: Post, page: list[Comment], threads: int) -> Json:
    if not call.flag("extended"):
        return {}
    shown = [reply for top in page for reply in (top, *top.replies.page(0, threads))]
    ids = [
        post.from_id,
        *(owner for it in shown if not it.is_deleted for owner in (it.from_id, it.reply_to_user)),
    ]
    return shapes.people(call.town, ids, call.listed("fields")) | {"post_author_id": post.from_id}
