"""What `vk.wall` and `vk.comments` take from an answer, and what they say of what they cannot take."""

import json
from pathlib import Path
from typing import Any

import pytest

from crawlers.parsers import kinds, parse
from domain.errors import BadInput
from domain.posts import CrawledPost, DiagnosticEvent, Parsed, PostKind
from tests.crawlers.parsers import twins
from tests.crawlers.parsers.twins import OWNER, comment, comments, post, reply, thread, wall

EVENTS = DiagnosticEvent


def of(answer: Any, kind: str = "vk.comments", **known: Any) -> Parsed:
    return parse(kind, twins.body(answer), **known)


def only(answer: Any, kind: str = "vk.comments", **known: Any) -> CrawledPost:
    parsed = of(answer, kind, **known)
    assert len(parsed.posts) == 1
    return parsed.posts[0]


def told(parsed: Parsed, event: DiagnosticEvent) -> list[tuple[str, int | None, int | None]]:
    return [(d.where, d.expected, d.found) for d in parsed.diagnostics if d.event is event]


def test_both_kinds_are_found() -> None:
    assert {"vk.wall", "vk.comments"} <= set(kinds())


def test_an_unknown_kind_names_the_known_ones() -> None:
    with pytest.raises(BadInput, match=r"vk\.wall"):
        parse("vk.dreams", b"{}")


def test_a_conversation_keeps_its_order_and_who_speaks_to_whom() -> None:
    parsed = of(twins.conversation())
    got = [(p.external_id, p.parent_id, p.reply_to, p.kind.value) for p in parsed.posts]
    assert got == [
        ("-77_1", "-77_500", None, "comment"),
        ("-77_2", "-77_1", "-77_1", "answer"),
        ("-77_3", "-77_1", "-77_2", "comment"),
        ("-77_4", "-77_1", "-77_2", "answer"),
        ("-77_5", "-77_500", None, "comment"),
    ]
    assert {p.root_id for p in parsed.posts} == {"-77_500"}
    assert parsed.is_complete


def test_names_mentions_and_entities_read_as_people_see_them() -> None:
    posts = of(twins.conversation()).posts
    assert [p.author for p in posts] == ["Мария Лунина", "Ромашка", "Мария Лунина", "Ромашка", "Пётр"]
    assert posts[1].text == "Мария, уже едем"
    assert posts[2].text == "Ромашка, жду & надеюсь"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        pytest.param("раз<br>два<br/>три", "раз\nдва\nтри", id="line breaks"),
        pytest.param("&amp;lt;b&amp;gt;", "&lt;b&gt;", id="entities are decoded once"),
        pytest.param("&lt;br&gt;", "<br>", id="a written tag stays words"),
        pytest.param("ссылка?a=1&copy=2&lt", "ссылка?a=1&copy=2&lt", id="no semicolon, no entity"),
        pytest.param("&#10071; &#x1F600;", "❗ 😀", id="numbers"),
        pytest.param("[id5:bp-1_2|Иван], да", "Иван, да", id="the old form of a mention"),
        pytest.param("[https://vk.com/topic-1_2|тема]", "тема", id="a link with words"),
        pytest.param("[public7|Банк] и [event8|Встреча]", "Банк и Встреча", id="public pages and events"),
        pytest.param("[не упоминание|просто] [скобки]", "[не упоминание|просто] [скобки]", id="brackets"),
        pytest.param("a\x00b\ud83dc\u202ed", "ab\ufffdcd", id="what cannot be stored or seen"),
        pytest.param("\ud83d\ude00", "😀", id="a pair in two halves"),
    ],
)
def test_text(written: str, shown: str) -> None:
    answer = json.dumps(comments(comment(1, text=written))).encode()  # escapes, so that halves survive
    assert parse("vk.comments", answer).posts[0].text == shown


def test_a_thread_cut_at_ten_is_incomplete_and_says_where() -> None:
    replies = [reply(n, 1, 902, 1, 901) for n in range(2, 12)]
    answer = comments(thread(comment(1), *replies, count=15), count=16, current_level_count=1)
    parsed = of(answer)
    assert told(parsed, EVENTS.INCOMPLETE) == [("response.items[0].thread", 15, 10)]
    assert told(parsed, EVENTS.COUNT) == [("response.items", 16, 11)]


@pytest.mark.parametrize(("count", "level"), [(7, 5), (5, 7)])
def test_counts_the_other_way_round_mean_the_same(count: int, level: int) -> None:
    parsed = of(comments(comment(1), comment(2), count=count, current_level_count=level))
    assert told(parsed, EVENTS.INCOMPLETE) == [("response.items", 7, 2)]


def test_a_deleted_comment_keeps_its_place_and_its_thread() -> None:
    placeholder = {"id": 1, "parents_stack": [], "date": twins.NOON, "deleted": True}
    alive = placeholder | {"thread": {"count": 1, "items": [reply(2, 1, 902, 1, 901)]}}
    gone, answer = of(comments(alive, comment(3), count=3)).posts[:2]
    assert (gone.external_id, gone.deleted, gone.text, gone.author_id) == ("-77_1", True, "", None)
    assert gone.parent_id == "-77_500"
    assert answer.parent_id == "-77_1"


