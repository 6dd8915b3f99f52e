"""The emulator's other methods: who is who, search for the brand's name, discussions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from demo.vk import VkTown
from demo.vk.testing import (
    ANNA,
    BANK,
    BANK_TOKEN,
    BANK_WALL,
    DARYA,
    START,
    USER_TOKEN,
    YEGOR,
    Clock,
    ask,
    ok,
    romashka,
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def town(clock: Clock) -> VkTown:
    return romashka(clock)


def code(body: dict) -> int:
    return body["error"]["error_code"]


def test_a_community_is_found_by_number_by_name_and_by_its_own_token(town: VkTown) -> None:
    by_number = ok(town, "groups.getById", group_ids=BANK, fields="members_count")
    by_name = ok(town, "groups.getById", group_id="romashka_bank", fields="members_count")
    assert by_number == by_name
    assert by_number["groups"][0]["members_count"] == 12_000
    assert by_number["profiles"] == []
    assert ok(town, "groups.getById", token=BANK_TOKEN)["groups"][0]["id"] == BANK
    assert code(ask(town, "groups.getById", group_id=999)) == 125
    assert code(ask(town, "groups.getById", group_id="nobody")) == 100
    assert code(ask(town, "groups.getById")) == 100


def test_users_are_told_and_strangers_left_out(town: VkTown) -> None:
    town.add_user(301, "Глеб", "Петров", deactivated="deleted")
    town.add_user(302, "Вера", "Петрова", deactivated="banned")
    answer = ok(town, "users.get", user_ids=f"{DARYA},anna_support,301,302,id{YEGOR},999", fields="bdate,sex")
    assert [it["id"] for it in answer] == [DARYA, ANNA, 301, 302, YEGOR]
    assert [it["first_name"] for it in answer] == ["Дарья", "Анна", "DELETED", "Вера", "Егор"]
    assert [it.get("deactivated") for it in answer] == [None, None, "deleted", "banned", None]
    assert [it.get("bdate") for it in answer][:2] == ["1.2.1990", None]
    assert ok(town, "users.get", token=USER_TOKEN)[0]["id"] == ANNA


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("romashka_bank", {"type": "page", "object_id": BANK, "group_id": BANK}),
        (f"club{BANK}", {"type": "page", "object_id": BANK, "group_id": BANK}),
        ("anna_support", {"type": "user", "object_id": ANNA}),
        (f"id{DARYA}", {"type": "user", "object_id": DARYA}),
        ("nobody", []),
        ("id999", []),
        ("1001", []),
    ],
)
def test_a_screen_name_leads_to_its_owner_or_to_an_empty_list(
    town: VkTown, name: str, expected: object
) -> None:
    assert ok(town, "utils.resolveScreenName", screen_name=name) == expected


def test_the_server_time_is_the_towns(town: VkTown, clock: Clock) -> None:
    assert ok(town, "utils.getServerTime") == int(clock.at.timestamp())


def texts(answer: dict) -> list[str]:
    return [item["text"] for item in answer["items"]]


def test_search_finds_word_forms_of_the_last_day(town: VkTown) -> None:
    for hours, text in [
        (30, "Ромашка Банк вчера"),
        (3, "В Ромашке опять очередь, банк!"),
        (2, "Ромашки цветут"),
        (1, "Банк Ромашка подвёл"),
    ]:
        town.add_post(DARYA, DARYA, text, START - timedelta(hours=hours))
    answer = ok(town, "newsfeed.search", q="ромашка банк", extended=1)
    assert texts(answer) == ["Банк Ромашка подвёл", "В Ромашке опять очередь, банк!"]
    assert (answer["count"], answer["total_count"], "next_from" in answer) == (2, 2, False)
    assert [it["id"] for it in answer["profiles"]] == [DARYA]
    old = ok(town, "newsfeed.search", q="ромашка", start_time=0, end_time=int(START.timestamp()) - 29 * 3600)
    assert texts(old) == ["Ромашка Банк вчера"]


def test_search_follows_edits_and_deletions(town: VkTown) -> None:
    edited = town.add_post(DARYA, DARYA, "Ромашка подвела")
    deleted = town.add_post(DARYA, DARYA, "Ромашка обманула")
    assert len(ok(town, "newsfeed.search", q="ромашка")["items"]) == 2
    town.edit_post(DARYA, edited, "Фиалка подвела")
    town.delete_post(DARYA, deleted)
    assert ok(town, "newsfeed.search", q="ромашка")["items"] == []
    assert texts(ok(town, "newsfeed.search", q="фиалка")) == ["Фиалка подвела"]


def test_search_pages_on_from_the_last_post_shown_even_if_newer_ones_come(town: VkTown, clock: Clock) -> None:
    for n in range(5):
        town.add_post(DARYA, DARYA, f"Ромашка {n}", START - timedelta(minutes=5 - n))
    first = ok(town, "newsfeed.search", q="ромашка", count=2)
    town.add_post(YEGOR, YEGOR, "Ромашка 9", clock.forward(minutes=1))
    second = ok(town, "newsfeed.search", q="ромашка", count=2, start_from=first["next_from"])
    third = ok(town, "newsfeed.search", q="ромашка", count=2, start_from=second["next_from"])
    assert texts(first) + texts(second) + texts(third) == [f"Ромашка {n}" for n in (4, 3, 2, 1, 0)]
    assert "next_from" not in third


def test_search_ends_at_a_thousand_results_and_says_how_many_there_were(town: VkTown) -> None:
    for n in range(1203):
        town.add_post(DARYA, DARYA, f"Ромашка {n}", START - timedelta(seconds=1203 - n))
    seen, start_from = 0, ""
    while True:
        page = ok(town, "newsfeed.search", q="ромашка", count=200, start_from=start_from)
        seen += len(page["items"])
        if not (start_from := page.get("next_from", "")):
            break
    assert (seen, page["count"], page["total_count"]) == (1000, 1000, 1203)
    assert code(ask(town, "newsfeed.search", q="ромашка", count=201)) == 100


@pytest.fixture
def topics(town: VkTown, clock: Clock) -> list[int]:
    made = [
        town.add_topic(
            BANK, title, DARYA, f"О чём: {title}", clock.forward(minutes=1), is_fixed=title == "Правила"
        )
        for title in ("Правила", "Карты", "Вклады")
    ]
    town.add_topic_comment(BANK, made[1], YEGOR, "Не работает", clock.forward(minutes=1), likes=2)
    return made


@pytest.mark.parametrize(
    ("order", "expected"), [(0, [0, 1, 2]), (1, [0, 1, 2]), (2, [0, 2, 1]), (-1, [0, 2, 1]), (-2, [0, 1, 2])]
)
def test_topics_come_in_order_with_fixed_ones_first(
    town: VkTown, topics: list[int], order: int, expected: list[int]
) -> None:
    answer = ok(town, "board.getTopics", group_id=BANK, order=order)
    assert [it["id"] for it in answer["items"]] == [topics[n] for n in expected]


def test_a_topic_tells_of_its_comments(town: VkTown, topics: list[int]) -> None:
    answer = ok(
        town, "board.getTopics", group_id=BANK, topic_ids=topics[1], preview=3, preview_length=6, extended=1
    )
    [it] = answer["items"]
    assert (it["comments"], it["first_comment"], it["last_comment"]) == (2, "О чём:…", "Не раб…")
    assert (it["created_by"], it["updated_by"], it["updated"] - it["created"]) == (DARYA, YEGOR, 120)
    assert answer["count"] == 1


def test_a_topics_comments_are_paged_edited_and_deleted(
    town: VkTown, topics: list[int], clock: Clock
) -> None:
    more = [
        town.add_topic_comment(BANK, topics[1], DARYA, f"{n}", clock.forward(minutes=1)) for n in range(3)
    ]
    params = {"group_id": BANK, "topic_id": topics[1]}
    answer = ok(town, "board.getComments", need_likes=1, extended=1, **params)
    assert texts(answer) == ["О чём: Карты", "Не работает", "0", "1", "2"]
    assert [it["likes"]["count"] for it in answer["items"]] == [0, 2, 0, 0, 0]
    assert {it["id"] for it in answer["profiles"]} == {DARYA, YEGOR}
    town.edit_topic_comment(BANK, more[1], "правка")
    town.delete_topic_comment(BANK, more[0])
    newest = ok(town, "board.getComments", sort="desc", count=2, **params)
    assert (texts(newest), newest["count"]) == (["2", "правка"], 4)
    started = ok(town, "board.getComments", start_comment_id=more[1], count=1, **params)
    assert (texts(started), started["real_offset"]) == (["правка"], 2)


def test_a_board_that_is_not_there_is_refused(town: VkTown) -> None:
    town.add_community(7, "Клуб", is_closed=1)
    assert code(ask(town, "board.getTopics", group_id=999)) == 125
    assert code(ask(town, "board.getTopics", group_id=7)) == 15
    assert code(ask(town, "board.getTopics", group_id=BANK_WALL)) == 100
    assert code(ask(town, "board.getComments", group_id=BANK, topic_id=5)) == 100
