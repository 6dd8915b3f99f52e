"""A crawl as a child process under a hard time-out: started, watched, killed with all it started."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from psycopg import Connection
from psycopg_pool import ConnectionPool

from crawlers.run import CRAWLS
from db import crawls, sources
from db.connect import open_pool
from domain.clock import Clock, system_clock
from otklik import build, settings
from otklik.settings import PREFIX

log = structlog.get_logger()

#: A child that was told to end gets so long before it is killed, in seconds.
GRACE_S = 2.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a look ended. `outcome`: a value of CrawlOutcome, or "killed" when the child told nothing."""

    outcome: str
    reason: str
    counts: dict[str, int]


def due_sources(conn: Connection, now: datetime) -> list[str]:
    """Names of the sources whose turn it is; first marks the looks that nobody works on any more."""
    crawls.mark_stale(conn, now)
    return sources.due(conn, CRAWLS, now)


def crawl_source(name: str, *, timeout_s: float) -> Ended:
    """`crawl_in_child` on the database of this process's settings."""
    loaded = settings.load()
    with build.database(loaded, build.database_name(loaded)) as url, open_pool(url) as pool:
        return crawl_in_child(name, timeout_s=timeout_s, database_url=url, pool=pool)


def crawl_in_child(
    name: str,
    *,
    timeout_s: float,
    database_url: str,
    pool: ConnectionPool[Connection],
    clock: Clock = system_clock,
) -> Ended:
    """One look at one source in a process of its own, ended with its whole group after `timeout_s` seconds.

    A child that ends without its line of statistics leaves its crawl row marked killed. Raises BadInput for
    an unknown source.
    """
    with pool.connection() as conn:
        source = sources.by_name(conn, name)
    child = subprocess.Popen(
        [sys.executable, "-m", "crawlers.run", "--source", name],
        env=_environment(database_url),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        out, _ = child.communicate(timeout=timeout_s)
        reason = f"процесс закончился с кодом {child.returncode}"
    except subprocess.TimeoutExpired:
        out, reason = "", f"не уложился в {timeout_s:.0f} с"
    finally:
        _end(child)
    if ended := _told(out):
        return ended
    log.warning("crawl.killed", source=name, exit_status=child.returncode)
    with pool.connection() as conn:
        crawls.mark_killed(conn, source.id, clock(), reason)
    return Ended("killed", reason, {})


def _environment(database_url: str) -> dict[str, str]:
    """Ours, with the database this process uses: the child opens no embedded server of its own."""
    return os.environ | {f"{PREFIX}DATABASE_URL": database_url}


def _end(child: subprocess.Popen[str]) -> None:
    """Nothing of the child's process group outlives this."""
    for number, patience in ((signal.SIGTERM, GRACE_S), (signal.SIGKILL, None)):
        try:
            os.killpg(child.pid, number)
        except (ProcessLookupError, PermissionError):
            break
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            continue
    child.wait()
    if child.stdout:
        child.stdout.close()


def _told(out: str) -> Ended | None:
    """The line of statistics at the end; None when the child did not come so far."""
    lines = out.strip().splitlines()
    try:
        told: dict[str, Any] = json.loads(lines[-1]) if lines else {}
        counts = {key: int(told[key]) for key in ("asked", "got", "new", "edited", "gone", "rejected")}
        return Ended(str(told["outcome"]), str(told["reason"]), counts)
    except (ValueError, KeyError, TypeError):
        return None
