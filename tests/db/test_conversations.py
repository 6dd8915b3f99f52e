"""The conversations station on a real database: rows and decisions kept, history appended, nothing twice."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from psycopg import Connection
from psycopg_pool import ConnectionPool

from db import conversations as store
from db import posts as stored_posts
from domain.moves import Why, replay
from domain.policy import Company
from domain.posts import CrawledPost, PostKind
from tests.conftest import NOON
from triage.conversations import build_conversations, time_passed

COMPANY = Company(version=1, brand="Ромашка")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
MODEL = "по-словам"


def judge(conn: Connection) -> None:
    """Stand in for the classify station: the appeal is the first word of the text in square brackets."""
    conn.execute(
        """INSERT INTO verdict (post_id, version, model_id, sentiment, appeal, sentiment_scores,
                                appeal_scores, calibrated, at)
           SELECT id, version, %(model)s, 'neutral', coalesce(substring(text from '^\\[(\\w+)\\]'), 'none'),
                  '{}', '{}', false, first_seen_at
             FROM post WHERE NOT is_official AND judged_by IS NULL
           ON CONFLICT DO NOTHING""",
        {"model": MODEL},
    )
    conn.execute("UPDATE post SET judged_by = %s WHERE NOT is_official AND judged_by IS NULL", [MODEL])


class Town:
    """One thread of one source, written to and built as the stations would."""

    def __init__(self, pool: ConnectionPool[Connection]) -> None:
        self.pool = pool
        with pool.connection() as conn:
            row = conn.execute(
                "INSERT INTO source (name, kind, added_at) VALUES ('ВК', 'vk.wall', %s) RETURNING id", [NOON]
            ).fetchone()
            assert row
            self.source = int(row[0])

    def say(self, *posts: CrawledPost, seen_at: datetime | None = None, judged: bool = True) -> None:
        at = seen_at or max(post.published_at or NOON for post in posts)
        with self.pool.connection() as conn:
            stored_posts.save(conn, self.source, posts, seen_at=at, hash_id=lambda name: f"#{name}")
            if judged:
                judge(conn)
            conn.execute("UPDATE thread SET checked_at = %s", [at])

    def build(self, now: datetime) -> int:
        return build_conversations(self.pool, COMPANY, now=now, limit=100).threads

    def row(self, customer: str = "#анна") -> dict[str, object]:
        with self.pool.connection() as conn:
            cur = conn.execute("SELECT * FROM conversation WHERE customer = %s", [customer])
            row = cur.fetchone()
            assert row
            assert cur.description
            return dict(zip([column.name for column in cur.description], row, strict=True))

    def reasons(self, customer: str = "#анна") -> list[str]:
        with self.pool.connection() as conn:
            moves = store.moves(conn, int(str(self.row(customer)["id"])))
            assert replay(moves) == self.row(customer)["state"]
        return [step.because for step in moves]


def post(number: str, text: str, minutes: float = 0, **changes: object) -> CrawledPost:
    facts: dict[str, object] = {
        "kind": PostKind.COMMENT,
        "external_id": number,
        "root_id": "стена",
        "parent_id": "стена",
        "author": "Анна Лис",
        "author_id": "анна",
        "text": text,
        "published_at": NOON + minutes * MINUTE,
    }
    return CrawledPost(**{**facts, **changes})  # type: ignore[arg-type]  # a builder of tests


def answer(number: str, text: str, minutes: float, to: str = "1", **changes: object) -> CrawledPost:
    facts = {
        "kind": PostKind.ANSWER, "author": "Ромашка", "author_id": "мы", "is_official": True,
        "parent_id": "1", "reply_to": to,
    }  # fmt: skip
    return post(number, text, minutes, **{**facts, **changes})


@pytest.fixture
def town(pool: ConnectionPool[Connection]) -> Town:
    return Town(pool)


def test_a_complaint_waits_and_its_answer_hands_the_turn_over(town: Town) -> None:
    town.say(post("1", "[complaint] деньги списали дважды"))
    assert town.build(NOON + MINUTE) == 1
    waiting = town.row()
    assert (waiting["state"], waiting["turn"], waiting["appeal"]) == ("waiting_us", "ours", "complaint")
    assert waiting["look_at"] == NOON + 30 * MINUTE
    town.say(answer("2", "Анна, вернули вторую сумму, проверьте, пожалуйста, счёт.", 20))
    town.build(NOON + 21 * MINUTE)
    answered = town.row()
    assert (answered["id"], answered["state"]) == (waiting["id"], "waiting_customer")
    assert answered["first_answer_at"] == NOON + 20 * MINUTE
    assert answered["look_at"] is None
    assert town.reasons() == ["complained", "answered"]


def test_building_twice_adds_nothing(town: Town) -> None:
    town.say(
        post("1", "[complaint] деньги списали дважды"), answer("2", "Анна, проверяем, ответим до завтра", 5)
    )
    town.build(NOON + 6 * MINUTE)
    first, reasons = town.row(), town.reasons()
    assert town.build(NOON + 7 * MINUTE) == 0
    with town.pool.connection() as conn:
        conn.execute("UPDATE thread SET built_revision = 0")
    assert town.build(NOON + 7 * MINUTE) == 1
    assert (town.row(), town.reasons()) == (first, reasons)


def test_a_thread_waits_until_all_its_words_are_judged(town: Town) -> None:
    town.say(post("1", "[complaint] деньги списали дважды"), judged=False)
    assert town.build(NOON) == 0
    with town.pool.connection() as conn:
        judge(conn)
    assert town.build(NOON) == 1


def test_a_persons_decision_survives_rebuilding_until_the_customer_writes_again(town: Town) -> None:
    town.say(post("1", "[complaint] деньги списали дважды"))
    town.build(NOON)
    with town.pool.connection() as conn:
        assert store.close(conn, int(str(town.row()["id"])), by="Вера", because="answered", at=NOON + MINUTE)
        assert not store.close(conn, int(str(town.row()["id"])), by="Глеб", because="no", at=NOON + MINUTE)
        conn.execute("UPDATE thread SET built_revision = 0")
    town.build(NOON + 2 * MINUTE)
    assert (town.row()["state"], town.reasons()) == ("closed", ["complained", "answered"])
    town.say(post("3", "деньги так и не пришли", 10))
    town.build(NOON + 11 * MINUTE)
    assert town.row()["state"] == "waiting_us"
    assert town.row()["waiting_since"] == NOON + 10 * MINUTE
    assert town.reasons() == ["complained", "answered", "wrote_again"]


def test_a_word_the_person_had_not_seen_still_waits(town: Town) -> None:
    town.say(post("1", "[complaint] деньги списали дважды"))
    town.build(NOON)
    with town.pool.connection() as conn:
        store.close(conn, int(str(town.row()["id"])), by="Вера", because="answered", at=NOON + 5 * MINUTE)
    town.say(post("3", "[complaint] и кэшбэк пропал", 4), seen_at=NOON + 9 * MINUTE)
    town.build(NOON + 9 * MINUTE)
    assert town.row()["state"] == "waiting_us"


def test_what_is_edited_into_praise_is_closed_with_a_reason(town: Town) -> None:
    town.say(post("1", "[complaint] деньги списали дважды"))
    town.build(NOON)
    town.say(post("1", "[praise] всё вернули, молодцы"), seen_at=NOON + HOUR)
    town.build(NOON + HOUR)
    assert town.row()["state"] == "closed"
    assert town.reasons()[-1] == Why.RECOUNTED
    town.say(post("1", "ладно"), seen_at=NOON + 2 * HOUR)
    town.build(NOON + 2 * HOUR)
    town.say(post("1", "[complaint] нет, опять списали дважды"), seen_at=NOON + 3 * HOUR)
    town.build(NOON + 3 * HOUR)
    assert town.row()["state"] == "waiting_us"


def test_a_complaint_that_derives_no_more_keeps_its_row(town: Town) -> None:
    town.say(post("1", "[complaint] деньги списали дважды"))
    town.build(NOON)
    number = town.row()["id"]
    with town.pool.connection() as conn:
        conn.execute(
            "INSERT INTO correction (post_id, version, appeal, by, at)"
            " SELECT id, 1, 'none', 'Вера', %s FROM post",
            [NOON],
        )
        conn.execute("UPDATE thread SET revision = revision + 1")
    town.build(NOON + MINUTE)
    assert (town.row()["id"], town.row()["state"]) == (number, "closed")
    assert town.reasons() == ["complained", "no_longer"]


def test_a_late_seen_answer_counts_by_its_own_time(town: Town) -> None:
    town.say(post("1", "[complaint] деньги списали дважды"))
    town.build(NOON)
    town.say(answer("2", "Анна, вернули деньги на ваш счёт полностью.", 5), seen_at=NOON + 5 * HOUR)
    town.build(NOON + 5 * HOUR)
    assert town.row()["first_answer_at"] == NOON + 5 * MINUTE


def test_an_answer_taken_back_leaves_the_customer_waiting(town: Town) -> None:
    town.say(post("1", "[complaint] деньги списали дважды"), answer("2", "Анна, вернули всё на ваш счёт.", 5))
    town.build(NOON + 6 * MINUTE)
    town.say(answer("2", "", 5, deleted=True), seen_at=NOON + HOUR)
    town.build(NOON + HOUR)
    assert town.row()["state"] == "waiting_us"
    assert town.row()["first_answer_at"] is None


def test_silence_ends_a_talk_only_after_a_look(town: Town) -> None:
    town.say(post("1", "[complaint] деньги списали дважды"), answer("2", "Анна, вернули всё на ваш счёт.", 5))
    town.build(NOON + 6 * MINUTE)
    later = NOON + timedelta(days=31)
    assert time_passed(town.pool, COMPANY, now=later).moves == 0
    with town.pool.connection() as conn:
        conn.execute("UPDATE thread SET checked_at = %s", [later])
    assert time_passed(town.pool, COMPANY, now=later).moves == 1
    assert (town.row()["state"], town.reasons()[-1]) == ("closed", "silent")
    assert time_passed(town.pool, COMPANY, now=later).threads == 0


def test_a_broken_promise_is_ours_again(town: Town) -> None:
    town.say(post("1", "[complaint] деньги списали дважды"), answer("2", "Анна, ответим в течение часа.", 5))
    town.build(NOON + 6 * MINUTE)
    assert town.row()["promised_until"] == NOON + 65 * MINUTE
    later = NOON + 2 * HOUR
    with town.pool.connection() as conn:
        conn.execute("UPDATE thread SET checked_at = %s", [later])
    time_passed(town.pool, COMPANY, now=later)
    row = town.row()
    assert (row["state"], row["waiting_since"], row["look_at"]) == ("waiting_us", NOON, later)


def test_a_review_whose_source_hides_answers_is_marked_so(town: Town) -> None:
    review = {"kind": PostKind.REVIEW, "root_id": None, "parent_id": None, "published_at": None}
    town.say(post("отзыв", "[complaint] ужасное обслуживание", **review), seen_at=NOON)
    town.build(NOON)
    row = town.row()
    assert (row["state"], row["is_checkable"], row["look_at"], row["opened_at"]) == (
        "waiting_us", False, NOON, None,
    )  # fmt: skip


def test_two_stations_at_once_take_different_threads(town: Town) -> None:
    town.say(post("1", "[complaint] не работает вход", root_id="а", parent_id="а"))
    town.say(post("2", "[complaint] не работает вход", root_id="б", parent_id="б"))
    with town.pool.connection() as one, town.pool.connection() as other:
        taken: Iterable[store.TakenThread] = store.take_threads(one, limit=1)
        rest = store.take_threads(other, limit=5)
        assert {t.id for t in taken}.isdisjoint({t.id for t in rest})
        assert len(rest) == 1
