"""The pages over a database of the test's own, served on loopback."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from psycopg import Connection
from psycopg_pool import ConnectionPool
from starlette.applications import Starlette

from demo.serve import serve
from domain.clock import FixedClock
from otklik.build import Services
from otklik.settings import Settings
from web.app import create_app

SECRET = "shhh"


class Browser(requests.Session):
    """Sends what a browser sends with a form of the same site; follows redirects, keeps cookies."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.headers["Origin"] = base
        self.trust_env = False

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        return super().request(method, self.base + url if url.startswith("/") else url, *args, **kwargs)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, slack_signing_secret=SECRET)  # type: ignore[arg-type]  # pydantic parses it


@pytest.fixture
def app(pool: ConnectionPool[Connection], settings: Settings, clock: FixedClock) -> Starlette:
    services = Services(settings=settings, url="", pool=pool, clock=clock)

    @contextmanager
    def connect() -> Iterator[Services]:
        yield services

    app = create_app(settings, connect)
    app.state.backstage._services = services  # at once, not when its thread got to it
    return app


@pytest.fixture
def browser(app: Starlette) -> Iterator[Browser]:
    with serve(app) as base, Browser(base) as browser:
        yield browser


Committed = Callable[[], AbstractContextManager[Connection]]


@pytest.fixture
def db(pool: ConnectionPool[Connection]) -> Iterator[Connection]:
    """A connection for seeding and looking; what it does is seen by the pages at once."""
    with pool.connection() as conn:
        conn.commit()
        conn.autocommit = True
        yield conn
        conn.autocommit = False
