"""Bring a saved answer of the real wall.getComments to life as a post with its comments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from demo.vk.items import Comment, Json

if TYPE_CHECKING:
    from demo.vk.state import VkTown

MENTION = re.compile(r"\[(id|club|public)(\d+)\|([^\]]*)\]")


def load_thread_response(town: VkTown, body: Json, *, keep_counts: bool = False) -> tuple[int, int]:
    """Add what the file holds, with its own ids and dates; returns (owner_id, post_id).

    Only what is in the file can be served: of a thread longer than was inlined, the part. Counts are of that
    part too; `keep_counts` repeats the file's instead, so that a reader meets a count it cannot reach.
    The post itself is made up, a day older than the first comment, unless the town has it already.
    Without `keep_counts`, placeholders that have no reply in the file are left out: nothing keeps them alive.
    """
    response: Json = body["response"]
    top = [item for item in response["items"] if not item.get("parents_stack")]
    first = next(item for item in top if "owner_id" in item)
    owner_id, post_id = int(first["owner_id"]), int(first["post_id"])
    _add_people(town, response)
    if post_id not in town.wall(owner_id).posts:
        oldest = min(_at(item) for item in top)
        town.add_post(owner_id, owner_id, "", oldest - timedelta(days=1), id=post_id)
    for item in top:
        _add_thread(town, owner_id, post_id, item, keep_counts=keep_counts)
    if keep_counts:
        # Some saved answers have the two counts the other way round: the larger counts all.
        total = max(response["count"], response.get("current_level_count", 0))
        town.wall(owner_id).posts[post_id].unseen_comments = total - sum(1 for _ in _all_items(top))
    return owner_id, post_id


def _all_items(top: Iterable[Json]) -> Iterator[Json]:
    for item in top:
        yield item
        yield from item.get("thread", {}).get("items", [])


def _at(item: Json) -> datetime:
    return datetime.fromtimestamp(item["date"], UTC)


def _add_thread(town: VkTown, owner_id: int, post_id: int, item: Json, *, keep_counts: bool) -> None:
    replies = item.get("thread", {}).get("items", [])
    if item.get("deleted") and not replies and not keep_counts:
        return
    top = _add(town, owner_id, post_id, item)
    for reply in replies:
        _add(town, owner_id, post_id, reply)
    if keep_counts:
        top.unseen_replies = item["thread"]["count"] - len(replies)
    if item.get("deleted"):
        town.delete_comment(owner_id, top.id, _at(replies[0]) if replies else _at(item))


def _add(town: VkTown, owner_id: int, post_id: int, item: Json) -> Comment:
    """Replies keep their own reply_to_*: the comment they answer may not be in the file."""
    parents = tuple(item.get("parents_stack", ()))
    comment_id = town.add_comment(
        owner_id,
        post_id,
        item.get("from_id", owner_id),
        item.get("text", ""),
        _at(item),
        id=item["id"],
        reply_to=parents[0] if parents else None,
        attachments=item.get("attachments", ()),
        likes=item.get("likes", {}).get("count", 0),
    )
    comment = town.wall(owner_id).comments[comment_id]
    comment.reply_to_user = item.get("reply_to_user", comment.reply_to_user)
    comment.reply_to_comment = item.get("reply_to_comment", comment.reply_to_comment)
    return comment


def _add_people(town: VkTown, response: Json) -> None:
    """Everyone who speaks gets a name: from the profiles, else from a mention, else a made-up one."""
    for user in response.get("profiles", ()):
        town.add_user(user["id"], user.get("first_name", ""), user.get("last_name", ""))
    for group in response.get("groups", ()):
        town.add_community(group["id"], group.get("name", ""))
    items = list(_all_items(response["items"]))
    named: dict[int, str] = {}
    for item in items:
        for kind, number, name in MENTION.findall(item.get("text", "")):
            named[int(number) * (1 if kind == "id" else -1)] = name
    for owner_id in {item["from_id"] for item in items if "from_id" in item} | set(named):
        if town.directory.owner(owner_id) is not None:
            continue
        if owner_id > 0:
            town.add_user(owner_id, named.get(owner_id, f"Пользователь {owner_id}"))
        else:
            town.add_community(-owner_id, named.get(owner_id, f"Сообщество {-owner_id}"))
