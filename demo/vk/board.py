"""One community's discussions: topics with flat comments."""

from __future__ import annotations

from demo.vk.items import Comment, Topic

# `order` of board.getTopics: which time to sort by, and whether the newest goes first.
BY_UPDATED, BY_CREATED = 1, 2


class Board:
    def __init__(self, group_id: int) -> None:
        self.group_id = group_id
        self.topics: dict[int, Topic] = {}
        self.comments: dict[int, Comment] = {}
        self._last_id = 0

    def new_id(self) -> int:
        """Topics and comments share one row of ids."""
        self._last_id += 1
        return self._last_id

    def visible_topic(self, topic_id: int) -> Topic | None:
        topic = self.topics.get(topic_id)
        return topic if topic is not None and topic.is_visible else None

    def in_order(self, order: int, ids: set[int]) -> list[Topic]:
        """Fixed topics always first; `ids` empty means all. Sorts afresh: a board has few topics."""
        topics = [t for t in self.topics.values() if t.is_visible and (not ids or t.id in ids)]
        sign = -1 if order > 0 else 1

        def place(topic: Topic) -> tuple[bool, int]:
            at = topic.created if abs(order) == BY_CREATED else last_comment(topic).date
            return not topic.is_fixed, sign * at

        return sorted(topics, key=place)

    def add_comment(self, comment: Comment) -> None:
        comment.is_visible = True
        self.topics[comment.post_id].comments.add(comment)

    def remove_comment(self, comment: Comment) -> None:
        if comment.is_visible:
            comment.is_visible = False
            topic = self.topics[comment.post_id]
            topic.comments.discard(comment)
            # A topic without comments does not exist in VK.
            topic.is_visible = topic.is_visible and len(topic.comments) > 0


def first_comment(topic: Topic) -> Comment:
    return topic.comments.at(0)


def last_comment(topic: Topic) -> Comment:
    return topic.comments.at(0, newest_first=True)
