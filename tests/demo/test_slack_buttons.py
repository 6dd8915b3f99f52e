"""Pressing a button: the signed callback, its answer in time, and the response_url."""

import json
import threading
import time
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.webhook import WebhookClient
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo.serve import serve
from demo.slack import ANNA, BORIS, SMM, UNLIMITED, SlackTown, signed_headers
from demo.slack.records import Json
from demo.slack.stage import Stage

CARD: list[Json] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Жалоба*"}},
    {
        "type": "actions",
        "block_id": "decide",
        "elements": [
            {
                "type": "button",
                "action_id": "take",
                "value": "7",
                "style": "primary",
                "text": {"type": "plain_text", "text": "Беру"},
            },
            {
                "type": "static_select",
                "action_id": "assign",
                "options": [{"text": {"type": "plain_text", "text": "Борис"}, "value": "boris"}],
            },
        ],
    },
]
METADATA = {"event_type": "alert", "event_payload": {"alert_id": 7}}


class Receiver:
    """An app's request URL: keeps what it got, answers with `status` once `may_answer` is set."""

    def __init__(self) -> None:
        self.status = 200
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.got: list[tuple[str, dict[str, str]]] = []
        self.app = Starlette(routes=[Route("/slack/actions", self.receive, methods=["POST"])])

    async def receive(self, request: Request) -> Response:
        self.got.append(((await request.body()).decode(), dict(request.headers)))
        await run_in_threadpool(self.may_answer.wait, 10)
        return Response(status_code=self.status)

    @property
    def payloads(self) -> list[Json]:
        return [json.loads(parse_qs(body)["payload"][0]) for body, _ in self.got]


class Clock:
    """Real time, and as much later as a test likes."""

    later = 0.0

    def __call__(self) -> float:
        return time.time() + self.later


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Stage, str]]:
    stage = Stage()
    with serve(stage) as url:
        yield stage, url


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[Receiver, str]]:
    receiver = Receiver()
    with serve(receiver.app) as url:
        yield receiver, f"{url}/slack/actions"


@pytest.fixture
def receiver(listener: tuple[Receiver, str]) -> Iterator[Receiver]:
    receiver = listener[0]
    receiver.got.clear()
    receiver.status = 200
    yield receiver
    receiver.may_answer.set()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def town(listener: tuple[Receiver, str], clock: Clock) -> SlackTown:
    town = SlackTown(rates=UNLIMITED, clock=clock)
    town.app.request_url = listener[1]
    return town


@pytest.fixture
def url(stage: tuple[Stage, str], town: SlackTown) -> str:
    stage[0].put_on(town)
    return stage[1]


@pytest.fixture
def slack(url: str, town: SlackTown) -> WebClient:
    return WebClient(town.app.bot_token, base_url=f"{url}/api/", timeout=5)


@pytest.fixture
def card(slack: WebClient) -> str:
    """The ts of a posted alert."""
    answer = slack.chat_postMessage(channel=SMM, text="Жалоба", blocks=CARD, metadata=METADATA)
    return str(answer["ts"])


def press(url: str, ts: str, action: str = "take", user: str = "Анна", **more: str) -> Json:
    form = {"action_id": action, "user": user, **more}
    headers = {"Accept": "application/json"}
    answer = requests.post(f"{url}/c/{SMM}/{ts}/press", data=form, headers=headers, timeout=10)
    result: Json = answer.json()
    return result


def test_a_press_reaches_the_app_signed(url: str, card: str, town: SlackTown, receiver: Receiver) -> None:
    assert press(url, card) == {"via": "http", "failure": None}
    body, headers = receiver.got[0]
    assert SignatureVerifier(town.app.signing_secret).is_valid_request(body, headers)
    assert not SignatureVerifier("another secret").is_valid_request(body, headers)
    assert not SignatureVerifier(town.app.signing_secret).is_valid_request(body + "&", headers)


def test_a_stale_signature_can_be_made_to_test_its_refusal(town: SlackTown) -> None:
    verifier = SignatureVerifier(town.app.signing_secret)
    assert verifier.is_valid_request(
        "payload=", signed_headers(town.app.signing_secret, "payload=", town.now())
    )
    stale = signed_headers(town.app.signing_secret, "payload=", town.now() - 301)
    assert not verifier.is_valid_request("payload=", stale)


def test_the_payload_tells_who_pressed_what_where(
    url: str, card: str, town: SlackTown, receiver: Receiver
) -> None:
    press(url, card, user="Борис")
    payload = receiver.payloads[0]
    assert payload["type"] == "block_actions"
    assert payload["user"]["id"] == BORIS
    assert payload["container"] == {
        "type": "message", "message_ts": card, "channel_id": SMM, "is_ephemeral": False,
    }  # fmt: skip
    assert (payload["api_app_id"], payload["team"]["id"]) == (town.app.id, town.team_id)
    assert payload["channel"] == {"id": SMM, "name": "отклики-смм"}
    assert payload["message"]["ts"] == card
    assert payload["message"]["metadata"] == METADATA
    (action,) = payload["actions"]
    assert {key: action[key] for key in ("action_id", "block_id", "value", "type", "style")} == {
        "action_id": "take", "block_id": "decide", "value": "7", "type": "button", "style": "primary",
    }  # fmt: skip
    assert action["text"]["text"] == "Беру"
    assert action["action_ts"] > card


