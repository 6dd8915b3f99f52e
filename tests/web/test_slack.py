"""Buttons pressed in Slack: signatures, malformed callbacks, double presses, conflicts."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from queue import Queue
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from psycopg import Connection
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from demo.serve import serve
from demo.slack.signing import signed_headers
from tests.conftest import NOON
from tests.web.conftest import SECRET, Browser
from tests.web.seed import Word, add_alert, add_conversation, add_source, configure

Json = dict[str, Any]
Hook = tuple[str, "Queue[Json]"]


@pytest.fixture
def alert(db: Connection) -> int:
    configure(db, NOON)
    source = add_source(db, NOON, "ВКонтакте")
    conversation = add_conversation(db, NOON, source, Word(text="Где деньги?", ago=timedelta(hours=3)))
    return add_alert(db, NOON, conversation)


@pytest.fixture
def hook() -> Iterator[Hook]:
    """Slack's response_url, and what came there."""
    heard: Queue[Json] = Queue()

    async def answer(request: Request) -> Response:
        heard.put(await request.json())
        return PlainTextResponse("ok")

    with serve(Starlette(routes=[Route("/hook", answer, methods=["POST"])])) as base:
        yield f"{base}/hook", heard


def payload(
    alert_id: object, verb: str = "take", user: str = "anna", at: str = "1.1", **changes: Any
) -> Json:
    return {
        "type": "block_actions",
        "user": {"id": f"U{user}", "name": user},
        "container": {"message_ts": "1700000000.000100", "channel_id": "C0SMM"},
        "trigger_id": "1.2.3",
        "response_url": "",
        "actions": [
            {"type": "button", "action_id": f"otklik:{verb}", "value": str(alert_id), "action_ts": at}
        ],
    } | changes


def body_of(sent: Json) -> str:
    return urlencode({"payload": json.dumps(sent)})


def call(browser: Browser, body: str, *, secret: str = SECRET, at: float | None = None) -> requests.Response:
    headers = signed_headers(secret, body, time.time() if at is None else at)
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": None}
    return browser.post("/slack/actions", data=body.encode(), headers=headers | kind)  # type: ignore[operator]


def state(db: Connection) -> list[tuple[str, str | None]]:
    return db.execute("SELECT state, taken_by FROM alert").fetchall()


def test_a_press_acts_and_is_acknowledged_with_nothing(browser: Browser, db: Connection, alert: int) -> None:
    answer = call(browser, body_of(payload(alert)))
    assert (answer.status_code, answer.text) == (200, "")
    assert state(db) == [("taken", "anna")]
    assert db.execute("SELECT verb, by, via FROM action").fetchall() == [("take", "anna", "slack")]


def test_a_press_delivered_twice_acts_once(browser: Browser, db: Connection, alert: int) -> None:
    assert [call(browser, body_of(payload(alert))).status_code for _ in range(2)] == [200, 200]
    assert db.execute("SELECT count(*) FROM action").fetchone() == (1,)


def test_whoever_comes_second_is_told_privately_who_was_first(
    browser: Browser, db: Connection, alert: int, hook: Hook
) -> None:
    url, heard = hook
    call(browser, body_of(payload(alert)))
    call(browser, body_of(payload(alert, user="boris", at="2.2", response_url=url)))
    message = heard.get(timeout=10)
    assert (message["response_type"], message["replace_original"]) == ("ephemeral", False)
    assert "Уже в работе" in message["text"]
    assert "anna" in message["text"]
    assert state(db) == [("taken", "anna")]


def test_a_name_cannot_call_the_channel(browser: Browser, db: Connection, alert: int, hook: Hook) -> None:
    url, heard = hook
    call(browser, body_of(payload(alert, user="<!channel>")))
    call(browser, body_of(payload(alert, at="2.2", response_url=url)))
    text = heard.get(timeout=10)["text"]
    assert "channel" in text
    assert "<!channel>" not in text


def test_a_wrong_or_old_signature_is_refused(browser: Browser, db: Connection, alert: int) -> None:
    body = body_of(payload(alert))
    assert call(browser, body, secret="guess").status_code == 401
    assert call(browser, body, at=time.time() - 301).status_code == 401
    assert call(browser, body, at=time.time() + 301).status_code == 401
    signed = signed_headers(SECRET, body, time.time())
    assert browser.post("/slack/actions", data=body + "&x=1", headers=signed).status_code == 401
    for header in ("X-Slack-Signature", "X-Slack-Request-Timestamp"):
        for value in ("", "x", "v0=ы".encode().decode("latin-1"), "9" * 400):
            assert (
                browser.post("/slack/actions", data=body, headers=signed | {header: value}).status_code == 401
            )
    assert browser.post("/slack/actions", data=body).status_code == 401
    assert state(db) == [("open", None)]


def test_what_is_no_press_is_refused_as_malformed(browser: Browser, db: Connection, alert: int) -> None:
    good = payload(alert)
    action = good["actions"][0]
    bad: list[str] = [
        "", "payload=", "payload=x", "payload=1", "payload=null", "payload=[]", "other=1", "%ff%fe",
        "payload=%ff",
        body_of({"type": "url_verification", "challenge": "x"}),
        body_of(good | {"type": "view_submission"}),
        body_of(good | {"user": None}),
        body_of(good | {"actions": None}),
        body_of(good | {"actions": [1]}),
        body_of(good | {"actions": [{"action_id": "otklik:take"}]}),
        body_of(good | {"actions": [action | {"value": "x"}]}),
        body_of(good | {"actions": [action | {"value": "9" * 30}]}),
        body_of(good | {"actions": [action | {"value": 5}]}),
        body_of(good | {"actions": [action | {"action_ts": "\x00"}]}),
        body_of(good | {"actions": [action | {"action_ts": "\ud800"}]}),
    ]  # fmt: skip
    assert [call(browser, body).status_code for body in bad] == [400] * len(bad)
    assert state(db) == [("open", None)]


def test_buttons_of_others_and_alerts_that_are_gone_are_acknowledged(
    browser: Browser, db: Connection, alert: int, hook: Hook
) -> None:
    url, heard = hook
    foreign = payload(alert) | {"actions": [{"action_id": "other:go", "value": "x", "action_ts": "1"}]}
    assert call(browser, body_of(foreign)).status_code == 200
    assert call(browser, body_of(payload(alert + 1000, response_url=url))).status_code == 200
    assert (
        call(browser, body_of(payload(alert, verb="nonsense", at="3", response_url=url))).status_code == 200
    )
    texts = [heard.get(timeout=10)["text"] for _ in range(2)]
    assert ["Этого сообщения больше нет" in text for text in texts].count(True) == 1
    assert state(db) == [("open", None)]


def test_a_dead_response_url_harms_nobody(browser: Browser, db: Connection, alert: int) -> None:
    for url in ("http://127.0.0.1:9/x", "file:///etc/passwd", "x"):
        assert call(browser, body_of(payload(alert + 1000, response_url=url))).status_code == 200
    assert browser.get("/health").status_code == 200


def test_a_body_without_end_is_not_read_to_the_end(browser: Browser) -> None:
    assert browser.post("/slack/actions", data=b"x" * 1_100_000).status_code == 413


def test_only_posts_are_taken(browser: Browser) -> None:
    assert browser.get("/slack/actions").status_code == 405


def test_without_a_signing_secret_there_is_nothing_to_call(app: Starlette, browser: Browser) -> None:
    app.state.slack_secret = None
    assert call(browser, body_of(payload(1))).status_code == 404
