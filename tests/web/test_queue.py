"""The queue: who is in it, in which order, what is said of each, and what an empty one means."""

from datetime import timedelta

import pytest
from parsel import Selector
from psycopg import Connection

from domain.clock import FixedClock
from tests.conftest import NOON
from tests.web.conftest import Browser
from tests.web.seed import Word, add_alert, add_conversation, add_crawl, add_source, configure
from tests.web.story import tell

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def page(browser: Browser, path: str = "/") -> Selector:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    return Selector(answer.text)


def names(shown: Selector) -> list[str]:
    return shown.css(".cards .name::text").getall()


def tiles(shown: Selector) -> dict[str, str]:
    return {
        "".join(tile.css("::text").getall()[1:]).strip(): tile.css("b::text").get("")
        for tile in shown.css(".tiles a")
    }


@pytest.fixture
def vk(db: Connection) -> int:
    configure(db, NOON)
    source = add_source(db, NOON, "ВКонтакте")
    add_crawl(db, source, NOON - 3 * MINUTE)
    return source


def wait(db: Connection, source: int, author: str, ago: timedelta, **changes: object) -> int:
    word = Word(text=f"Слово: {author}", ago=ago, author=author)
    return add_conversation(db, NOON, source, word, **changes)  # type: ignore[arg-type]  # passed through


def test_the_longest_wait_comes_first_and_each_shows_its_state(
    browser: Browser, db: Connection, vk: int
) -> None:
    wait(db, vk, "Скоро", 40 * MINUTE)
    wait(db, vk, "Вовремя", 5 * MINUTE)
    wait(db, vk, "Поздно", 3 * HOUR)
    wait(db, vk, "Невидимо", 2 * HOUR, checked_ago=90 * MINUTE)
    shown = page(browser)
    assert names(shown) == ["Поздно", "Невидимо", "Скоро", "Вовремя"]
    assert shown.css(".cards .badge::text").getall() == ["просрочено", "не проверено", "скоро срок", "в срок"]
    assert shown.css(".cards .wait b::text").getall() == ["3 ч", "2 ч", "40 мин", "5 мин"]
    assert "последняя проверка в 10:30, до конца срока" in shown.css(".why::text").get("")


def test_counts_stand_on_top_and_lead_to_what_they_count(browser: Browser, db: Connection, vk: int) -> None:
    wait(db, vk, "Поздно", 3 * HOUR)
    wait(db, vk, "Вовремя", 5 * MINUTE)
    wait(db, vk, "Обещано", 3 * HOUR, state="promised", promised_in=HOUR)
    wait(db, vk, "Неизвестно", 3 * HOUR, checked_ago=None)
    wait(db, vk, "Закрыто", 3 * HOUR, state="closed")
    shown = page(browser)
    assert tiles(shown) == {"ждут нас": "2", "просрочено": "1", "обещали ответить": "1", "не проверено": "1"}
    led_to = [names(page(browser, url)) for url in shown.css(".tiles a::attr(href)").getall()]
    assert led_to == [["Поздно", "Вовремя"], ["Поздно"], ["Обещано"], ["Неизвестно"]]


def test_thousands_of_unchecked_do_not_drown_the_live_ones(browser: Browser, db: Connection, vk: int) -> None:
    old = add_source(db, NOON, "Отзывы", "import")
    for n in range(35):
        wait(db, old, f"Старый {n}", (1000 - n) * DAY, checked_ago=None)
    wait(db, vk, "Живой", 5 * MINUTE)
    assert names(page(browser)) == ["Живой"]
    first = page(browser, "/?tab=unchecked")
    assert names(first) == [f"Старый {n}" for n in range(30)]
    assert set(first.css(".cards .why::text").getall()) == {"загружено из файла, ответов в нём не видно"}
    assert "срок был" not in first.get()
    second = page(browser, first.css("a[rel=next]::attr(href)").get(""))
    assert names(second) == [f"Старый {n}" for n in range(30, 35)]
    assert not second.css("a[rel=next]")


def test_pages_go_on_where_the_last_one_ended_also_among_equal_times(
    browser: Browser, db: Connection, vk: int
) -> None:
    for n in range(33):
        wait(db, vk, f"Клиент {n}", HOUR)
    first = page(browser)
    second = page(browser, first.css("a[rel=next]::attr(href)").get(""))
    assert len(names(first)) == 30
    assert sorted(names(first) + names(second)) == sorted(f"Клиент {n}" for n in range(33))


def test_a_source_and_a_state_can_be_chosen(browser: Browser, db: Connection, vk: int) -> None:
    other = add_source(db, NOON, "Банки.ру", "banki")
    wait(db, vk, "Поздно у нас", 3 * HOUR)
    wait(db, vk, "Рано у нас", MINUTE)
    wait(db, other, "Поздно там", 4 * HOUR)
    late = page(browser, f"/?source={vk}&clock=breach")
    assert names(late) == ["Поздно у нас"]
    assert tiles(late)["ждут нас"] == "2"
    assert names(page(browser, f"/?source={other}")) == ["Поздно там"]


@pytest.mark.parametrize(
    "query",
    ["tab=&source=&clock=&after=", "source=абв", "source=99999999999999999999999", "clock=%00",
     "after=2026-03-02T10:00:00~7", "after=~", "after=x~1", "tab=live'--", "source=-1", "source=%D9%A3"],
)  # fmt: skip
def test_an_address_that_means_nothing_shows_the_whole_queue(
    browser: Browser, db: Connection, vk: int, query: str
) -> None:
    wait(db, vk, "Клиент", HOUR)
    assert names(page(browser, f"/?{query}")) == ["Клиент"]