def test_an_answer_of_placeholders_only_takes_the_owner_from_the_url() -> None:
    answer = comments({"id": 1, "parents_stack": [], "date": twins.NOON, "deleted": True})
    assert only(answer, url="https://vk.com/wall-77_500").external_id == "-77_1"
    url = "https://api.vk.com/method/wall.getComments?owner_id=-77&post_id=500"
    assert only(answer, url=url).root_id == "-77_500"
    assert told(of(answer), EVENTS.SKIPPED)


def test_the_page_of_one_thread_hangs_under_its_top_comment() -> None:
    parsed = of(comments(reply(2, 1, 902, 1, 901), reply(3, 1, OWNER, 2, 902)))
    assert [(p.parent_id, p.kind) for p in parsed.posts] == [
        ("-77_1", PostKind.COMMENT),
        ("-77_1", PostKind.ANSWER),
    ]


def test_a_reply_listed_apart_comes_right_after_its_top_comment() -> None:
    parsed = of(comments(comment(1), comment(2), reply(3, 1, 902, 1, 901)))
    assert [p.external_id for p in parsed.posts] == ["-77_1", "-77_3", "-77_2"]


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        pytest.param(comment(1, OWNER, "Пишите в личные сообщения"), "comment", id="said to all"),
        pytest.param(comment(1, OWNER, "[id901|Мария], ждём вас"), "answer", id="said to one by name"),
        pytest.param(reply(2, 1, OWNER, 1, 901), "answer", id="the customer's word is elsewhere"),
        pytest.param(reply(2, 1, OWNER, 1, OWNER), "comment", id="to itself, nobody else in sight"),
    ],
)
def test_the_company_answers_only_when_it_speaks_to_somebody(item: dict[str, Any], kind: str) -> None:
    got = only(comments(item))
    assert (got.kind.value, got.is_official) == (kind, True)


def test_under_a_customers_own_post_the_company_answers_that_customer() -> None:
    assert only(comments(comment(1, OWNER), post_author_id=901)).kind is PostKind.ANSWER
    assert only(comments(comment(1, OWNER), post_author_id=OWNER)).kind is PostKind.COMMENT


def test_listed_staff_speak_for_the_company() -> None:
    answer = comments(thread(comment(1, 901), reply(2, 1, 333, 1, 901)))
    for name in ("333", "id333"):
        got = of(answer, official=[name]).posts[1]
        assert (got.is_official, got.kind) == (True, PostKind.ANSWER)
    assert of(answer).posts[1].is_official is False


def test_a_users_own_wall_is_nobodys_official_voice() -> None:
    assert only(wall(post(1, 5, owner_id=5)), "vk.wall").is_official is False


def test_attachments_dates_and_links() -> None:
    sticker = {"type": "sticker", "sticker": {"sticker_id": 9, "images": [{"url": "u"}]}}
    item = comment(1, text="", attachments=[sticker, {"type": "audio_message"}])
    got = only(comments(item))
    assert got.attachments == ("sticker", "audio_message")
    assert got.published_at is not None
    assert got.published_at.isoformat() == "2026-03-02T09:00:01+00:00"
    assert got.url == "https://vk.com/wall-77_500?reply=1"
    answer = of(comments(thread(comment(1), reply(2, 1, 902, 1, 901)))).posts[1]
    assert answer.url == "https://vk.com/wall-77_500?reply=2&thread=1"


def test_a_wall_post() -> None:
    got = only(wall(post(7, edited=twins.NOON + 60), groups=[{"id": 77, "name": "Ромашка"}]), "vk.wall")
    assert (got.kind, got.external_id, got.parent_id) == (PostKind.POST, "-77_7", None)
    assert (got.author, got.is_official) == ("Ромашка", True)
    assert got.edited_at is not None
    assert got.url == "https://vk.com/wall-77_7"


def test_one_page_of_a_long_wall_is_not_the_whole() -> None:
    parsed = of(wall(post(1), count=5209), "vk.wall")
    assert told(parsed, EVENTS.COUNT) == [("response.items", 5209, 1)]
    assert not parsed.is_complete


def test_bare_answers_and_lists_are_read_too() -> None:
    assert len(of(comments(comment(1))["response"]).posts) == 1
    assert len(of({"response": [post(1), post(2)]}, "vk.wall").posts) == 2


