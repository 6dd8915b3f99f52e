"""Verdicts: which posts wait for one, and what the models said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection
from psycopg.types.json import Jsonb

from db.sql import queries
from domain.posts import PostKind
from domain.verdicts import Appeal, Sentiment, Verdict

_SQL = queries("verdicts")


@dataclass(frozen=True, slots=True)
class PendingPost:
    """One wording that the model in charge has not judged."""

    post_id: int
    version: int
    thread_id: int
    kind: PostKind
    text: str


def pending(conn: Connection, model_id: str, *, limit: int) -> list[PendingPost]:
    """Customers' posts without a verdict by this model on their present wording.

    Never judged ones first, newest first; then those that only another model judged. Costs the same however
    long the history is.
    """
    rows = conn.execute(_SQL["pending"], {"model_id": model_id, "limit": limit}).fetchall()
    return [PendingPost(row[0], row[1], row[2], PostKind(row[3]), row[4]) for row in rows]


def save(
    conn: Connection, judged: Sequence[tuple[PendingPost, Verdict]], model_id: str, *, now: datetime
) -> int:
    """Store verdicts and let them stand; the caller owns the transaction. Safe to repeat.

    Returns how many threads have something new to say. A wording edited since it was read keeps its
    verdict as history, and waits again.
    """
    if not judged:
        return 0
    with conn.cursor() as cur:
        cur.executemany(_SQL["save"], [_row(post, verdict, model_id, now) for post, verdict in judged])
    found = conn.execute(
        _SQL["stand"],
        {
            "post_ids": [post.post_id for post, _ in judged],
            "versions": [post.version for post, _ in judged],
            "model_id": model_id,
        },
    ).fetchone()
    return int(found[1]) if found else 0


def _row(post: PendingPost, verdict: Verdict, model_id: str, now: datetime) -> dict[str, object]:
    return {
        "post_id": post.post_id,
        "version": post.version,
        "model_id": model_id,
        "sentiment": verdict.sentiment.value,
        "appeal": verdict.appeal.value,
        "sentiment_scores": Jsonb({k: round(v, 4) for k, v in verdict.sentiment_scores.items()}),
        "appeal_scores": Jsonb({k: round(v, 4) for k, v in verdict.appeal_scores.items()}),
        "calibrated": verdict.calibrated,
        "now": now,
    }


def standing(conn: Connection, post_id: int) -> Verdict | None:
    """The verdict on a post's present wording: the old model's while a new one re-reads history."""
    row = conn.execute(_SQL["standing"], {"post_id": post_id}).fetchone()
    if row is None:
        return None
    return Verdict(
        model_id=row[0],
        sentiment=Sentiment(row[1]),
        appeal=Appeal(row[2]),
        sentiment_scores=row[3],
        appeal_scores=row[4],
        calibrated=row[5],
    )


def model_in_charge(conn: Connection) -> tuple[str, datetime] | None:
    """The model that judges, and since when; None before the first one began."""
    row = conn.execute(_SQL["model_in_charge"]).fetchone()
    return (row[0], row[1]) if row else None


def put_in_charge(conn: Connection, model_id: str, *, now: datetime) -> None:
    """Record who judges from now on. Safe to repeat."""
    conn.execute(_SQL["put_in_charge"], {"model_id": model_id, "now": now})


def waiting(conn: Connection, model_id: str, *, limit: int = 10_000) -> int:
    """How many posts wait for this model's verdict; `limit` means that many or more."""
    row = conn.execute(_SQL["waiting"], {"model_id": model_id, "limit": limit}).fetchone()
    return int(row[0]) if row else 0
