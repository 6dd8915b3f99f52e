"""Station "classify": every wording a customer published gets a verdict by the model in charge."""

from datetime import datetime

import structlog
from psycopg import Connection
from psycopg_pool import ConnectionPool

from db import verdicts
from domain.posts import PostKind
from domain.verdicts import Classifier, SourceKind, Text

log = structlog.get_logger()

#: Where words stand decides how they are read: answers are not customers' words and never come here.
_SOURCE_KINDS = {
    PostKind.POST: SourceKind.POST,
    PostKind.COMMENT: SourceKind.COMMENT,
    PostKind.REVIEW: SourceKind.REVIEW,
}


def classify_pending(
    pool: ConnectionPool[Connection], classifier: Classifier, *, now: datetime, limit: int
) -> int:
    """Judge up to `limit` posts that wait; returns how many it judged, 0 when nothing waits.

    The model runs outside any transaction. Safe to repeat and to run twice at once: a verdict is kept once.
    """
    with pool.connection() as conn:
        _take_charge(conn, classifier.model_id, now)
        posts = verdicts.pending(conn, classifier.model_id, limit=limit)
    if not posts:
        return 0
    found = classifier.classify([Text(post.text, _SOURCE_KINDS[post.kind]) for post in posts])
    with pool.connection() as conn, conn.transaction():
        moved = verdicts.save(conn, list(zip(posts, found, strict=True)), classifier.model_id, now=now)
    log.info("posts.classified", model=classifier.model_id, posts=len(posts), threads=moved)
    return len(posts)


def _take_charge(conn: Connection, model_id: str, now: datetime) -> None:
    before = verdicts.model_in_charge(conn)
    if before is None or before[0] != model_id:
        verdicts.put_in_charge(conn, model_id, now=now)
        log.info("model.put_in_charge", model=model_id, before=before and before[0])
