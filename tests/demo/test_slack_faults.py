"""The pace Slack asks for, and the misfortunes a client must survive."""

import time
from collections.abc import Iterator

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler, ServerErrorRetryHandler

from demo.serve import serve
from demo.slack import (
    SLACK_RATES,
    SMM,
    SUPPORT,
    Hang,
    Refuse,
    Reset,
    ServerError,
    SlackTown,
    Throttle,
)
from demo.slack.stage import Stage


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def town(clock: Clock) -> SlackTown:
    return SlackTown(clock=clock)


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Stage, str]]:
    stage = Stage()
    with serve(stage) as url:
        yield stage, url


@pytest.fixture
def slack(stage: tuple[Stage, str], town: SlackTown) -> WebClient:
    stage[0].put_on(town)
    return WebClient(town.app.bot_token, base_url=f"{stage[1]}/api/", timeout=5)


def test_a_channel_takes_a_short_burst_and_then_one_message_a_second(
    slack: WebClient, clock: Clock, town: SlackTown
) -> None:
    burst = SLACK_RATES["chat.postMessage"].burst
    for i in range(burst):
        slack.chat_postMessage(channel=SMM, text=str(i))
    with pytest.raises(SlackApiError) as refused:
        slack.chat_postMessage(channel=SMM, text="лишнее")
    answer = refused.value.response
    assert (answer.status_code, answer["error"], answer.headers["Retry-After"]) == (429, "ratelimited", "1")
    assert slack.chat_postMessage(channel=SUPPORT, text="другой канал свободен")["ok"]
    clock.now += 1
    slack.chat_postMessage(channel=SMM, text="снова можно")
    assert len(town.messages(SMM)) == burst + 1


def test_the_sdk_waits_out_a_429_by_itself(slack: WebClient, town: SlackTown) -> None:
    town.faults.add("chat.postMessage", Throttle(retry_after=0))
    slack.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    slack.chat_postMessage(channel=SMM, text="Жалоба")
    assert [event.details["error"] for event in town.journal.of("call")] == ["ratelimited", None]
    assert len(town.posts_of("Жалоба")) == 1


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_error_is_html_and_stores_nothing(slack: WebClient, town: SlackTown, status: int) -> None:
    town.faults.add("chat.postMessage", ServerError(status))
    with pytest.raises(SlackApiError) as failed:
        slack.chat_postMessage(channel=SMM, text="Жалоба")
    assert failed.value.response.status_code == status
    assert town.posts_of() == []


def test_the_sdk_repeats_after_a_server_error(slack: WebClient, town: SlackTown) -> None:
    town.faults.add("chat.postMessage", ServerError(503))
    slack.retry_handlers.append(ServerErrorRetryHandler(max_retry_count=1))
    slack.chat_postMessage(channel=SMM, text="Жалоба")
    assert len(town.posts_of("Жалоба")) == 1


def test_an_answer_that_never_comes_may_hide_a_message_that_was_stored(
    slack: WebClient, town: SlackTown
) -> None:
    town.faults.add("chat.postMessage", Hang())
    slack.timeout = 1
    started = time.monotonic()
    with pytest.raises(TimeoutError):
        slack.chat_postMessage(channel=SMM, text="Жалоба")
    assert time.monotonic() - started < 4
    assert len(town.messages(SMM)) == 1
    slack.chat_postMessage(channel=SMM, text="Жалоба")
    assert town.duplicates() == {"Жалоба": 2}


def test_a_hang_before_doing_stores_nothing(slack: WebClient, town: SlackTown) -> None:
    town.faults.add("chat.postMessage", Hang(after_doing=False))
    slack.timeout = 1
    with pytest.raises(TimeoutError):
        slack.chat_postMessage(channel=SMM, text="Жалоба")
    assert town.messages(SMM) == []


def test_the_sdks_own_repeat_after_a_broken_connection_posts_twice(slack: WebClient, town: SlackTown) -> None:
    town.faults.add("chat.postMessage", Reset())
    slack.chat_postMessage(channel=SMM, text="Жалоба")
    assert town.duplicates() == {"Жалоба": 2}


def test_any_refusal_can_be_ordered_and_happens_once(slack: WebClient, town: SlackTown) -> None:
    town.faults.add("*", Refuse("invalid_auth"))
    with pytest.raises(SlackApiError, match="invalid_auth"):
        slack.auth_test()
    assert slack.auth_test()["ok"]


def test_a_channel_can_be_archived_under_way(slack: WebClient, town: SlackTown) -> None:
    slack.chat_postMessage(channel=SMM, text="Жалоба")
    town.archive(SMM)
    with pytest.raises(SlackApiError, match="is_archived"):
        slack.chat_postMessage(channel=SMM, text="Ещё одна")
