"""Problems on a real PostgreSQL: found in posts, corrected by people, alive by rules."""

import random
from datetime import datetime, timedelta

import pytest
from psycopg import Connection
from psycopg_pool import ConnectionPool

from db import problem_views, problems
from domain.errors import NotAllowed
from domain.problems.complaints import Role
from domain.problems.life import Ignored, Rules
from domain.problems.states import State
from domain.problems.store import Suggestion
from tests.conftest import NOON
from tests.triage.texts import CAUSES
from triage.problems import people, stations
from triage.problems.stations import careful_pass, group_complaints, let_live

Pool = ConnectionPool[Connection]
RULES = Rules()
TEXTS = [text for texts in CAUSES.values() for text in texts]
CAUSE = {text: cause for cause, texts in CAUSES.items() for text in texts}


@pytest.fixture
def source(pool: Pool) -> Pool:
    with pool.connection() as conn:
        conn.execute("INSERT INTO source (name, kind, added_at) VALUES ('ромашка', 'vk', %s)", (NOON,))
        conn.execute("INSERT INTO thread (source_id, root_external_id) SELECT id, '1' FROM source")
    return pool


def write(
    pool: Pool, text: str, *, author: str | None = None, at: datetime = NOON, appeal: str = "complaint"
) -> int:
    """One judged post of a customer."""
    with pool.connection() as conn:
        row = conn.execute(
            """INSERT INTO post (source_id, thread_id, external_id, kind, author_key, text, published_at,
                                 first_seen_at, last_seen_at)
               SELECT source_id, id, %(id)s, 'comment', %(author)s, %(text)s, %(at)s, %(at)s, %(at)s
                 FROM thread RETURNING id""",
            {"id": f"{random.random()}", "author": author, "text": text, "at": at},
        ).fetchone()
        assert row
        judge(conn, row[0], appeal)
        return int(row[0])


def judge(conn: Connection, post: int, appeal: str, model: str = "m1") -> None:
    conn.execute(
        """INSERT INTO verdict (post_id, version, model_id, sentiment, appeal,
                                sentiment_scores, appeal_scores, calibrated, at)
           SELECT id, version, %(model)s, 'negative', %(appeal)s, '{}', '{}', false, %(at)s
             FROM post WHERE id = %(post)s""",
        {"post": post, "appeal": appeal, "model": model, "at": NOON},
    )
    conn.execute("UPDATE post SET judged_by = %s WHERE id = %s", (model, post))


def write_all(pool: Pool, texts: list[str] = TEXTS) -> dict[str, int]:
    return {text: write(pool, text, author=f"а{i}") for i, text in enumerate(texts)}


def group(pool: Pool, now: datetime = NOON) -> stations.Grouped:
    return group_complaints(pool, RULES, now=now, limit=10_000)


def membership(pool: Pool) -> dict[int, int]:
    with pool.connection() as conn:
        return dict(
            conn.execute("SELECT post_id, problem_id FROM problem_member WHERE role = 'main'").fetchall()
        )


def some_problem(pool: Pool) -> tuple[int, list[int]]:
    """The greatest problem and its posts."""
    found: dict[int, list[int]] = {}
    for post, problem in sorted(membership(pool).items()):
        found.setdefault(problem, []).append(post)
    return max(found.items(), key=lambda item: (len(item[1]), -item[0]))


def state(pool: Pool, problem: int) -> State:
    with pool.connection() as conn:
        found = problem_views.one(conn, problem, now=NOON)
        assert found
        return found.state


def count(pool: Pool, query: str) -> int:
    with pool.connection() as conn:
        row = conn.execute(query).fetchone()  # type: ignore[arg-type]
        assert row
        return int(row[0])


