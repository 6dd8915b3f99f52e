"""VK's own schema judges the emulator. It is not ours to ship: OTKLIK_VK_SCHEMA says where it lies."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from demo.vk import VkTown
from demo.vk.errors import MESSAGES
from demo.vk.methods import METHODS
from demo.vk.schema import VkSchema
from demo.vk.testing import (
    BANK,
    BANK_TOKEN,
    BANK_WALL,
    DARYA,
    USER_TOKEN,
    YEGOR,
    Clock,
    ask,
    romashka,
)

SHARED = Path(__file__).parents[3] / "shared"
SCHEMA = Path(os.environ.get("OTKLIK_VK_SCHEMA", SHARED / "vk-schema"))
SAVED = SHARED / "samples" / "vk"
EVERYTHING = ["photo", "sticker", "audio_message", "video", "doc", "link"]


@pytest.fixture(scope="module")
def schema() -> VkSchema:
    if not (SCHEMA / "errors.json").is_file():
        pytest.skip(f"no VK schema in {SCHEMA}: set OTKLIK_VK_SCHEMA to a copy of VKCOM/vk-api-schema")
    return VkSchema(SCHEMA)


@pytest.fixture
def town() -> VkTown:
    """A bit of everything: attachments, edits, a placeholder, a pinned post, a topic, people who are gone."""
    town = romashka(Clock())
    town.add_user(301, "Глеб", deactivated="deleted")
    town.add_community(7, "Клуб", deactivated="banned")
    post_id = town.add_post(
        BANK_WALL, BANK_WALL, "Новая карта", views=10, attachments=EVERYTHING[:1] + EVERYTHING[3:]
    )
    town.edit_post(BANK_WALL, post_id, "Новая карта «Ромашка»")
    town.pin_post(BANK_WALL, post_id)
    town.add_post(BANK_WALL, DARYA, "Где карта «Ромашка»?", extra={"signer_id": DARYA})
    gone = town.add_comment(BANK_WALL, post_id, DARYA, "Карта не работает")
    top = town.add_comment(BANK_WALL, post_id, 301, "", attachments=EVERYTHING, likes=2)
    for comment_id in (gone, top):
        town.add_comment(
            BANK_WALL, post_id, BANK_WALL, "Проверяем", reply_to=comment_id, attachments=["photo"]
        )
    town.delete_comment(BANK_WALL, gone)
    topic_id = town.add_topic(BANK, "Карты", DARYA, "Обсуждаем")
    town.add_topic_comment(BANK, topic_id, YEGOR, "Не работает", attachments=["photo", "doc"])
    return town


ON_POST = {"owner_id": BANK_WALL, "post_id": 1}
FIELDS = "sex,screen_name,photo_50,bdate,members_count,online,status,domain"
CALLS = [
    ("wall.get", {"owner_id": BANK_WALL}),
    ("wall.getById", {"posts": f"{BANK_WALL}_1,{BANK_WALL}_2"}),
    ("wall.getComments", ON_POST | {"need_likes": 1, "thread_items_count": 10}),
    ("wall.getComments", ON_POST | {"comment_id": 4, "start_comment_id": 6}),
    ("wall.getComment", {"owner_id": BANK_WALL, "comment_id": 4, "token": USER_TOKEN}),
    ("wall.getComment", {"owner_id": BANK_WALL, "comment_id": 3, "token": USER_TOKEN}),
    ("wall.createComment", ON_POST | {"message": "Да", "reply_to_comment": 4, "token": BANK_TOKEN}),
    ("groups.getById", {"group_ids": f"{BANK},7"}),
    ("users.get", {"user_ids": f"{DARYA},301"}),
    ("utils.resolveScreenName", {"screen_name": "romashka_bank"}),
    ("utils.resolveScreenName", {"screen_name": "nobody"}),
    ("utils.getServerTime", {}),
    ("newsfeed.search", {"q": "ромашка", "count": 1}),
    ("board.getTopics", {"group_id": BANK, "preview": 3}),
    ("board.getComments", {"group_id": BANK, "topic_id": 1, "need_likes": 1, "start_comment_id": 3}),
]


@pytest.mark.parametrize(("method", "params"), CALLS)
@pytest.mark.parametrize("extended", [False, True])
def test_every_answer_is_what_vk_says_it_answers(
    schema: VkSchema, town: VkTown, method: str, params: dict, extended: bool
) -> None:
    if extended and "extendedResponse" not in schema.methods[method]["responses"]:
        pytest.skip("VK has no extended answer for this method")
    body = ask(town, method, extended=int(extended), fields=FIELDS, **params)
    assert "response" in body, body
    assert schema.problems(method, body, extended=extended) == []
    assert body["response"] not in ({"items": []}, {"count": 0})


def test_every_method_is_among_the_answers_above() -> None:
    assert {name for name, _ in CALLS} == set(METHODS) - {"execute"}


def test_tokens_open_what_vk_says_they_open(schema: VkSchema) -> None:
    ours = {name: sorted(method.tokens) for name, method in METHODS.items()}
    assert ours == {name: sorted(schema.methods[name]["access_token_type"]) for name in METHODS}


def test_refusals_are_worded_as_vk_words_them(schema: VkSchema) -> None:
    assert {code: schema.errors[code] for code in MESSAGES} == MESSAGES


def first_comment(body: dict) -> dict:
    return next(item for item in body["response"]["items"] if not item.get("deleted"))


MUTATIONS: list[tuple[str, Callable[[dict], object]]] = [
    ("a date in words", lambda body: first_comment(body).update(date="2026-03-02")),
    ("a comment without id", lambda body: first_comment(body).pop("id")),
    ("a comment without author", lambda body: first_comment(body).pop("from_id")),
    ("items that are no list", lambda body: body["response"].update(items={})),
    ("no count", lambda body: body["response"].pop("count")),
    ("a thread without count", lambda body: first_comment(body)["thread"].pop("count")),
    ("a flag that is no flag", lambda body: first_comment(body)["likes"].update(can_like=7)),
    (
        "an attachment of no known type",
        lambda body: first_comment(body)["attachments"][0].update(type="smell"),
    ),
    ("a placeholder with a date in words", lambda body: body["response"]["items"][0].update(date="вчера")),
    ("a reply without text", lambda body: first_comment(body)["thread"]["items"][0].pop("text")),
    ("no answer at all", lambda body: body.pop("response")),
]


@pytest.mark.parametrize("spoil", [pytest.param(spoil, id=name) for name, spoil in MUTATIONS])
def test_the_judge_does_catch(schema: VkSchema, town: VkTown, spoil: Callable[[dict], object]) -> None:
    body = ask(town, "wall.getComments", need_likes=1, thread_items_count=10, **ON_POST)
    assert schema.problems("wall.getComments", body) == []
    spoil(body)
    assert schema.problems("wall.getComments", body)


def saved(name: str) -> dict:
    path = SAVED / name
    if not path.is_file():
        pytest.skip(f"no saved answer {path}: real answers are not part of the project")
    return json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("wall.getComments", "wall.getComments__threads_part.json"),
        ("wall.getComments", "vknet/Wall__GetComments802.json"),
        ("wall.get", "wall.get__group22522055_v5.131__12.json"),
    ],
)
def test_the_same_judge_passes_real_answers(schema: VkSchema, method: str, name: str) -> None:
    assert schema.problems(method, saved(name)) == []


def test_a_real_answer_loaded_and_served_is_as_it_was(schema: VkSchema, town: VkTown) -> None:
    real = saved("wall.getComments__threads_part.json")
    owner_id, post_id = town.load_thread_response(real, keep_counts=True)
    params = {"owner_id": owner_id, "post_id": post_id, "count": 100, "thread_items_count": 10}
    body = ask(town, "wall.getComments", **params)
    assert schema.problems("wall.getComments", body) == []
    ours = {item["id"]: item for item in body["response"]["items"]}
    assert ours == {item["id"]: item for item in real["response"]["items"]}
    assert body["response"]["count"] == real["response"]["count"]
