"""Storing what a crawl or an import brought in: posts with versions, threads, looks, deletions.

Every function takes the connection; the caller owns the transaction. All are safe to repeat.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Jsonb

from db.raw import without_ids
from db.sql import queries
from domain.errors import BadInput
from domain.posts import CrawledPost

#: A longer text is no post; VK's own bound is 16,384 characters.
MAX_TEXT = 100_000
#: Ids stand in unique indexes, whose rows PostgreSQL bounds at about 2,700 bytes.
MAX_ID = 300
#: Far beyond any payload that passed a parser's trimming.
MAX_RAW = 1_000_000

_SQL = queries("posts")

HashId = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Saved:
    """What a batch did. `touched`: facts beside the wording changed (official, answered, a date)."""

    new: int = 0
    edited: int = 0
    unchanged: int = 0
    touched: int = 0
    gone: int = 0
    restored: int = 0
    rejected: int = 0

    def __add__(self, other: "Saved") -> "Saved":
        return Saved(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class ThreadLook:
    """What earlier looks know of a thread; `is_open`: a conversation in it is not closed."""

    root: str
    checked_at: datetime | None
    reported_count: int | None
    shortage: int
    is_open: bool
    last_post_at: datetime | None


def save(
    conn: Connection,
    source_id: int,
    posts: Sequence[CrawledPost],
    *,
    seen_at: datetime,
    hash_id: HashId,
    crawl_id: int | None = None,
) -> Saved:
    """Store a batch; of a post that stands in it twice the last counts.

    Account ids are hashed on the way in, also inside raw payloads. A post that cannot be stored goes to
    `rejected_item` with the reason, the others are stored. Raises BadInput for a source that does not exist.
    """
    if conn.execute(_SQL["lock_source"], {"source_id": source_id}).fetchone() is None:
        raise BadInput(f"there is no source {source_id}")
    conn.execute(_SQL["create_staging"])
    batch = _Batch(conn, source_id, seen_at, hash_id, crawl_id)
    good: dict[str, CrawledPost] = {}
    saved = Saved()
    for post in posts:
        if reason := why_not(post):
            saved += batch.reject(post, reason)
        else:
            good[post.external_id] = post
    return saved + batch.save(list(good.values()))


@dataclass(frozen=True, slots=True)
class _Batch:
    conn: Connection
    source_id: int
    seen_at: datetime
    hash_id: HashId
    crawl_id: int | None

    def save(self, posts: Sequence[CrawledPost]) -> Saved:
        """Store all, or halve until the ones the server refuses are found."""
        if not posts:
            return Saved()
        try:
            with self.conn.transaction():
                return self._store(posts)
        except (
            psycopg.DataError,
            psycopg.IntegrityError,
            psycopg.errors.ProgramLimitExceeded,
            UnicodeError,
        ) as error:
            if len(posts) == 1:
                return self.reject(posts[0], f"the database refused it: {type(error).__name__}")
            half = len(posts) // 2
            return self.save(posts[:half]) + self.save(posts[half:])

    def _store(self, posts: Sequence[CrawledPost]) -> Saved:
        facts = {"source_id": self.source_id, "seen_at": self.seen_at}
        self.conn.execute(_SQL["empty_staging"])
        with self.conn.cursor() as cur, cur.copy(_SQL["copy_staging"]) as copy:
            for post in posts:
                copy.write_row(_row(post, self.hash_id))
        self.conn.execute(_SQL["analyze_staging"])
        for step in ("recognise_official", "judge_staging", "create_threads", "keep_versions", "insert_new"):
            self.conn.execute(_SQL[step], facts)
        for step in ("update_known", "save_payloads", "bump_threads"):
            self.conn.execute(_SQL[step], facts)
        counts: dict[str, int] = dict(self.conn.execute(_SQL["count_changes"]).fetchall())
        return Saved(**counts)

    def reject(self, post: CrawledPost, reason: str) -> Saved:
        self.conn.execute(
            _SQL["reject"],
            {
                "crawl_id": self.crawl_id,
                "source_id": self.source_id,
                "external_id": _printable(post.external_id),
                "reason": reason,
                "at": self.seen_at,
            },
        )
        return Saved(rejected=1)


def why_not(post: CrawledPost) -> str | None:
    """Why a post cannot be stored as it is, in words; None when it can."""
    if not post.external_id:
        return "it has no id"
    ids = (post.external_id, post.thread_id, post.parent_id, post.reply_to, post.author_id)
    if any(len(name) > MAX_ID for name in ids if name):
        return f"an id is longer than {MAX_ID} characters"
    if len(post.text) > MAX_TEXT:
        return f"the text is longer than {MAX_TEXT} characters"
    if post.rating is not None and not 1 <= post.rating <= 5:
        return f"the rating {post.rating} is not between 1 and 5"
    if any(at is not None and at.tzinfo is None for at in (post.published_at, post.edited_at)):
        return "a time has no zone"
    texts = (*ids, post.author, post.text, post.url, *post.attachments, _raw_text(post))
    return next((reason for text in texts if text and (reason := _unstorable(text))), None)


def _unstorable(text: str) -> str | None:
    if "\x00" in text:
        return "it holds a NUL character"
    if not text.isascii() and not _encodes(text):
        return "it holds half of a surrogate pair"
    return None


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _raw_text(post: CrawledPost) -> str:
    """The payload as it would be stored; something unstorable when it cannot be written as JSON."""
    try:
        text = json.dumps(post.raw, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return "\x00"
    return "\x00" if len(text) > MAX_RAW or "\\u0000" in text else text


def _row(post: CrawledPost, hash_id: HashId) -> tuple[Any, ...]:  # Any: a row of a COPY
    return (
        post.external_id,
        post.thread_id,
        post.kind.value,
        post.parent_id,
        post.reply_to,
        hash_id(post.author_id) if post.author_id else None,
        post.author,
        post.is_official,
        post.rating,
        post.answered,
        post.text,
        post.published_at,
        post.edited_at,
        post.deleted,
        list(post.attachments),
        post.url,
        Jsonb(without_ids(post.raw, hash_id)) if post.raw else None,
    )


def _printable(name: str) -> str:
    return name.replace("\x00", "").encode(errors="replace").decode()[:MAX_ID]


def check_threads(conn: Connection, source_id: int, root_ids: Sequence[str], checked_at: datetime) -> None:
    """Record a look that could have shown every reply of these threads. Never moves back."""
    facts = {"source_id": source_id, "roots": list(root_ids), "checked_at": checked_at}
    conn.execute(_SQL["check_threads"], facts)


def mark_gone(conn: Connection, source_id: int, root: str, seen: Sequence[str], at: datetime) -> int:
    """After a complete look at a thread: how many of its posts are now known to be gone.

    What the look missed for the first time is only noted; what an earlier complete look missed too is gone.
    The root itself is left alone: a list of comments does not tell of it.
    """
    facts = {"source_id": source_id, "root": root, "seen": list(seen), "at": at}
    gone = _count(conn, "conclude_missing", facts)
    conn.execute(_SQL["note_missing"], facts)
    return gone


def mark_posts_gone(conn: Connection, source_id: int, external_ids: Sequence[str], at: datetime) -> int:
    """Record what the source itself says is deleted; how many were not known to be."""
    return _count(conn, "mark_posts_gone", {"source_id": source_id, "ids": list(external_ids), "at": at})


def _count(conn: Connection, name: str, facts: dict[str, Any]) -> int:  # Any: parameters
    with conn.cursor(row_factory=scalar_row) as cur:
        return int(cur.execute(_SQL[name], facts).fetchone() or 0)


def reject(
    conn: Connection,
    source_id: int,
    external_id: str | None,
    reason: str,
    *,
    at: datetime,
    crawl_id: int | None,
) -> None:
    """Note an item that a parser had to leave out."""
    facts = {"source_id": source_id, "external_id": external_id, "reason": reason, "at": at}
    conn.execute(_SQL["reject"], facts | {"crawl_id": crawl_id})


def note_look(conn: Connection, source_id: int, root: str, *, reported: int | None, shortage: int) -> None:
    """Remember how many comments the source reported before the thread was read to the end, and how many
    of them could not be seen. None: whatever it reported, the next run shall read again."""
    facts = {"source_id": source_id, "root": root, "reported": reported, "shortage": shortage}
    conn.execute(_SQL["note_look"], facts)


def thread_looks(conn: Connection, source_id: int, roots: Sequence[str]) -> dict[str, ThreadLook]:
    """By root; a thread never stored is not in it."""
    with conn.cursor(row_factory=class_row(ThreadLook)) as cur:
        rows = cur.execute(_SQL["thread_looks"], {"source_id": source_id, "roots": list(roots)})
        return {look.root: look for look in rows}


def threads_to_watch(
    conn: Connection, source_id: int, *, recent_since: datetime, limit: int, turn: int = -1, turns: int = 1
) -> list[str]:
    """Roots worth another look: somebody waits in them, or their last post is recent; open ones first.

    Of the quiet ones every `turns`-th comes along: all of them in the course of that many calls.
    """
    facts = {"source_id": source_id, "recent_since": recent_since, "limit": limit}
    facts |= {"turn": turn, "turns": turns}
    with conn.cursor(row_factory=scalar_row) as cur:
        return cur.execute(_SQL["threads_to_watch"], facts).fetchall()
