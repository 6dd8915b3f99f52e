"""The Web API, driven by the unmodified slack_sdk."""

import json
from collections.abc import Callable, Iterator

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from demo.serve import serve
from demo.slack import ANNA, GENERAL, OLD, SMM, UNLIMITED, Channel, SlackTown
from demo.slack.records import BOT_SCOPES
from demo.slack.stage import Stage


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
def slack(url: str, town: SlackTown) -> WebClient:
    return WebClient(town.app.bot_token, base_url=f"{url}/api/", timeout=5)


def error_of(call: Callable[[], object]) -> str:
    with pytest.raises(SlackApiError) as refused:
        call()
    return str(refused.value.response["error"])


def test_a_token_tells_who_the_bot_is(slack: WebClient, town: SlackTown) -> None:
    answer = slack.auth_test()
    assert (answer["user_id"], answer["bot_id"]) == (town.app.bot_user_id, town.app.bot_id)


def test_a_call_without_token_or_with_a_wrong_one_is_refused(url: str) -> None:
    assert error_of(WebClient(base_url=f"{url}/api/").auth_test) == "not_authed"
    assert error_of(WebClient("xoxb-wrong", base_url=f"{url}/api/").auth_test) == "invalid_auth"


def test_a_revoked_token_and_a_missing_scope_have_their_own_errors(slack: WebClient, town: SlackTown) -> None:
    town.app.scopes = BOT_SCOPES - {"chat:write"}
    with pytest.raises(SlackApiError) as refused:
        slack.chat_postMessage(channel=SMM, text="Привет")
    assert refused.value.response["error"] == "missing_scope"
    assert refused.value.response["needed"] == "chat:write"
    town.app.is_revoked = True
    assert error_of(slack.auth_test) == "token_revoked"


def test_methods_that_do_not_exist_here_are_unknown(slack: WebClient) -> None:
    assert error_of(lambda: slack.api_call("files.getUploadURLExternal")) == "unknown_method"


def test_a_message_comes_back_as_slack_gives_it(slack: WebClient, town: SlackTown) -> None:
    metadata = {"event_type": "alert", "event_payload": {"alert_id": 7}}
    answer = slack.chat_postMessage(channel=SMM, text="Жалоба", metadata=metadata)
    assert answer["channel"] == SMM
    message = answer["message"]
    assert (message["ts"], message["text"], message["bot_id"]) == (answer["ts"], "Жалоба", town.app.bot_id)
    assert message["metadata"] == metadata
    assert len(town.posts_of(metadata={"alert_id": 7})) == 1
    assert town.posts_of(metadata={"alert_id": 8}) == []


def test_ids_are_unique_and_ordered_even_within_one_moment() -> None:
    town = SlackTown(clock=lambda: 1_700_000_000.5)
    stamps = [town.next_ts() for _ in range(30)]
    assert stamps[0] == "1700000000.000100"
    assert stamps == sorted(set(stamps))


def test_ids_stay_unique_after_a_restart() -> None:
    before = SlackTown(clock=lambda: 1_700_000_000.5)
    said = before.say(SMM, "Привет")
    after = SlackTown(clock=before.clock)
    after.take_back(before.all_messages())
    assert after.messages(SMM) == [said]
    assert after.next_ts() == "1700000000.000200"


def test_a_channel_may_be_named_by_its_name_when_posting_but_not_when_editing(slack: WebClient) -> None:
    posted = slack.chat_postMessage(channel="#отклики-смм", text="Привет")
    assert posted["channel"] == SMM
    edit = error_of(lambda: slack.chat_update(channel="отклики-смм", ts=posted["ts"], text="Пока"))
    assert edit == "channel_not_found"


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        pytest.param("C0NOWHERE1", "channel_not_found", id="no such channel"),
        pytest.param(GENERAL, "not_in_channel", id="the bot is not a member"),
        pytest.param(OLD, "is_archived", id="the channel is archived"),
        pytest.param("C0SECRET01", "channel_not_found", id="a private channel is invisible from outside"),
    ],
)
def test_a_place_that_cannot_be_written_to_says_why(
    slack: WebClient, town: SlackTown, channel: str, error: str
) -> None:
    town.channels["C0SECRET01"] = Channel("C0SECRET01", "тайный", members={ANNA}, is_private=True)
    assert error_of(lambda: slack.chat_postMessage(channel=channel, text="Привет")) == error
    assert town.posts_of() == []


