"""What must be quick: a long-lived loop that classifies, derives, decides and delivers.

Prefect starts it each minute unless it runs already (concurrency 1, a second start is cancelled), and it
ends by itself within the hour, so that an old version, a lost worker or a leak never lives long.
"""

import time
from datetime import timedelta

from prefect import flow

from flows.services import connected
from otklik.stations import work_until

LIFETIME = timedelta(minutes=55)


@flow(name="pipeline", timeout_seconds=3600)
def pipeline(lifetime_s: float = LIFETIME.total_seconds()) -> int:
    """Work until the lifetime is over; returns how many passes had something to do."""
    end = time.monotonic() + lifetime_s
    with connected() as services:
        return work_until(services, lambda: time.monotonic() >= end)
