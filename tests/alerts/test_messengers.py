"""What every messenger promises: posted, found, edited, answered under; and hostile text is harmless."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from alerts.console import ConsoleMessenger
from alerts.messenger import CannotTell, Messenger
from alerts.slack import SlackMessenger
from demo.serve import serve
from demo.slack import SMM, UNLIMITED, SlackTown, create_app
from domain.clock import system_clock
from domain.errors import Gone
from domain.messages import Button, Message, Tone, Verb
from domain.policy import Channel, ChannelKind
from tests.alerts.desk import Remembering

HOUR = timedelta(hours=1)
#: Everything that has ever meant something to a terminal, to Slack or to the eye.
HOSTILE = (
    "<!channel> <@U0VERA0001> <https://evil.example|ваш банк> *жирно* `код` ~нет~ _да_ @here :fire: "
    "&lt;!here&gt; \x1b[2J\x1b]0;взлом\x07\u202eоборот\u2066\u200b\u0000\ud800 https://evil.example/ "
    "```блок```\n> не цитата"
)


@dataclass
class Place:
    """A messenger, a channel of its, and all that a reader could see there."""

    messenger: Messenger
    channel: Channel
    seen: Callable[[], str]
    forgets: Callable[[], Messenger]


@pytest.fixture
def console() -> Place:
    printed: list[str] = []
    return Place(
        ConsoleMessenger(printed.append),
        Channel(name="смм", kind=ChannelKind.CONSOLE),
        lambda: "".join(printed),
        lambda: ConsoleMessenger(printed.append),
    )


@pytest.fixture
def slack() -> Iterator[Place]:
    town = SlackTown(rates=UNLIMITED)
    with serve(create_app(town)) as url:

        def make() -> SlackMessenger:
            return SlackMessenger("xoxb-demo-otklik", f"{url}/api/", sleep=lambda _: None)

        channel = Channel(name="смм", kind=ChannelKind.SLACK, target=SMM)
        yield Place(make(), channel, lambda: str([(m.text, m.blocks) for m in town.messages(SMM)]), make)


@pytest.fixture
def memory() -> Place:
    kept = Remembering()
    return Place(
        kept,
        Channel(name="смм", kind=ChannelKind.CONSOLE),
        lambda: str([(card.text, card.replies) for card in kept.cards]),
        lambda: kept,
    )


@pytest.fixture(params=["console", "slack", "memory"])
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(request.param)
    return found


def message(**changes: object) -> Message:
    usual: dict[str, object] = {
        "alert_id": 7,
        "tone": Tone.BREACH,
        "subject": "Жалоба без ответа 2 ч — ВКонтакте",
        "essence": "Списали комиссию.",
        "buttons": (Button(Verb.TAKE, "Беру", True), Button(Verb.SNOOZE, "Отложить до завтра")),
    }
    return Message(**(usual | changes))  # type: ignore[arg-type]


def test_what_is_posted_can_be_seen(place: Place) -> None:
    place.messenger.post(place.channel, message(), "card:7")
    for words in ("Жалоба без ответа 2 ч", "Списали комиссию", "Беру", "Отложить до завтра"):
        assert words in place.seen()


def test_an_edit_shows_the_new_words(place: Place) -> None:
    ref = place.messenger.post(place.channel, message(), "card:7")
    place.messenger.update(ref, message(subject="Жалоба: отвечено через 35 мин", buttons=()))
    assert "отвечено через 35 мин" in place.seen()


@pytest.mark.parametrize("is_loud", [True, False])
def test_a_reply_is_said_under_the_card(place: Place, is_loud: bool) -> None:
    ref = place.messenger.post(place.channel, message(), "card:7")
    place.messenger.reply(ref, "Срок ответа прошёл в 13:00", "reply:1", is_loud=is_loud)
    assert "Срок ответа прошёл в 13:00" in place.seen()
    assert place.messenger.find(place.channel, "reply:1", since=system_clock() - HOUR, under=ref) is not None


def test_a_posted_card_is_found_by_its_key_at_its_address(place: Place) -> None:
    ref = place.messenger.post(place.channel, message(), "card:7")
    assert place.messenger.find(place.channel, "card:7", since=system_clock() - HOUR) == ref


def test_a_card_that_is_not_there_is_never_found(place: Place) -> None:
    try:
        assert place.messenger.find(place.channel, "card:8", since=system_clock() - HOUR) is None
    except CannotTell:
        assert isinstance(place.messenger, ConsoleMessenger)


def test_after_a_restart_it_finds_the_card_or_says_that_it_cannot_tell(place: Place) -> None:
    ref = place.messenger.post(place.channel, message(), "card:7")
    again = place.forgets()
    try:
        assert again.find(place.channel, "card:7", since=system_clock() - HOUR) == ref
    except CannotTell:
        assert isinstance(again, ConsoleMessenger)
    again.update(ref, message(subject="Правка после перезапуска"))
    assert "Правка после перезапуска" in place.seen()


def test_an_address_that_is_not_its_own_is_gone(place: Place) -> None:
    if isinstance(place.messenger, Remembering):
        pytest.skip("the double has one kind of address")
    with pytest.raises(Gone):
        place.messenger.update({"elsewhere": 1}, message())


def test_hostile_words_do_no_harm(place: Place) -> None:
    hostile = message(
        subject=HOSTILE, essence=HOSTILE, quote=HOSTILE, facts=(HOSTILE,), footnote=HOSTILE, question=HOSTILE
    )
    ref = place.messenger.post(place.channel, hostile, "card:7")
    place.messenger.update(ref, hostile)
    place.messenger.reply(ref, HOSTILE, "reply:7", is_loud=True)
    if not isinstance(place.messenger, Remembering):
        assert not any(
            sign in place.seen() for sign in ("\x1b", "\x07", "\u202e", "\u2066", "\u200b", "\x00")
        )
