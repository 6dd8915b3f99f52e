"""What review sites, shops and Facebook do to parsers, trap by trap."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from crawlers.parsers import parse
from crawlers.parsers.document import Doubts
from crawlers.parsers.formats.drafts import Draft, filled, merged
from crawlers.parsers.formats.graph import asked_node, link_of
from crawlers.parsers.formats.html import page_of, shown
from crawlers.parsers.formats.values import plain, stars
from domain.posts import DiagnosticEvent, Parsed, PostKind
from tests.crawlers.parsers.test_golden import FETCHED_AT, TWINS

EVENTS = DiagnosticEvent


def of(kind: str, answer: Any, **known: Any) -> Parsed:
    body = answer.encode() if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False).encode()
    return parse(kind, body, **known)


def events(parsed: Parsed) -> set[DiagnosticEvent]:
    return {one.event for one in parsed.diagnostics}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param("<p>раз</p><p>два</p>", "раз\n\nдва", id="paragraphs"),
        pytest.param("раз<br />\nдва<br><br/>три", "раз\nдва\n\nтри", id="a break before a line feed is one"),
        pytest.param("&amp;lt;br&amp;gt; &laquo;да&raquo;", "&lt;br&gt; «да»", id="entities once"),
        pytest.param("&lt;br&gt;", "<br>", id="a written tag stays words"),
        pytest.param("сумма <1000 и >500", "сумма <1000 и >500", id="signs are no tags"),
        pytest.param("a\xa0b&nbsp;c   d", "a b c d", id="spaces"),
        pytest.param('<a href="x?a=1&copy=2">тут</a>', "тут", id="a link is its words"),
        pytest.param("я <3 вас <b>очень</b>", "я <3 вас очень", id="a heart"),
        pytest.param("<ul><li>раз</li><li>два</li></ul>", "раз\nдва", id="a list"),
    ],
)
def test_plain_text(written: str, read: str) -> None:
    assert plain(written) == read


@pytest.mark.parametrize(
    ("value", "best", "worst", "expected"),
    [
        (5, None, None, 5), ("4,5", None, None, 5), ("3.0", "5", "1", 3), (0, None, None, None),
        (10, 10, 1, 5), (1, 10, 1, 1), ("8", "10", None, 4), (100, 100, 0, 5), (6, None, None, None),
        (True, None, None, None), ("пять", None, None, None), (float("inf"), None, None, None),
        ("1", "5", "0", 1),
    ],
)  # fmt: skip
def test_ratings(value: Any, best: Any, worst: Any, expected: int | None) -> None:
    assert stars(value, best, worst) == expected


def test_what_a_browser_shows_of_an_element() -> None:
    page = page_of(
        "<div>Раз\n  два<br>три<p>четыре</p>пять<script>x</script><a data-click>Читать</a></div>".encode(),
        Doubts(),
    )
    assert page is not None
    assert shown(page.css("div")[0], without=("[data-click]",)) == "Раз два\nтри\nчетыре\nпять"


def test_personal_data_of_the_microloan_list_ends_at_the_parser() -> None:
    twin = (TWINS / "banki.microloans/page.json").read_bytes()
    for private in (
        "1990-01-02",
        "Лунина",
        "luna@example.org",
        "79000000000",
        "192.0.2.7",
        "host.example.org",
    ):
        assert private.encode() in twin
    written = json.dumps([p.raw for p in parse("banki.microloans", twin).posts], ensure_ascii=False)
    for private in ("1990", "Лунина", "@", "7900", "192.0", "host", "паспорт", "5501", "замечание"):
        assert private not in written


def test_nothing_but_what_is_named_stands_in_any_payload() -> None:
    private = {
        "email": "a@b.example",
        "phone": "+7900",
        "ip": "192.0.2.9",
        "birthday": "1990",
        "avatarUrl": "лицо",
    }
    for twin in sorted(TWINS.glob("*/*.json")):
        document = json.loads(twin.read_bytes())
        _poison(document, private)
        for post in parse(twin.parent.name, json.dumps(document).encode()).posts:
            written = json.dumps(post.raw, ensure_ascii=False)
            assert not any(value in written for value in private.values()), twin


def _poison(value: Any, private: dict[str, str]) -> None:
    if isinstance(value, dict):
        for inner in value.values():
            _poison(inner, private)
        value.update(private)
    elif isinstance(value, list):
        for inner in value:
            _poison(inner, private)


def test_relative_dates_need_the_time_of_fetching() -> None:
    page = (TWINS / "wildberries/page.html").read_bytes()
    without, known = parse("wildberries", page), parse("wildberries", page, fetched_at=FETCHED_AT)
    assert [p.published_at for p in without.posts if p.kind is PostKind.REVIEW] == [None, None]
    assert EVENTS.SKIPPED in events(without)
    assert [p.published_at.isoformat() for p in known.posts if p.published_at] == [
        "2026-03-02T12:11:00+03:00",
        "2025-10-27T22:30:00+03:00",
    ]


def test_a_customer_may_quote_a_captcha() -> None:
    words = '<p itemprop="reviewBody">Пишет: вы не робот? Access denied!</p>'
    review = f'<li class="feedback" itemprop="review">{words}</li>'
    parsed = of("wildberries", f"<html><body><ul>{review}</ul></body></html>", fetched_at=FETCHED_AT)
    assert [p.text for p in parsed.posts] == ["Пишет: вы не робот? Access denied!"]
    assert EVENTS.REFUSED not in events(parsed)


@pytest.mark.parametrize(
    "kind",
    ["banki.html", "generic", "irecommend", "otzovik", "rss", "trustpilot", "wildberries", "yandex.maps"],
)
@pytest.mark.parametrize(
    "words",
    ["Подтвердите, что запросы отправляли вы", "Just a moment...", "2ГИС советует обновить браузер"],
)
def test_a_wall_is_a_refusal_on_every_page(kind: str, words: str) -> None:
    parsed = of(kind, f"<html><body><h1>{words}</h1></body></html>")
    assert not parsed.posts
    assert events(parsed) == {EVENTS.REFUSED}


@pytest.mark.parametrize(
    "kind",
    [
        "2gis", "flamp", "sravni", "banki.json", "banki.microloans", "ozon", "avito", "appstore",
        "googleplay", "google.business", "yandex.market", "facebook.posts", "facebook.comments",
        "facebook.ratings",
        "facebook.event", "vk.board", "vk.search", "vk.event",
    ],
)  # fmt: skip
def test_html_instead_of_json_is_a_refusal(kind: str) -> None:
    parsed = of(kind, "<html><h1>502 Bad Gateway</h1></html>")
    assert not parsed.posts
    assert events(parsed) == {EVENTS.REFUSED}


@pytest.mark.parametrize(
    "kind", ["banki.json", "sravni", "2gis", "flamp", "ozon", "avito", "facebook.comments"]
)
@pytest.mark.parametrize("document", [{}, {"success": True}, {"items": 5, "data": "нет", "reviews": {}}])
def test_a_document_without_its_list_is_no_empty_list(kind: str, document: Any) -> None:
    parsed = of(kind, document)
    assert not parsed.posts
    assert not parsed.is_complete


def test_a_date_without_time_gives_way_to_the_same_day_with_time() -> None:
    day, moment = (datetime.fromisoformat(f"2026-02-19T{t}+03:00") for t in ("00:00", "16:49"))
    other = datetime.fromisoformat("2026-02-18T16:49+03:00")
    assert filled(Draft("a", published_at=day), Draft("b", published_at=moment)).published_at == moment
    assert filled(Draft("a", published_at=day), Draft("b", published_at=other)).published_at == day


def test_reviews_of_two_places_meet_by_id_or_by_words_and_author() -> None:
    first = [Draft("1", id="7", text="Хорошо"), Draft("2", id="8", author="Аня", text="Плохо, очень!")]
    other = [
        Draft("a", author="Боря", text="плохо очень"),
        Draft("b", author="Аня", text="плохо очень", rating=1),
        Draft("c", id="7", rating=5),
    ]
    got = merged(first, other)
    assert [(d.id, d.author, d.rating) for d in got] == [
        ("7", None, 5),
        ("8", "Аня", 1),
        (None, "Боря", None),
    ]


def test_an_answer_some_place_shows_is_an_answer() -> None:
    assert filled(Draft("state", answered=False), Draft("card", answered=True)).answered is True
    assert filled(Draft("state", answered=False), Draft("card")).answered is False


@pytest.mark.parametrize(
    ("url", "ids"),
    [
        ("https://www.facebook.com/1/posts/2/?comment_id=3&reply_comment_id=4", ("1_2", "2_4", "2_3")),
        ("https://www.facebook.com/1/posts/2/?comment_id=3", ("1_2", "2_3", None)),
        ("https://www.facebook.com/permalink.php?story_fbid=2&id=1&comment_id=3", ("1_2", "2_3", None)),
        ("https://www.facebook.com/romashka/photos/a.9/2/?comment_id=3", (None, "2_3", None)),
        ("https://www.facebook.com/romashka/posts/pfbid0aB?comment_id=3", (None, "pfbid0aB_3", None)),
        ("не ссылка", (None, None, None)),
    ],
)
def test_ids_in_facebook_links(url: str, ids: tuple[str | None, ...]) -> None:
    told = link_of(url)
    assert (told.post_id, told.comment_id, told.top_id) == ids


def test_the_object_a_graph_call_was_about() -> None:
    assert asked_node("https://graph.facebook.com/v25.0/1000_2000/comments?limit=5") == "1000_2000"
    assert asked_node("http://127.0.0.1:8080/1000/feed") == "1000"
    assert asked_node("https://graph.facebook.com/v25.0/me/feed") is None


def test_a_facebook_review_without_all_its_comments_is_not_unanswered() -> None:
    story = {"id": "5_6", "comments": {"data": [{"id": "1", "message": "?"}]}}
    item = {"created_time": "2026-02-10T18:45:03+0000", "reviewer": {"id": "9"}, "open_graph_story": story}
    url = "https://graph.facebook.com/v25.0/1000/ratings"
    assert of("facebook.ratings", {"data": [item]}, url=url).posts[0].answered is None
    story["comments"] = {"data": [], "paging": {"next": "https://x"}}
    assert of("facebook.ratings", {"data": [item]}, url=url).posts[0].answered is None


def test_a_key_of_a_batch_refused_everywhere_is_a_refusal() -> None:
    error = {"code": 400, "body": json.dumps({"error": {"code": 190, "message": "no"}})}
    assert events(of("facebook.posts", [error, error])) == {EVENTS.REFUSED}


def test_a_feed_with_an_encoding_nobody_can_read_is_told() -> None:
    feed = (
        b'<?xml version="1.0" encoding="utf\x83"?><rss><channel><item><title>a</title></item></channel></rss>'
    )
    parsed = parse("rss", feed)
    assert not parsed.posts
    assert not parsed.is_complete


def test_the_real_broker_page(shared: Path) -> None:
    body = (shared / "samples/banki_ru/broker_page.html").read_bytes()
    parsed = parse("banki.html", body)
    reviews = [p for p in parsed.posts if p.kind is PostKind.REVIEW]
    assert len(reviews) == body.count(b'data-test="responses-item"')
    assert sum(p.kind is PostKind.ANSWER for p in parsed.posts) == body.count(b"item--company-type")
    assert sum(p.answered is True for p in reviews) == body.count(b"item--company-type")
    assert all(p.author and p.text and not p.external_id.startswith("~") for p in reviews)
    assert all(p.published_at and p.published_at.utcoffset() for p in parsed.posts)
    assert not any("Читать далее" in p.text or "<" in p.text for p in parsed.posts)


def test_the_real_bank_list(shared: Path) -> None:
    body = (shared / "samples/banki_ru/list_ajax__bank_reviews_p1.json").read_bytes()
    items = json.loads(body)["data"]
    parsed = parse("banki.json", body)
    reviews = [p for p in parsed.posts if p.kind is PostKind.REVIEW]
    assert [p.external_id for p in reviews] == [str(item["id"]) for item in items]
    assert [p.answered for p in reviews] == [item["agentAnswerText"] is not None for item in items]
    assert all(p.published_at is None for p in parsed.posts if p.kind is PostKind.ANSWER)


def test_the_real_public_comments(shared: Path) -> None:
    for name in ("p1", "p2"):
        body = (shared / f"samples/facebook/comments__comments_{name}.json").read_bytes()
        parsed = parse("facebook.comments", body)
        assert len(parsed.posts) == len(json.loads(body)["data"])
        replies = [p for p in parsed.posts if "reply_comment_id" in (p.url or "")]
        assert replies
        assert all(p.parent_id != p.root_id for p in replies)


def test_every_real_event_is_one_line(shared: Path) -> None:
    for file in sorted((shared / "samples/vk/vknet").glob("events__*.json")):
        parsed = parse("vk.event", file.read_bytes())
        assert len(parsed.posts) == 1
        assert parsed.posts[0].deleted is ("Delete" in file.name)
