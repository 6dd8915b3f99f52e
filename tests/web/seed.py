"""A small company with customers who wait, in every state a page can show. Times are relative to `now`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from otklik import company
from otklik.config import Config

_NUMBERS = count(1)


def configure(conn: Connection, now: datetime, *, brand: str = "Ромашка Банк", **policy: Any) -> None:
    """Round-the-clock work, so that clocks read as spans do."""
    config = Config.model_validate(
        {
            "brand": {"name": brand},
            "policy": {"warn_after_minutes": 30, "answer_within_minutes": 60} | policy,
            "calendar": [{"hours": {"пн-вс": ["0:00-24:00"]}, "holidays": False}],
        }
    )
    company.apply(conn, config, hash_id=lambda kind, account: account, now=now)


def add_source(conn: Connection, now: datetime, name: str, kind: str = "vk", **changes: Any) -> int:
    row = {"name": name, "kind": kind, "added_at": now - timedelta(days=30), "needs_person": None, "every": 5}
    return _id(
        conn,
        "INSERT INTO source (name, kind, added_at, needs_person, settings) VALUES (%(name)s, %(kind)s, "
        "%(added_at)s, %(needs_person)s, jsonb_build_object('every_minutes', %(every)s::int)) RETURNING id",
        row | changes,
    )


def add_crawl(
    conn: Connection, source_id: int, at: datetime, outcome: str = "complete", reason: str = ""
) -> None:
    conn.execute(
        "INSERT INTO crawl (source_id, started_at, finished_at, outcome, reason) VALUES (%s, %s, %s, %s, %s)",
        (source_id, at, at, outcome, reason),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A post to seed. `by`: customer, other or official."""

    text: str
    ago: timedelta
    by: str = "customer"
    author: str | None = "Марина Котова"
    seen_late: timedelta = timedelta(0)
    is_dated: bool = True
    rating: int | None = None
    attachments: Sequence[str] = ()
    url: str | None = "https://vk.com/wall-1_2"
    gone_ago: timedelta | None = None
    earlier: Sequence[str] = ()


def add_conversation(
    conn: Connection,
    now: datetime,
    source_id: int,
    *words: Word,
    appeal: str = "complaint",
    state: str = "waiting_us",
    checked_ago: timedelta | None = timedelta(minutes=2),
    promised_in: timedelta | None = None,
    voices: int = 0,
    root: Word | None = None,
) -> int:
    """A conversation over these words; the last word of the customer waits."""
    number = next(_NUMBERS)
    thread_id = _id(
        conn,
        "INSERT INTO thread (source_id, root_external_id, checked_at) VALUES (%s, %s, %s) RETURNING id",
        (source_id, f"root{number}", now - checked_ago if checked_ago is not None else None),
    )
    if root:
        add_post(conn, now, source_id, thread_id, root, external_id=f"root{number}")
    ids = [add_post(conn, now, source_id, thread_id, word, number=number) for word in words]
    waits = [(i, word) for i, word in zip(ids, words, strict=True) if word.by == "customer"]
    last_id, last = waits[-1]
    answers = [word for word in words if word.by == "official"]
    is_waiting = state == "waiting_us"
    conversation_id = _id(
        conn,
        "INSERT INTO conversation (thread_id, source_id, customer, opening_post_id, appeal, state, turn,"
        " opened_at, first_seen_at, first_answer_at, waiting_since, waiting_post_id, promised_until,"
        " last_word_by, post_ids, voice_ids) VALUES (%(thread)s, %(source)s, %(customer)s, %(opening)s,"
        " %(appeal)s, %(state)s, %(turn)s, %(opened)s, %(seen)s, %(answered)s, %(since)s, %(waiting)s,"
        " %(promised)s, 'customer', %(posts)s, %(voices)s) RETURNING id",
        {
            "thread": thread_id,
            "source": source_id,
            "customer": f"key{number}",
            "opening": waits[0][0],
            "appeal": appeal,
            "state": state,
            "turn": {"waiting_us": "ours", "promised": "ours", "closed": "nobody"}.get(state, "customer"),
            "opened": now - waits[0][1].ago if waits[0][1].is_dated else None,
            "seen": now - waits[0][1].ago + waits[0][1].seen_late,
            "answered": now - answers[0].ago if answers else None,
            "since": now - last.ago if is_waiting and last.is_dated else None,
            "waiting": last_id if is_waiting else None,
            "promised": now + promised_in if promised_in is not None else None,
            "posts": ids,
            "voices": list(range(1, voices + 1)),
        },
    )
    conn.execute(
        "INSERT INTO conversation_move (conversation_id, before, after, by, because, at, post_id) "
        "VALUES (%s, NULL, 'waiting_us', 'customer', 'complained', %s, %s)",
        (conversation_id, now - waits[0][1].ago, waits[0][0]),
    )
    return conversation_id


