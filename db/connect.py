"""Connections: one pool a process, patient while the server is down."""

import os
from pathlib import Path

import structlog
from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool
from tenacity import RetryCallState, retry, retry_if_exception_type, stop_after_delay, wait_exponential

log = structlog.get_logger()

#: What every call raises while the server is away: refused, lost in the middle, or no connection in time.
Away = OperationalError

#: A statement that runs longer is stopped by the server: no query of ours is meant to.
STATEMENT_TIMEOUT_MS = 120_000


def _say_waiting(state: RetryCallState) -> None:
    log.warning("database.waiting", attempt=state.attempt_number)


def open_pool(url: str, *, patience_s: float = 120.0, max_size: int = 4) -> ConnectionPool[Connection]:
    """A pool on `url`, UTC sessions; waits up to `patience_s` seconds for a server that is not up yet.

    Raises psycopg.OperationalError when the server did not come up in time.
    """
    pool: ConnectionPool[Connection] = ConnectionPool(
        url,
        min_size=0,
        max_size=max_size,
        open=False,
        # A connection that died while idle (server restarted) is replaced before it is handed out.
        check=ConnectionPool.check_connection,
        kwargs={"options": f"-c timezone=UTC -c statement_timeout={STATEMENT_TIMEOUT_MS}"},
    )

    @retry(
        retry=retry_if_exception_type(OperationalError),
        wait=wait_exponential(multiplier=0.2, max=5),
        stop=stop_after_delay(patience_s),
        before_sleep=_say_waiting,
        reraise=True,
    )
    def first_connection() -> None:
        with Connection.connect(url, connect_timeout=5):
            pass

    first_connection()
    pool.open()
    return pool


def running_as_root() -> bool:
    return os.name == "posix" and os.geteuid() == 0


def here(*parts: str) -> Path:
    """A file of this package."""
    return Path(__file__).parent.joinpath(*parts)