def test_complaints_come_into_pure_problems_and_all_else_stays_out(source: Pool) -> None:
    ids = write_all(source)
    praise = write(source, "Спасибо, кэшбэк начислили за день!", appeal="praise")
    done = group(source)
    assert (done.posts, done.complaints) == (len(TEXTS) + 1, len(TEXTS))
    placed = membership(source)
    assert praise not in placed
    causes: dict[int, set[str]] = {}
    for text, post in ids.items():
        if post in placed:
            causes.setdefault(placed[post], set()).add(CAUSE[text])
    assert len(causes) >= 3
    assert all(len(found) == 1 for found in causes.values())


def test_grouping_again_finds_nothing_to_do(source: Pool) -> None:
    write_all(source)
    group(source)
    before = membership(source)
    assert group(source).posts == 0
    assert membership(source) == before


def test_a_killed_grouping_goes_on_where_it_stopped(source: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    write_all(source)
    marked = 0

    def dies(conn: Connection, posts: list[problems.Waiting]) -> None:
        nonlocal marked
        marked += 1
        if marked == 2:
            raise KeyboardInterrupt
        real(conn, posts)

    real = problems.mark_grouped
    monkeypatch.setattr(problems, "mark_grouped", dies)
    with pytest.raises(KeyboardInterrupt):
        group(source)
    assert count(source, "SELECT count(*) FROM complaint") == 20
    monkeypatch.undo()
    group(source)
    assert count(source, "SELECT count(*) FROM complaint") == len(TEXTS)
    assert count(source, "SELECT count(*) FROM post WHERE grouped_version IS NULL") == 0


def test_what_is_no_complaint_any_more_leaves_its_problem(source: Pool) -> None:
    write_all(source)
    group(source)
    _, posts = some_problem(source)
    with source.connection() as conn:
        conn.execute(
            """INSERT INTO correction (post_id, version, appeal, by, at)
               VALUES (%s, 1, 'question', 'Анна', %s)""",
            (posts[0], NOON),
        )
        judge(conn, posts[1], "none", "m2")
    group(source)
    assert not {posts[0], posts[1]} & membership(source).keys()


def test_an_edited_complaint_is_placed_anew(source: Pool) -> None:
    ids = write_all(source)
    group(source)
    post, problem = next(item for item in membership(source).items() if item[0] == ids[CAUSES["вход"][0]])
    with source.connection() as conn:
        conn.execute("UPDATE post SET text = %s, version = 2 WHERE id = %s", (CAUSES["страховка"][1], post))
        judge(conn, post, "complaint")
    group(source)
    assert membership(source).get(post) != problem
    assert count(source, f"SELECT version FROM complaint WHERE post_id = {post}") == 2


def test_three_voices_raise_a_problem_and_one_author_does_not(source: Pool) -> None:
    for text in CAUSES["кэшбэк"]:
        write(source, text, author="анна")
    group(source)
    assert count(source, "SELECT count(*) FROM problem WHERE raised_at IS NOT NULL") == 0
    for i, text in enumerate(CAUSES["вход"]):
        write(source, text, author=f"б{i}")
    group(source)
    careful_pass(source, RULES, now=NOON)
    assert count(source, "SELECT count(*) FROM problem WHERE raised_at IS NOT NULL AND state = 'new'") == 1


def test_the_careful_pass_keeps_ids_and_repeated_changes_nothing(source: Pool) -> None:
    write_all(source)
    group(source)
    problem, posts = some_problem(source)
    careful_pass(source, RULES, now=NOON)
    after = membership(source)
    assert {after.get(post) for post in posts} == {problem}
    again = careful_pass(source, RULES, now=NOON)
    assert membership(source) == after
    assert (again.placed, again.opened, again.ended) == (0, 0, 0)


def test_a_problem_has_a_title_and_reasons(source: Pool) -> None:
    write_all(source)
    group(source)
    problem, _ = some_problem(source)
    with source.connection() as conn:
        seen = problem_views.one(conn, problem, now=NOON)
        shown = problem_views.evidence(conn, problem, limit=100)
    assert seen is not None
    assert seen.title
    assert seen.voices == seen.posts == len([e for e in shown if e.role is Role.MAIN])
    assert all(e.neighbours and e.terms and e.score > 0 for e in shown if e.role is Role.MAIN)


def test_what_a_person_took_out_stays_out_whatever_rules_find(source: Pool) -> None:
    write_all(source)
    group(source)
    problem, posts = some_problem(source)
    people.take_out(source, posts[0], problem, by="Анна", now=NOON)
    people.take_out(source, posts[0], problem, by="Анна", now=NOON)
    careful_pass(source, RULES, now=NOON)
    assert membership(source).get(posts[0]) != problem
    with source.connection() as conn:
        judge(conn, posts[0], "complaint", "m2")
    group(source)
    assert membership(source).get(posts[0]) != problem


def test_what_a_person_put_somewhere_stays_there(source: Pool) -> None:
    ids = write_all(source)
    group(source)
    problem, posts = some_problem(source)
    stranger = next(post for post in ids.values() if post not in posts)
    people.put_into(source, stranger, problem, by="Борис", now=NOON)
    careful_pass(source, RULES, now=NOON)
    assert membership(source)[stranger] == problem
    assert {membership(source)[post] for post in posts} == {problem}


def test_a_merge_moves_everything_leaves_a_trail_and_holds(source: Pool) -> None:
    write_all(source)
    group(source)
    one, *_ = found = sorted(set(membership(source).values()))
    other = found[-1]
    before = membership(source)
    people.merge(source, other, one, by="Вера", now=NOON)
    for _ in range(2):
        after = membership(source)
        assert all(after[post] == one for post, problem in before.items() if problem in (one, other))
        careful_pass(source, RULES, now=NOON)
    with source.connection() as conn:
        assert problem_views.history(conn, other)[-1].after is State.GONE
    assert count(source, f"SELECT merged_into FROM problem WHERE id = {other}") == one
    with pytest.raises(NotAllowed):
        people.rename(source, other, "Как теперь?", by="Вера", now=NOON)
    with pytest.raises(NotAllowed):
        people.merge(source, one, one, by="Вера", now=NOON)


def test_a_split_makes_a_problem_of_its_own_that_no_rule_undoes(source: Pool) -> None:
    write_all(source)
    group(source)
    problem, posts = some_problem(source)
    new = people.split(source, problem, posts[:2], "Баллы за аптеки", by="Вера", now=NOON)
    careful_pass(source, RULES, now=NOON)
    after = membership(source)
    assert {after[post] for post in posts[:2]} == {new}
    assert {after[post] for post in posts[2:]} == {problem}
    with source.connection() as conn:
        seen = problem_views.one(conn, new, now=NOON)
    assert seen is not None
    assert (seen.title, seen.state) == ("Баллы за аптеки", State.NEW)


def test_a_person_renames_for_good(source: Pool) -> None:
    write_all(source)
    group(source)
    problem, _ = some_problem(source)
    people.rename(source, problem, "Баллы не приходят", by="Вера", now=NOON)
    careful_pass(source, RULES, now=NOON)
    with source.connection() as conn:
        seen = problem_views.one(conn, problem, now=NOON)
    assert seen is not None
    assert seen.title == "Баллы не приходят"


def test_voices_after_the_fix_bring_a_problem_back_with_the_fix_attached(source: Pool) -> None:
    for i, text in enumerate(CAUSES["вход"][:3]):
        write(source, text, author=f"а{i}", at=NOON - timedelta(days=9))
    group(source)
    careful_pass(source, RULES, now=NOON)
    problem, _ = some_problem(source)
    people.fixed(source, problem, "выпустили 5.1", by="Глеб", at=NOON - timedelta(days=5), now=NOON)
    assert state(source, problem) is State.FIXED
    for i, text in enumerate([*CAUSES["вход"][3:], CAUSES["вход"][0] + " И сегодня тоже."]):
        write(source, text, author=f"б{i}", at=NOON)
    group(source)
    careful_pass(source, RULES, now=NOON)
    with source.connection() as conn:
        seen = problem_views.one(conn, problem, now=NOON)
    assert seen is not None
    assert seen.state is State.BACK
    assert (seen.fixed_by, seen.fixed_how) == ("Глеб", "выпустили 5.1")


def test_not_a_problem_is_never_raised_and_keeps_what_comes(source: Pool) -> None:
    write_all(source)
    group(source)
    problem, posts = some_problem(source)
    people.not_a_problem(source, problem, by="Вера", now=NOON)
    write(source, TEXTS[0] + " Опять.", author="новый")
    group(source)
    careful_pass(source, RULES, now=NOON + timedelta(days=300))
    let_live(source, RULES, now=NOON + timedelta(days=300))
    assert state(source, problem) is State.IGNORED
    assert {membership(source)[post] for post in posts} == {problem}


def test_an_ignored_problem_wakes_on_its_date(source: Pool) -> None:
    write_all(source)
    group(source)
    problem, _ = some_problem(source)
    tomorrow = NOON + timedelta(days=1)
    people.ignore(source, problem, Ignored(until=tomorrow), by="Вера", now=NOON)
    let_live(source, RULES, now=NOON)
    assert state(source, problem) is State.IGNORED
    let_live(source, RULES, now=tomorrow)
    assert state(source, problem) is State.ONGOING


def test_a_known_problem_draws_complaints_from_the_first_day(source: Pool) -> None:
    number = people.know(
        source, "queue", "Очереди в отделениях", CAUSES["очередь"][:2], owner="розница", now=NOON
    )
    assert people.know(source, "queue", "Очереди", CAUSES["очередь"][:2], owner="розница", now=NOON) == number
    ids = write_all(source, CAUSES["очередь"][2:] + CAUSES["вход"])
    group(source)
    placed = membership(source)
    assert number in {placed.get(ids[text]) for text in CAUSES["очередь"][2:]}
    assert number not in {placed.get(ids[text]) for text in CAUSES["вход"]}


def test_a_declined_pair_is_not_asked_again(source: Pool) -> None:
    write_all(source)
    group(source)
    one, other = sorted(set(membership(source).values()))[:2]
    with source.connection() as conn:
        store = problems.Problems(conn, now=NOON)
        store.suggest([Suggestion(one=one, other=other, score=0.3)], now=NOON)
        assert problem_views.asked(conn, limit=9) == [(one, other, pytest.approx(0.3))]
    people.decline(source, one, other, by="Вера", now=NOON)
    with source.connection() as conn:
        problems.Problems(conn, now=NOON).suggest([Suggestion(one=other, other=one, score=0.4)], now=NOON)
        assert problem_views.asked(conn, limit=9) == []


def test_a_chorus_is_counted_as_one_voice_and_shown(source: Pool) -> None:
    text = " ".join(CAUSES["очередь"][:2])
    for i in range(4):
        write(source, f"{text} {'!' * i}", author=f"новый{i}")
    group(source)
    careful_pass(source, RULES, now=NOON)
    problem, posts = some_problem(source)
    with source.connection() as conn:
        seen = problem_views.one(conn, problem, now=NOON)
        told = problem_views.suspected(conn, problem, since=NOON - timedelta(days=7))
    assert seen is not None
    assert told is not None
    assert (len(posts), seen.voices, seen.authors, told.authors) == (4, 1, 4, 4)
    assert seen.state is State.CANDIDATE


def test_every_decision_of_a_person_is_kept(source: Pool) -> None:
    write_all(source)
    group(source)
    problem, posts = some_problem(source)
    people.assign(source, problem, "лояльность", by="Вера", now=NOON)
    people.take_out(source, posts[0], problem, by="Анна", now=NOON)
    with source.connection() as conn:
        rows = conn.execute(
            "SELECT verb, by FROM problem_action WHERE problem_id = %s ORDER BY id", (problem,)
        ).fetchall()
    assert rows == [("assign", "Вера"), ("take_out", "Анна")]


def test_a_problem_that_never_was_is_refused(source: Pool) -> None:
    with pytest.raises(KeyError):
        people.rename(source, 404, "?", by="Вера", now=NOON)