def test_joining_opens_a_public_channel(slack: WebClient) -> None:
    slack.conversations_join(channel=GENERAL)
    assert slack.chat_postMessage(channel=GENERAL, text="Привет")["ok"]
    assert slack.conversations_join(channel=GENERAL)["warning"] == "already_in_channel"


def test_a_message_needs_something_to_show(slack: WebClient) -> None:
    # Past the SDK's convenience method, which warns of it before asking.
    empty = {"channel": SMM, "text": " ", "blocks": []}
    assert error_of(lambda: slack.api_call("chat.postMessage", json=empty)) == "no_text"


def test_a_very_long_text_is_cut_at_forty_thousand(slack: WebClient) -> None:
    answer = slack.chat_postMessage(channel=SMM, text="ж" * 40_001)
    assert len(answer["message"]["text"]) == 40_000
    assert answer["warning"] == "message_truncated"


def test_a_reply_needs_a_parent_that_is_there(slack: WebClient) -> None:
    parent = slack.chat_postMessage(channel=SMM, text="Жалоба")["ts"]
    reply = slack.chat_postMessage(channel=SMM, text="Напоминание", thread_ts=parent)["ts"]
    lost = error_of(lambda: slack.chat_postMessage(channel=SMM, text="?", thread_ts="1600000000.000100"))
    assert lost == "thread_not_found"
    deep = error_of(lambda: slack.chat_postMessage(channel=SMM, text="?", thread_ts=reply))
    assert deep == "cannot_reply_to_message"


def test_an_edit_replaces_what_is_given_and_keeps_the_rest(slack: WebClient, town: SlackTown) -> None:
    blocks = [{"type": "divider", "block_id": "line"}]
    metadata = {"event_type": "alert", "event_payload": {"alert_id": 7}}
    ts = slack.chat_postMessage(channel=SMM, text="Было", blocks=blocks, metadata=metadata)["ts"]
    edited = slack.chat_update(channel=SMM, ts=ts, text="Стало")["message"]
    assert (edited["text"], edited["blocks"], edited["metadata"]) == ("Стало", blocks, metadata)
    assert edited["edited"]["ts"] > ts
    assert slack.chat_update(channel=SMM, ts=ts, text="Стало", blocks=[])["message"].get("blocks") is None
    assert [event.text for event in town.updates_of(SMM, ts)] == ["Стало", "Стало"]


def test_what_cannot_be_edited_says_why(slack: WebClient, town: SlackTown) -> None:
    spoken = town.say(SMM, "Я человек").ts
    assert error_of(lambda: slack.chat_update(channel=SMM, ts=spoken, text="!")) == "cant_update_message"
    assert error_of(lambda: slack.chat_update(channel=SMM, ts="1.1", text="!")) == "message_not_found"
    ts = slack.chat_postMessage(channel=SMM, text="Жалоба")["ts"]
    assert error_of(lambda: slack.chat_update(channel=SMM, ts=ts, text="ж" * 4001)) == "msg_too_long"
    town.archive(SMM)
    assert error_of(lambda: slack.chat_update(channel=SMM, ts=ts, text="!")) == "is_inactive"


def test_a_deleted_message_is_gone_but_its_thread_keeps_a_tombstone(slack: WebClient) -> None:
    ts = slack.chat_postMessage(channel=SMM, text="Жалоба")["ts"]
    slack.chat_postMessage(channel=SMM, text="Ответ", thread_ts=ts)
    slack.chat_delete(channel=SMM, ts=ts)
    assert error_of(lambda: slack.chat_update(channel=SMM, ts=ts, text="!")) == "message_not_found"
    assert slack.conversations_history(channel=SMM)["messages"][0]["subtype"] == "tombstone"


def test_an_ephemeral_message_is_beyond_the_api(slack: WebClient, town: SlackTown) -> None:
    ts = slack.chat_postEphemeral(channel=SMM, user=ANNA, text="Только вам")["message_ts"]
    assert slack.conversations_history(channel=SMM)["messages"] == []
    assert error_of(lambda: slack.chat_update(channel=SMM, ts=ts, text="!")) == "message_not_found"
    assert [message.text for message in town.ephemerals(SMM)] == ["Только вам"]


