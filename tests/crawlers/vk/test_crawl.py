"""A community is read whole, again and again, and what the database holds is what stands on the wall."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from db import posts
from demo.vk import faults
from demo.vk.testing import BANK_TOKEN, BANK_WALL, DARYA, YEGOR
from domain.sources import CrawlOutcome
from tests.crawlers.vk.conftest import Watch

Say = Callable[..., int]
COMPLETE, PARTIAL = CrawlOutcome.COMPLETE, CrawlOutcome.PARTIAL


def publish(watch: Watch, text: str = "Новая карта", **more: object) -> int:
    return watch.town.add_post(BANK_WALL, BANK_WALL, text, watch.clock.forward(minutes=1), **more)


def test_a_wall_with_a_conversation_is_stored_as_it_stands(watch: Watch, say: Say) -> None:
    post = publish(watch)
    asked = say(post, DARYA, "Карта не работает")
    say(post, BANK_WALL, "Проверим", reply_to=asked)
    run = watch.look()
    assert (run.outcome, run.new) == (COMPLETE, 3)
    stored = watch.posts()
    assert [row["kind"] for row in stored.values()] == ["post", "comment", "answer"]
    customer = stored[f"{BANK_WALL}_{asked}"]
    assert customer["author_name"] == "Дарья Клиентова"
    assert customer["author_key"] == watch.identity.hash_id("vk", str(DARYA))
    assert watch.checked(post) is not None


def test_a_second_look_changes_nothing_and_moves_the_bookmark(watch: Watch, say: Say) -> None:
    say(publish(watch), DARYA, "Где мой кэшбэк?")
    watch.look()
    watch.clock.forward(minutes=5)
    began = watch.clock()
    run = watch.look()
    assert (run.outcome, run.new, run.edited, run.gone) == (COMPLETE, 0, 0, 0)
    assert watch.source()["bookmark"] == began


def test_nobody_s_account_id_lies_in_the_database(watch: Watch, say: Say) -> None:
    say(publish(watch), DARYA, "Где мой кэшбэк?", attachments=["photo"])
    watch.look()
    for row in watch.rows(
        "SELECT p::text AS post, y.body::text AS body FROM post p JOIN payload y ON y.post_id = p.id"
    ):
        assert f" {DARYA}," not in row["body"]
        assert f": {DARYA}" not in row["body"]
        assert f",{DARYA}," not in row["post"]


def test_a_thread_longer_than_ten_replies_is_read_to_its_end(watch: Watch, say: Say) -> None:
    post = publish(watch)
    top = say(post, DARYA, "Почему так долго?")
    for number in range(130):
        say(post, (YEGOR, DARYA)[number % 2], f"ответ {number}", reply_to=top)
    run = watch.look()
    assert (run.outcome, run.new) == (COMPLETE, 132)


def test_many_comments_and_posts_come_page_by_page(watch: Watch, say: Say) -> None:
    posts_ = [publish(watch, f"новость {n}") for n in range(120)]
    for number in range(230):
        say(posts_[-1], DARYA, f"вопрос {number}")
    run = watch.look()
    assert (run.outcome, run.new) == (COMPLETE, 350)


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        pytest.param("wall.get", faults.SHORT_PAGE, id="short page of the wall"),
        pytest.param("wall.getComments", faults.SHORT_PAGE, id="short page of comments"),
        pytest.param("wall.getComments", faults.SHUFFLED, id="replies out of order"),
        pytest.param("wall.getComments", faults.SWAPPED_COUNTS, id="counts the other way round"),
    ],
)
def test_strange_pages_lose_nothing(watch: Watch, say: Say, method: str, fault: faults.Fault) -> None:
    for number in range(3):
        post = publish(watch, f"новость {number}")
        top = say(post, DARYA, f"вопрос {number}")
        for reply in range(12):
            say(post, YEGOR, f"мнение {number}.{reply}", reply_to=top)
    watch.town.faults.queue(method, fault, times=2)
    looks = [watch.look()]
    if looks[0].outcome is not COMPLETE:  # it saw that something was missing: the next look mends it
        watch.clock.forward(minutes=5)
        looks.append(watch.look())
    assert looks[-1].outcome is COMPLETE
    assert sum(look.new for look in looks) == 3 + 3 + 36


def test_hidden_posts_make_pages_short_but_end_nothing(watch: Watch) -> None:
    for number in range(250):
        publish(watch, f"новость {number}", is_hidden=50 < number < 190)
    watch.look()
    assert len(watch.texts()) == 250 - 139


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param((faults.error(6),) * 4, id="too many requests per second"),
        pytest.param((faults.error(1), faults.error(10)), id="trouble inside VK"),
        pytest.param((faults.HTML_502,) * 2, id="a gateway's page"),
        pytest.param((faults.HTML_200,), id="a page instead of JSON"),
        pytest.param((faults.RESET,), id="a connection torn"),
        pytest.param((faults.TRUNCATED,), id="half of the JSON"),
    ],
)
def test_a_passing_trouble_is_waited_out(watch: Watch, say: Say, fault: tuple[faults.Fault, ...]) -> None:
    say(publish(watch), DARYA, "Верните деньги")
    watch.town.faults.queue("wall.get", *fault)
    watch.town.faults.queue("wall.getComments", *fault)
    run = watch.look()
    assert (run.outcome, run.new) == (COMPLETE, 2)
    assert watch.town.faults.waiting() == 0
    assert len(watch.slept) >= 2 * len(fault)


def test_a_trouble_that_stays_ends_the_run_and_keeps_the_bookmark(watch: Watch, say: Say) -> None:
    say(publish(watch), DARYA, "Верните деньги")
    watch.town.faults.sometimes("wall.getComments", faults.HTML_502, 1.0)
    run = watch.look()
    assert run.outcome is PARTIAL
    assert "HTTP 502" in run.reason
    assert watch.source()["bookmark"] is None
    watch.town.faults.clear()
    assert watch.look().outcome is COMPLETE
    assert "Верните деньги" in watch.texts()


@pytest.mark.parametrize(
    "fault", [pytest.param(faults.CAPTCHA_OLD, id="old"), pytest.param(faults.CAPTCHA_NEW, id="new")]
)
def test_a_captcha_of_either_shape_calls_a_person(watch: Watch, fault: faults.Fault) -> None:
    publish(watch)
    watch.town.faults.queue("wall.get", fault)
    run = watch.look()
    assert run.outcome is CrawlOutcome.NEEDS_PERSON
    assert run.asked == 2  # the name of the community, and the one refused call: nothing was tried again
    assert "проверку" in str(watch.source()["needs_person"])


def test_a_bad_token_calls_a_person_once_and_a_good_one_clears_it(watch: Watch) -> None:
    publish(watch)
    run = watch.look(token="отозван")
    assert run.outcome is CrawlOutcome.NEEDS_PERSON
    assert "OTKLIK_VK_TOKEN" in run.reason
    assert watch.source()["needs_person"] == run.reason
    assert watch.look().outcome is COMPLETE
    assert watch.source()["needs_person"] is None


def test_a_token_of_the_wrong_kind_calls_a_person(watch: Watch) -> None:
    assert watch.look(token=BANK_TOKEN).outcome is CrawlOutcome.NEEDS_PERSON


def test_no_token_says_how_to_give_one(watch: Watch) -> None:
    watch.settings = watch.settings.model_copy(update={"vk_token": None})
    assert "OTKLIK_VK_TOKEN" in watch.look().reason


def test_a_spent_day_stops_the_method_until_the_next(watch: Watch) -> None:
    publish(watch)
    watch.town.faults.queue("wall.get", faults.error(29))
    assert watch.look().outcome is CrawlOutcome.FAILED
    calls = watch.town.calls_of("wall.get")
    assert watch.look().outcome is CrawlOutcome.FAILED
    assert watch.town.calls_of("wall.get") == calls
    watch.clock.forward(hours=24)
    assert watch.look().outcome is COMPLETE


def test_flood_control_rests_the_method_for_an_hour(watch: Watch) -> None:
    publish(watch)
    watch.town.faults.queue("wall.get", faults.error(9))
    assert watch.look().outcome is CrawlOutcome.FAILED
    watch.clock.forward(minutes=59)
    assert watch.look().outcome is CrawlOutcome.FAILED
    watch.clock.forward(minutes=2)
    assert watch.look().outcome is COMPLETE


def test_a_placeholder_with_a_living_thread_is_kept(watch: Watch, say: Say) -> None:
    post = publish(watch)
    top = say(post, DARYA, "Обманули!")
    say(post, YEGOR, "И меня", reply_to=top)
    watch.look()
    watch.town.delete_comment(BANK_WALL, top, watch.clock.forward(minutes=1))
    watch.clock.forward(minutes=1)
    run = watch.look()
    assert run.gone == 1
    stored = watch.posts()[f"{BANK_WALL}_{top}"]
    assert stored["gone_at"] is not None
    assert stored["text"] == "Обманули!"
    assert "И меня" in watch.texts()


def test_a_comment_that_vanished_is_gone_after_two_looks(watch: Watch, say: Say) -> None:
    post = publish(watch)
    gone = say(post, DARYA, "Обманули!")
    say(post, YEGOR, "Всё хорошо")
    watch.look()
    watch.town.delete_comment(BANK_WALL, gone, watch.clock.forward(minutes=1))
    for expected in (0, 1, 0):
        watch.clock.forward(minutes=5)
        assert watch.look().gone == expected
    assert watch.texts() == {"Новая карта", "Всё хорошо"}


def test_a_deleted_post_is_gone_because_vk_says_so(watch: Watch) -> None:
    first, second = publish(watch, "останется"), publish(watch, "исчезнет")
    watch.look()
    watch.town.delete_post(BANK_WALL, second, watch.clock.forward(minutes=1))
    watch.clock.forward(minutes=5)
    assert watch.look().gone == 1
    assert watch.texts() == {"останется"}
    assert watch.checked(first) is not None


def test_an_edit_between_two_looks_keeps_both_wordings(watch: Watch, say: Say) -> None:
    post = publish(watch)
    comment = say(post, DARYA, "Всё отлично")
    watch.look()
    watch.town.edit_comment(BANK_WALL, comment, "Всё ужасно", watch.clock.forward(minutes=1))
    watch.clock.forward(minutes=1)
    assert watch.look().edited == 1
    assert watch.rows("SELECT text FROM post_version") == [{"text": "Всё отлично"}]


def test_a_pinned_old_post_neither_ends_the_wall_nor_is_missed(watch: Watch, say: Say) -> None:
    old = publish(watch, "Правила")
    watch.town.pin_post(BANK_WALL, old)
    watch.clock.forward(days=60)
    publish(watch, "Свежая новость")
    say(old, DARYA, "А правила устарели")
    watch.look()
    assert watch.texts() == {"Правила", "Свежая новость", "А правила устарели"}


def test_what_was_there_long_before_we_came_is_left_alone(watch: Watch) -> None:
    publish(watch, "прошлый год")
    watch.clock.forward(days=60)
    publish(watch, "вчера")
    watch.look()
    assert watch.texts() == {"вчера"}


def test_the_first_look_goes_back_as_far_as_the_settings_say(watch: Watch) -> None:
    publish(watch, "прошлый год")
    watch.clock.forward(days=300)
    with watch.pool.connection() as conn:
        conn.execute("UPDATE source SET settings = settings || '{\"history_days\": 400}'")
    watch.look()
    assert watch.texts() == {"прошлый год"}


def test_a_late_answer_under_an_old_post_is_seen_while_somebody_waits(watch: Watch, say: Say) -> None:
    post = publish(watch)
    asked = say(post, DARYA, "Когда вернёте деньги?")
    watch.look()
    _wait(watch, f"{BANK_WALL}_{asked}")
    watch.clock.forward(days=40)
    for number in range(150):
        publish(watch, f"новость {number}")
    watch.look()
    say(post, BANK_WALL, "Вернули", reply_to=asked)
    watch.clock.forward(minutes=5)
    before = watch.checked(post)
    assert watch.look().new == 1
    assert watch.checked(post) > before


def _wait(watch: Watch, external_id: str) -> None:
    with watch.pool.connection() as conn:
        conn.execute(
            """INSERT INTO conversation (thread_id, source_id, customer, opening_post_id, appeal, state,
                                         turn, first_seen_at, last_word_by, post_ids)
               SELECT thread_id, source_id, 'c', id, 'complaint', 'waiting_us',
                      'ours', %s, 'customer', ARRAY[id]
                 FROM post WHERE external_id = %s""",
            (watch.clock(), external_id),
        )


def test_a_quiet_thread_is_not_read_again(watch: Watch, say: Say) -> None:
    say(publish(watch), DARYA, "Спасибо")
    watch.clock.forward(days=4)
    watch.look()
    calls = watch.town.calls_of("wall.getComments")
    watch.clock.forward(minutes=5)
    watch.look()
    assert watch.town.calls_of("wall.getComments") == calls


def test_closed_comments_leave_the_post_unchecked_and_the_others_read(watch: Watch, say: Say) -> None:
    closed = publish(watch)
    say(closed, DARYA, "Успела написать")
    open_ = publish(watch)
    say(open_, DARYA, "И здесь")
    watch.town.wall(BANK_WALL).posts[closed].is_closed = True
    assert watch.look().outcome is COMPLETE
    assert watch.checked(closed) is None
    assert watch.checked(open_) is not None


def test_a_post_without_comments_is_checked_by_the_wall_itself(watch: Watch) -> None:
    post = publish(watch)
    watch.look()
    assert watch.checked(post) == watch.clock()
    assert watch.town.calls_of("wall.getComments") == 0


def test_a_count_that_cannot_be_reached_is_believed_the_second_time(watch: Watch, say: Say) -> None:
    post = publish(watch)
    say(post, DARYA, "Где ответ?")
    watch.town.wall(BANK_WALL).posts[post].unseen_comments = 3
    assert watch.look().outcome is PARTIAL
    assert watch.checked(post) is None
    watch.clock.forward(minutes=5)
    assert watch.look().outcome is COMPLETE
    assert watch.checked(post) is not None


def test_a_customers_own_post_on_the_wall_is_answered_there(watch: Watch, say: Say) -> None:
    post = watch.town.add_post(BANK_WALL, DARYA, "Ваш банкомат съел карту", watch.clock.forward(minutes=1))
    answer = say(post, BANK_WALL, "Уже едем")
    watch.look()
    assert watch.posts()[f"{BANK_WALL}_{answer}"]["kind"] == "answer"


def test_a_run_killed_anywhere_is_made_good_by_the_next(watch: Watch, say: Say) -> None:
    for number in range(3):
        post = publish(watch, f"новость {number}")
        top = say(post, DARYA, f"жалоба {number}")
        for reply in range(12):
            say(post, YEGOR, f"мнение {number}.{reply}", reply_to=top)
    everything = 3 * 14
    calls = 0
    while True:
        watch.clock.forward(seconds=1)
        calls += 1
        try:
            _die_at_call(watch, calls)
        except KeyboardInterrupt:
            assert watch.source()["bookmark"] is None
            continue
        break
    assert calls > 4
    assert len(watch.texts()) == everything
    assert watch.source()["bookmark"] is not None
    assert not watch.rows("SELECT 1 FROM post_version")


def _die_at_call(watch: Watch, number: int) -> None:
    """A look that is cut off as it waits for its `number`-th turn; KeyboardInterrupt passes every handler."""
    turns = iter(range(1, 10_000))

    def sleep(_: float) -> None:
        if next(turns) == number:
            raise KeyboardInterrupt

    kept, watch.slept = watch.slept, _Sleeper(sleep)
    try:
        # Each call waits for its turn: the clock stands still.
        watch.look()
    finally:
        watch.slept = kept


class _Sleeper(list[float]):
    def __init__(self, sleep: Callable[[float], None]) -> None:
        super().__init__()
        self.append = sleep  # type: ignore[method-assign]


def test_open_threads_come_first_when_calls_are_scarce(
    watch: Watch, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_posts = [publish(watch, f"новость {n}") for n in range(6)]
    said = [say(post, DARYA, "вопрос") for post in all_posts]
    watch.look()
    _wait(watch, f"{BANK_WALL}_{said[0]}")
    monkeypatch.setattr("crawlers.vk.crawl.CALLS", 3)
    watch.clock.forward(minutes=5)
    run = watch.look()
    assert run.outcome is PARTIAL
    assert "обсуждений: 5" in run.reason
    assert watch.checked(all_posts[0]) == watch.clock()


def test_the_first_look_leaves_its_trace_before_the_first_call(watch: Watch) -> None:
    watch.town.faults.sometimes(faults.ANY, faults.RESET, 1.0)
    run = watch.look()
    assert run.outcome is CrawlOutcome.FAILED
    (row,) = watch.rows("SELECT outcome, reason, asked FROM crawl")
    assert (row["outcome"], row["reason"], row["asked"]) == ("failed", run.reason, run.asked)


def test_an_unknown_community_says_what_to_correct(watch: Watch) -> None:
    with watch.pool.connection() as conn:
        conn.execute('UPDATE source SET settings = \'{"community": "net_takogo"}\'')
    run = watch.look()
    assert run.outcome is CrawlOutcome.NEEDS_PERSON
    assert "net_takogo" in run.reason


@pytest.mark.parametrize("name", ["club1001", "-1001", "1001", "https://vk.com/club1001", "@romashka_bank"])
def test_a_community_may_be_named_as_people_do(watch: Watch, name: str) -> None:
    publish(watch)
    with watch.pool.connection() as conn:
        conn.execute("UPDATE source SET settings = jsonb_build_object('community', %s::text)", (name,))
    assert watch.look().new == 1


def test_a_thread_grown_between_looks_is_noticed_by_its_count(watch: Watch, say: Say) -> None:
    post = publish(watch)
    say(post, DARYA, "первый")
    watch.clock.forward(days=5)
    watch.look()
    say(post, YEGOR, "второй")
    watch.clock.forward(minutes=1)
    assert watch.look().new == 1
    with watch.pool.connection() as conn:
        known = posts.thread_looks(conn, watch.source_id, [f"{BANK_WALL}_{post}"])
    assert known[f"{BANK_WALL}_{post}"].reported_count == 2
    assert watch.clock() - watch.checked(post) < timedelta(minutes=1)