def test_the_public_clock_runs_from_publication_and_the_teams_from_first_sight(
    browser: Browser, db: Connection, vk: int
) -> None:
    add_conversation(db, NOON, vk, Word(text="Где деньги?", ago=3 * HOUR, seen_late=2 * HOUR))
    shown = page(browser)
    assert shown.css(".wait b::text").get() == "3 ч"
    assert "у команды 1 ч, увидели" in "".join(shown.css(".time ::text").getall())
    moment = shown.css(".time time")[0]
    assert moment.attrib["title"] == "02.03.2026, 09:00:00 MSK"
    assert moment.attrib["datetime"] == "2026-03-02T06:00:00+00:00"
    assert moment.css("::text").get() == "09:00"


def test_working_time_is_told_where_nights_lie_between(browser: Browser, db: Connection, vk: int) -> None:
    db.execute(
        "UPDATE applied_config SET body = jsonb_set(body, '{calendar,0,hours}', %s)",
        ('{"пн-вс": ["9:00-18:00"]}',),
    )
    wait(db, vk, "Вечером", 16 * HOUR)
    assert "из них 3 ч рабочего времени" in "".join(page(browser).css(".time ::text").getall())


def test_a_word_without_a_date_counts_from_first_sight_and_says_so(
    browser: Browser, db: Connection, vk: int
) -> None:
    add_conversation(db, NOON, vk, Word(text="Когда?", ago=2 * HOUR, seen_late=HOUR, is_dated=False))
    shown = page(browser)
    assert "без даты, увидели" in "".join(shown.css(".time ::text").getall())
    assert shown.css(".wait b::text").get() == "1 ч"


def test_a_question_that_has_no_deadline_by_policy_says_so(browser: Browser, db: Connection, vk: int) -> None:
    wait(db, vk, "Идея", 3 * HOUR, appeal="suggestion")
    assert page(browser).css(".cards .badge::text").getall() == ["без срока"]
    assert names(page(browser, "/?clock=none")) == ["Идея"]
    assert names(page(browser, "/?clock=breach")) == []


def test_who_has_taken_it_is_shown_and_cannot_be_asked_again(
    browser: Browser, db: Connection, vk: int
) -> None:
    taken = wait(db, vk, "Клиент", HOUR)
    add_alert(db, NOON, taken, "taken", taken_by="Анна", taken_at=NOON - HOUR)
    shown = page(browser)
    assert shown.css(".cards .note::text").get() == "В работе: Анна"
    assert shown.css(".cards .acts button::text").getall() == [
        "Уже ответили",
        "Не жалоба",
        "Отложить до завтра",
    ]


def empty(shown: Selector) -> str:
    return " ".join(text.strip() for text in shown.css(".empty ::text").getall() if text.strip())


def test_an_empty_queue_says_that_nothing_is_set_up(browser: Browser) -> None:
    assert "Пока не за чем следить" in empty(page(browser))
    assert browser.get("/sources").status_code == 200


def test_an_empty_queue_says_that_nobody_looked_yet(browser: Browser, db: Connection) -> None:
    configure(db, NOON)
    add_source(db, NOON, "ВКонтакте")
    assert "Ещё ничего не читали" in empty(page(browser))


def test_an_empty_queue_says_how_fresh_its_picture_is(browser: Browser, vk: int) -> None:
    assert "Никто не ждёт Все ответы на месте; источник проверен 3 мин назад." in empty(page(browser))


def test_an_empty_queue_does_not_claim_what_it_cannot_see(browser: Browser, db: Connection, vk: int) -> None:
    add_source(db, NOON, "Банки.ру", "banki", needs_person="Решите капчу")
    shown = page(browser)
    assert "Из того, что видно, никто не ждёт Но видно не всё: «Банки.ру»." in empty(shown)
    assert "не читается, нужен человек" in "".join(shown.css(".trouble ::text").getall())


def test_the_sources_page_says_what_a_person_should_do(
    browser: Browser, db: Connection, vk: int, clock: FixedClock
) -> None:
    add_source(db, NOON, "Банки.ру", "banki", needs_person="Решите капчу")
    add_source(db, NOON, "Отзывы", "import")
    silent = add_source(db, NOON, "Сравни", "sravni")
    add_crawl(db, silent, NOON - 5 * HOUR)
    add_crawl(db, silent, NOON - HOUR, "failed", "сервер не отвечает")
    shown = page(browser, "/sources")
    assert shown.css(".cards .name::text").getall() == ["Банки.ру", "Сравни", "ВКонтакте", "Отзывы"]
    assert shown.css(".cards .badge::text").getall() == [
        "не читается, нужен человек", "давно не читали", "читается", "загружен из файла",
    ]  # fmt: skip
    assert "Решите капчу" in shown.get()
    assert "сервер не отвечает. Отклик пробует сам" in shown.get()
    clock.tick(DAY)
    assert "давно не читали" in page(browser, "/sources").css(".cards .badge::text").getall()[1:]


def test_every_state_of_the_story_can_be_shown(browser: Browser, db: Connection) -> None:
    conversation = tell(db, NOON)
    for path in ("/", "/?tab=promised", "/?tab=unchecked", "/sources", f"/conversations/{conversation}"):
        assert browser.get(path).status_code == 200


def test_a_calendar_that_never_opens_is_told_not_suffered(browser: Browser, db: Connection, vk: int) -> None:
    db.execute("UPDATE applied_config SET body = jsonb_set(body, '{calendar,0,hours}', '{}')")
    answer = browser.get("/")
    assert answer.status_code == 503
    assert "no working hours" in answer.text
