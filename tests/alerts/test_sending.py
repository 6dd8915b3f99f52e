"""The outbox when the channel is slow, shut or gone, and when the worker is killed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from psycopg import Connection
from psycopg_pool import ConnectionPool

from alerts import deliver as sending
from alerts.messenger import OutcomeUnknown
from db import deliveries
from domain.clock import FixedClock
from domain.errors import AccessDenied, RateLimited, Unavailable
from domain.messages import Verb
from domain.policy import Channel, ChannelKind, Company
from tests.alerts.desk import HOUR, LEADERS, MINUTE, SMM, Desk, Remembering

COMPLAINT = "Карту заблокировали без предупреждения. Третий день не могу оплатить лекарства."


@pytest.fixture
def owing(desk: Desk) -> Desk:
    """A desk that owes one message."""
    desk.comment(COMPLAINT)
    desk.clock.tick(65 * MINUTE)
    desk.check()
    desk.build()
    desk.decide()
    return desk


def fail_once(desk: Desk, error: Exception, call: str = "post") -> None:
    errors = [error]

    def before(name: str) -> None:
        if name == call and errors:
            raise errors.pop()

    desk.messenger.before = before  # type: ignore[method-assign]


def test_a_channel_that_asks_for_a_pause_gets_it(owing: Desk) -> None:
    fail_once(owing, RateLimited(retry_after=timedelta(seconds=42)))
    assert owing.deliver().put_off == 1
    owing.clock.tick(timedelta(seconds=41))
    assert owing.deliver().sent == 0
    owing.clock.tick(timedelta(seconds=1))
    assert owing.deliver().sent == 1
    assert "find" not in owing.messenger.calls  # a refusal leaves no doubt


def test_one_pause_holds_everything_owed_to_the_channel(owing: Desk) -> None:
    for n in range(5):
        owing.comment(COMPLAINT, author=f"c{n}")
    owing.clock.tick(65 * MINUTE)
    owing.check()
    owing.build()
    owing.decide()
    fail_once(owing, RateLimited(retry_after=MINUTE))
    done = owing.deliver()
    assert (done.sent, done.put_off, owing.messenger.calls) == (0, 1, ["post"])
    owing.clock.tick(MINUTE)
    assert owing.deliver().sent == 6


def test_a_server_that_is_down_is_tried_again_later_and_later(owing: Desk) -> None:
    owing.messenger.before = lambda call: (_ for _ in ()).throw(Unavailable())  # type: ignore[method-assign,assignment]
    tries = 0
    for _ in range(60):
        tries += owing.deliver().put_off
        owing.clock.tick(MINUTE)
    assert 6 <= tries <= 12
    owing.messenger.before = lambda call: None  # type: ignore[method-assign]
    owing.clock.tick(15 * MINUTE)
    owing.deliver()
    assert owing.card.replies == []


def test_what_only_a_person_can_mend_is_shown_and_not_repeated(owing: Desk) -> None:
    fail_once(owing, AccessDenied("канал в архиве"))
    assert owing.deliver().failed == 1
    owing.clock.tick(HOUR)
    assert owing.deliver().failed == 0
    with owing.pool.connection() as conn:
        ((channel, error, count, _),) = deliveries.failures(conn, since=owing.clock() - 2 * HOUR)
        assert (channel, error, count) == ("смм", "канал в архиве", 1)
        assert deliveries.revive(conn, now=owing.clock()) == 1
    assert owing.deliver().sent == 1


def test_a_channel_that_left_the_file_fails_and_says_so(owing: Desk) -> None:
    owing.company = Company(version=2, brand="Ромашка Банк", channels=(LEADERS,))
    assert owing.deliver().failed == 1


def test_one_channel_that_is_broken_does_not_hold_the_other(owing: Desk) -> None:
    owing.company = Company(version=2, brand="Ромашка Банк", channels=(SMM, LEADERS))
    owing.sql("UPDATE conversation SET look_at = %s", owing.clock())
    owing.decide()
    owing.messenger.post = _archived(owing.messenger, "смм")  # type: ignore[method-assign]
    done = owing.deliver()
    assert (done.sent, done.failed) == (1, 1)
    assert owing.card.channel == "руководство"


def _archived(messenger: Remembering, name: str) -> Callable[..., object]:
    real = messenger.post

    def post(channel: Channel, *rest: object) -> object:
        if channel.name == name:
            raise AccessDenied("в архиве")
        return real(channel, *rest)  # type: ignore[arg-type]

    return post


def test_a_lost_answer_is_looked_for_before_it_is_posted_again(owing: Desk) -> None:
    errors = [OutcomeUnknown()]
    owing.messenger.after = lambda call: (_ for _ in ()).throw(errors.pop()) if errors else None  # type: ignore[method-assign,assignment]
    assert owing.deliver().put_off == 1
    owing.clock.tick(MINUTE)
    assert owing.deliver().sent == 1
    assert len(owing.cards) == 1


def test_a_channel_that_cannot_be_searched_gets_one_double_at_most(owing: Desk) -> None:
    owing.messenger.can_tell = False
    owing.messenger.after = lambda call: (_ for _ in ()).throw(OutcomeUnknown())  # type: ignore[method-assign,assignment]
    for _ in range(10):
        owing.deliver()
        owing.clock.tick(20 * MINUTE)
    assert len(owing.cards) == 2
    with owing.pool.connection() as conn:
        ((_, error, *_),) = deliveries.failures(conn, since=owing.clock() - timedelta(days=1))
    assert "исход двух отправок неизвестен" in error


def test_a_card_deleted_in_the_channel_is_posted_anew(owing: Desk) -> None:
    owing.deliver()
    owing.card.is_deleted = True
    owing.press(Verb.TAKE)
    owing.deliver()
    assert len(owing.cards) == 2
    assert owing.cards[1].message.footnote.startswith("В работе")


def test_a_card_that_a_dead_worker_posted_is_closed_when_the_answer_comes(owing: Desk) -> None:
    kill(owing, at=2)
    with pytest.raises(Killed):
        owing.deliver()
    owing.comment("Здравствуйте! Мы разблокировали карту, проверьте.", official=True, to="1_11")
    owing.clock.tick(5 * MINUTE)
    owing.run()
    assert owing.card.message.subject.startswith("Жалоба: отвечено")


class Killed(BaseException):
    """The worker dies here."""


def kill(desk: Desk, *, at: int) -> None:
    """Let the worker die at its n-th effect: before or after a call, or in the middle of recording."""
    steps = [at]

    def step(_: str) -> None:
        steps[0] -= 1
        if steps[0] == 0:
            raise Killed

    desk.messenger.before = desk.messenger.after = step  # type: ignore[method-assign]


@pytest.mark.parametrize("at", range(1, 20))
def test_killed_at_any_step_nothing_is_lost_and_at_most_one_message_doubled(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """Two complaints, one taken, one answered: the same cards and lines at the end as without a kill."""
    real = deliveries.record_sent

    def recording(*args: object, **named: object) -> None:
        desk.messenger.before("record")
        real(*args, **named)  # type: ignore[arg-type]
        desk.messenger.after("record")

    monkeypatch.setattr(sending.deliveries, "record_sent", recording)
    kill(desk, at=at)
    _story(desk)
    subjects = sorted(card.message.subject.split(":")[0].split(" 1 ч")[0] for card in desk.cards)
    assert subjects[:2] == ["Жалоба", "Жалоба без ответа"]
    assert len(desk.cards) <= 3
    lines = [text for card in desk.cards for _, text, _ in card.replies]
    assert len(lines) in (1, 2)
    assert len(set(lines)) == 1
    assert len(desk.cards) + len(lines) <= 4  # three without a kill
    assert desk.sql("SELECT count(*) FROM delivery WHERE state = 'due'") == [(0,)]
    assert any("Анна" in card.message.footnote for card in desk.cards)


def _story(desk: Desk) -> None:
    first = desk.comment(COMPLAINT, author="a")
    desk.comment("Приложение не открывается второй день.", author="b")
    desk.clock.tick(65 * MINUTE)
    desk.check()
    desk.build()
    desk.decide()
    _deliver_whatever_happens(desk)
    alert = desk.sql("SELECT id FROM alert ORDER BY id")[1][0]
    desk.press(Verb.TAKE, alert=int(str(alert)))
    desk.comment("Здравствуйте! Мы разблокировали карту, проверьте.", official=True, to=first)
    desk.check()
    desk.build()
    desk.decide()
    _deliver_whatever_happens(desk)


def _deliver_whatever_happens(desk: Desk) -> None:
    for _ in range(3):
        try:
            desk.deliver()
        except Killed:
            desk.clock.tick(deliveries.LEASE)


def test_two_workers_at_once_send_each_message_once(
    pool: ConnectionPool[Connection], clock: FixedClock
) -> None:
    desk = Desk(pool, clock)
    desk.comment(COMPLAINT)
    clock.tick(65 * MINUTE)
    desk.check()
    desk.build()
    desk.decide()
    other = Remembering()
    inside: list[int] = []

    def while_posting(call: str) -> None:
        if call == "post" and not inside:
            inside.append(1)
            done = sending.deliver_due(pool, {ChannelKind.CONSOLE: other}, desk.company, clock=clock)
            assert done.sent == 0

    desk.messenger.before = while_posting  # type: ignore[method-assign]
    desk.deliver()
    assert (len(desk.cards), len(other.cards)) == (1, 0)
