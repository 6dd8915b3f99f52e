"""A look at a review site: everything is stored, and whatever could not be seen is told."""

from datetime import timedelta
from itertools import pairwise

import pytest

from demo.sites.server import FEED, LIST, PAGES
from domain.clock import system_clock
from tests.crawlers.sites.conftest import Watch, fill


def test_all_pages_are_read_through_the_cookie_loop_and_the_visitor_names_itself(watch: Watch) -> None:
    fill(watch.town, 60)
    watch.town.moods.wants_cookie = True
    watch.banki()
    told = watch.look()
    assert (told["outcome"], told["reason"], told["new"]) == ("complete", "", 60)
    assert not told["stderr"]
    assert watch.town.pages_asked == [1, 2, 3]
    assert all(a.startswith("Otklik/") and a.endswith("(+pr@example.org)") for a in watch.town.agents)
    assert watch.town.asked["/robots.txt"] == 1
    assert told["asked"] == 5  # robots.txt, the redirect, three pages
    assert watch.bookmark() is not None
    unchecked = watch.rows("SELECT 1 FROM thread WHERE checked_at IS NULL")
    assert not unchecked  # the list shows whether the bank has answered


def test_the_next_look_stops_below_the_bookmark_and_takes_edits_and_late_answers(watch: Watch) -> None:
    now = system_clock()
    for day in range(100):
        watch.town.add(f"Отзыв {day}. Карту заблокировали.", now - timedelta(days=50, hours=-12 * day))
    watch.banki()
    assert watch.look()["outcome"] == "complete"
    newest = watch.town.newest_first()[0].number
    watch.town.answer(newest, "Проверим и вернёмся с ответом.")
    watch.town.edit(newest, "Отзыв 99. Карту разблокировали, спасибо.")
    watch.town.add("Новый отзыв. Комиссию списали дважды.", system_clock())
    watch.town.pages_asked.clear()
    told = watch.look()
    assert (told["outcome"], told["edited"]) == ("complete", 1)
    assert told["new"] == 2  # the review and the answer
    assert watch.town.pages_asked == [1]
    answers = watch.rows("SELECT is_official FROM post WHERE kind = 'answer'")
    assert [row["is_official"] for row in answers] == [True]


def test_a_review_that_slips_over_while_the_list_shrinks_is_not_missed(watch: Watch) -> None:
    fill(watch.town, 60)
    watch.town.moods.remove_after_page = 1
    watch.banki()
    told = watch.look()
    assert told["outcome"] == "complete"
    assert len(watch.texts()) == 60
    assert watch.town.pages_asked == [1, 2, 1, 2, 3]


def test_a_wall_with_status_200_calls_for_a_person_and_keeps_what_was_read(watch: Watch) -> None:
    fill(watch.town, 60)
    watch.town.moods.wall_from_page = 2
    watch.banki()
    told = watch.look()
    assert told["outcome"] == "needs_person"
    assert "капча" in told["reason"]
    assert len(watch.texts()) == 25
    assert watch.bookmark() is None
    assert watch.rows("SELECT needs_person FROM source")[0]["needs_person"]


def test_a_wait_that_was_asked_for_is_kept(watch: Watch) -> None:
    fill(watch.town, 3)
    watch.town.moods.refusals, watch.town.moods.retry_after = 1, "1"
    watch.banki()
    told = watch.look()
    assert (told["outcome"], told["new"]) == ("complete", 3)
    assert watch.town.asked[LIST] == 2
    refused, tried_again = watch.town.times[1:]
    assert tried_again - refused >= 1


