"""The services behind the pages, connected in the background: pages come up at once and say so."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import psycopg
import psycopg_pool
import structlog
from psycopg import Connection

from domain.errors import Unavailable
from otklik.build import Services

log = structlog.get_logger()

#: Makes connected services; may block until the database is up, and raises when it gave up waiting.
Connect = Callable[[], AbstractContextManager[Services]]

#: How long a request waits for a connection: within Slack's three seconds.
PATIENCE_S = 2.0
#: Between two attempts to connect that failed at once.
PAUSE_S = 2.0

DOWN = (psycopg.OperationalError, psycopg_pool.PoolTimeout, psycopg_pool.PoolClosed)


class Backstage:
    """Holds the services while the application runs. Requests come from many threads."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._services: Services | None = None
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._hold, name="web-backstage", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._is_over.set()
        self._thread.join(timeout=5)

    @property
    def services(self) -> Services:
        """Raises Unavailable while there are none."""
        if self._services is None:
            raise Unavailable("the database is not connected yet")
        return self._services

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A transaction; committed at the end. Raises Unavailable when the database cannot be reached."""
        services = self.services
        try:
            with services.pool.connection(timeout=PATIENCE_S) as conn:
                yield conn
        except DOWN as error:
            raise Unavailable("the database does not answer") from error

    def _hold(self) -> None:
        while not self._is_over.is_set():
            try:
                with self._connect() as services:
                    # A pool without its server would soon wait minutes between attempts; pages ask again.
                    services.pool.reconnect_timeout = PATIENCE_S
                    self._services = services
                    log.info("pages.connected")
                    self._is_over.wait()
            except DOWN as error:
                log.warning("pages.not_connected", error=type(error).__name__)
            except (
                Exception
            ):  # the outermost loop: whatever it was, pages say that they wait, and it is tried again
                log.exception("pages.not_connected")
            finally:
                self._services = None
            self._is_over.wait(PAUSE_S)