def test_a_history_is_newest_first_without_replies_and_tells_metadata_on_request(slack: WebClient) -> None:
    metadata = {"event_type": "alert", "event_payload": {"alert_id": 7}}
    first = slack.chat_postMessage(channel=SMM, text="Раз", metadata=metadata)["ts"]
    slack.chat_postMessage(channel=SMM, text="Ответ", thread_ts=first)
    slack.chat_postMessage(channel=SMM, text="Два")
    told = slack.conversations_history(channel=SMM)["messages"]
    assert [message["text"] for message in told] == ["Два", "Раз"]
    assert told[1]["reply_count"] == 1
    assert "metadata" not in told[1]
    told = slack.conversations_history(channel=SMM, include_all_metadata=True)["messages"]
    assert told[1]["metadata"] == metadata
    later = slack.conversations_history(channel=SMM, oldest=first)["messages"]
    assert [message["text"] for message in later] == ["Два"]


def test_long_lists_come_in_pages(slack: WebClient, town: SlackTown) -> None:
    for i in range(5):
        town.say(SMM, str(i))
    pages = [page["messages"] for page in slack.conversations_history(channel=SMM, limit=2)]
    assert [[message["text"] for message in page] for page in pages] == [["4", "3"], ["2", "1"], ["0"]]
    wrong = error_of(lambda: slack.conversations_history(channel=SMM, cursor="nonsense"))
    assert wrong == "invalid_cursor"


def test_a_thread_is_told_parent_first(slack: WebClient) -> None:
    parent = slack.chat_postMessage(channel=SMM, text="Жалоба")["ts"]
    slack.chat_postMessage(channel=SMM, text="Ответ", thread_ts=parent)
    told = slack.conversations_replies(channel=SMM, ts=parent)["messages"]
    assert [message["text"] for message in told] == ["Жалоба", "Ответ"]
    assert error_of(lambda: slack.conversations_replies(channel=SMM, ts="1.1")) == "thread_not_found"


def test_people_and_channels_can_be_looked_up(slack: WebClient) -> None:
    assert slack.users_info(user=ANNA)["user"]["real_name"] == "Анна"
    assert slack.users_lookupByEmail(email="anna@romashka.example")["user"]["id"] == ANNA
    assert len(slack.users_list()["members"]) == 5
    assert error_of(lambda: slack.users_info(user="U0NOBODY01")) == "user_not_found"
    assert slack.conversations_info(channel=SMM)["channel"]["is_member"]
    names = {channel["name"] for channel in slack.conversations_list(exclude_archived=True)["channels"]}
    assert names == {"отклики-смм", "поддержка", "руководство", "общий"}


def test_a_person_can_be_written_to_directly(slack: WebClient) -> None:
    posted = slack.chat_postMessage(channel=ANNA, text="Личное")
    assert slack.conversations_open(users=ANNA)["channel"]["id"] == posted["channel"]


def test_a_reaction_counts_once(slack: WebClient) -> None:
    ts = slack.chat_postMessage(channel=SMM, text="Жалоба")["ts"]
    slack.reactions_add(channel=SMM, timestamp=ts, name="eyes")
    again = error_of(lambda: slack.reactions_add(channel=SMM, timestamp=ts, name="eyes"))
    assert again == "already_reacted"


def test_a_form_with_json_inside_is_as_good_as_json(url: str, town: SlackTown) -> None:
    form = {"token": town.app.bot_token, "channel": SMM, "blocks": json.dumps([{"type": "divider"}])}
    assert requests.post(f"{url}/api/chat.postMessage", data=form, timeout=5).json()["ok"]
    form["blocks"] = "[{"
    refused = requests.post(f"{url}/api/chat.postMessage", data=form, timeout=5).json()
    assert refused["error"] == "invalid_blocks_format"


def test_a_permalink_leads_to_the_page(slack: WebClient) -> None:
    ts = slack.chat_postMessage(channel=SMM, text="Жалоба")["ts"]
    link = slack.chat_getPermalink(channel=SMM, message_ts=ts)["permalink"]
    assert "Жалоба" in requests.get(link, timeout=5).text
