"""The emulator's wall: pages of posts, what the clock does to them, who may read and who may answer."""

from __future__ import annotations

from datetime import datetime, timedelta

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


def test_the_wall_shows_the_pinned_post_first_and_the_rest_newest_first(town: VkTown) -> None:
    posts = [town.add_post(BANK_WALL, BANK_WALL, str(n), START - timedelta(hours=9 - n)) for n in range(5)]
    town.pin_post(BANK_WALL, posts[1])
    answer = ok(town, "wall.get", owner_id=BANK_WALL)
    assert ids(answer) == [posts[1], posts[4], posts[3], posts[2], posts[0]]
    assert [item.get("is_pinned") for item in answer["items"]] == [1, None, None, None, None]
    paged = [
        i
        for offset in range(5)
        for i in ids(ok(town, "wall.get", domain="romashka_bank", offset=offset, count=1))
    ]
    assert paged == ids(answer)


def test_hidden_posts_are_counted_and_skipped_so_pages_come_out_short(town: VkTown) -> None:
    for n in range(4):
        post(town, is_hidden=n % 2 == 1)
    answer = ok(town, "wall.get", owner_id=BANK_WALL, count=3)
    assert answer["count"] == 4
    assert ids(answer) == [3]


@pytest.mark.parametrize(("which", "expected"), [("all", [2, 1]), ("owner", [1]), ("others", [2])])
def test_a_wall_can_be_filtered_by_who_wrote(town: VkTown, which: str, expected: list[int]) -> None:
    post(town)
    town.add_post(BANK_WALL, DARYA, "Где мои деньги?")
    assert ids(ok(town, "wall.get", owner_id=BANK_WALL, filter=which)) == expected


def test_posts_of_the_future_are_unseen_until_the_clock_gets_there(town: VkTown, clock: Clock) -> None:
    post_id = town.add_post(BANK_WALL, BANK_WALL, "Завтра", START + timedelta(hours=1))
    town.edit_post(BANK_WALL, post_id, "Уже сегодня", START + timedelta(hours=2))
    town.delete_post(BANK_WALL, post_id, START + timedelta(hours=3))
    seen = []
    for _ in range(4):
        seen.append([item["text"] for item in ok(town, "wall.get", owner_id=BANK_WALL)["items"]])
        clock.forward(hours=1)
    assert seen == [[], ["Завтра"], ["Уже сегодня"], []]


def test_an_edited_post_says_when(town: VkTown, clock: Clock) -> None:
    post_id = post(town)
    town.edit_post(BANK_WALL, post_id, "Новая карта!", clock.forward(minutes=5))
    [item] = ok(town, "wall.getById", posts=f"{BANK_WALL}_{post_id},{BANK_WALL}_99")["items"]
    assert item["edited"] == int(clock.at.timestamp())


def test_the_community_answers_once_however_often_the_same_guid_is_sent(town: VkTown) -> None:
    post_id = post(town)
    top = complain(town, post_id)
    said = {
        "owner_id": BANK_WALL,
        "post_id": post_id,
        "message": "Проверяем",
        "reply_to_comment": top,
        "guid": "a1",
    }
    first = ok(town, "wall.createComment", token=BANK_TOKEN, from_group=BANK, **said)
    again = ok(town, "wall.createComment", token=BANK_TOKEN, from_group=BANK, **said)
    assert first == again
    assert first["parents_stack"] == [top]
    [reply] = comments(town, post_id, comment_id=top)["items"]
    assert (reply["id"], reply["from_id"], reply["reply_to_user"]) == (first["comment_id"], BANK_WALL, DARYA)


def test_a_user_speaks_for_himself_or_for_a_community_he_edits(town: VkTown) -> None:
    post_id = post(town)
    said = {"owner_id": BANK_WALL, "post_id": post_id, "message": "Здравствуйте", "token": USER_TOKEN}
    ok(town, "wall.createComment", **said)
    ok(town, "wall.createComment", from_group=BANK, attachments="photo1_2", **said)
    assert [item["from_id"] for item in comments(town, post_id)["items"]] == [ANNA, BANK_WALL]
    assert code(ask(town, "wall.createComment", from_group=77, **said)) == 15


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"deactivated": "banned"}, "Access denied: group is blocked", id="blocked"),
        pytest.param({"is_wall_disabled": True}, "Access denied: wall is disabled", id="no wall"),
        pytest.param(
            {"is_closed": 1}, "Access denied: this wall available only for community members", id="closed"
        ),
    ],
)
def test_a_community_may_be_closed_to_us(town: VkTown, changes: dict, expected: str) -> None:
    owner_id = town.add_community(7, "Клуб", **changes)
    body = ask(town, "wall.get", owner_id=owner_id)
    assert (code(body), body["error"]["error_msg"]) == (15, expected)


def test_a_person_may_be_gone_or_private(town: VkTown) -> None:
    town.add_user(301, "Глеб", deactivated="deleted")
    town.add_user(302, "Вера", is_closed=True)
    assert code(ask(town, "wall.get", owner_id=301)) == 18
    assert code(ask(town, "wall.get", owner_id=302)) == 30


def test_a_story_cannot_answer_what_was_not_said_yet(town: VkTown) -> None:
    post_id = post(town)
    with pytest.raises(ValueError, match="cannot answer"):
        complain(town, post_id, at=START - timedelta(days=2))
    with pytest.raises(ValueError, match="no time zone"):
        complain(town, post_id, at=datetime(2026, 3, 3))


def test_old_versions_get_lists_where_new_ones_get_objects(town: VkTown) -> None:
    post_id = post(town)
    assert ok(town, "wall.getById", posts=f"{BANK_WALL}_{post_id}", v="5.131")[0]["id"] == post_id
    assert ok(town, "groups.getById", group_id=BANK, v="5.131")[0]["id"] == BANK
