"""A desk on a database of its own, Monday noon in Moscow."""

import pytest
from psycopg import Connection
from psycopg_pool import ConnectionPool

from domain.clock import FixedClock
from tests.alerts.desk import Desk


@pytest.fixture
def desk(pool: ConnectionPool[Connection], clock: FixedClock) -> Desk:
    return Desk(pool, clock)
