"""Socket Mode, spoken with by the SDK's own client."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect as websocket

from demo.serve import serve
from demo.slack import ANNA, SMM, UNLIMITED, SlackTown
from demo.slack.records import Json
from demo.slack.stage import Stage

BLOCKS = [
    {
        "type": "actions",
        "elements": [{"type": "button", "action_id": "take", "text": {"type": "plain_text", "text": "Беру"}}],
    }
]
Connect = Callable[..., SocketModeClient]


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Stage, str]]:
    stage = Stage()
    with serve(stage) as url:
        yield stage, url


@pytest.fixture
def town() -> SlackTown:
    return SlackTown(rates=UNLIMITED)


@pytest.fixture
def url(stage: tuple[Stage, str], town: SlackTown) -> str:
    stage[0].put_on(town)
    return stage[1]


@pytest.fixture
def card(town: SlackTown, url: str) -> str:
    slack = WebClient(town.app.bot_token, base_url=f"{url}/api/", timeout=5)
    return str(slack.chat_postMessage(channel=SMM, text="Жалоба", blocks=BLOCKS)["ts"])


@pytest.fixture
def got() -> list[SocketModeRequest]:
    return []


@pytest.fixture
def connect(town: SlackTown, url: str, got: list[SocketModeRequest]) -> Iterator[Connect]:
    clients: list[SocketModeClient] = []

    def start(*, answers: bool = True) -> SocketModeClient:
        web = WebClient(town.app.bot_token, base_url=f"{url}/api/", timeout=5)
        client = SocketModeClient(app_token=town.app.app_token, web_client=web)

        def hear(client: BaseSocketModeClient, request: SocketModeRequest) -> None:
            got.append(request)
            if answers:
                client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))

        client.socket_mode_request_listeners.append(hear)
        clients.append(client)
        before = town.sockets.connections
        client.connect()
        assert town.wait_until(lambda t: t.sockets.connections == before + 1)
        return client

    yield start
    for client in clients:
        client.closed, client.auto_reconnect_enabled = True, False
    # Closed by us first, or each client waits three seconds for its last read; and wholly so,
    # for the client does not bear two of its threads closing one socket.
    town.sockets.drop()
    assert town.wait_until(lambda _: not any(client.is_connected() for client in clients))
    for client in clients:
        client.close()


def openings(town: SlackTown) -> int:
    methods = [event.details["method"] for event in town.journal.of("call")]
    return methods.count("apps.connections.open")


def press(url: str, ts: str) -> Json:
    form = {"action_id": "take", "user": "Анна"}
    headers = {"Accept": "application/json"}
    answer: Json = requests.post(f"{url}/c/{SMM}/{ts}/press", data=form, headers=headers, timeout=10).json()
    return answer


def test_a_press_comes_as_an_envelope_and_is_acknowledged(
    connect: Connect, url: str, card: str, got: list[SocketModeRequest]
) -> None:
    connect()
    assert press(url, card) == {"via": "socket", "failure": None}
    (request,) = got
    assert (request.type, request.payload["type"]) == ("interactive", "block_actions")
    assert request.payload["user"]["id"] == ANNA
    assert request.payload["response_url"].startswith(url)


def test_an_envelope_without_an_answer_comes_once_more_and_then_the_press_has_failed(
    connect: Connect, url: str, card: str, town: SlackTown, got: list[SocketModeRequest]
) -> None:
    town.ack_timeout = 0.2
    connect(answers=False)
    assert "не ответило" in press(url, card)["failure"]
    assert [event.details["attempt"] for event in town.journal.of("envelope")] == [1, 2]
    assert len({request.envelope_id for request in got}) == 1


def test_an_envelope_may_come_twice_though_it_was_acknowledged(
    connect: Connect, url: str, card: str, town: SlackTown, got: list[SocketModeRequest]
) -> None:
    connect()
    town.sockets.duplicate_next = 1
    assert press(url, card)["failure"] is None
    assert town.wait_until(lambda _: len(got) == 2)
    assert got[0].envelope_id == got[1].envelope_id
    press(url, card)
    assert len(got) == 3


def test_two_connections_take_turns(
    connect: Connect, url: str, card: str, got: list[SocketModeRequest]
) -> None:
    connect()
    connect()
    with ThreadPoolExecutor() as pool:
        assert all(answer["failure"] is None for answer in pool.map(lambda _: press(url, card), range(4)))
    assert len({request.envelope_id for request in got}) == 4


def test_a_client_told_to_refresh_comes_back_on_a_new_connection(
    connect: Connect, url: str, card: str, town: SlackTown
) -> None:
    connect()
    town.sockets.disconnect("refresh_requested")
    assert town.wait_until(lambda t: openings(t) >= 2 and t.sockets.connections == 1)
    assert press(url, card)["failure"] is None


def socket_address(url: str, town: SlackTown) -> str:
    answer = WebClient(base_url=f"{url}/api/").apps_connections_open(app_token=town.app.app_token)
    return str(answer["url"])


def test_a_warning_leaves_the_connection_open_for_a_while(url: str, card: str, town: SlackTown) -> None:
    with websocket(socket_address(url, town)) as socket, ThreadPoolExecutor() as pool:
        assert json.loads(socket.recv(5))["type"] == "hello"
        town.sockets.disconnect("warning")
        goodbye = json.loads(socket.recv(5))
        assert (goodbye["type"], goodbye["reason"]) == ("disconnect", "warning")
        pressed = pool.submit(press, url, card)
        socket.send(json.dumps({"envelope_id": json.loads(socket.recv(5))["envelope_id"]}))
        assert pressed.result()["failure"] is None


def test_a_ticket_admits_once(url: str, town: SlackTown) -> None:
    address = socket_address(url, town)
    with websocket(address) as socket:
        hello = json.loads(socket.recv(5))
        assert hello["num_connections"] == 1
        assert hello["connection_info"] == {"app_id": town.app.id}
    with pytest.raises(InvalidStatus), websocket(address):
        pass


def test_frames_that_are_no_acknowledgement_are_ignored(url: str, card: str, town: SlackTown) -> None:
    with websocket(socket_address(url, town)) as socket, ThreadPoolExecutor() as pool:
        pressed = pool.submit(press, url, card)
        socket.recv(5)
        envelope = json.loads(socket.recv(5))
        for frame in ("nonsense", "[]", '{"envelope_id": "unknown"}', json.dumps(envelope["envelope_id"])):
            socket.send(frame)
        socket.send(json.dumps({"envelope_id": envelope["envelope_id"], "payload": {}}))
        assert pressed.result()["failure"] is None


def test_without_a_connection_the_button_fails(url: str, card: str) -> None:
    assert "не настроены" in press(url, card)["failure"]


def test_a_socket_opens_with_the_app_level_token_only(url: str, town: SlackTown) -> None:
    web = WebClient(base_url=f"{url}/api/")
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        web.apps_connections_open(app_token=town.app.bot_token)
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        WebClient(town.app.app_token, base_url=f"{url}/api/").auth_test()
    opened = web.apps_connections_open(app_token=town.app.app_token)
    assert opened["url"].startswith(url.replace("http", "ws") + "/socket?ticket=")
