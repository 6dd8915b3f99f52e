"""The unmodified vk_api library takes the emulator for VK, traps included."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
import vk_api
from vk_api.exceptions import ApiError, ApiHttpError, Captcha

from demo.serve import serve
from demo.vk import Limits, VkTown, create_app
from demo.vk.faults import CAPTCHA_NEW, CAPTCHA_OLD, HTML_200, HTML_502, error
from demo.vk.testing import (
    BANK,
    BANK_TOKEN,
    BANK_WALL,
    DARYA,
    SERVICE_TOKEN,
    Clock,
    redirect,
    romashka,
)


@pytest.fixture
def town() -> VkTown:
    """With VK's usual limits: the library's own pace must do."""
    return romashka(Clock(), limits=Limits())


@pytest.fixture
def base_url(town: VkTown) -> Iterator[str]:
    with serve(create_app(town)) as base_url:
        yield base_url


@pytest.fixture
def session(base_url: str) -> Iterator[requests.Session]:
    with redirect(requests.Session(), base_url) as session:
        yield session


def library(session: requests.Session, token: str = SERVICE_TOKEN) -> vk_api.VkApi:
    return vk_api.VkApi(token=token, api_version="5.199", session=session)


def test_the_library_reads_a_wall_with_its_comments(town: VkTown, session: requests.Session) -> None:
    post_id = town.add_post(BANK_WALL, BANK_WALL, "Новая карта")
    top = town.add_comment(BANK_WALL, post_id, DARYA, "Карта не работает")
    town.add_comment(BANK_WALL, post_id, BANK_WALL, "[id201|Дарья], проверяем", reply_to=top)
    api = library(session).get_api()
    assert [it["id"] for it in api.wall.get(domain="romashka_bank")["items"]] == [post_id]
    answer = api.wall.getComments(owner_id=BANK_WALL, post_id=post_id, thread_items_count=10, need_likes=True)
    assert answer["items"][0]["thread"]["items"][0]["text"] == "[id201|Дарья], проверяем"
    assert answer["items"][0]["likes"]["count"] == 0
    assert town.calls_of("wall.getComments", SERVICE_TOKEN) == 1


def test_the_library_answers_for_the_community(town: VkTown, session: requests.Session) -> None:
    post_id = town.add_post(BANK_WALL, BANK_WALL, "Новая карта")
    api = library(session, BANK_TOKEN).get_api()
    made = api.wall.createComment(owner_id=BANK_WALL, post_id=post_id, from_group=BANK, message="Проверяем")
    assert made["comment_id"] > post_id


def test_the_library_sees_refusals_as_its_own_errors(town: VkTown, session: requests.Session) -> None:
    with pytest.raises(ApiError) as caught:
        library(session).get_api().execute(code="return 1;")
    assert caught.value.code == 28
    town.faults.queue("wall.get", CAPTCHA_OLD)
    with pytest.raises(Captcha) as captcha:
        library(session).get_api().wall.get(owner_id=BANK_WALL)
    assert captcha.value.sid == "548747100691"


def test_the_library_waits_out_a_burst_of_error_6(town: VkTown, session: requests.Session) -> None:
    town.faults.queue("utils.getServerTime", error(6))
    assert library(session).get_api().utils.getServerTime() > 0
    assert town.calls_of("utils.getServerTime") == 2


def test_the_library_falls_into_the_traps_that_our_client_must_not(
    town: VkTown, session: requests.Session
) -> None:
    def call() -> object:
        return library(session).get_api().wall.get(owner_id=BANK_WALL)

    town.faults.queue("wall.get", CAPTCHA_NEW, HTML_502, HTML_200)
    with pytest.raises(KeyError, match="captcha_sid"):
        call()
    with pytest.raises(ApiHttpError):
        call()
    with pytest.raises(requests.JSONDecodeError):
        call()
