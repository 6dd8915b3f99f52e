"""What `doctor` reads: how each source fares, what waits, when a loop was last alive."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from db.sources import EVERY_MINUTES
from db.sql import queries
from domain.freshness import Freshness, freshness

_SQL = queries("health")


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """`good_at`: end of the last complete look; None means never."""

    name: str
    kind: str
    is_active: bool
    needs_person: str | None
    settings: dict[str, Any]
    last_at: datetime | None
    last_outcome: str | None
    last_reason: str | None
    good_at: datetime | None

    @property
    def every(self) -> timedelta:
        """How often it is looked at."""
        return timedelta(minutes=int(self.settings.get("every_minutes", EVERY_MINUTES)))

    @property
    def says_of_answers(self) -> str:
        """Of a file: whether it shows that an answer is missing."""
        return "столбец с ответами есть" if self.settings.get("has_answers") else "ответов в нём не видно"

    def freshness(self, now: datetime) -> Freshness:
        return freshness(
            kind=self.kind,
            needs_person=self.needs_person is not None,
            last_at=self.last_at,
            last_outcome=self.last_outcome,
            good_at=self.good_at,
            every=self.every,
            now=now,
        )


@dataclass(frozen=True, slots=True)
class Waiting:
    """Counts; failures and rejects of the last seven days."""

    threads_to_build: int
    deliveries_due: int
    deliveries_overdue: int
    deliveries_failed: int
    failed_because: str | None
    rejected: int
    conversations_waiting: int


def sources(conn: Connection) -> list[SourceHealth]:
    """Sources that are read, and stopped ones that still need a person."""
    with conn.cursor(row_factory=class_row(SourceHealth)) as cur:
        return cur.execute(_SQL["sources"]).fetchall()


def waiting(conn: Connection, now: datetime) -> Waiting:
    with conn.cursor(row_factory=class_row(Waiting)) as cur:
        found = cur.execute(_SQL["waiting"], {"now": now}).fetchone()
    assert found is not None
    return found


def migrations(conn: Connection) -> int:
    """How many migrations ran here."""
    found = conn.execute(_SQL["migrations"]).fetchone()
    return int(found[0]) if found else 0


def put_fact(conn: Connection, name: str, value: object, now: datetime) -> None:
    """Remember a small fact about the installation; the newest wins."""
    conn.execute(_SQL["put_fact"], {"name": name, "value": Jsonb(value), "now": now})


def get_fact(conn: Connection, name: str) -> tuple[Any, datetime] | None:
    """Value and when it was put; None when it never was."""
    return conn.execute(_SQL["get_fact"], {"name": name}).fetchone()
