"""Which blocks Slack takes: our checks, compared with the SDK's own models where these check at all."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackObjectFormationError
from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    HeaderBlock,
    MarkdownTextObject,
    Option,
    OverflowMenuElement,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
)

from demo.serve import serve
from demo.slack import SMM, UNLIMITED, SlackTown, create_app
from demo.slack.blocks import complaints_about
from demo.slack.normal_form import normalized
from demo.slack.records import Json


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str = "Текст", **changes: object) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}} | changes


def button(**changes: object) -> Json:
    return {"type": "button", "text": plain("Беру"), "action_id": "take"} | changes


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def numbered(count: int) -> list[Json]:
    return [button(action_id=str(i)) for i in range(count)]


@pytest.mark.parametrize(
    "blocks",
    [
        pytest.param([section("ж" * 3000)], id="a section of 3000 characters"),
        pytest.param([section(fields=[plain("ж" * 2000)] * 10)], id="ten fields of 2000"),
        pytest.param([{"type": "header", "text": plain("ж" * 150)}], id="a header of 150"),
        pytest.param([actions(*numbered(25))], id="25 buttons"),
        pytest.param([{"type": "divider"}] * 50, id="50 blocks"),
        pytest.param([{"type": "context", "elements": [plain("а")] * 10}], id="ten pieces of context"),
        pytest.param([section(accessory=button(style="danger"))], id="a button beside a section"),
    ],
)
def test_blocks_at_their_limits_are_taken(blocks: list[Json]) -> None:
    assert complaints_about(blocks) == []


OPTION = {"text": plain("Борис"), "value": "b"}
CONFIRM = {"title": plain("?"), "text": plain("?"), "confirm": plain("Да"), "deny": plain("Нет")}


@pytest.mark.parametrize(
    ("blocks", "complaint"),
    [
        ([section("ж" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
        ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        ([{"type": "section"}], "must define either text or fields [json-pointer:/blocks/0]"),
        (
            [section(fields=[plain("а")] * 11)],
            "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
        ),
        (
            [section(fields=[plain("ж" * 2001)])],
            "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
        ),
        (
            [{"type": "header", "text": plain("ж" * 151)}],
            "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
        ),
        (
            [{"type": "header", "text": {"type": "mrkdwn", "text": "*"}}],
            "must be a text object of type plain_text [json-pointer:/blocks/0/text/type]",
        ),
        ([actions(*numbered(26))], "no more than 25 items allowed [json-pointer:/blocks/0/elements]"),
        ([actions()], "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
        (
            [actions(button(text=plain("ж" * 76)))],
            "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
        ),
        (
            [actions(button(value="ж" * 2001))],
            "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
        ),
        (
            [actions(button(action_id="ж" * 256))],
            "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
        ),
        (
            [actions(button(url="https://" + "a" * 3000))],
            "must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]",
        ),
        ([actions(button(url="javascript:1"))], "Invalid URL [json-pointer:/blocks/0/elements/0/url]"),
        (
            [actions(button(style="loud"))],
            "must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]",
        ),
        (
            [actions(button(confirm=CONFIRM | {"title": plain("ж" * 101)}))],
            "must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]",
        ),
        (
            [actions(button(), button())],
            "action_id already exists in this block [json-pointer:/blocks/0/elements]",
        ),
        ([{"type": "marquee"}], "unsupported type: marquee [json-pointer:/blocks/0]"),
        ([{"text": "?"}], "unsupported type:  [json-pointer:/blocks/0]"),
        (["?"], "unsupported type:  [json-pointer:/blocks/0]"),
        (
            [{"type": "divider", "colour": "red"}],
            "invalid additional property: colour [json-pointer:/blocks/0]",
        ),
        ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
        (
            [{"type": "divider", "block_id": "a"}] * 2,
            'block_id "a" already exists [json-pointer:/blocks/1/block_id]',
        ),
        (
            [{"type": "divider", "block_id": "ж" * 256}],
            "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
        ),
        (
            [{"type": "context", "elements": [plain("а")] * 11}],
            "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
        ),
        (
            [{"type": "context", "elements": [button()]}],
            "unsupported type: button [json-pointer:/blocks/0/elements/0]",
        ),
        (
            [{"type": "image", "image_url": "http://127.0.0.1/a.png", "alt_text": "график"}],
            "downloading image failed [json-pointer:/blocks/0/image_url]",
        ),
        (
            [actions({"type": "overflow", "options": [OPTION] * 6})],
            "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]",
        ),
        (
            [actions({"type": "static_select"})],
            "must define either options or option_groups [json-pointer:/blocks/0/elements/0]",
        ),
        (
            [{"type": "markdown", "text": "ж" * 7000}] * 2,
            "markdown blocks must be less than 12001 characters in all [json-pointer:/blocks]",
        ),
    ],
)
def test_blocks_that_slack_refuses_are_refused_with_the_place(blocks: list[Json], complaint: str) -> None:
    assert complaint in complaints_about(blocks)


def choice(length: int) -> Option:
    return Option(text="Борис", value="b" * length)


#: Blocks that the SDK can refuse, made at some size; both of us must change our mind at the same size.
SIZED: dict[str, tuple[int, Callable[[int], Block]]] = {
    "header text": (150, lambda n: HeaderBlock(text="ж" * n)),
    "section text": (3000, lambda n: SectionBlock(text="ж" * n)),
    "section fields": (10, lambda n: SectionBlock(fields=["а"] * n)),
    "field text": (2000, lambda n: SectionBlock(fields=[PlainTextObject(text="ж" * n)])),
    "context elements": (10, lambda n: ContextBlock(elements=[MarkdownTextObject(text="а")] * n)),
    "actions elements": (
        25,
        lambda n: ActionsBlock(elements=[ButtonElement(text="а", action_id=str(i)) for i in range(n)]),
    ),
    "button text": (75, lambda n: ActionsBlock(elements=[ButtonElement(text="ж" * n, action_id="a")])),
    "button value": (
        2000,
        lambda n: ActionsBlock(elements=[ButtonElement(text="а", action_id="a", value="v" * n)]),
    ),
    "button url": (
        3000,
        lambda n: ActionsBlock(
            elements=[ButtonElement(text="а", action_id="a", url="https://".ljust(n, "a"))]
        ),
    ),
    "action_id": (255, lambda n: ActionsBlock(elements=[ButtonElement(text="а", action_id="a" * n)])),
    "select options": (
        100,
        lambda n: ActionsBlock(elements=[StaticSelectElement(action_id="a", options=[choice(1)] * n)]),
    ),
    "option value": (
        150,
        lambda n: ActionsBlock(elements=[StaticSelectElement(action_id="a", options=[choice(n)])]),
    ),
    "overflow options": (
        5,
        lambda n: ActionsBlock(elements=[OverflowMenuElement(action_id="a", options=[choice(1)] * n)]),
    ),
}


UNCHECKED_BY_THE_SDK = {"field text"}


def taken_by_the_sdk(block: Block) -> bool:
    try:
        block.validate_json()
        block.to_dict()
    except SlackObjectFormationError:
        return False
    return True


@pytest.mark.parametrize("name", SIZED)
def test_we_draw_the_same_lines_as_the_sdk(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    most, make = SIZED[name]
    assert taken_by_the_sdk(make(most))
    assert complaints_about([make(most).to_dict()]) == []
    with monkeypatch.context() as without_checks:
        without_checks.setattr(JsonObject, "validate_json", lambda _: None)
        too_much = make(most + 1).to_dict()
    assert complaints_about([too_much]) != []
    assert taken_by_the_sdk(make(most + 1)) is (name in UNCHECKED_BY_THE_SDK)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("section"),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["type", "text", "elements", "fields", "accessory", "block_id", "action_id"]),
                inner,
            )
        ),
        max_leaves=20,
    )
)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_nonsense_breaks_the_checks_and_what_passes_can_be_completed(blocks: object) -> None:
    complaints = complaints_about(blocks)
    assert all("[json-pointer:/blocks" in complaint for complaint in complaints)
    if not complaints and isinstance(blocks, list):
        assert complaints_about(normalized(blocks)) == []


@pytest.fixture(scope="module")
def slack() -> Iterator[WebClient]:
    town = SlackTown(rates=UNLIMITED)
    with serve(create_app(town)) as url:
        yield WebClient(town.app.bot_token, base_url=f"{url}/api/", timeout=5)


def test_a_refusal_has_slacks_shape(slack: WebClient) -> None:
    with pytest.raises(SlackApiError) as refused:
        slack.chat_postMessage(channel=SMM, text="Жалоба", blocks=[section("ж" * 3001)])
    complaint = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert refused.value.response["error"] == "invalid_blocks"
    assert refused.value.response["errors"] == [complaint]
    assert refused.value.response["response_metadata"]["messages"] == [f"[ERROR] {complaint}"]


def test_blocks_too_long_in_all_are_refused_counting_escaped_cyrillic(slack: WebClient) -> None:
    assert slack.chat_postMessage(channel=SMM, text="Жалоба", blocks=[section("ж" * 2100)])["ok"]
    with pytest.raises(SlackApiError, match="msg_blocks_too_long"):
        slack.chat_postMessage(channel=SMM, text="Жалоба", blocks=[section("ж" * 2200)])


def test_blocks_inside_attachments_are_checked_as_well(slack: WebClient) -> None:
    bad = [{"color": "#e01e5a", "fallback": "Жалоба", "blocks": [section("")]}]
    with pytest.raises(SlackApiError) as refused:
        slack.chat_postMessage(channel=SMM, text="Жалоба", attachments=bad)
    assert "/attachments/0/blocks/0/text/text" in refused.value.response["errors"][0]


def test_missing_ids_are_filled_in_and_given_ones_kept(slack: WebClient) -> None:
    sent = [{"type": "divider"}, actions({"type": "button", "text": plain("Беру")}) | {"block_id": "row"}]
    told = slack.chat_postMessage(channel=SMM, text="Жалоба", blocks=sent)["message"]["blocks"]
    assert len(told[0]["block_id"]) == 5
    assert told[1]["block_id"] == "row"
    assert told[1]["elements"][0]["action_id"]
    assert told[1]["elements"][0]["text"]["emoji"] is True
