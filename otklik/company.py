"""From `otklik.toml` to what the rules read: apply it idempotently, show what changes, load it back."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection

from db import config as rows
from db import deliveries
from domain.policy import Channel, ChannelKind, Company
from otklik.config import Config

#: Messages go to the terminal and the log where no channel was named.
_CONSOLE = Channel(name="консоль", kind=ChannelKind.CONSOLE)


@dataclass(frozen=True, slots=True)
class Applied:
    version: int
    #: what changed, a line each, in Russian; empty: nothing did
    changes: tuple[str, ...]


def apply(
    conn: Connection,
    config: Config,
    *,
    hash_id: Callable[[str, str], str],
    now: datetime,
    dry_run: bool = False,
) -> Applied:
    """Make the configuration the one in force; says what changed. Safe to repeat.

    The caller owns the transaction. `hash_id(kind, account)` gives the key an account is stored under.
    """
    body = config.model_dump(mode="json")
    current = rows.latest(conn)
    changes = _differences(current[1] if current else {}, body)
    if dry_run or (current and not changes):
        return Applied(current[0] if current else 0, tuple(changes))
    for source in config.source:
        source_id = rows.put_source(conn, source.name, source.kind, config.settings_of(source), now=now)
        staff = {hash_id(source.kind, account): account for account in source.accounts}
        rows.set_official(conn, source_id, staff)
    rows.stop_sources_not_in(conn, [source.name for source in config.source])
    # What could not be delivered may have failed for what was mended just now.
    deliveries.revive(conn, now=now)
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    return Applied(rows.add(conn, body, digest=digest, now=now), tuple(changes))


def in_force(conn: Connection) -> Company | None:
    """The company as last applied; None before the first `apply`."""
    latest = rows.latest(conn)
    return company(Config.model_validate(latest[1]), latest[0]) if latest else None


def company(config: Config, version: int) -> Company:
    channels = tuple(channel.frozen() for channel in config.channel) or (_CONSOLE,)
    return Company(
        version=version,
        brand=config.brand.name,
        policy=config.policy.frozen(),
        calendars=tuple(calendar.frozen() for calendar in config.calendar),
        channels=channels,
        source_calendars={s.name: s.calendar for s in config.source if s.calendar},
        source_channels={s.name: tuple(s.channels) for s in config.source if s.channels is not None},
        owners={owner.name: owner.channel for owner in config.owner},
    )


def _differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Lines a person can check: what is new (+), gone (-), changed (~)."""
    old, new = _flat(before), _flat(after)
    lines = [f"+ {place} = {new[place]}" for place in new.keys() - old.keys()]
    lines += [f"- {place} = {old[place]}" for place in old.keys() - new.keys()]
    lines += [
        f"~ {place}: {old[place]} -> {new[place]}"
        for place in old.keys() & new.keys()
        if old[place] != new[place]
    ]
    return sorted(lines, key=lambda line: line[2:])


def _flat(value: Any, place: str = "") -> dict[str, str]:  # Any: JSON
    """Leaves by path; tables of a list are named by their `name`, so that reordering is no change."""
    if isinstance(value, dict):
        out: dict[str, str] = {}
        for key, inner in value.items():
            out |= _flat(inner, f"{place}.{key}" if place else key)
        return out
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        out = {}
        for item in value:
            out |= _flat(item, f"{place}[{item.get('name')}]")
        return out
    return {place: json.dumps(value, ensure_ascii=False)}
