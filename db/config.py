"""`otklik.toml` as it was applied: versions of the whole, and the rows other tables hang on."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from db.sql import queries

_SQL = queries("config")


def latest(conn: Connection) -> tuple[int, dict[str, Any]] | None:
    """Version and body of the configuration in force; None before the first `apply`."""
    return conn.execute(_SQL["latest_config"]).fetchone()


def add(conn: Connection, body: Mapping[str, Any], *, digest: str, now: datetime) -> int:
    """Record a new version; the caller owns the transaction."""
    row = conn.execute(
        _SQL["add_config"], {"now": now, "digest": digest, "body": Jsonb(dict(body))}
    ).fetchone()
    assert row is not None
    return int(row[0])


def sources(conn: Connection) -> dict[str, dict[str, Any]]:
    """Name -> kind, settings, is_active."""
    with conn.cursor(row_factory=dict_row) as cur:
        return {row["name"]: row for row in cur.execute(_SQL["sources_by_name"])}


def put_source(conn: Connection, name: str, kind: str, settings: Mapping[str, Any], *, now: datetime) -> int:
    """Add or bring back a source; returns its id. Safe to repeat."""
    row = conn.execute(
        _SQL["put_source"], {"name": name, "kind": kind, "settings": Jsonb(dict(settings)), "now": now}
    ).fetchone()
    assert row is not None
    return int(row[0])


def stop_sources_not_in(conn: Connection, names: Sequence[str]) -> list[str]:
    """Stop reading what is not listed (imports are no concern of the file); returns the names stopped."""
    return [name for (name,) in conn.execute(_SQL["stop_sources"], {"names": list(names)})]


def set_official(conn: Connection, source_id: int, accounts: Mapping[str, str]) -> None:
    """Make `accounts` (author key -> label) the official ones of a source, past posts included."""
    before = {key for (key,) in conn.execute(_SQL["official_keys"], {"source_id": source_id})}
    if before == set(accounts):
        return
    conn.execute(_SQL["clear_official"], {"source_id": source_id})
    for key, label in accounts.items():
        conn.execute(_SQL["add_official"], {"source_id": source_id, "author_key": key, "label": label})
    touched = list(before ^ set(accounts))
    conn.execute(_SQL["mark_official_posts"], {"source_id": source_id, "touched": touched})
