"""Decide what people should know: conversations, digests and sources become alerts and messages owed.

Everything of one decision is written in one transaction. Repeating it changes nothing; killed anywhere, the
next run continues. What it costs depends on what is due and open, never on how much history there is.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from psycopg import Connection
from psycopg_pool import ConnectionPool

from alerts import standing, waits
from alerts.run import Decided, Run
from db import alerts
from domain.policy import Company

log = structlog.get_logger()

#: Conversations judged in one transaction.
BATCH = 200


def decide(pool: ConnectionPool[Connection], company: Company, *, now: datetime) -> Decided:
    """Bring alerts up to date with conversations and sources. Safe to repeat and to run twice at once."""
    done = Decided()
    if _in_one_transaction(pool, company, now, done, _ended):
        while _in_one_transaction(pool, company, now, done, _due):
            pass
        _in_one_transaction(pool, company, now, done, _standing)
    if done.opened or done.resolved or done.owed:
        log.info(
            "alerts.decided",
            looked_at=done.looked_at,
            opened=done.opened,
            resolved=done.resolved,
            owed=done.owed,
        )
    return done


def _in_one_transaction(
    pool: ConnectionPool[Connection],
    company: Company,
    now: datetime,
    done: Decided,
    step: Callable[[Run], bool],
) -> bool:
    """Whether to go on: no when the step found nothing, or when another process decides just now."""
    with pool.connection() as conn:
        if not alerts.is_the_only_one(conn):
            return False
        run = Run(conn, company, now, done)
        goes_on = step(run)
        run.done.owed += run.notifier.owed
    return goes_on


def _ended(run: Run) -> bool:
    waits.look_at(run, alerts.ended_conversations(run.conn))
    return True


def _due(run: Run) -> bool:
    talks = alerts.due_conversations(run.conn, now=run.now, limit=BATCH)
    waits.look_at(run, talks)
    return bool(talks)


def _standing(run: Run) -> bool:
    standing.look(run)
    return False
