"""The whole way to Slack's emulator and back: told, pressed, answered, ended; and the ways Slack fails."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta

import pytest
from psycopg import Connection
from psycopg_pool import ConnectionPool

from alerts.deliver import Delivered, deliver_due
from alerts.slack import SlackMessenger
from db import deliveries
from demo.serve import serve
from demo.slack import OLD, SMM, UNLIMITED, Hang, Message, Reset, SlackTown, Throttle, create_app
from domain.clock import FixedClock, system_clock
from domain.messages import Verb
from domain.policy import Calendar, Channel, ChannelKind, Hours
from tests.alerts.desk import MINUTE, Desk

COMPLAINT = "Карту заблокировали без предупреждения. <!channel> Третий день не могу оплатить лекарства."
#: Open day and night: these tests run at real times, on holidays too.
ALWAYS = Calendar(weekdays=(Hours(((time(0), time(0)),)),) * 7, production=False)


class SlackDesk(Desk):
    """A desk whose channel is the emulator's."""

    town: SlackTown
    slack: SlackMessenger
    #: one that gives up after half a second
    hasty: SlackMessenger

    def deliver(self) -> Delivered:
        return deliver_due(self.pool, {ChannelKind.SLACK: self.slack}, self.company, clock=self.clock)

    @property
    def messages(self) -> list[Message]:
        return [m for m in self.town.messages(SMM) if m.thread_ts in (None, m.ts)]


@pytest.fixture
def desk(pool: ConnectionPool[Connection]) -> Iterator[SlackDesk]:
    # Slack's messages carry real times, and a lost one is looked for by them.
    desk = SlackDesk(pool, FixedClock(system_clock()))
    desk.town = SlackTown(rates=UNLIMITED)
    desk.company = replace(desk.company, channels=(Channel(name="смм", kind=ChannelKind.SLACK, target=SMM),))
    with serve(create_app(desk.town)) as url:
        desk.slack = SlackMessenger("xoxb-demo-otklik", f"{url}/api/", sleep=lambda _: None)
        desk.hasty = SlackMessenger("xoxb-demo-otklik", f"{url}/api/", timeout_s=0.5)
        desk.comment(COMPLAINT, at=desk.clock() - timedelta(days=4))
        desk.check()
        desk.build()
        desk.decide()
        yield desk


def test_told_taken_answered_and_ended_in_one_message(desk: SlackDesk) -> None:
    desk.deliver()
    (card,) = desk.messages
    assert "Жалоба без ответа 4 дня" in card.text
    assert desk.press(Verb.TAKE, alert=1).is_done
    desk.deliver()
    assert "В работе с" in str(desk.messages[0].blocks)
    desk.comment("Здравствуйте! Мы разблокировали карту, проверьте.", official=True, to="1_11")
    desk.run()
    (card,) = desk.messages
    assert "отвечено" in str(card.blocks)
    assert ["Отвечено через 4 дня" in reply.text for reply in desk.town.replies(SMM, card.ts)] == [True]
    assert desk.town.duplicates() == {}


def test_an_answer_that_never_came_makes_no_double(desk: SlackDesk) -> None:
    desk.town.faults.add("chat.postMessage", Hang(seconds=3))
    patient, desk.slack = desk.slack, desk.hasty
    assert desk.deliver().put_off == 1
    desk.slack = patient
    desk.clock.tick(MINUTE)
    assert desk.deliver().sent == 1
    assert len(desk.messages) == 1
    desk.press(Verb.ANSWERED, alert=1)
    desk.deliver()
    assert "уже ответили" in str(desk.messages[0].blocks)


def test_a_lost_answer_to_a_reply_makes_no_second_line(desk: SlackDesk) -> None:
    desk.deliver()
    desk.press(Verb.ANSWERED, alert=1)
    desk.town.faults.add("chat.postMessage", Reset())
    assert desk.deliver().put_off == 1
    desk.clock.tick(MINUTE)
    desk.deliver()
    (card,) = desk.messages
    assert len(desk.town.replies(SMM, card.ts)) == 1


def test_slack_asking_for_a_pause_gets_it(desk: SlackDesk) -> None:
    desk.town.faults.add("chat.postMessage", Throttle(retry_after=30))
    assert desk.deliver().put_off == 1
    desk.clock.tick(timedelta(seconds=29))
    assert desk.deliver().sent == 0
    desk.clock.tick(timedelta(seconds=1))
    assert desk.deliver().sent == 1


def test_an_archived_channel_is_shown_to_a_person_and_tried_again_when_told_to(desk: SlackDesk) -> None:
    desk.company = replace(desk.company, channels=(Channel(name="смм", kind=ChannelKind.SLACK, target=OLD),))
    assert desk.deliver().failed == 1
    with desk.pool.connection() as conn:
        ((_, error, _, _),) = deliveries.failures(conn, since=desk.clock() - MINUTE)
        assert error == "Slack: канал в архиве: укажите другой в otklik.toml (is_archived)"
        desk.company = replace(
            desk.company, channels=(Channel(name="смм", kind=ChannelKind.SLACK, target=SMM),)
        )
        deliveries.revive(conn, now=desk.clock())
    assert desk.deliver().sent == 1


def test_a_card_deleted_by_hand_is_posted_anew(desk: SlackDesk) -> None:
    desk.deliver()
    desk.town.message(SMM, desk.messages[0].ts).is_deleted = True
    desk.press(Verb.TAKE, alert=1)
    desk.deliver()
    (card,) = desk.messages
    assert "В работе" in str(card.blocks)


def test_strangers_words_call_nobody(desk: SlackDesk) -> None:
    desk.deliver()
    (card,) = desk.messages
    assert "<!channel>" not in card.text
    assert '"broadcast"' not in str(card.blocks)