@pytest.mark.parametrize(
    ("status", "wait", "outcome", "words", "asked"),
    [
        pytest.param(429, "3600", "failed", "реже", 1, id="too long a wait is left to the next look"),
        pytest.param(503, None, "failed", "HTTP 503", 2, id="down"),
        pytest.param(403, None, "needs_person", "не пускает", 1, id="forbidden"),
        pytest.param(404, None, "needs_person", "такой страницы нет", 1, id="no such page"),
    ],
)
def test_a_refusal_is_told_as_what_it_is(
    watch: Watch, status: int, wait: str | None, outcome: str, words: str, asked: int
) -> None:
    moods = watch.town.moods
    moods.refusals, moods.refusal_status, moods.retry_after = 9, status, wait
    watch.banki()
    told = watch.look()
    assert told["outcome"] == outcome
    assert words in told["reason"]
    assert watch.town.asked[LIST] == asked


@pytest.mark.parametrize(
    ("robots", "status", "outcome"),
    [
        pytest.param("User-agent: *\nDisallow: /services/\n", 200, "needs_person", id="forbidden"),
        pytest.param("", 503, "failed", id="not to be had"),
        pytest.param("<html>нет такой</html>", 404, "complete", id="none"),
    ],
)
def test_robots_txt_is_obeyed(watch: Watch, robots: str, status: int, outcome: str) -> None:
    fill(watch.town, 3)
    watch.town.moods.robots, watch.town.moods.robots_status = robots, status
    watch.banki()
    told = watch.look()
    assert told["outcome"] == outcome
    assert watch.town.asked[LIST] == (1 if outcome == "complete" else 0)


def test_a_crawl_delay_is_kept_between_pages(watch: Watch) -> None:
    fill(watch.town, 60)
    watch.town.moods.robots = "User-agent: *\nCrawl-delay: 0.7\n"
    watch.banki()
    assert watch.look()["outcome"] == "complete"
    pages = watch.town.times[1:]  # after robots.txt
    gaps = [later - sooner for sooner, later in pairwise(pages)]
    assert len(gaps) == 2
    assert min(gaps) > 0.6


def test_no_review_where_the_site_counts_some_is_suspect(watch: Watch) -> None:
    fill(watch.town, 3)
    watch.town.moods.hides_all = True
    watch.banki()
    told = watch.look()
    assert told["outcome"] == "partial"
    assert "сайт изменился" in told["reason"]
    assert watch.bookmark() is None


def test_a_broken_page_makes_the_look_partial(watch: Watch) -> None:
    fill(watch.town, 60)
    watch.town.moods.cuts_page = 2
    watch.banki()
    told = watch.look()
    assert told["outcome"] == "partial"
    assert "страница 2" in told["reason"]
    assert watch.bookmark() is None


@pytest.mark.parametrize(
    ("mood", "outcome", "words"),
    [
        ("drips", "failed", "вовремя"),
        ("bomb", "failed", "больше, чем мы берём"),
        ("elsewhere", "needs_person", "на другой адрес"),
        ("circle", "failed", "по кругу"),
    ],
)
def test_a_hostile_server_is_bounded(watch: Watch, mood: str, outcome: str, words: str) -> None:
    moods = watch.town.moods
    moods.drips = mood == "drips"
    moods.bomb_bytes = 30_000_000 if mood == "bomb" else 0
    moods.sends_to = {"elsewhere": "http://localhost:1/", "circle": f"{watch.url}{LIST}"}.get(mood)
    watch.banki()
    told = watch.look(timeout_s=1.0, max_bytes=1_000_000, retries=0)
    assert told["outcome"] == outcome
    assert words in told["reason"]
    assert told["asked"] <= 10
    assert not told["stderr"]


def test_a_site_is_not_read_by_nobody(watch: Watch) -> None:
    watch.banki(contact=None)
    told = watch.look()
    assert told["outcome"] == "needs_person"
    assert "contact" in told["reason"]
    assert not watch.town.asked


def test_marked_up_pages_are_followed_by_their_link_and_are_no_proof_of_silence(watch: Watch) -> None:
    fill(watch.town, 30)
    watch.source("page", url=f"{watch.url}{PAGES}", next="[rel=next]")
    told = watch.look()
    assert (told["outcome"], told["new"]) == ("complete", 30)
    assert watch.town.pages_asked == [1, 2]
    assert not watch.rows("SELECT 1 FROM thread WHERE checked_at IS NOT NULL")


