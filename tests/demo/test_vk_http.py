"""The emulator over real HTTP on the loopback, with the ugly parts of a real server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from threading import Thread

import pytest
import requests

from demo.serve import serve
from demo.vk import VkTown, create_app
from demo.vk.faults import (
    ANY,
    CAPTCHA_NEW,
    CAPTCHA_OLD,
    HTML_200,
    HTML_502,
    RESET,
    SHORT_PAGE,
    SHUFFLED,
    SWAPPED_COUNTS,
    TRUNCATED,
    VALIDATION,
    error,
    slow,
)
from demo.vk.testing import BANK_WALL, DARYA, SERVICE_TOKEN, VERSION, Clock, romashka


class Client:
    """What a naive program would do: GET and hope."""

    def __init__(self, base_url: str) -> None:
        self.session = requests.Session()
        self.session.trust_env = False
        self.base_url = base_url

    def get(self, method: str, *, timeout: float = 10.0, **params: object) -> requests.Response:
        known = {"access_token": SERVICE_TOKEN, "v": VERSION}
        return self.session.get(f"{self.base_url}/method/{method}", params=known | params, timeout=timeout)

    def code(self, method: str, **params: object) -> int | None:
        return self.get(method, **params).json().get("error", {}).get("error_code")


@pytest.fixture
def town() -> VkTown:
    return romashka(Clock())


@pytest.fixture
def client(town: VkTown) -> Iterator[Client]:
    with serve(create_app(town)) as base_url:
        client = Client(base_url)
        with client.session:
            yield client


def test_a_token_may_come_in_the_query_the_form_or_the_header(client: Client) -> None:
    url = f"{client.base_url}/method/utils.getServerTime"
    token, v = {"access_token": SERVICE_TOKEN}, {"v": VERSION}
    answers = [
        client.session.get(url, params=token | v, timeout=10),
        client.session.post(url, data=token | v, timeout=10),
        client.session.post(url, params=v, data=token, timeout=10),
        client.session.get(url, params=v, headers={"Authorization": f"Bearer {SERVICE_TOKEN}"}, timeout=10),
    ]
    assert [list(answer.json()) for answer in answers] == [["response"]] * 4


def test_refusals_come_with_status_200(client: Client) -> None:
    answer = client.get("wall.unknown")
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (200, 3)


def test_calls_are_counted_by_method_and_token_and_remembered_without_it(
    town: VkTown, client: Client
) -> None:
    client.get("wall.get", owner_id=BANK_WALL, count=5)
    client.get("wall.get", owner_id=BANK_WALL, access_token="stolen")
    client.get("utils.getServerTime")
    assert town.calls == Counter(
        {("wall.get", SERVICE_TOKEN): 1, ("wall.get", "stolen"): 1, ("utils.getServerTime", SERVICE_TOKEN): 1}
    )
    assert (town.calls_of("wall.get"), town.calls_of("wall.get", "stolen")) == (2, 1)
    assert town.requests[0] == ("wall.get", {"v": VERSION, "owner_id": str(BANK_WALL), "count": "5"})


def test_one_off_faults_come_in_order_and_then_it_is_well_again(town: VkTown, client: Client) -> None:
    town.faults.queue("utils.getServerTime", error(6), times=3)
    town.faults.queue("utils.getServerTime", error(29), error(10), error(1), error(9))
    town.faults.queue(ANY, error(104))
    codes = [client.code("utils.getServerTime") for _ in range(9)]
    assert codes == [6, 6, 6, 29, 10, 1, 9, 104, None]
    assert town.faults.waiting() == 0


def test_faults_by_chance_repeat_from_run_to_run(town: VkTown, client: Client) -> None:
    town.faults.sometimes("utils.getServerTime", error(10), 0.5)
    codes = [client.code("utils.getServerTime") for _ in range(20)]
    assert set(codes) == {10, None}
    town.faults.clear()
    assert client.code("utils.getServerTime") is None


def test_a_captcha_comes_in_two_shapes(town: VkTown, client: Client) -> None:
    town.faults.queue(ANY, CAPTCHA_OLD, CAPTCHA_NEW, VALIDATION)
    old, new, validation = (client.get("users.get").json()["error"] for _ in range(3))
    assert (old["error_code"], {"captcha_sid", "captcha_img"} <= set(old)) == (14, True)
    assert (new["error_code"], "redirect_uri" in new, "captcha_sid" in new) == (14, True, False)
    assert (validation["error_code"], "redirect_uri" in validation) == (17, True)


def test_a_page_of_html_comes_with_502_or_with_200(town: VkTown, client: Client) -> None:
    town.faults.queue(ANY, HTML_502, HTML_200)
    answers = [client.get("users.get") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [502, 200]
    for answer in answers:
        assert answer.headers["content-type"].startswith("text/html")
        with pytest.raises(requests.JSONDecodeError):
            answer.json()


def test_json_may_end_in_the_middle(town: VkTown, client: Client) -> None:
    town.add_post(BANK_WALL, BANK_WALL, "Новая карта")
    town.faults.queue(ANY, TRUNCATED)
    answer = client.get("wall.get", owner_id=BANK_WALL)
    assert answer.content.startswith(b'{"response"')
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_a_connection_may_be_reset_and_the_next_one_is_fine(town: VkTown, client: Client) -> None:
    town.faults.queue(ANY, RESET)
    with pytest.raises(requests.ConnectionError, match="reset"):
        client.get("utils.getServerTime")
    assert client.code("utils.getServerTime") is None


def test_an_impatient_client_does_not_hold_up_a_slow_server(town: VkTown, client: Client) -> None:
    town.faults.queue(ANY, slow(3600), slow(0.01))
    with pytest.raises(requests.ReadTimeout):
        client.get("utils.getServerTime", timeout=0.05)
    assert client.code("utils.getServerTime") is None


def test_good_answers_may_come_short_shuffled_or_with_swapped_counts(town: VkTown, client: Client) -> None:
    post_id = town.add_post(BANK_WALL, BANK_WALL, "Новая карта")
    top = [town.add_comment(BANK_WALL, post_id, DARYA, f"{n}") for n in range(4)]
    replies = [town.add_comment(BANK_WALL, post_id, DARYA, f"{n}", reply_to=top[0]) for n in range(3)]

    def read(*faults: object) -> dict:
        town.faults.queue(ANY, *faults)
        params = {"owner_id": BANK_WALL, "post_id": post_id, "thread_items_count": 10}
        return client.get("wall.getComments", **params).json()["response"]

    whole = read()
    assert [it["id"] for it in read(SHORT_PAGE)["items"]] == top[:2]
    shuffled = read(SHUFFLED)["items"]
    assert [it["id"] for it in shuffled] == top[::-1]
    assert [it["id"] for it in shuffled[-1]["thread"]["items"]] == replies[::-1]
    swapped = read(SWAPPED_COUNTS)
    assert (swapped["count"], swapped["current_level_count"]) == (4, 7)
    assert read() == whole


def test_the_story_may_go_on_while_the_town_is_being_read(town: VkTown, client: Client) -> None:
    post_id = town.add_post(BANK_WALL, BANK_WALL, "Новая карта")

    def tell() -> None:
        for n in range(300):
            comment_id = town.add_comment(BANK_WALL, post_id, DARYA, f"{n}")
            if n % 3 == 0:
                town.delete_comment(BANK_WALL, comment_id)

    story = Thread(target=tell)
    story.start()
    while story.is_alive():
        answer = client.get("wall.getComments", owner_id=BANK_WALL, post_id=post_id, count=100)
        assert len(answer.json()["response"]["items"]) <= 100
    story.join()
    answer = client.get("wall.getComments", owner_id=BANK_WALL, post_id=post_id, count=0).json()
    assert answer["response"]["count"] == 200


def test_an_app_that_refuses_to_start_is_said_so() -> None:
    async def broken(scope: dict, receive: object, send: object) -> None:
        await receive()  # type: ignore[operator]
        await send({"type": "lifespan.startup.failed", "message": "no"})  # type: ignore[operator]

    with pytest.raises(RuntimeError, match="did not start"), serve(broken):
        pass
