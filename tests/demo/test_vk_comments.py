"""The emulator's comments: two levels, their pages, their placeholders."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import timedelta

import pytest

from demo.vk import VkTown
from demo.vk.testing import (
    BANK,
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


def post(town: VkTown, **changes: object) -> int:
    return town.add_post(BANK_WALL, BANK_WALL, "Новая карта", START - timedelta(days=1), **changes)


def complain(town: VkTown, post_id: int, text: str = "Карта не работает", **changes: object) -> int:
    return town.add_comment(BANK_WALL, post_id, DARYA, text, **changes)


def comments(town: VkTown, post_id: int, **params: object) -> dict:
    return ok(town, "wall.getComments", owner_id=BANK_WALL, post_id=post_id, **params)


def ids(answer: dict) -> list[int]:
    return [item["id"] for item in answer["items"]]


def code(body: dict) -> int:
    return body["error"]["error_code"]


def test_count_is_all_comments_and_current_level_count_the_top_ones(town: VkTown) -> None:
    post_id = post(town)
    top = complain(town, post_id)
    reply = town.add_comment(BANK_WALL, post_id, BANK_WALL, "[id201|Дарья], проверяем", reply_to=top)
    complain(town, post_id, "И?", reply_to=reply)
    complain(town, post_id, "Ещё вопрос")
    answer = comments(town, post_id)
    assert (answer["count"], answer["current_level_count"]) == (4, 2)
    assert [(item["thread"]["count"], item["thread"]["items"]) for item in answer["items"]] == [
        (2, []),
        (0, []),
    ]


def test_a_reply_to_a_reply_stays_in_the_thread_and_says_whom_it_answers(town: VkTown) -> None:
    post_id = post(town)
    top = complain(town, post_id)
    answer = town.add_comment(BANK_WALL, post_id, BANK_WALL, "Проверяем", reply_to=top)
    complain(town, post_id, "И?", reply_to=answer)
    [thread] = [item["thread"]["items"] for item in comments(town, post_id, thread_items_count=10)["items"]]
    assert [(r["parents_stack"], r["reply_to_user"], r["reply_to_comment"]) for r in thread] == [
        ([top], DARYA, top),
        ([top], BANK_WALL, answer),
    ]


def test_a_thread_inlines_ten_replies_oldest_first_and_pages_the_rest_by_comment_id(town: VkTown) -> None:
    post_id = post(town)
    top = complain(town, post_id)
    replies = [complain(town, post_id, f"{n}", reply_to=top) for n in range(13)]
    inline = comments(town, post_id, thread_items_count=10, sort="desc")["items"][0]["thread"]
    assert (inline["count"], ids(inline)) == (13, replies[:10])
    rest = comments(town, post_id, comment_id=top, offset=10, count=100)
    assert (rest["count"], rest["current_level_count"], ids(rest)) == (13, 13, replies[10:])
    assert (
        code(ask(town, "wall.getComments", owner_id=BANK_WALL, post_id=post_id, thread_items_count=11)) == 100
    )


def test_comments_go_both_ways_and_at_most_a_hundred_at_once(town: VkTown, clock: Clock) -> None:
    post_id = post(town)
    made = [complain(town, post_id, f"{n}", at=clock.forward(minutes=1)) for n in range(120)]
    assert ids(comments(town, post_id, count=500)) == made[:100]
    assert ids(comments(town, post_id, count=100, offset=100)) == made[100:]
    assert ids(comments(town, post_id, count=3, sort="desc")) == made[:-4:-1]


def test_start_comment_id_opens_the_page_at_a_comment_and_tells_the_real_offset(town: VkTown) -> None:
    post_id = post(town)
    made = [complain(town, post_id, f"{n}") for n in range(9)]
    answer = comments(town, post_id, start_comment_id=made[5], count=2)
    assert (ids(answer), answer["real_offset"]) == (made[5:7], 5)
    back = comments(town, post_id, start_comment_id=made[5], offset=-2, count=2)
    assert (ids(back), back["real_offset"]) == (made[3:5], 3)
    newest_first = comments(town, post_id, start_comment_id=made[5], sort="desc", count=2)
    assert (ids(newest_first), newest_first["real_offset"]) == ([made[5], made[4]], 3)
    town.delete_comment(BANK_WALL, made[5])
    assert ids(comments(town, post_id, start_comment_id=made[5], count=2)) == made[6:8]


def test_a_deleted_comment_with_a_living_thread_leaves_a_placeholder(town: VkTown, clock: Clock) -> None:
    post_id = post(town)
    top = complain(town, post_id)
    reply = town.add_comment(BANK_WALL, post_id, BANK_WALL, "Проверяем", reply_to=top)
    lonely = complain(town, post_id, "Ау")
    town.delete_comment(BANK_WALL, top, START + timedelta(minutes=1))
    town.delete_comment(BANK_WALL, lonely, START + timedelta(minutes=1))
    town.delete_comment(BANK_WALL, reply, START + timedelta(minutes=2))
    assert ids(comments(town, post_id)) == [top, lonely]
    clock.forward(minutes=1)
    answer = comments(town, post_id, thread_items_count=10)
    assert [sorted(item) for item in answer["items"]] == [
        ["date", "deleted", "id", "parents_stack", "thread"]
    ]
    assert ids(answer["items"][0]["thread"]) == [reply]
    assert answer["count"] == 2
    alone = ok(town, "wall.getComment", token=USER_TOKEN, owner_id=BANK_WALL, comment_id=top, extended=1)
    assert alone["profiles"] == [], "a placeholder does not tell whose it was"
    clock.forward(minutes=1)
    assert comments(town, post_id)["count"] == 0


def test_an_edited_comment_just_reads_otherwise_from_then_on(town: VkTown, clock: Clock) -> None:
    post_id = post(town)
    comment_id = complain(town, post_id, "Хорошо")
    town.edit_comment(BANK_WALL, comment_id, "Плохо", START + timedelta(hours=1))
    before = comments(town, post_id)["items"]
    clock.forward(hours=1)
    after = comments(town, post_id)["items"]
    assert before == [after[0] | {"text": "Хорошо"}]


def test_likes_previews_and_people_come_when_asked_for(town: VkTown) -> None:
    post_id = post(town)
    top = complain(town, post_id, "Карта не работает со вчерашнего дня", likes=3)
    town.add_comment(BANK_WALL, post_id, YEGOR, "У меня тоже", reply_to=top)
    plain = comments(town, post_id)["items"][0]
    assert "likes" not in plain
    answer = comments(
        town, post_id, need_likes=1, preview_length=5, extended=1, thread_items_count=1, fields="bdate"
    )
    assert answer["items"][0]["likes"]["count"] == 3
    assert answer["items"][0]["text"] == "Карта…"
    assert {p["id"]: p.get("bdate") for p in answer["profiles"]} == {DARYA: "1.2.1990", YEGOR: None}
    assert [g["id"] for g in answer["groups"]] == [BANK]
    assert answer["post_author_id"] == BANK_WALL


def test_a_wordless_comment_is_its_attachments(town: VkTown) -> None:
    post_id = post(town)
    complain(town, post_id, "", attachments=["sticker", "photo", "audio_message", "video", "doc", "link"])
    [item] = comments(town, post_id)["items"]
    kinds = [attached["type"] for attached in item["attachments"]]
    assert kinds == ["sticker", "photo", "audio_message", "video", "doc", "link"]
    assert all(attached[attached["type"]] for attached in item["attachments"])


def test_one_comment_can_be_read_by_a_user_only(town: VkTown) -> None:
    comment_id = complain(town, post(town))
    params = {"owner_id": BANK_WALL, "comment_id": comment_id}
    assert ids(ok(town, "wall.getComment", token=USER_TOKEN, **params)) == [comment_id]
    assert code(ask(town, "wall.getComment", **params)) == 28
    town.delete_comment(BANK_WALL, comment_id)
    assert code(ask(town, "wall.getComment", token=USER_TOKEN, **params)) == 211


def test_comments_under_a_closed_or_vanished_post_are_refused(town: VkTown) -> None:
    closed, gone = post(town, is_closed=True), post(town)
    complain(town, gone)
    town.delete_post(BANK_WALL, gone)
    assert code(ask(town, "wall.getComments", owner_id=BANK_WALL, post_id=closed)) == 212
    body = ask(town, "wall.getComments", owner_id=BANK_WALL, post_id=gone)
    assert (code(body), "post was not found" in body["error"]["error_msg"]) == (15, True)


@pytest.mark.parametrize(
    ("params", "culprit"),
    [
        ({}, "post_id is undefined"),
        ({"post_id": "x"}, "post_id not integer"),
        ({"post_id": 1, "sort": "up"}, "sort is invalid"),
        ({"post_id": 1, "comment_id": 99}, "comment_id is invalid"),
    ],
)
def test_a_wrong_parameter_is_named(town: VkTown, params: dict, culprit: str) -> None:
    post(town)
    body = ask(town, "wall.getComments", owner_id=BANK_WALL, **params)
    assert (code(body), culprit in body["error"]["error_msg"]) == (100, True)


def work(town: VkTown, size: int) -> int:
    """How many functions a page calls, amid `size` comments in threads of five."""
    post_id = post(town)
    top = [complain(town, post_id, "Не работает", likes=1) for _ in range(size // 5)]
    for n in range(size - len(top)):
        complain(town, post_id, "Да", reply_to=top[n % len(top)])
    assert comments(town, post_id, count=0)["count"] == size  # publishes the story
    calls: Counter[str] = Counter()
    sys.setprofile(lambda _frame, event, _arg: calls.update([event]))
    try:
        comments(
            town, post_id, start_comment_id=top[len(top) // 2], count=10, thread_items_count=10, extended=1
        )
    finally:
        sys.setprofile(None)
    return calls["call"] + calls["c_call"]


def test_a_page_of_a_hundred_thousand_comments_costs_no_more_than_one_of_a_hundred(town: VkTown) -> None:
    assert work(town, 100_000) < 1.2 * work(town, 100)
