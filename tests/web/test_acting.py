"""Buttons on pages: who pressed, once, and what is refused."""

from datetime import timedelta

import pytest
import requests
from parsel import Selector
from psycopg import Connection

from tests.conftest import NOON
from tests.web.conftest import Browser
from tests.web.seed import Word, add_alert, add_conversation, add_source, configure

HOUR = timedelta(hours=1)


@pytest.fixture
def conversation(db: Connection) -> int:
    configure(db, NOON)
    source = add_source(db, NOON, "ВКонтакте")
    return add_conversation(db, NOON, source, Word(text="Где деньги?", ago=3 * HOUR))


def fields(browser: Browser, path: str) -> dict[str, str]:
    """The hidden fields of the first form of buttons, as a browser would send them."""
    inputs = Selector(browser.get(path).text).css(".acts")[0].css("input")
    return {field.attrib["name"]: field.attrib["value"] for field in inputs}


def sign_in(browser: Browser, name: str) -> requests.Response:
    return browser.post("/name", data={"name": name, "back": "/"})


def said(answer: requests.Response) -> str | None:
    return Selector(answer.text).css(".said::text").get()


def state(db: Connection) -> list[tuple[str, str | None]]:
    return db.execute("SELECT state, taken_by FROM alert ORDER BY id").fetchall()


def test_taking_is_told_once_and_recorded(browser: Browser, db: Connection, conversation: int) -> None:
    add_alert(db, NOON, conversation)
    assert said(sign_in(browser, "Анна")) == "Запомнили: Анна"
    answer = browser.post(f"/conversations/{conversation}/act", data=fields(browser, "/") | {"verb": "take"})
    assert answer.url.endswith("/")
    assert said(answer) == "Взято в работу"
    assert said(browser.get("/")) is None
    assert state(db) == [("taken", "Анна")]
    assert db.execute("SELECT verb, by, via FROM action").fetchall() == [("take", "Анна", "web")]


def test_the_same_press_sent_twice_acts_once(browser: Browser, db: Connection, conversation: int) -> None:
    sign_in(browser, "Анна")
    form = fields(browser, "/") | {"verb": "answered"}
    answers = [said(browser.post(f"/conversations/{conversation}/act", data=form)) for _ in range(2)]
    assert answers == ["Закрыто: уже ответили"] * 2
    assert db.execute("SELECT count(*) FROM action").fetchone() == (1,)
    assert state(db) == [("resolved", None)]
    assert db.execute("SELECT state, closed_by FROM conversation").fetchall() == [("closed", "Анна")]


def test_whoever_comes_second_learns_who_was_first(
    browser: Browser, db: Connection, conversation: int
) -> None:
    add_alert(db, NOON, conversation)
    form = fields(browser, f"/conversations/{conversation}")
    sign_in(browser, "Анна")
    browser.post(f"/conversations/{conversation}/act", data=form | {"verb": "take"})
    sign_in(browser, "Борис")
    answer = browser.post(f"/conversations/{conversation}/act", data=form | {"verb": "take", "key": "other"})
    assert said(answer) == "Уже в работе в 12:00: Анна"
    assert answer.url.endswith(f"/conversations/{conversation}")


def test_a_conversation_nobody_was_alerted_of_gets_its_alert(
    browser: Browser, db: Connection, conversation: int
) -> None:
    sign_in(browser, "Анна")
    form = fields(browser, "/")
    assert form["alert"] == ""
    browser.post(f"/conversations/{conversation}/act", data=form | {"verb": "take"})
    found = db.execute("SELECT state, taken_by, level, facts ->> 'clock' FROM alert").fetchall()
    assert found == [("taken", "Анна", "breach", "first_answer")]


def test_a_stale_page_of_a_conversation_that_is_over_leaves_nothing_behind(
    browser: Browser, db: Connection, conversation: int
) -> None:
    sign_in(browser, "Анна")
    form = fields(browser, "/") | {"verb": "take"}
    db.execute("UPDATE conversation SET state = 'closed', turn = 'nobody'")
    assert said(browser.post(f"/conversations/{conversation}/act", data=form)) == "Разговор уже закончен"
    assert state(db) == []


def test_without_a_name_the_page_asks_for_it_and_then_acts(
    browser: Browser, db: Connection, conversation: int
) -> None:
    asked = browser.post(f"/conversations/{conversation}/act", data=fields(browser, "/") | {"verb": "take"})
    assert asked.status_code == 400
    assert "Кто отвечает?" in asked.text
    assert state(db) == []
    form = Selector(asked.text).css("form.ask")[0]
    sent = {f.attrib["name"]: f.attrib["value"] for f in form.css("input[type=hidden]")}
    verb = form.css("button").attrib["value"]
    browser.post(form.attrib["action"], data=sent | {"verb": verb, "name": "Вера"})
    assert state(db) == [("taken", "Вера")]
    assert Selector(browser.get("/").text).css("#who").attrib["value"] == "Вера"


def test_a_button_of_another_conversation_is_refused(
    browser: Browser, db: Connection, conversation: int
) -> None:
    source = add_source(db, NOON, "Другой")
    other = add_conversation(db, NOON, source, Word(text="Иное", ago=HOUR))
    alert = add_alert(db, NOON, other)
    sign_in(browser, "Анна")
    form = {"verb": "take", "alert": str(alert), "back": "/", "key": "k"}
    answer = browser.post(f"/conversations/{conversation}/act", data=form)
    assert said(answer) == "Эта кнопка от другого разговора: обновите страницу"
    assert state(db) == [("open", None)]


@pytest.mark.parametrize(
    "change",
    [{"verb": "drop table"}, {"verb": ""}, {"key": "a\x00b"}],
    ids=["unknown verb", "no verb", "unprintable key"],
)
def test_a_form_that_is_not_ours_changes_nothing(
    browser: Browser, db: Connection, conversation: int, change: dict[str, str]
) -> None:
    sign_in(browser, "Анна")
    form = fields(browser, "/") | {"verb": "take"} | change
    assert browser.post(f"/conversations/{conversation}/act", data=form).status_code == 400
    assert state(db) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": None},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
    ids=str,
)
def test_a_form_of_another_site_is_refused(
    browser: Browser, db: Connection, conversation: int, headers: dict[str, str]
) -> None:
    sign_in(browser, "Анна")
    form = fields(browser, "/") | {"verb": "take"}
    answer = browser.post(f"/conversations/{conversation}/act", data=form, headers=headers)
    assert answer.status_code == 403
    assert browser.post("/name", data={"name": "Злодей"}, headers=headers).status_code == 403
    assert state(db) == []
    assert db.execute("SELECT count(*) FROM action").fetchone() == (0,)


def test_a_name_is_one_readable_line(browser: Browser, conversation: int) -> None:
    sign_in(browser, "Ан\u202eна\n\n  <b>" + "ы" * 200)
    value = Selector(browser.get("/").text).css("#who").attrib["value"]
    assert value.startswith("Анна <b>ыы")
    assert len(value) <= 60


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example/", "/\\evil.example", "x", "/a\r\nb"]
)
def test_nobody_is_sent_to_another_site(browser: Browser, back: str) -> None:
    answer = browser.post("/name", data={"name": "Анна", "back": back}, allow_redirects=False)
    assert answer.headers["location"] == "/"


def test_cookies_stay_on_our_site_and_out_of_scripts(browser: Browser) -> None:
    answer = browser.post("/name", data={"name": "Анна", "back": "/"}, allow_redirects=False)
    for cookie in answer.headers["set-cookie"].split(", otklik_"):
        assert "HttpOnly" in cookie
        assert "samesite=lax" in cookie.lower()
