"""board.getTopics and board.getComments."""

from __future__ import annotations

from demo.vk import shapes
from demo.vk.board import BY_UPDATED, Board
from demo.vk.errors import VkError, bad_parameter
from demo.vk.items import Comment, Json
from demo.vk.params import Call

TOPICS, COMMENTS, MOST = 40, 20, 100
PREVIEW_LENGTH = 90
ORDERS = {"1": 1, "2": 2, "-1": -1, "-2": -2, "0": BY_UPDATED}


def _board(call: Call) -> Board:
    group_id = call.bounded("group_id", 0, 1, 2**31)
    community = call.town.directory.communities.get(group_id)
    if community is None:
        raise VkError(125)
    if community.deactivated or community.is_closed:
        raise VkError(15)
    return call.town.board(group_id)


def get_topics(call: Call) -> Json:
    board = _board(call)
    if call.text("order", "0") not in ORDERS:
        raise bad_parameter("order is invalid")
    ids = {int(part) for part in call.listed("topic_ids") if part.isdecimal()}
    topics = board.in_order(ORDERS[call.text("order", "0")], ids)
    offset, count = call.bounded("offset", 0, 0, 2**31), call.bounded("count", TOPICS, 0, MOST)
    page = topics[offset : offset + count]
    preview = call.bounded("preview", 0, 0, 3)
    length = call.bounded("preview_length", PREVIEW_LENGTH, 0, 2**31)
    answer: Json = {
        "count": len(topics),
        "items": [shapes.topic(it, preview=preview, length=length) for it in page],
        "default_order": BY_UPDATED,
        "can_add_topics": 0,
    }
    return answer | _people(call, [it.created_by for it in page])


def get_comments(call: Call) -> Json:
    """A topic's comments, the topic's own text being the first. Flat: replies are marked in the text only."""
    board = _board(call)
    topic = board.visible_topic(call.integer("topic_id"))
    if topic is None:
        raise bad_parameter("topic_id is invalid")
    newest_first = call.choice("sort", ("asc", "desc")) == "desc"
    offset, start = call.integer("offset", 0), _start(call, board)
    place = topic.comments.place(start.key, newest_first=newest_first) if start else 0
    page = topic.comments.page(
        place + offset, call.bounded("count", COMMENTS, 0, MOST), newest_first=newest_first
    )
    need_likes = call.flag("need_likes")
    answer: Json = {
        "count": len(topic.comments),
        "items": [shapes.topic_comment(it, need_likes=need_likes) for it in page],
    }
    if start:
        answer["real_offset"] = place + offset
    return answer | _people(call, [it.from_id for it in page])


def _start(call: Call, board: Board) -> Comment | None:
    comment_id = call.integer("start_comment_id", 0)
    if comment_id and comment_id not in board.comments:
        raise bad_parameter("start_comment_id is invalid")
    return board.comments.get(comment_id)


def _people(call: Call, owner_ids: list[int]) -> Json:
    return shapes.people(call.town, owner_ids, ()) if call.flag("extended") else {}