def test_a_choice_from_a_list_tells_the_option(url: str, card: str, receiver: Receiver) -> None:
    press(url, card, "assign", value="boris")
    assert receiver.payloads[0]["actions"][0]["selected_option"]["value"] == "boris"


def test_a_button_can_be_pressed_twice_and_by_two_people(url: str, card: str, receiver: Receiver) -> None:
    for user in ("Анна", "Анна", "Борис"):
        press(url, card, user=user)
    assert [payload["user"]["id"] for payload in receiver.payloads] == [ANNA, ANNA, BORIS]
    assert len({payload["trigger_id"] for payload in receiver.payloads}) == 3


def test_a_button_that_an_edit_removed_cannot_be_pressed(
    url: str, card: str, slack: WebClient, receiver: Receiver
) -> None:
    slack.chat_update(channel=SMM, ts=card, text="Решено", blocks=[])
    assert press(url, card)["failure"] == "Этой кнопки в сообщении больше нет."
    assert receiver.got == []


def test_an_error_of_the_app_is_shown_beside_the_button_until_the_next_press(
    url: str, card: str, receiver: Receiver
) -> None:
    receiver.status = 500
    assert press(url, card)["failure"] == "Приложение ответило кодом 500."
    assert "Приложение ответило кодом 500." in requests.get(f"{url}/c/{SMM}", timeout=5).text
    receiver.status = 200
    press(url, card)
    assert "Приложение ответило кодом" not in requests.get(f"{url}/c/{SMM}", timeout=5).text


def test_an_app_that_does_not_answer_in_time_has_failed(
    url: str, card: str, town: SlackTown, receiver: Receiver
) -> None:
    town.ack_timeout = 0.2
    receiver.may_answer.clear()
    assert "не ответило" in press(url, card)["failure"]
    assert len(receiver.got) == 1  # over HTTP Slack does not repeat a press


def test_an_app_that_is_not_there_has_failed(url: str, card: str, town: SlackTown) -> None:
    town.app.request_url = "http://127.0.0.1:9/"
    assert press(url, card)["failure"] == "Операция не выполнена: приложение недоступно."
    town.app.request_url = None
    assert "не настроены" in press(url, card)["failure"]


def test_a_press_can_open_one_modal_and_only_at_once(
    url: str, card: str, slack: WebClient, town: SlackTown, receiver: Receiver, clock: Clock
) -> None:
    view = {"type": "modal", "title": {"type": "plain_text", "text": "Почему?"}, "blocks": CARD[:1]}
    press(url, card)
    press(url, card)
    first, second = (payload["trigger_id"] for payload in receiver.payloads)
    assert slack.views_open(trigger_id=first, view=view)["view"]["id"] == town.modals[0]["id"]
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        slack.views_open(trigger_id=first, view=view)
    clock.later += 4
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        slack.views_open(trigger_id=second, view=view)


def hook_of(url: str, card: str, receiver: Receiver) -> WebhookClient:
    press(url, card)
    return WebhookClient(receiver.payloads[-1]["response_url"], timeout=5)


def test_a_response_url_answers_the_presser_alone_unless_told_otherwise(
    url: str, card: str, town: SlackTown, receiver: Receiver
) -> None:
    hook = hook_of(url, card, receiver)
    answer = hook.send(text="Уже взял Борис")
    assert (answer.status_code, answer.body) == (200, "ok")
    assert [(m.text, m.ephemeral_for) for m in town.ephemerals(SMM)] == [("Уже взял Борис", ANNA)]
    hook.send(text="Для всех", response_type="in_channel")
    assert town.messages(SMM)[-1].text == "Для всех"


def test_a_response_url_replaces_and_deletes_the_original(
    url: str, card: str, town: SlackTown, receiver: Receiver
) -> None:
    hook = hook_of(url, card, receiver)
    hook.send(text="Взяла Анна", replace_original=True)
    assert [(m.text, m.blocks) for m in town.messages(SMM)] == [("Взяла Анна", [])]
    hook.send(delete_original=True)
    assert town.messages(SMM) == []


def test_a_response_url_works_five_times_within_half_an_hour(
    url: str, card: str, receiver: Receiver, clock: Clock
) -> None:
    hook = hook_of(url, card, receiver)
    answers = [hook.send(text=str(i)) for i in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert json.loads(answers[5].body)["error"] == "used_url"
    hook = hook_of(url, card, receiver)
    clock.later += 31 * 60
    assert json.loads(hook.send(text="поздно").body)["error"] == "expired_url"


def test_a_button_of_an_ephemeral_message_works_without_telling_the_message(
    url: str, slack: WebClient, receiver: Receiver
) -> None:
    ts = slack.chat_postEphemeral(channel=SMM, user=ANNA, text="Точно?", blocks=CARD)["message_ts"]
    press(url, ts)
    assert receiver.payloads[0]["container"]["is_ephemeral"] is True
    assert "message" not in receiver.payloads[0]


def test_the_order_of_things_can_be_read_from_the_journal(url: str, card: str, town: SlackTown) -> None:
    press(url, card)
    assert [event.kind for event in town.journal] == ["post", "call", "press", "callback"]
