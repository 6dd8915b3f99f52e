"""One pass over everything a stored post goes through after the crawl; each step can be repeated."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

import structlog

from alerts.decide import decide
from alerts.deliver import deliver_due
from db.connect import Away
from otklik.build import Services
from triage.conversations import build_conversations, time_passed
from triage.verdicts import classify_pending

log = structlog.get_logger()

#: Small enough that a message never waits long behind a large import.
_BATCH = 256
#: Between passes that found nothing.
PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Done:
    """Counts of one pass; all zero: nothing was waiting."""

    classified: int
    built: int
    decided: int
    delivered: int

    @property
    def is_idle(self) -> bool:
        return not (self.classified or self.built or self.decided or self.delivered)


def work_once(services: Services, *, batch: int = _BATCH) -> Done:
    """Classify, derive conversations, decide, deliver: a batch of each. Safe to repeat and to run twice."""
    company = services.company
    classified = classify_pending(services.pool, services.classifier, now=services.clock(), limit=batch)
    built = build_conversations(services.pool, company, now=services.clock(), limit=batch)
    time_passed(services.pool, company, now=services.clock())
    decided = decide(services.pool, company, now=services.clock())
    delivered = deliver_due(services.pool, services.messengers, company, clock=services.clock)
    return Done(classified, built.threads, decided.opened + decided.resolved + decided.owed, delivered.sent)


def work_until_idle(services: Services) -> int:
    """Until nothing waits; returns how many passes had something to do."""
    busy = 0
    while not work_once(services).is_idle:
        busy += 1
    return busy


def work_until(services: Services, is_over: Callable[[], bool]) -> int:
    """Until `is_over`, asked between passes; returns how many passes had something to do.

    A database that went away is waited for, longer each time up to half a minute: what a pass began is
    rolled back, and the next pass finds the same work.
    """
    busy, pause = 0, PAUSE_S
    while not is_over():
        try:
            idle = work_once(services).is_idle
        except Away as error:
            pause = min(30.0, pause * 2)
            log.warning("database.away", error=type(error).__name__, retry_in_s=pause)
            time.sleep(pause)
            continue
        busy, pause = busy + (not idle), PAUSE_S
        if idle:
            time.sleep(PAUSE_S)
    return busy


def work_until_stopped(services: Services) -> None:
    """Until Ctrl-C or SIGTERM, which end it between two passes."""
    stopped: list[int] = []

    def stop(signum: int, _frame: FrameType | None) -> None:
        stopped.append(signum)

    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, stop)
    work_until(services, lambda: bool(stopped))
