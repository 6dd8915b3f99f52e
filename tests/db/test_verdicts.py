"""Station classify and the rows behind it, on a real PostgreSQL."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from psycopg import Connection
from psycopg_pool import ConnectionPool

from db import verdicts
from domain.verdicts import Appeal, Sentiment, Text, Verdict
from tests.conftest import NOON
from triage.verdicts import classify_pending


class Fixed:
    """Says the same of every text; remembers what it read."""

    def __init__(self, model_id: str = "fixed-1", appeal: Appeal = Appeal.COMPLAINT) -> None:
        self.model_id, self.appeal = model_id, appeal
        self.read: list[str] = []

    def classify(self, texts: Sequence[Text]) -> list[Verdict]:
        self.read += [text.text for text in texts]
        return [
            Verdict(sentiment=Sentiment.NEUTRAL, appeal=self.appeal, model_id=self.model_id) for _ in texts
        ]


@pytest.fixture
def thread(pool: ConnectionPool[Connection]) -> int:
    with pool.connection() as conn:
        conn.execute("INSERT INTO source (name, kind, added_at) VALUES ('ромашка', 'vk', %s)", (NOON,))
        row = conn.execute(
            "INSERT INTO thread (source_id, root_external_id) SELECT id, '1' FROM source RETURNING id"
        ).fetchone()
        assert row
        return int(row[0])


def add_post(pool: ConnectionPool[Connection], thread: int, text: str, **changes: object) -> int:
    values = {"kind": "comment", "is_official": False} | changes
    with pool.connection() as conn:
        row = conn.execute(
            """INSERT INTO post (source_id, thread_id, external_id, kind, is_official, text,
                                 first_seen_at, last_seen_at)
               SELECT source_id, id, %(text)s, %(kind)s, %(is_official)s, %(text)s, %(now)s, %(now)s
                 FROM thread WHERE id = %(thread)s RETURNING id""",
            values | {"text": text, "thread": thread, "now": NOON},
        ).fetchone()
        assert row
        return int(row[0])


def one(pool: ConnectionPool[Connection], query: str) -> object:
    with pool.connection() as conn:
        row = conn.execute(query).fetchone()  # type: ignore[arg-type]
        return row and row[0]


def revision(pool: ConnectionPool[Connection]) -> object:
    return one(pool, "SELECT revision FROM thread")


def test_customers_words_get_one_verdict_each(pool: ConnectionPool[Connection], thread: int) -> None:
    first = add_post(pool, thread, "карта не работает")
    add_post(pool, thread, "Здравствуйте, разбираемся", kind="answer", is_official=True)
    add_post(pool, thread, "Новость от банка", kind="post", is_official=True)
    model = Fixed()
    assert classify_pending(pool, model, now=NOON, limit=10) == 1
    assert classify_pending(pool, model, now=NOON, limit=10) == 0
    assert model.read == ["карта не работает"]
    with pool.connection() as conn:
        verdict = verdicts.standing(conn, first)
        assert verdict is not None
        assert (verdict.appeal, verdict.model_id) == (Appeal.COMPLAINT, "fixed-1")
        assert verdicts.model_in_charge(conn) == ("fixed-1", NOON)


def test_the_thread_moves_on_once_a_verdict_is_new(pool: ConnectionPool[Connection], thread: int) -> None:
    before = revision(pool)
    add_post(pool, thread, "раз")
    add_post(pool, thread, "два")
    classify_pending(pool, Fixed(), now=NOON, limit=10)
    moved = revision(pool)
    assert moved == before + 1  # type: ignore[operator]
    classify_pending(pool, Fixed("other-1"), now=NOON, limit=10)
    assert revision(pool) == moved, "another model that says the same is no news"
    classify_pending(pool, Fixed("third-1", Appeal.PRAISE), now=NOON, limit=10)
    assert revision(pool) == moved + 1  # type: ignore[operator]


def test_an_edit_is_read_anew_and_the_old_verdict_kept(pool: ConnectionPool[Connection], thread: int) -> None:
    post = add_post(pool, thread, "всё плохо")
    classify_pending(pool, Fixed(), now=NOON, limit=10)
    with pool.connection() as conn:
        conn.execute("UPDATE post SET text = 'уже хорошо', version = 2 WHERE id = %s", (post,))
        assert verdicts.standing(conn, post) is None
    again = Fixed(appeal=Appeal.PRAISE)
    assert classify_pending(pool, again, now=NOON, limit=10) == 1
    assert again.read == ["уже хорошо"]
    assert one(pool, "SELECT count(*) FROM verdict") == 2


def test_a_wording_edited_while_the_model_read_it_waits_again(
    pool: ConnectionPool[Connection], thread: int
) -> None:
    post = add_post(pool, thread, "всё плохо")
    with pool.connection() as conn:
        read = verdicts.pending(conn, "fixed-1", limit=10)
        conn.execute("UPDATE post SET text = 'правка', version = 2 WHERE id = %s", (post,))
        verdicts.save(conn, list(zip(read, Fixed().classify([Text("")]), strict=True)), "fixed-1", now=NOON)
        assert [p.text for p in verdicts.pending(conn, "fixed-1", limit=10)] == ["правка"]


def test_a_new_model_reads_history_while_the_old_verdict_stands(
    pool: ConnectionPool[Connection], thread: int
) -> None:
    posts = [add_post(pool, thread, f"пост {n}") for n in range(5)]
    classify_pending(pool, Fixed(), now=NOON, limit=10)
    fresh = add_post(pool, thread, "свежий")
    later = NOON + timedelta(days=1)
    new = Fixed("zz-2")
    assert classify_pending(pool, new, now=later, limit=2) == 2
    assert new.read[0] == "свежий", "what nobody judged comes before what another model did"
    with pool.connection() as conn:
        models = [v.model_id for p in [*posts, fresh] if (v := verdicts.standing(conn, p))]
        assert models.count("fixed-1") == 4
        assert models.count("zz-2") == 2
        assert verdicts.waiting(conn, "zz-2") == 4
    while classify_pending(pool, new, now=later, limit=2):
        pass
    assert sorted(new.read) == sorted([f"пост {n}" for n in range(5)] + ["свежий"])


def test_verdicts_saved_twice_at_once_are_kept_once(pool: ConnectionPool[Connection], thread: int) -> None:
    add_post(pool, thread, "раз")
    with pool.connection() as conn:
        read = verdicts.pending(conn, "fixed-1", limit=10)
    for _ in range(2):
        with pool.connection() as conn:
            verdicts.save(
                conn, list(zip(read, Fixed().classify([Text("")]), strict=True)), "fixed-1", now=NOON
            )
    assert one(pool, "SELECT count(*) FROM verdict") == 1


@pytest.mark.parametrize("model_id", ["fixed-1", "aaa", "zzz"])
def test_finding_work_walks_an_index_whatever_the_history(
    pool: ConnectionPool[Connection], thread: int, model_id: str
) -> None:
    with pool.connection() as conn:
        conn.execute(
            """INSERT INTO post (source_id, thread_id, external_id, kind, text, judged_by,
                                 first_seen_at, last_seen_at)
               SELECT t.source_id, t.id, 'x' || n, 'comment', 'т', 'fixed-1', %s, %s
                 FROM thread t, generate_series(1, 20000) n""",
            (NOON, NOON),
        )
        conn.execute("ANALYZE post")
        plan = conn.execute(
            "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + verdicts._SQL["pending"],
            {"model_id": model_id, "limit": 50},
        ).fetchone()
        assert plan
        assert plan[0][0]["Plan"]["Shared Hit Blocks"] < 100
        assert "Seq Scan" not in str(plan)
