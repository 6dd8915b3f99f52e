"""Slack through its emulator and the unmodified SDK: limits, refusals, lost answers, hostile words."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from slack_sdk.models.blocks import Block

from alerts.messenger import CannotTell, OutcomeUnknown
from alerts.slack import SlackMessenger
from alerts.slack_blocks import TOTAL_LIMIT, blocks, escaped, fallback, reply_blocks
from demo.serve import serve
from demo.slack import (
    GENERAL,
    OLD,
    SMM,
    UNLIMITED,
    Hang,
    Refuse,
    Reset,
    ServerError,
    SlackTown,
    Throttle,
    create_app,
)
from demo.slack.blocks import complaints_about
from domain.clock import system_clock
from domain.errors import AccessDenied, AuthExpired, Gone, Permanent, RateLimited, Unavailable
from domain.messages import Item, Message
from domain.policy import Channel, ChannelKind
from tests.alerts.test_messengers import HOSTILE, message

HOUR = timedelta(hours=1)
TOKEN = "xoxb-demo-otklik"


def channel(target: str = SMM) -> Channel:
    return Channel(name="смм", kind=ChannelKind.SLACK, target=target)


@pytest.fixture
def town() -> SlackTown:
    return SlackTown(rates=UNLIMITED)


@pytest.fixture
def url(town: SlackTown) -> Iterator[str]:
    with serve(create_app(town)) as base:
        yield f"{base}/api/"


@pytest.fixture
def slack(url: str) -> SlackMessenger:
    return SlackMessenger(TOKEN, url, sleep=lambda _: None)


@pytest.fixture
def hasty(url: str) -> SlackMessenger:
    """One that gives up after half a second."""
    return SlackMessenger(TOKEN, url, timeout_s=0.5)


def huge(letter: str) -> Message:
    words = f"{letter * 9} " * 2000
    return message(
        subject=words, essence=words, quote=words[:500], facts=(words,) * 9, question=words, footnote=words,
        items=(Item(words, words[:100], "https://vk.com/" + "x" * 2980),) * 5,
        url="https://vk.com/" + "y" * 2985,
    )  # fmt: skip


@pytest.mark.parametrize("letter", ["a", "ы", "😀", "<", "&", "\u202e", "\x00", "\ud800", '"', "\\"])
def test_no_message_breaks_slacks_limits(letter: str) -> None:
    built = blocks(huge(letter))
    assert complaints_about(built) == []
    for block in Block.parse_all(built):
        block.validate_json()
    assert len(json.dumps(built)) <= TOTAL_LIMIT
    assert len(fallback(huge(letter))) < 4000


def test_a_plain_message_and_a_reply_please_the_sdk() -> None:
    for built in (blocks(message(quote="Цитата", url="https://vk.com/wall1_1")), reply_blocks("Отвечено")):
        assert complaints_about(built) == []
        for block in Block.parse_all(built):
            block.validate_json()


def test_strangers_words_stand_only_where_slack_reads_no_markup() -> None:
    built = blocks(
        message(subject=HOSTILE, essence=HOSTILE, quote=HOSTILE, facts=(HOSTILE,), footnote=HOSTILE)
    )
    assert '"mrkdwn"' not in json.dumps(built)
    kinds = {part["type"] for part in _parts(built)}
    assert not kinds & {"user", "broadcast", "usergroup", "channel", "emoji", "link"}
    assert "<!channel>" not in json.dumps([b for b in built if b["type"] != "rich_text"])


def test_the_fallback_text_calls_nobody() -> None:
    text = escaped(HOSTILE)
    assert "<" not in text
    assert "@here" not in text
    assert "&lt;!channel&gt;" in text.replace("\u2060", "")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://",
        "http://[::1",
        "https://a b",
        "//vk.com",
        "https://x/" + "y" * 3000,
        "",
    ],
)
def test_a_link_that_leads_nowhere_good_is_left_out(url: str) -> None:
    assert "link" not in {part["type"] for part in _parts(blocks(message(url=url)))}


def _parts(built: object) -> Iterator[dict[str, object]]:
    if isinstance(built, dict):
        if "type" in built:
            yield built
        built = list(built.values())
    if isinstance(built, list):
        for inner in built:
            yield from _parts(inner)


def test_buttons_carry_the_verb_and_the_alert(town: SlackTown, slack: SlackMessenger) -> None:
    slack.post(channel(), message(), "card:7")
    (posted,) = town.messages(SMM)
    (actions,) = [block for block in posted.blocks if block["type"] == "actions"]
    assert [(b["action_id"], b["value"]) for b in actions["elements"]] == [
        ("otklik:take", "7"),
        ("otklik:snooze", "7"),
    ]


def test_the_card_is_edited_where_it_stands(town: SlackTown, slack: SlackMessenger) -> None:
    ref = slack.post(channel(), message(), "card:7")
    slack.update(ref, message(subject="Жалоба: отвечено", buttons=()))
    (posted,) = town.messages(SMM)
    assert "отвечено" in str(posted.blocks)
    assert not any(block["type"] == "actions" for block in posted.blocks)


def test_a_loud_reply_is_shown_to_the_channel(town: SlackTown, slack: SlackMessenger) -> None:
    ref = slack.post(channel(), message(), "card:7")
    slack.reply(ref, "тихо", "reply:1", is_loud=False)
    slack.reply(ref, "громко", "reply:2", is_loud=True)
    assert [m.is_broadcast for m in town.replies(SMM, ref["ts"])] == [False, True]


@pytest.mark.parametrize("fault", [Reset(), ServerError(500), ServerError(503), Refuse("fatal_error")])
def test_nobody_knows_what_came_of_a_call_that_broke_off(
    town: SlackTown, slack: SlackMessenger, fault: Reset | ServerError | Refuse
) -> None:
    town.faults.add("chat.postMessage", fault)
    with pytest.raises(OutcomeUnknown):
        slack.post(channel(), message(), "card:7")
    found = slack.find(channel(), "card:7", since=system_clock() - HOUR)
    assert (found is not None) is (len(town.messages(SMM)) == 1)


def test_a_post_that_slack_took_before_it_fell_silent_is_found(
    town: SlackTown, slack: SlackMessenger, hasty: SlackMessenger
) -> None:
    town.faults.add("chat.postMessage", Hang(seconds=3))
    with pytest.raises(OutcomeUnknown):
        hasty.post(channel(), message(), "card:7")
    (posted,) = town.messages(SMM)
    assert slack.find(channel(), "card:7", since=system_clock() - HOUR) == {"channel": SMM, "ts": posted.ts}


def test_the_sdk_repeats_nothing_by_itself(town: SlackTown, slack: SlackMessenger) -> None:
    town.faults.add("chat.postMessage", Reset())
    with pytest.raises(OutcomeUnknown):
        slack.post(channel(), message(), "card:7")
    assert len(town.messages(SMM)) <= 1
    assert len(town.journal.of("post")) <= 1


def test_a_server_that_is_not_there_surely_did_nothing() -> None:
    with pytest.raises(Unavailable):
        SlackMessenger(TOKEN, "http://127.0.0.1:9/api/").post(channel(), message(), "card:7")


def test_a_pause_asked_for_is_passed_on(town: SlackTown, slack: SlackMessenger) -> None:
    town.faults.add("chat.postMessage", Throttle(retry_after=17))
    with pytest.raises(RateLimited) as refused:
        slack.post(channel(), message(), "card:7")
    assert refused.value.retry_after == timedelta(seconds=17)


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (OLD, "в архиве"),
        (GENERAL, "не в канале"),
        ("C0NOWHERE99", "такого канала нет"),
        ("#нет-такого", "такого канала нет"),
    ],
)
def test_a_channel_it_may_not_write_to_is_for_a_person(
    slack: SlackMessenger, target: str, words: str
) -> None:
    with pytest.raises(AccessDenied, match=words):
        slack.post(channel(target), message(), "card:7")


@pytest.mark.parametrize("code", ["invalid_auth", "token_revoked", "account_inactive"])
def test_a_bad_token_is_for_a_person(town: SlackTown, slack: SlackMessenger, code: str) -> None:
    town.faults.add("chat.postMessage", Refuse(code))
    with pytest.raises(AuthExpired, match="OTKLIK_SLACK_TOKEN"):
        slack.post(channel(), message(), "card:7")


def test_a_missing_right_is_named(town: SlackTown, slack: SlackMessenger) -> None:
    town.app.scopes -= {"chat:write"}
    with pytest.raises(AccessDenied, match="chat:write"):
        slack.post(channel(), message(), "card:7")


def test_without_the_right_to_read_it_cannot_tell(town: SlackTown, slack: SlackMessenger) -> None:
    town.app.scopes -= {"channels:history", "groups:history"}
    with pytest.raises(CannotTell):
        slack.find(channel(), "card:7", since=system_clock() - HOUR)


def test_an_error_it_does_not_know_is_not_repeated(town: SlackTown, slack: SlackMessenger) -> None:
    town.faults.add("chat.postMessage", Refuse("invalid_blocks"))
    with pytest.raises(Permanent, match="invalid_blocks"):
        slack.post(channel(), message(), "card:7")


def test_a_card_that_is_gone_says_so(slack: SlackMessenger) -> None:
    with pytest.raises(Gone):
        slack.update({"channel": SMM, "ts": "1.000100"}, message())


def test_a_channel_named_by_its_name_is_searched_too(town: SlackTown, slack: SlackMessenger) -> None:
    named = channel("#отклики-смм")
    ref = slack.post(named, message(), "card:7")
    assert slack.find(named, "card:7", since=system_clock() - HOUR) == ref


def test_one_message_a_second_in_a_channel(url: str) -> None:
    waits: list[float] = []
    now = [100.0]

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    slack = SlackMessenger(TOKEN, url, sleep=sleep, monotonic=lambda: now[0])
    for n in range(3):
        slack.post(channel(), message(), f"card:{n}")
    assert waits == [1.0, 1.0]


def test_a_proxy_of_the_environment_does_not_stand_before_this_machine(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    SlackMessenger(TOKEN, url).post(channel(), message(), "card:7")