def test_of_a_feed_only_what_names_the_company_is_kept(watch: Watch) -> None:
    now = system_clock() - timedelta(hours=1)
    watch.town.add("Перевёл деньги из Ромашки Банка, идут третий день.", now)
    watch.town.add("В ромашке на поле тихо, банк закрыт.", now)
    watch.town.add("Погода на завтра: дождь.", now)
    watch.source("rss", url=f"{watch.url}{FEED}")
    told = watch.look()
    assert told["outcome"] == "complete"
    assert len(watch.texts()) == 1
    assert "третий день" in watch.texts().pop()


def test_a_mistake_of_ours_does_not_pass_as_a_good_end(watch: Watch) -> None:
    fill(watch.town, 3)
    watch.banki(pages="сорок", history_days=90)
    watch.town.page_size = 2
    told = watch.look()
    assert told["outcome"] == "failed"
    assert "ошибка в программе: ValueError" in told["reason"]


def test_a_crawl_delay_of_an_hour_means_a_page_a_look(watch: Watch) -> None:
    fill(watch.town, 60)
    watch.town.moods.robots = "User-agent: Otklik\nCrawl-delay: 3600\n"
    watch.banki()
    told = watch.look()
    assert (told["outcome"], told["new"]) == ("partial", 25)
    assert "одна страница за взгляд" in told["reason"]


def test_an_old_review_that_still_waits_is_read_again_for_its_late_answer(watch: Watch) -> None:
    now = system_clock()
    for day in range(80):
        watch.town.add(f"Отзыв {day}. Кредит не закрывают.", now - timedelta(days=20, hours=-6 * day))
    watch.banki()
    assert watch.look()["new"] == 80
    oldest = watch.town.newest_first()[-1].number
    watch.town.answer(oldest, "Кредит закрыт, приносим извинения.")
    watch.town.pages_asked.clear()
    assert watch.look()["new"] == 0  # nobody is known to wait: the newest are enough
    assert watch.town.pages_asked == [1]
    watch.wait_for_answer(str(oldest), checked_at=now - timedelta(hours=7))
    assert watch.look()["new"] == 1
    assert watch.rows("SELECT answered FROM post WHERE external_id = %s", str(oldest)) == [{"answered": True}]


def test_a_look_killed_midway_keeps_what_it_read_and_the_next_one_goes_on(watch: Watch) -> None:
    fill(watch.town, 60)
    watch.town.moods.robots = "User-agent: *\nCrawl-delay: 30\n"
    watch.banki()
    assert watch.killed_after_posts(25, patience_s=60.0) == 25
    watch.town.moods.robots = ""
    assert watch.look()["outcome"] == "complete"
    assert len(watch.texts()) == 60


def test_a_look_that_takes_too_long_ends_itself_and_says_so(watch: Watch) -> None:
    fill(watch.town, 250)
    watch.banki()
    told = watch.look(delay_s=1.5, budget_s=4)
    assert told["outcome"] in {"partial", "failed"}  # a slow machine may not come to the first page
    assert "не дочитано" in told["reason"]
    assert watch.bookmark() is None
    assert len(watch.town.pages_asked) < 10


def test_a_shortage_is_partial_once_and_known_when_it_stays(watch: Watch) -> None:
    fill(watch.town, 3)
    watch.town.moods.counts_too_many = 2
    watch.banki()
    told = watch.look()
    assert (told["outcome"], told["reason"]) == ("partial", "сайт не показывает отзывов: 2")
    told = watch.look()
    assert (told["outcome"], told["reason"]) == ("complete", "сайт не показывает отзывов: 2")
    watch.town.moods.counts_too_many = 5
    assert watch.look()["outcome"] == "partial"
