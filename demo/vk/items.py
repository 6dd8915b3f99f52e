"""What lives in VK: people, communities, posts, comments, topics. Plain records; the rules are elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from demo.vk.ordered import Key, Ordered

Json = dict[str, Any]  # Any: VK's objects as they go over the wire


def unix(at: datetime) -> int:
    """Whole seconds, as VK's `date`. Raises ValueError for a naive time."""
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone")
    return int(at.timestamp())


@dataclass
class User:
    id: int
    first_name: str
    last_name: str = ""
    screen_name: str = ""
    sex: int = 0
    is_closed: bool = False
    deactivated: str = ""  #: "", "deleted" or "banned"
    extra: Json = field(default_factory=dict)  #: further fields, shown to whoever asks for them by name

    @property
    def handle(self) -> str:
        return self.screen_name or f"id{self.id}"


@dataclass
class Community:
    id: int  #: positive; its wall's owner_id is the negative of it
    name: str
    screen_name: str = ""
    kind: str = "page"  #: page, group or event
    is_closed: int = 0  #: 0 open, 1 closed, 2 private
    deactivated: str = ""  #: "", "deleted" or "banned"
    is_wall_disabled: bool = False
    extra: Json = field(default_factory=dict)

    @property
    def handle(self) -> str:
        return self.screen_name or f"club{self.id}"


@dataclass
class Comment:
    """A comment under a post (`parents` is [] or [top]) or in a topic."""

    id: int
    owner_id: int
    post_id: int
    from_id: int
    date: int
    text: str
    attachments: list[Json] = field(default_factory=list)
    likes: int = 0
    parents: tuple[int, ...] = ()
    reply_to_user: int = 0
    reply_to_comment: int = 0
    is_visible: bool = False
    is_deleted: bool = False
    replies: Ordered[Comment] = field(default_factory=Ordered)
    unseen_replies: int = 0  #: counted by VK but never served, as in saved answers that hold a part

    @property
    def key(self) -> Key:
        return self.date, self.id

    @property
    def replies_count(self) -> int:
        return len(self.replies) + self.unseen_replies


@dataclass
class Post:
    id: int
    owner_id: int
    from_id: int
    date: int
    text: str
    attachments: list[Json] = field(default_factory=list)
    likes: int = 0
    reposts: int = 0
    views: int | None = None  #: None: VK leaves the field out, as on old posts
    is_hidden: bool = False  #: counted in `count` and `offset`, but never shown: pages come out short
    is_closed: bool = False  #: comments are closed
    edited: int = 0
    is_visible: bool = False
    extra: Json = field(
        default_factory=dict
    )  #: laid over the answer: signer_id, copy_history, marked_as_ads …
    top: Ordered[Comment] = field(default_factory=Ordered)
    comments_count: int = 0  #: visible comments with replies and placeholders
    unseen_comments: int = 0  #: counted by VK but never served

    @property
    def key(self) -> Key:
        return self.date, self.id


@dataclass
class Topic:
    id: int
    group_id: int
    title: str
    created: int
    created_by: int
    is_closed: bool = False
    is_fixed: bool = False
    is_visible: bool = False
    comments: Ordered[Comment] = field(default_factory=Ordered)
