"""Alerts: what the rules must look at, the alerts themselves, and what messages about them are made of.

Locks are taken in one order everywhere: thread, conversation, alert, card. Callers own the transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row, dict_row, scalar_row
from psycopg.types.json import Jsonb

from db.sql import queries
from domain.alerts import AlertKind, Level, Move, Snapshot, State
from domain.errors import Gone
from domain.messages import AlertView, ConversationView, DigestView

_SQL = queries("alerts")

#: Conversations a digest shows by name.
SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A conversation to judge, with what its deadlines depend on."""

    id: int
    thread_id: int
    source_id: int
    source_name: str
    source_kind: str
    source_added_at: datetime
    appeal: str
    state: str
    #: publication of the oldest word that waits, None without a date; and when we saw it
    waiting_since: datetime | None
    waiting_seen_at: datetime
    first_answer_at: datetime | None
    promised_until: datetime | None
    closed_by: str | None
    closed_because: str | None
    checked_at: datetime | None
    #: the newest official word in it, and why it last changed its state
    answered_at: datetime | None
    last_because: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An unfinished alert, its row locked."""

    id: int
    kind: AlertKind
    fingerprint: str
    conversation_id: int | None
    source_id: int | None
    source_name: str | None
    state: State
    level: Level
    facts: Mapping[str, Any]
    opened_at: datetime
    taken_by: str | None
    snoozed_until: datetime | None

    def snapshot(self, at: datetime, counts: DigestView | None = None) -> Snapshot:
        size = counts.size if counts else 1
        return Snapshot(
            at=at,
            state=self.state,
            level=self.level,
            taken_by=self.taken_by,
            snoozed_until=self.snoozed_until,
            size=size,
            waiting=counts.waiting + counts.unchecked if counts else 1,
            called_with=size,
        )


@dataclass(frozen=True, slots=True)
class Told:
    """What a channel was told of an alert; `doubts`: messages that may stand there unrecorded."""

    snapshot: Snapshot | None
    doubts: int = 0


@dataclass(frozen=True, slots=True)
class DigestEntry:
    conversation_id: int
    told: Snapshot
    due_at: datetime | None


def is_the_only_one(conn: Connection) -> bool:
    """Whether no other transaction decides at this moment; holds until this one ends."""
    row = conn.execute(_SQL["be_the_only_one"]).fetchone()
    return bool(row and row[0])


def lock(conn: Connection, alert_id: int) -> None:
    """Hold an alert until the transaction ends."""
    conn.execute(_SQL["lock_alert"], {"alert_id": alert_id})


def due_conversations(conn: Connection, *, now: datetime, limit: int) -> list[Candidate]:
    """Conversations whose look_at has come, locked; the caller gives each a later one."""
    with conn.cursor(row_factory=class_row(Candidate)) as cur:
        return cur.execute(_SQL["due_conversations"], {"now": now, "limit": limit}).fetchall()


def ended_conversations(conn: Connection) -> list[Candidate]:
    """Conversations that wait for us no longer while their alert is unfinished, locked."""
    with conn.cursor(row_factory=class_row(Candidate)) as cur:
        return cur.execute(_SQL["ended_conversations"]).fetchall()


def set_look_at(conn: Connection, times: Mapping[int, datetime | None]) -> None:
    """When to look at each conversation again; None: not before something changes."""
    conn.execute(_SQL["set_look_at"], {"ids": list(times), "times": list(times.values())})


def open_alerts(conn: Connection, conversation_ids: Sequence[int]) -> dict[int, Alert]:
    """The unfinished alerts of these conversations, by conversation, locked."""
    with conn.cursor(row_factory=dict_row) as cur:
        rows = cur.execute(_SQL["open_alerts"], {"conversation_ids": list(conversation_ids)}).fetchall()
    return {row["conversation_id"]: _alert(row) for row in rows}


def standing_alerts(conn: Connection) -> list[Alert]:
    """Unfinished alerts that follow no single conversation, locked: few, whatever the size of history."""
    with conn.cursor(row_factory=dict_row) as cur:
        return [_alert(row) for row in cur.execute(_SQL["standing_alerts"]).fetchall()]


def open_alert(
    conn: Connection,
    *,
    kind: AlertKind,
    fingerprint: str,
    level: Level,
    now: datetime,
    conversation_id: int | None = None,
    source_id: int | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Alert:
    """Begin an alert, or get the unfinished one of this fingerprint. Safe to repeat."""
    with conn.cursor(row_factory=dict_row) as cur:
        row = cur.execute(
            _SQL["open_alert"],
            {
                "kind": kind,
                "fingerprint": fingerprint,
                "conversation_id": conversation_id,
                "source_id": source_id,
                "level": level,
                "facts": Jsonb(dict(facts or {})),
                "now": now,
            },
        ).fetchone()
    assert row is not None  # an upsert that updates on conflict returns its row
    return _alert(row)


def set_level(
    conn: Connection, alert_id: int, *, level: Level, facts: Mapping[str, Any], now: datetime
) -> None:
    """Say how bad an alert is now; `facts` are merged into the stored ones."""
    conn.execute(
        _SQL["set_level"], {"alert_id": alert_id, "level": level, "facts": Jsonb(dict(facts)), "now": now}
    )


def write_move(
    conn: Connection,
    alert_id: int,
    move: Move,
    *,
    snoozed_until: datetime | None = None,
    by_person: bool = True,
) -> bool:
    """Compare-and-set: False when somebody else was first. `by_person` False leaves the name out."""
    done = conn.execute(
        _SQL["move_alert"],
        {
            "alert_id": alert_id,
            "before": move.before,
            "after": move.after,
            "by": move.by if by_person else None,
            "because": move.because,
            "at": move.at,
            "snoozed_until": snoozed_until,
        },
    ).fetchone()
    return done is not None


def told(conn: Connection, alert_ids: Sequence[int]) -> dict[tuple[int, str], Told]:
    """By (alert, channel): what was told there."""
    rows = conn.execute(_SQL["told"], {"alert_ids": list(alert_ids)}).fetchall()
    return {
        (a, channel): Told(body and Snapshot.from_json(body), doubts) for a, channel, body, doubts in rows
    }


def told_in_digests(
    conn: Connection, conversation_ids: Sequence[int]
) -> dict[tuple[int, str], tuple[Snapshot, datetime]]:
    """By (conversation, channel): what the last flood digest there said of it, and when it joined."""
    rows = conn.execute(_SQL["told_in_digests"], {"conversation_ids": list(conversation_ids)}).fetchall()
    return {(c, channel): (Snapshot.from_json(body), at) for c, channel, body, at in rows}


def told_as_history(conn: Connection, conversation_ids: Sequence[int]) -> set[int]:
    """Which of these conversations a history digest told of already."""
    with conn.cursor(row_factory=scalar_row) as cur:
        return set(cur.execute(_SQL["told_as_history"], {"conversation_ids": list(conversation_ids)}))


def add_digest_items(
    conn: Connection, alert_id: int, entries: Sequence[DigestEntry], *, now: datetime
) -> None:
    """Put conversations into a digest. Safe to repeat."""
    conn.execute(
        _SQL["add_digest_items"],
        {
            "alert_id": alert_id,
            "now": now,
            "conversation_ids": [e.conversation_id for e in entries],
            "told": [Jsonb(e.told.to_json()) for e in entries],
            "due_at": [e.due_at for e in entries],
        },
    )


def digest_counts(conn: Connection, alert_id: int) -> DigestView:
    """How many conversations a digest holds and how they stand now; without totals and examples."""
    with conn.cursor(row_factory=class_row(DigestView)) as cur:
        counts = cur.execute(_SQL["digest_counts"], {"alert_id": alert_id}).fetchone()
    assert counts is not None  # an aggregate always has a row
    return counts


def source_totals(conn: Connection, source_id: int, *, alert_id: int) -> dict[str, dict[str, int]]:
    """Counts of a source as facts of a digest: `totals` now, and `before`: what earlier digests told."""
    with conn.cursor(row_factory=dict_row) as cur:
        totals = cur.execute(_SQL["source_totals"], {"source_id": source_id}).fetchone()
    before = conn.execute(_SQL["totals_told"], {"source_id": source_id, "alert_id": alert_id}).fetchone()
    return {"totals": totals or {}, "before": before[0] if before else {}}


def load_is_running(conn: Connection, source_id: int, *, now: datetime) -> bool:
    """Whether more of a source is on its way to the digest: then its message had better wait."""
    row = conn.execute(_SQL["load_is_running"], {"source_id": source_id, "now": now}).fetchone()
    return bool(row and row[0])


def troubled_sources(conn: Connection) -> dict[int, str]:
    """By source: what a person has to do before it can be read again."""
    return dict(conn.execute(_SQL["troubled_sources"]).fetchall())


def view(conn: Connection, alert_id: int) -> AlertView:
    """An alert as a message needs it, as it stands now. Raises Gone when there is no such alert."""
    with conn.cursor(row_factory=dict_row) as cur:
        row = cur.execute(_SQL["view"], {"alert_id": alert_id}).fetchone()
    if row is None:
        raise Gone(f"there is no alert {alert_id}")
    facts = row.pop("facts")
    conversation_id, _ = row.pop("conversation_id"), row.pop("source_id")
    kind, state, level = AlertKind(row.pop("kind")), State(row.pop("state")), Level(row.pop("level"))
    trouble = row.pop("needs_person") or facts.get("trouble", "")
    conversation = _conversation(conn, conversation_id, facts, is_over=state is State.RESOLVED)
    digest = _digest(conn, alert_id, facts) if kind in (AlertKind.HISTORY, AlertKind.FLOOD) else None
    return AlertView(
        kind=kind, state=state, level=level, trouble=trouble, conversation=conversation, digest=digest, **row
    )


def conversation_views(conn: Connection, ids: Sequence[int]) -> list[ConversationView]:
    """Conversations with the words they wait with, in the order given."""
    with conn.cursor(row_factory=dict_row) as cur:
        rows = cur.execute(_SQL["conversation_views"], {"ids": list(ids)}).fetchall()
    return [
        ConversationView(
            appeal=row["appeal"],
            text=row["text"],
            attachments=tuple(row["attachments"]),
            rating=row["rating"],
            url=row["url"],
            waiting_since=row["waiting_since"] or row["opened_at"] or row["first_seen_at"],
            is_dated=(row["waiting_since"] or row["opened_at"]) is not None,
            checked_at=row["checked_at"],
        )
        for row in rows
    ]


def _conversation(
    conn: Connection, conversation_id: int | None, facts: Mapping[str, Any], *, is_over: bool
) -> ConversationView | None:
    found = conversation_views(conn, [conversation_id]) if conversation_id else []
    if not found:
        return None
    # The wait the alert is about: the conversation itself may have moved on by now.
    since, due = _time(facts.get("waiting_since")), _time(facts.get("due_at"))
    talk = replace(found[0], waiting_since=since or found[0].waiting_since, due_at=due)
    if facts.get("is_dated") is not None:
        talk = replace(talk, is_dated=facts["is_dated"])
    if is_over:
        row = conn.execute(
            _SQL["answer_seen"], {"conversation_id": conversation_id, "since": talk.waiting_since}
        ).fetchone()
        if row:
            talk = replace(talk, answer=row[0], answered_at=row[1])
    return talk


def _digest(conn: Connection, alert_id: int, facts: Mapping[str, Any]) -> DigestView:
    with conn.cursor(row_factory=scalar_row) as cur:
        ids = cur.execute(_SQL["digest_worst"], {"alert_id": alert_id, "limit": SHOWN}).fetchall()
    totals, before = facts.get("totals", {}), facts.get("before", {})
    since_then = {name: totals[name] - before.get(name, 0) for name in totals}
    return replace(digest_counts(conn, alert_id), worst=tuple(conversation_views(conn, ids)), **since_then)


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _alert(row: dict[str, Any]) -> Alert:
    kind, state, level = AlertKind(row["kind"]), State(row["state"]), Level(row["level"])
    return Alert(**(row | {"kind": kind, "state": state, "level": level}))
