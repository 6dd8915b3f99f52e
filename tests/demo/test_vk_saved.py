"""A saved answer of the real wall.getComments comes to life again."""

from __future__ import annotations

import pytest

from demo.vk import VkTown
from demo.vk.testing import START, Clock, ok, romashka

OWNER, POST, DAY = -5005, 700, 86_400
NOON = int(START.timestamp()) - DAY


def said(comment_id: int, from_id: int, text: str, minutes: int, parents: list[int]) -> dict:
    shared = {"id": comment_id, "from_id": from_id, "date": NOON + minutes * 60, "text": text}
    return shared | {"post_id": POST, "owner_id": OWNER, "parents_stack": parents}


@pytest.fixture
def body() -> dict:
    """Shaped as the real ones: a long thread inlined in part, a placeholder, counts of the whole post."""
    replies = [
        said(711, OWNER, "[id901|Пётр], здравствуйте!", 2, [710])
        | {"reply_to_user": 901, "reply_to_comment": 710},
        said(712, 901, "[club5005|Банк], и что?", 3, [710])
        | {"reply_to_user": OWNER, "reply_to_comment": 711},
    ]
    long_one = said(710, 901, "Где карта?", 1, []) | {"thread": {"count": 14, "items": replies}}
    late = said(731, 902, "Поддерживаю", 9, [730]) | {"reply_to_user": 903, "reply_to_comment": 730}
    gone = {"id": 730, "parents_stack": [], "date": NOON + 480, "deleted": True}
    gone["thread"] = {"count": 1, "items": [late]}
    return {"response": {"count": 215, "current_level_count": 90, "items": [gone, long_one]}}


@pytest.fixture
def town() -> VkTown:
    return romashka(Clock())


def read(town: VkTown) -> dict:
    return ok(
        town, "wall.getComments", owner_id=OWNER, post_id=POST, sort="desc", thread_items_count=10, extended=1
    )


def test_what_is_in_the_file_is_served_as_it_was(town: VkTown, body: dict) -> None:
    assert town.load_thread_response(body) == (OWNER, POST)
    answer = read(town)
    assert (answer["count"], answer["current_level_count"]) == (5, 2)
    placeholder, top = answer["items"]
    assert placeholder["deleted"]
    assert [r["id"] for r in placeholder["thread"]["items"]] == [731]
    assert top["thread"]["items"] == body["response"]["items"][1]["thread"]["items"]
    assert {k: top[k] for k in ("id", "from_id", "date", "text")} == {
        k: body["response"]["items"][1][k] for k in ("id", "from_id", "date", "text")
    }


def test_people_get_the_names_that_mentions_give_them(town: VkTown, body: dict) -> None:
    town.load_thread_response(body)
    answer = read(town)
    assert {p["id"]: p["first_name"] for p in answer["profiles"]} == {901: "Пётр", 902: "Пользователь 902"}
    assert [g["name"] for g in answer["groups"]] == ["Банк"]


def test_the_counts_of_the_file_can_be_kept_though_nobody_can_reach_them(town: VkTown, body: dict) -> None:
    town.load_thread_response(body, keep_counts=True)
    assert read(town)["count"] == 215
    thread = ok(town, "wall.getComments", owner_id=OWNER, post_id=POST, comment_id=710, count=100)
    assert (thread["count"], len(thread["items"])) == (14, 2)


def test_a_loaded_post_can_go_on(town: VkTown, body: dict) -> None:
    town.load_thread_response(body)
    new = town.add_comment(OWNER, POST, OWNER, "Проверили, карта готова", reply_to=712)
    assert new > 731
    assert read(town)["items"][1]["thread"]["items"][-1]["reply_to_user"] == 901
