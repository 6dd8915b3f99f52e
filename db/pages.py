"""What the web pages read: the queue a page at a time, its counts, one conversation with its whole history.

Reads, but for one lock. Works on millions of posts: every list is bounded and goes along an index. Lists are
planned anew each time: the best way depends on the source and the tab asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from psycopg import Connection, sql
from psycopg.rows import class_row, tuple_row

from db.sql import queries

_SQL = queries("pages")

#: Counts stop here: a page says "more than that" instead of reading a whole history.
COUNT_LIMIT = 10_000


class Tab(StrEnum):
    #: somebody waits for us, and the source is looked at
    LIVE = "live"
    #: we said until when more will come
    PROMISED = "promised"
    #: nobody could ever look whether there is an answer: imports, mostly
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruler:
    """Deadlines for a grid of starts, so that SQL can tell the state of any clock by looking it up.

    `warn` and `due` have a row for each calendar and a column for each mark of `grid` (ascending). A wait is
    measured as if it had begun at the next mark after its start: never late too early.
    """

    now: datetime
    appeals: tuple[str, ...]
    grid: Sequence[datetime]
    warn: Sequence[Sequence[datetime]]
    due: Sequence[Sequence[datetime]]
    #: sources that follow another calendar than the first, and the number of theirs (from 1)
    calendars: dict[int, int]


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page; the next one begins after it."""

    at: datetime
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """A conversation with the word that waits. Times None: the source does not tell, or nobody looked."""

    id: int
    source_id: int
    source_name: str
    source_kind: str
    needs_person: str | None
    appeal: str
    state: str
    author: str | None
    text: str | None
    attachments: list[str] | None
    rating: int | None
    url: str | None
    gone_at: datetime | None
    waiting_since: datetime | None
    waiting_seen_at: datetime
    first_answer_at: datetime | None
    promised_until: datetime | None
    checked_at: datetime | None
    is_checkable: bool
    #: other customers who said "me too"
    voices: int
    place_at: datetime
    alert_id: int | None
    alert_state: str | None
    taken_by: str | None
    snoozed_until: datetime | None


@dataclass(frozen=True, slots=True)
class SourceName:
    id: int
    name: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRow:
    id: int
    source_id: int
    source_name: str
    source_kind: str
    needs_person: str | None
    customer: str
    appeal: str
    state: str
    turn: str
    opened_at: datetime | None
    first_seen_at: datetime
    first_answer_at: datetime | None
    waiting_since: datetime | None
    waiting_post_id: int | None
    waiting_seen_at: datetime
    promised_until: datetime | None
    post_ids: list[int]
    opening_post_id: int
    checked_at: datetime | None
    is_checkable: bool
    voices: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRow:
    """`is_part` False: the post on top of the thread, shown for context. JSON as the query builds it."""

    id: int
    external_id: str
    author_key: str | None
    author: str | None
    is_official: bool
    rating: int | None
    text: str
    version: int
    published_at: datetime | None
    edited_at: datetime | None
    first_seen_at: datetime
    gone_at: datetime | None
    attachments: list[str]
    url: str | None
    is_part: bool
    versions: list[dict[str, Any]]
    verdicts: list[dict[str, Any]]
    correction: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class AlertRow:
    id: int
    kind: str
    state: str
    level: str
    opened_at: datetime
    taken_by: str | None
    snoozed_until: datetime | None
    resolved_at: datetime | None
    resolved_by: str | None
    resolved_because: str | None


@dataclass(frozen=True, slots=True)
class ActionRow:
    verb: str
    by: str
    via: str
    at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class MessageRow:
    channel: str
    reason: str
    at: datetime


_STARTED = sql.SQL("coalesce(c.waiting_since, c.first_seen_at)")
_WHICH = {
    Tab.LIVE: sql.SQL("c.state = 'waiting_us' AND c.is_checked"),
    Tab.UNCHECKED: sql.SQL("c.state = 'waiting_us' AND NOT c.is_checked"),
    Tab.PROMISED: sql.SQL("c.state = 'promised'"),
}
_PLACE = {
    Tab.LIVE: _STARTED,
    Tab.UNCHECKED: _STARTED,
    Tab.PROMISED: sql.SQL("coalesce(c.promised_until, c.first_seen_at)"),
}
_NOTHING = sql.SQL("")
_MARK = sql.SQL("(width_bucket({}, %(grid)s::timestamptz[]) + 1)").format(_STARTED)
_CALENDAR = sql.SQL(
    "coalesce((%(calendars)s::int[])[array_position(%(calendar_sources)s::bigint[], c.source_id)], 1)"
)
_CLOCK = sql.SQL(_SQL["clock"]).format(calendar=_CALENDAR, mark=_MARK)


