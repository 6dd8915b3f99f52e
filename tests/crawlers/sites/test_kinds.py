"""Where each kind of list begins, where it goes on, and what a look without Scrapy costs."""

import json
import subprocess
import sys
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from crawlers.parsers import parse
from crawlers.run import CRAWLS
from crawlers.sites.kinds import SITES
from crawlers.sites.manners import Manners, scrapy_settings
from crawlers.sites.site import Turn
from domain.errors import SourceChanged
from otklik import __version__
from otklik.source_sections import KINDS

BANKI = {"site": "https://www.banki.ru", "company": "romashka"}
SRAVNI = {"site": "https://www.sravni.ru/", "organisation": "5bb4", "type": "mfo"}
STORE = {"site": "https://itunes.apple.com", "country": "ru", "app": "123"}
PAGE = {"url": "https://example.org/list", "next": "a.next"}


def turn(kind: str, options: dict[str, Any], body: bytes, number: int, seen: int) -> Turn:
    url = SITES[kind].first(options)
    return Turn(options, url, number, seen, body, parse(SITES[kind].parser, body, url=url))


def test_every_kind_of_the_configuration_is_read() -> None:
    assert set(KINDS) == set(CRAWLS) == {"vk", *SITES}


def test_sravni_counts_pages_from_zero_and_stops_with_its_total() -> None:
    first = urlsplit(SITES["sravni"].first(SRAVNI))
    assert first.path == "/proxy-reviews/reviews"
    assert parse_qs(first.query)["pageIndex"] == ["0"]
    items = [{"id": n, "date": "2026-03-01T10:00:00Z", "text": "Отказали.", "rating": 1} for n in range(100)]
    body = json.dumps({"items": items, "total": 150}).encode()
    following = SITES["sravni"].following(turn("sravni", SRAVNI, body, 1, 100))
    assert following
    assert parse_qs(urlsplit(following).query)["pageIndex"] == ["1"]
    assert SITES["sravni"].following(turn("sravni", SRAVNI, body, 2, 150)) is None


def test_a_list_that_runs_dry_before_its_total_is_not_asked_forever() -> None:
    body = json.dumps({"data": [], "total": 150}).encode()
    assert SITES["banki"].following(turn("banki", BANKI, body, 3, 50)) is None


@pytest.mark.parametrize(("number", "goes_on"), [(1, True), (10, False)])
def test_the_app_store_shows_ten_pages(number: int, goes_on: bool) -> None:
    review = {"id": {"label": "1"}, "im:rating": {"label": "1"}, "content": {"label": "Не входит."}}
    links = [
        {"attributes": {"rel": "self", "href": "https://itunes.apple.com/1"}},
        {"attributes": {"rel": "next", "href": "https://itunes.apple.com/2"}},
    ]
    body = json.dumps({"feed": {"entry": review, "link": links}}).encode()
    following = SITES["appstore"].following(turn("appstore", STORE, body, number, 1))
    assert following == (f"{STORE['site']}/ru/rss/customerreviews/page=2/id=123/sortby=mostrecent/json"
                         if goes_on else None)  # fmt: skip


@pytest.mark.parametrize(
    ("link", "following"),
    [
        pytest.param('<a class="next" href="?p=2">', "https://example.org/list?p=2", id="relative"),
        pytest.param('<a class="next">', None, id="no address"),
        pytest.param('<a class="next" href="javascript:more()">', None, id="script"),
        pytest.param('<a href="?p=2">', None, id="another link"),
    ],
)
def test_a_page_goes_on_where_its_link_leads(link: str, following: str | None) -> None:
    body = f"<html><body>{link}дальше</a></body></html>".encode()
    assert SITES["page"].following(turn("page", PAGE, body, 1, 0)) == following


def test_a_link_that_is_no_address_is_a_change_for_a_person() -> None:
    body = b'<html><body><a class="next" href="http://[1">more</a></body></html>'
    with pytest.raises(SourceChanged, match="next"):
        SITES["page"].following(turn("page", PAGE, body, 1, 0))


def test_strangers_servers_are_asked_slowly_and_by_our_name() -> None:
    settings = scrapy_settings(Manners(), "pr@example.org")
    assert settings["DOWNLOAD_DELAY"] >= 2
    assert settings["DOWNLOAD_DELAY_JITTER"] == 0
    assert settings["CONCURRENT_REQUESTS"] == 1
    assert settings["ROBOTSTXT_OBEY"] is True
    assert settings["USER_AGENT"] == f"Otklik/{__version__} (+pr@example.org)"


def test_looks_at_vk_do_not_pay_for_scrapy() -> None:
    program = "import sys, crawlers.run; sys.exit('scrapy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 0