def add_post(
    conn: Connection,
    now: datetime,
    source_id: int,
    thread_id: int,
    word: Word,
    *,
    number: int = 0,
    external_id: str | None = None,
) -> int:
    at = now - word.ago
    keys = {"customer": f"key{number}", "other": f"other{number}", "official": "company"}
    post_id = _id(
        conn,
        "INSERT INTO post (source_id, thread_id, external_id, kind, author_key, author_name, is_official,"
        " rating, text, version, published_at, first_seen_at, last_seen_at, gone_at, attachments, url,"
        " judged_by) VALUES (%(source)s, %(thread)s, %(external)s, 'comment', %(key)s, %(author)s,"
        " %(official)s, %(rating)s, %(text)s, %(version)s, %(at)s, %(seen)s, %(now)s, %(gone)s, %(files)s,"
        " %(url)s, 'lexicon-1') RETURNING id",
        {
            "source": source_id,
            "thread": thread_id,
            "external": external_id or f"post{next(_NUMBERS)}",
            "key": keys[word.by],
            "author": word.author,
            "official": word.by == "official",
            "rating": word.rating,
            "text": word.text,
            "version": len(word.earlier) + 1,
            "at": at if word.is_dated else None,
            "seen": at + word.seen_late,
            "now": now,
            "gone": now - word.gone_ago if word.gone_ago is not None else None,
            "files": list(word.attachments),
            "url": word.url,
        },
    )
    for version, text in enumerate(word.earlier, 1):
        conn.execute(
            "INSERT INTO post_version (post_id, version, text, seen_at) VALUES (%s, %s, %s, %s)",
            (post_id, version, text, at),
        )
    if word.by != "official":
        conn.execute(
            "INSERT INTO verdict (post_id, version, model_id, sentiment, appeal, sentiment_scores,"
            " appeal_scores, calibrated, at) VALUES (%s, %s, 'lexicon-1', 'negative', 'complaint', %s, %s,"
            " false, %s)",
            (post_id, len(word.earlier) + 1, Jsonb({"negative": 0.8}), Jsonb({"complaint": 0.83}), now),
        )
    return post_id


def add_alert(
    conn: Connection, now: datetime, conversation_id: int, state: str = "open", **changes: Any
) -> int:
    row = {
        "conversation": conversation_id,
        "fingerprint": f"conversation:{conversation_id}",
        "state": state,
        "now": now,
        "taken_by": None,
        "taken_at": None,
        "snoozed_until": None,
    }
    return _id(
        conn,
        "INSERT INTO alert (kind, fingerprint, conversation_id, state, level, opened_at, changed_at,"
        " taken_by, taken_at, snoozed_until) VALUES ('unanswered', %(fingerprint)s, %(conversation)s,"
        " %(state)s, 'breach', %(now)s, %(now)s, %(taken_by)s, %(taken_at)s, %(snoozed_until)s) RETURNING id",
        row | changes,
    )


def _id(conn: Connection, query: str, facts: Any) -> int:
    row = conn.execute(query, facts).fetchone()  # type: ignore[call-overload]  # literals above, in tests only
    assert row is not None
    return int(row[0])
