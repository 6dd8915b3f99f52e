"""The town's VK: what the story and tests say to it, and what the API's methods may see of it."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any

from demo.vk.attachments import build
from demo.vk.board import Board
from demo.vk.directory import Directory
from demo.vk.faults import Faults
from demo.vk.items import Comment, Community, Json, Post, Topic, User, unix
from demo.vk.limits import Limits, Meter, Token, TokenKind
from demo.vk.saved import load_thread_response
from demo.vk.search import SearchIndex
from demo.vk.timeline import Timeline
from demo.vk.wall import Wall

LOG_LENGTH = 1000


class VkTown:
    """All of it in memory, safe to change from one thread while another serves it.

    `at` is an aware time and defaults to `now()`. What lies in the future stays unseen until `now()` gets
    there; so a story is told in advance, edits and deletions included. Tell it in order of time: ids are
    given in the order of the calls, and in VK they grow with time. `**changes` are `Any` because they go
    straight to a record's constructor, which checks their names.
    """

    def __init__(
        self, now: Callable[[], datetime], *, limits: Limits | None = None, faults: Faults | None = None
    ) -> None:
        self.now = now
        self.lock = threading.RLock()  #: hold it to make several changes appear as one
        self.directory = Directory()
        self.faults = faults or Faults()
        self.meter = Meter(limits or Limits())
        self.calls: Counter[tuple[str, str]] = Counter()  #: (method, token) -> calls, refused ones too
        self.requests: deque[tuple[str, dict[str, str]]] = deque(
            maxlen=LOG_LENGTH
        )  #: the last, without tokens
        self.index = SearchIndex()
        self.guids: dict[tuple[str, int, int, str], int] = {}  #: (token, owner, post, guid) -> comment
        self._tokens: dict[str, Token] = {}
        self._walls: dict[int, Wall] = {}
        self._boards: dict[int, Board] = {}
        self._timeline = Timeline()

    # People, communities, tokens

    def add_user(self, user_id: int, first_name: str, last_name: str = "", **changes: Any) -> int:
        """`changes` are further fields of `items.User`. Replaces a user of the same id."""
        with self.lock:
            return self.directory.add(User(user_id, first_name, last_name, **changes))

    def add_community(self, group_id: int, name: str, **changes: Any) -> int:
        """Returns the owner_id, which is `-group_id`. `changes` are further fields of `items.Community`."""
        with self.lock:
            return self.directory.add(Community(group_id, name, **changes))

    def add_token(
        self, secret: str, kind: TokenKind, *, owner_id: int = 0, admin_of: Iterable[int] = ()
    ) -> Token:
        with self.lock:
            token = self._tokens[secret] = Token(secret, kind, owner_id, frozenset(admin_of))
            return token

    def revoke_token(self, secret: str) -> None:
        """From now on its calls meet error 5."""
        with self.lock:
            self._tokens.pop(secret, None)

    # The wall

    def add_post(
        self,
        owner_id: int,
        from_id: int,
        text: str,
        at: datetime | None = None,
        *,
        id: int | None = None,
        attachments: Iterable[str | Json] = (),
        **changes: Any,
    ) -> int:
        """Returns the id. `attachments`: kinds (`photo` …) or ready objects; `changes`: `items.Post`."""
        with self.lock:
            when = at or self.now()
            wall, date = self.wall(owner_id), unix(when)
            post = Post(wall.new_id(id), owner_id, from_id, date, text, **changes)
            post.attachments = build(attachments, owner_id=from_id, item_id=post.id, date=date)
            wall.posts[post.id] = post
            self._timeline.add(when, partial(wall.publish, post))
            return post.id

    def edit_post(self, owner_id: int, post_id: int, text: str, at: datetime | None = None) -> None:
        with self.lock:
            when, wall = at or self.now(), self.wall(owner_id)
            self._timeline.add(when, partial(wall.edit_post, wall.posts[post_id], text, unix(when)))

    def delete_post(self, owner_id: int, post_id: int, at: datetime | None = None) -> None:
        with self.lock:
            wall = self.wall(owner_id)
            self._timeline.add(at or self.now(), partial(wall.remove_post, wall.posts[post_id]))

    def pin_post(self, owner_id: int, post_id: int | None, at: datetime | None = None) -> None:
        """Pin it in place of whatever was pinned; None unpins."""
        with self.lock:
            wall = self.wall(owner_id)
            post = None if post_id is None else wall.posts[post_id]
            self._timeline.add(at or self.now(), partial(wall.pin, post))

    def add_comment(
        self,
        owner_id: int,
        post_id: int,
        from_id: int,
        text: str,
        at: datetime | None = None,
        *,
        reply_to: int | None = None,
        id: int | None = None,
        attachments: Iterable[str | Json] = (),
        **changes: Any,
    ) -> int:
        """Returns the comment's id. A reply to a reply lands in the same thread: VK has two levels only.

        Raises ValueError for a comment earlier than what it answers, KeyError for an unknown post or comment.
        """
        with self.lock:
            when, wall = at or self.now(), self.wall(owner_id)
            date, said_to = unix(when), wall.comments[reply_to] if reply_to is not None else None
            if date < (said_to or wall.posts[post_id]).date or (said_to and said_to.post_id != post_id):
                raise ValueError(f"the comment at {when} cannot answer what it answers")
            comment = Comment(wall.new_id(id), owner_id, post_id, from_id, date, text, **changes)
            comment.attachments = build(attachments, owner_id=from_id, item_id=comment.id, date=date)
            if said_to:
                comment.parents = said_to.parents or (said_to.id,)
                comment.reply_to_user, comment.reply_to_comment = said_to.from_id, said_to.id
            wall.comments[comment.id] = comment
            self._timeline.add(when, partial(wall.add_comment, comment))
            return comment.id

    def edit_comment(self, owner_id: int, comment_id: int, text: str, at: datetime | None = None) -> None:
        """VK does not mark edited comments: only the text differs."""
        with self.lock:
            comment = self.wall(owner_id).comments[comment_id]
            self._timeline.add(at or self.now(), partial(setattr, comment, "text", text))

    def delete_comment(self, owner_id: int, comment_id: int, at: datetime | None = None) -> None:
        with self.lock:
            wall = self.wall(owner_id)
            self._timeline.add(at or self.now(), partial(wall.remove_comment, wall.comments[comment_id]))

    def load_thread_response(self, body: Json, *, keep_counts: bool = False) -> tuple[int, int]:
        """Load a saved wall.getComments answer; returns (owner_id, post_id). More in `saved`."""
        with self.lock:
            return load_thread_response(self, body, keep_counts=keep_counts)

    # Discussions

    def add_topic(
        self, group_id: int, title: str, from_id: int, text: str, at: datetime | None = None, **changes: Any
    ) -> int:
        """A topic with its first comment; returns the topic's id. `changes` are fields of `items.Topic`."""
        with self.lock:
            when, board = at or self.now(), self.board(group_id)
            topic = Topic(board.new_id(), group_id, title, unix(when), from_id, **changes)
            board.topics[topic.id] = topic
            self.add_topic_comment(group_id, topic.id, from_id, text, when)
            self._timeline.add(when, partial(setattr, topic, "is_visible", True))
            return topic.id

    def add_topic_comment(
        self,
        group_id: int,
        topic_id: int,
        from_id: int,
        text: str,
        at: datetime | None = None,
        *,
        attachments: Iterable[str | Json] = (),
        **changes: Any,
    ) -> int:
        with self.lock:
            when, board = at or self.now(), self.board(group_id)
            date = unix(when)
            if date < board.topics[topic_id].created:
                raise ValueError(f"the comment at {when} is older than its topic")
            comment = Comment(board.new_id(), -group_id, topic_id, from_id, date, text, **changes)
            comment.attachments = build(attachments, owner_id=from_id, item_id=comment.id, date=date)
            board.comments[comment.id] = comment
            self._timeline.add(when, partial(board.add_comment, comment))
            return comment.id

    def edit_topic_comment(
        self, group_id: int, comment_id: int, text: str, at: datetime | None = None
    ) -> None:
        with self.lock:
            comment = self.board(group_id).comments[comment_id]
            self._timeline.add(at or self.now(), partial(setattr, comment, "text", text))

    def delete_topic_comment(self, group_id: int, comment_id: int, at: datetime | None = None) -> None:
        """With its last comment a topic goes too."""
        with self.lock:
            board = self.board(group_id)
            self._timeline.add(at or self.now(), partial(board.remove_comment, board.comments[comment_id]))

    # What the server asks

    def settle(self) -> None:
        """Make happen all that is due; every call does it first."""
        self._timeline.settle(self.now())

    def note_call(self, method: str, secret: str, params: dict[str, str]) -> None:
        with self.lock:
            self.calls[method, secret] += 1
            self.requests.append((method, params))

    def token(self, secret: str) -> Token | None:
        return self._tokens.get(secret)

    def wall(self, owner_id: int) -> Wall:
        if owner_id not in self._walls:
            self._walls[owner_id] = Wall(owner_id, self.index)
        return self._walls[owner_id]

    def board(self, group_id: int) -> Board:
        if group_id not in self._boards:
            self._boards[group_id] = Board(group_id)
        return self._boards[group_id]

    def calls_of(self, method: str, token: str | None = None) -> int:
        """How often the method was called, by one token or by all."""
        with self.lock:
            if token is not None:
                return self.calls[method, token]
            return sum(n for (name, _), n in self.calls.items() if name == method)
