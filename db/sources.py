"""Sources as rows: their bookmark, whether they wait for a person, whose turn it is.

The caller owns the transaction.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from psycopg import Connection
from psycopg.rows import class_row, scalar_row

from db.sql import queries
from domain.errors import BadInput
from domain.sources import Source

#: A run with no end after this long was killed, whatever its row says: looks are ended after ten minutes.
STALE_AFTER = timedelta(minutes=12)
#: How often a source is looked at when its settings do not say.
EVERY_MINUTES = 5

#: Schedules come round each minute, never to the second: a little early is better than a whole round late.
_SLACK = timedelta(seconds=20)

_SQL = queries("sources")


def by_name(conn: Connection, name: str) -> Source:
    """Raises BadInput when there is no such source."""
    with conn.cursor(row_factory=class_row(Source)) as cur:
        found = cur.execute(_SQL["by_name"], {"name": name}).fetchone()
    if found is None:
        raise BadInput(f"there is no source «{name}»: see otklik.toml")
    return found


def active(conn: Connection) -> list[Source]:
    with conn.cursor(row_factory=class_row(Source)) as cur:
        return cur.execute(_SQL["active"]).fetchall()


def move_bookmark(conn: Connection, source_id: int, to: datetime) -> None:
    """Everything published before `to` has been read. Never moves back."""
    conn.execute(_SQL["move_bookmark"], {"source_id": source_id, "to": to})


def set_needs_person(conn: Connection, source_id: int, what: str | None) -> bool:
    """Say what a person has to do before the source can be read, or None: nothing. True when that is news."""
    cur = conn.execute(_SQL["set_needs_person"], {"source_id": source_id, "what": what})
    return cur.fetchone() is not None


def due(conn: Connection, kinds: Collection[str], now: datetime) -> list[str]:
    """Names of the sources of these kinds whose turn it is, longest unseen first."""
    facts = {
        "kinds": list(kinds),
        "now": now,
        "stale_after": STALE_AFTER,
        "every_minutes": EVERY_MINUTES,
        "slack": _SLACK,
    }
    with conn.cursor(row_factory=scalar_row) as cur:
        return cur.execute(_SQL["due"], facts).fetchall()


def official_keys(conn: Connection, source_id: int) -> set[str]:
    """Author keys of the accounts listed as official."""
    with conn.cursor(row_factory=scalar_row) as cur:
        return set(cur.execute(_SQL["official_keys"], {"source_id": source_id}))
