"""Forward-only migrations: each file once, in order, under one advisory lock, its checksum recorded."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

from psycopg import Connection

from db.connect import here
from domain.errors import BadConfig

#: Any number that no other program takes an advisory lock on in our database.
_LOCK = 7_011_867

_TABLE = """
CREATE TABLE IF NOT EXISTS migration (
    name       text PRIMARY KEY,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)"""


@dataclass(frozen=True, slots=True)
class Migration:
    name: str
    sql: LiteralString

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def known(folder: Path | None = None) -> list[Migration]:
    """The migrations this version ships, in order."""
    files = sorted((folder or here("migrations")).glob("*.sql"))
    return [Migration(file.stem, file.read_text("utf-8")) for file in files]


def pending(conn: Connection, migrations: list[Migration]) -> list[Migration]:
    """What has not run here yet. Raises BadConfig when an applied file was changed, or is unknown here."""
    table = conn.execute("SELECT to_regclass('migration') IS NOT NULL").fetchone()
    if not (table and table[0]):
        return migrations
    applied: dict[str, str] = dict(conn.execute("SELECT name, checksum FROM migration").fetchall())
    for migration in migrations:
        if applied.get(migration.name, migration.checksum) != migration.checksum:
            raise BadConfig(
                f"миграция {migration.name} изменена после выполнения: верните файл, добавьте новый"
            )
    newer = sorted(set(applied) - {m.name for m in migrations})
    if newer:
        raise BadConfig(f"база новее программы (в ней есть {newer[-1]}): обновите Отклик")
    return [m for m in migrations if m.name not in applied]


def migrate(conn: Connection, migrations: list[Migration] | None = None) -> list[str]:
    """Bring the schema up to date; returns the names applied. Safe to repeat and to run twice at once.

    Each migration is a transaction of its own. The connection must not be in a transaction.
    """
    todo = known() if migrations is None else migrations
    done: list[str] = []
    with conn.transaction():
        conn.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
    try:
        with conn.transaction():
            conn.execute(_TABLE)
            todo = pending(conn, todo)
        for migration in todo:
            with conn.transaction():
                conn.execute(migration.sql)
                conn.execute(
                    "INSERT INTO migration (name, checksum) VALUES (%s, %s)",
                    (migration.name, migration.checksum),
                )
            done.append(migration.name)
    finally:
        with conn.transaction():
            conn.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))
    return done
