"""What stands between strangers and the pages: escaping, headers, host names."""

from datetime import timedelta

import pytest
from parsel import Selector
from psycopg import Connection

from otklik.settings import Settings
from tests.conftest import NOON
from tests.web.conftest import Browser
from tests.web.seed import Word, add_alert, add_conversation, add_source, configure
from web.guards import Guards
from web.render import web_link

HOUR = timedelta(hours=1)
EVIL = "<script>alert(1)</script>'\"><img src=x onerror=alert(2)>{{ 7*7 }}\u202eevil\u0000"


def stored(text: str) -> str:
    """As the store would take it: PostgreSQL holds no NUL."""
    return text.replace("\x00", "")


@pytest.fixture
def evil(db: Connection) -> int:
    """Hostile text in every place that strangers, sources or colleagues fill."""
    evil = stored(EVIL)
    configure(db, NOON, brand=evil)
    source = add_source(db, NOON, evil, needs_person=evil)
    second = add_source(db, NOON, f"{evil} 2", evil)
    conversation = add_conversation(
        db,
        NOON,
        source,
        Word(text=evil, ago=3 * HOUR, author=evil, url=f"javascript:alert(3)//{evil}", earlier=[evil]),
        Word(text=evil, ago=2 * HOUR, by="other", author=evil, attachments=[evil]),
        Word(text=evil, ago=HOUR, by="official", author=evil, url='https://vk.com/"onclick="alert(4)'),
        Word(text=evil, ago=HOUR / 2, author=evil, attachments=[evil], url=f"https://vk.com/{evil}"),
        root=Word(text=evil, ago=4 * HOUR, author=evil),
    )
    alert = add_alert(db, NOON, conversation, "taken", taken_by=evil)
    db.execute(
        "INSERT INTO action (alert_id, verb, by, via, at, outcome) VALUES (%s, %s, %s, %s, %s, %s)",
        (alert, evil, evil, evil, NOON, evil),
    )
    db.execute("INSERT INTO crawl (source_id, started_at, outcome, reason) VALUES (%s, %s, 'failed', %s)",
               (second, NOON, evil))  # fmt: skip
    return conversation


def test_hostile_text_stays_text_on_every_page(browser: Browser, evil: int) -> None:
    browser.post("/name", data={"name": EVIL, "back": f"/?x={EVIL}"})
    paths = ["/", "/?tab=unchecked", "/sources", f"/conversations/{evil}", f"/?source=1&x={EVIL}", f"/{EVIL}"]
    for path in paths:
        html = browser.get(path).text
        shown = Selector(html.replace("\x00", ""))
        assert not shown.css("script, [onerror], [onclick]"), path
        assert all(src.startswith("/static/") for src in shown.css("img::attr(src)").getall()), path
        links = shown.css("a::attr(href)").getall()
        assert all(link.startswith(("/", "https://vk.com/")) for link in links), path
        assert "\u202e" not in html, path
        assert "49evil" not in html, path


def test_hostile_text_is_shown_as_it_was_written(browser: Browser, evil: int) -> None:
    texts = Selector(browser.get(f"/conversations/{evil}").text).css(".text::text").getall()
    assert "<script>alert(1)</script>'\"><img src=x onerror=alert(2)>{{ 7*7 }}evil" in texts


def test_links_of_strangers_carry_nothing_along(browser: Browser, evil: int) -> None:
    for link in Selector(browser.get(f"/conversations/{evil}").text).css("a[target=_blank]"):
        assert link.attrib["rel"] == "noopener noreferrer nofollow"


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/sources", "/health", "/conversations/1", "/static/otklik.css"]
)
def test_every_answer_carries_the_guarding_headers(browser: Browser, path: str) -> None:
    headers = browser.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'")
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_pages_need_nothing_that_the_policy_forbids(browser: Browser, evil: int) -> None:
    for path in ("/", "/sources", f"/conversations/{evil}"):
        shown = Selector(browser.get(path).text)
        assert not shown.css("style, [style], script")
        for asset in shown.css("link::attr(href), img::attr(src)").getall():
            assert browser.get(asset).status_code == 200


def test_files_may_be_kept_and_pages_may_not(browser: Browser) -> None:
    shown = browser.get("/")
    css = Selector(shown.text).css("link[rel=stylesheet]::attr(href)").get("")
    assert shown.headers["Cache-Control"] == "no-store"
    assert "immutable" in browser.get(css).headers["Cache-Control"]
    assert browser.get("/static/../app.py").status_code == 404


def test_a_foreign_host_name_on_a_loopback_address_is_refused(browser: Browser) -> None:
    answer = browser.get("/", headers={"Host": "evil.example:8090"})
    assert answer.status_code == 403
    assert "OTKLIK_PUBLIC_URL" in answer.text
    assert browser.get("/", headers={"Host": "localhost:1"}).status_code == 200


def test_behind_a_proxy_the_public_address_counts() -> None:
    async def app(scope: object, receive: object, send: object) -> None: ...

    guards = Guards(app, host="127.0.0.1", public_url="https://otklik.example/")  # type: ignore[arg-type]
    assert guards.hosts is not None
    assert "otklik.example" in guards.hosts
    assert guards.public == "https://otklik.example"
    assert Guards(app, host="0.0.0.0", public_url=None).hosts is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://vk.com/wall-1_2?reply=3", True),
        ("http://example.com", True),
        ("javascript:alert(1)", False),
        ("JAVASCRIPT:alert(1)", False),
        (" javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//evil.example", False),
        ("https://[", False),
        ("https:evil", False),
        ("", False),
        (None, False),
    ],
)
def test_a_browser_is_only_sent_to_the_web(url: str | None, link: bool) -> None:
    assert (web_link(url) is not None) is link


def test_the_settings_of_the_pages_name_no_secret(settings: Settings) -> None:
    assert "shhh" not in repr(settings)