def queue(
    conn: Connection,
    tab: Tab,
    ruler: Ruler,
    *,
    limit: int,
    after: Cursor | None = None,
    source_id: int | None = None,
    clock: str | None = None,
) -> list[QueueRow]:
    """A page of the queue, longest wait (or earliest promise) first; `clock` keeps one state of the clock."""
    after_it = sql.SQL("AND ({}, c.id) > (%(after_at)s, %(after_id)s)").format(_PLACE[tab])
    query = sql.SQL(_SQL["queue"]).format(
        which=_WHICH[tab],
        place=_PLACE[tab],
        of_source=_of_source(source_id),
        after=after_it if after else _NOTHING,
        with_clock=sql.SQL("AND {} = %(clock)s").format(_CLOCK) if clock else _NOTHING,
    )
    facts: dict[str, Any] = {"limit": limit, "source_id": source_id, "clock": clock}
    if after:
        facts |= {"after_at": after.at, "after_id": after.id}
    with conn.cursor(row_factory=class_row(QueueRow)) as cur:
        return cur.execute(query, facts | _marks(ruler), prepare=False).fetchall()


def clock_counts(conn: Connection, ruler: Ruler, *, source_id: int | None = None) -> dict[str, int]:
    """Live conversations by the state of their clock; all together at most COUNT_LIMIT + 1."""
    query = sql.SQL(_SQL["clock_counts"]).format(
        clock=_CLOCK, which=_WHICH[Tab.LIVE], place=_PLACE[Tab.LIVE], of_source=_of_source(source_id)
    )
    facts = {"limit": COUNT_LIMIT + 1, "source_id": source_id}
    with conn.cursor(row_factory=tuple_row) as cur:
        return dict(cur.execute(query, facts | _marks(ruler), prepare=False).fetchall())


def count(conn: Connection, tab: Tab, *, source_id: int | None = None) -> int:
    """How many a tab holds, at most COUNT_LIMIT + 1."""
    query = sql.SQL(_SQL["count"]).format(which=_WHICH[tab], of_source=_of_source(source_id))
    row = conn.execute(query, {"limit": COUNT_LIMIT + 1, "source_id": source_id}, prepare=False).fetchone()
    return int(row[0]) if row else 0


def sources(conn: Connection) -> list[SourceName]:
    with conn.cursor(row_factory=class_row(SourceName)) as cur:
        return cur.execute(_SQL["sources"]).fetchall()


def conversation(conn: Connection, conversation_id: int) -> ConversationRow | None:
    with conn.cursor(row_factory=class_row(ConversationRow)) as cur:
        return cur.execute(_SQL["conversation"], {"id": conversation_id}).fetchone()


def conversation_posts(conn: Connection, conversation_id: int) -> list[PostRow]:
    with conn.cursor(row_factory=class_row(PostRow)) as cur:
        return cur.execute(_SQL["conversation_posts"], {"id": conversation_id}).fetchall()


def conversation_alerts(conn: Connection, conversation_id: int) -> list[AlertRow]:
    with conn.cursor(row_factory=class_row(AlertRow)) as cur:
        return cur.execute(_SQL["conversation_alerts"], {"id": conversation_id}).fetchall()


def conversation_actions(conn: Connection, conversation_id: int) -> list[ActionRow]:
    with conn.cursor(row_factory=class_row(ActionRow)) as cur:
        return cur.execute(_SQL["conversation_actions"], {"id": conversation_id}).fetchall()


def conversation_messages(conn: Connection, conversation_id: int) -> list[MessageRow]:
    with conn.cursor(row_factory=class_row(MessageRow)) as cur:
        return cur.execute(_SQL["conversation_messages"], {"id": conversation_id}).fetchall()


def _of_source(source_id: int | None) -> sql.Composable:
    return _NOTHING if source_id is None else sql.SQL("AND c.source_id = %(source_id)s")


def _marks(ruler: Ruler) -> dict[str, Any]:
    return {
        "now": ruler.now,
        "appeals": list(ruler.appeals),
        "grid": list(ruler.grid),
        "warn": [list(row) for row in ruler.warn],
        "due": [list(row) for row in ruler.due],
        "calendar_sources": list(ruler.calendars),
        "calendars": list(ruler.calendars.values()),
    }


def hold_conversation(conn: Connection, conversation_id: int) -> None:
    """Lock a conversation with its thread until the transaction ends, before anything is decided of it."""
    conn.execute(_SQL["hold_thread"], {"id": conversation_id})
    conn.execute(_SQL["hold_conversation"], {"id": conversation_id})


def is_there(conn: Connection) -> None:
    """Raises psycopg.OperationalError when the database does not answer."""
    conn.execute(_SQL["is_there"])