def test_personal_fields_do_not_pass_the_parser() -> None:
    photo = {
        "type": "photo",
        "photo": {"id": 5, "owner_id": 901, "sizes": [{"url": "лицо.jpg"}], "text": "я"},
    }
    private = {"bdate": "1.2.1990", "phone": "+7900", "email": "a@b", "photo_50": "x", "text": "слова"}
    raw = only(comments(comment(1, attachments=[photo], **private))).raw
    written = json.dumps(raw, ensure_ascii=False)
    assert not any(word in written for word in ("1990", "7900", "a@b", "лицо", "photo_50", "слова"))
    assert raw["attachments"] == [{"type": "photo", "photo": {"id": 5, "owner_id": 901}}]
    assert raw["thread"] == {"count": 0}


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"error": {"error_code": 5, "error_msg": "User authorization failed"}}, id="an error"),
        pytest.param({"error": {"error_code": 14, "captcha_sid": "1", "captcha_img": "u"}}, id="old captcha"),
        pytest.param({"error": {"error_code": 14, "redirect_uri": "https://id.vk"}}, id="new captcha"),
        pytest.param({"error": "сломалось"}, id="an error in words"),
        pytest.param({"response": None, "execute_errors": [{"error_code": 15}]}, id="a refused execute"),
    ],
)
@pytest.mark.parametrize("kind", ["vk.wall", "vk.comments"])
def test_a_refusal_is_told_from_an_empty_answer(kind: str, answer: Any) -> None:
    parsed = of(answer, kind)
    assert not parsed.posts
    assert [d.event for d in parsed.diagnostics] == [EVENTS.REFUSED]


def test_a_refusal_never_repeats_the_token() -> None:
    params = [{"key": "access_token", "value": "vk1.a.secret"}]
    parsed = of({"error": {"error_code": 5, "error_msg": "no", "request_params": params}})
    assert "secret" not in repr(parsed)


@pytest.mark.parametrize(
    ("bytes_", "event"),
    [
        pytest.param(b"<html><h1>502 Bad Gateway</h1>", EVENTS.REFUSED, id="HTML"),
        pytest.param(b"upstream connect error", EVENTS.REFUSED, id="a proxy's words"),
        pytest.param(b"", EVENTS.INCOMPLETE, id="nothing"),
        pytest.param(twins.body(twins.conversation())[:300], EVENTS.INCOMPLETE, id="half of it"),
        pytest.param(b'{"response": {"items": 5}}', EVENTS.INCOMPLETE, id="no list"),
        pytest.param(b"[" * 100_000, EVENTS.INCOMPLETE, id="a tower of brackets"),
        pytest.param(b'{"response": ' + b"9" * 5000 + b"}", EVENTS.INCOMPLETE, id="an endless number"),
        pytest.param(b"null", EVENTS.INCOMPLETE, id="null"),
    ],
)
def test_a_body_that_is_no_answer_says_so(bytes_: bytes, event: DiagnosticEvent) -> None:
    parsed = parse("vk.comments", bytes_)
    assert not parsed.posts
    assert event in {d.event for d in parsed.diagnostics}


def test_one_bad_item_costs_only_itself() -> None:
    items: list[Any] = [comment(1), "строка", {"id": "x"}, comment(4, date="вчера"), comment(5, text=["нет"])]
    parsed = of({"response": {"count": 5, "items": items}})
    assert [p.external_id for p in parsed.posts] == ["-77_1", "-77_4", "-77_5"]
    assert parsed.posts[1].published_at is None
    assert [where for where, *_ in told(parsed, EVENTS.SKIPPED)] == [
        "response.items[1]",
        "response.items[2].id",
        "response.items[3].date",
        "response.items[4].text",
    ]


def test_a_key_that_stands_twice_is_told_with_its_place() -> None:
    text = json.dumps(comments(comment(1))).replace('"id": 1,', '"id": 1, "id": 1,')
    assert told(parse("vk.comments", text.encode()), EVENTS.SKIPPED)[0][0] == "response.items[0]"


def test_a_comment_that_stands_twice_is_taken_once() -> None:
    parsed = of(comments(comment(1), comment(1)))
    assert len(parsed.posts) == 1
    assert told(parsed, EVENTS.SKIPPED)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1251"])
def test_other_encodings_are_read(encoding: str) -> None:
    text = json.dumps(comments(comment(1, text="Верните деньги")), ensure_ascii=False)
    assert parse("vk.comments", text.encode(encoding)).posts[0].text == "Верните деньги"


def test_a_text_without_end_is_cut_and_told() -> None:
    parsed = of(comments(comment(1, text="ж" * 100_001)))
    assert len(parsed.posts[0].text) == 100_000
    assert told(parsed, EVENTS.SKIPPED) == [("", 100_001, 100_000)]


def test_the_real_busy_post(shared: Path) -> None:
    body = (shared / "samples/vk/wall.getComments__threads_part.json").read_bytes()
    parsed = parse("vk.comments", body)
    items = json.loads(body)["response"]["items"]
    replies = [r for top in items for r in top["thread"]["items"]]
    assert len(parsed.posts) == len(items) + len(replies)
    official = sum(1 for i in [*items, *replies] if i["from_id"] == i["owner_id"])
    assert sum(p.is_official for p in parsed.posts) == official
    assert all(p.kind is PostKind.ANSWER for p in parsed.posts if p.is_official)
    cut = [d for d in parsed.diagnostics if d.where.endswith(".thread")]
    assert [(d.expected, d.found) for d in cut] == [(15, 10)]


def test_real_answers_of_all_ages_never_break_a_parser(shared: Path) -> None:
    for file in sorted((shared / "samples/vk").rglob("*.json")):
        for kind in ("vk.wall", "vk.comments"):
            parse(kind, file.read_bytes())
