"""Buttons: what a person decides, once, and what the channel and the second person see of it."""

from datetime import timedelta

import pytest

from db import actions
from domain.messages import Verb
from tests.alerts.desk import HOUR, MINUTE, Desk
from triage.actions import Result

COMPLAINT = "Карту заблокировали без предупреждения. Третий день не могу оплатить лекарства."


@pytest.fixture
def told(desk: Desk) -> Desk:
    desk.comment(COMPLAINT)
    desk.clock.tick(65 * MINUTE)
    desk.run()
    return desk


def labels(desk: Desk) -> list[str]:
    return [button.label for button in desk.card.message.buttons]


def test_taking_it_shows_who_and_leaves_the_other_buttons(told: Desk) -> None:
    outcome = told.press(Verb.TAKE)
    told.deliver()
    assert outcome.is_done
    assert told.card.message.footnote == "В работе с 13:05: Анна"
    assert labels(told) == ["Уже ответили", "Не жалоба", "Отложить до завтра"]
    assert told.card.replies == []


def test_the_second_of_two_is_told_who_was_first(told: Desk) -> None:
    told.press(Verb.TAKE, by="Анна")
    told.clock.tick(3 * MINUTE)
    outcome = told.press(Verb.TAKE, by="Борис")
    assert (outcome.result, outcome.words) == (Result.TOO_LATE, "Уже в работе в 13:05: Анна")
    told.deliver()
    assert "Анна" in told.card.message.footnote


def test_one_press_delivered_twice_acts_once(told: Desk) -> None:
    first = told.press(Verb.TAKE, key="env-1")
    second = told.press(Verb.TAKE, key="env-1")
    assert first.is_done
    assert (second.result, second.words) == (Result.REPEATED, first.words)
    assert told.sql("SELECT count(*) FROM action") == [(1,)]


def test_already_answered_closes_card_and_conversation(told: Desk) -> None:
    told.press(Verb.ANSWERED, by="Борис")
    told.deliver()
    assert told.card.message.subject == "Жалоба: уже ответили — ВКонтакте, Ромашка ВК"
    assert told.card.message.footnote == "Борис, 13:05"
    assert [text for _, text, _ in told.card.replies] == ["Уже ответили (Борис)"]
    assert told.sql("SELECT state, closed_by FROM conversation") == [("closed", "Борис")]
    assert told.press(Verb.TAKE).words == "Уже закрыто в 13:05: Борис"


def test_it_stays_closed_until_the_customer_writes_again(told: Desk) -> None:
    told.press(Verb.ANSWERED)
    told.clock.tick(5 * MINUTE)
    told.sql("UPDATE thread SET revision = revision + 1")
    told.run()
    assert told.sql("SELECT state FROM conversation") == [("closed",)]
    told.clock.tick(HOUR)
    told.comment("Мне так никто и не ответил, безобразие.", to="1_11")
    told.clock.tick(65 * MINUTE)
    told.run()
    assert len(told.cards) == 2


def test_no_complaint_is_remembered_for_this_wording(told: Desk) -> None:
    told.press(Verb.NOT_COMPLAINT)
    told.run()
    assert told.sql("SELECT appeal, version, by FROM correction") == [("none", 1, "Анна")]
    assert told.card.message.subject == "Жалоба: ответ не нужен — ВКонтакте, Ромашка ВК"
    told.clock.tick(3 * HOUR)
    told.run()
    assert len(told.cards) == 1
    assert told.sql("SELECT count(*) FROM alert WHERE state <> 'resolved'") == [(0,)]


def test_put_off_it_comes_back_when_work_begins(told: Desk) -> None:
    outcome = told.press(Verb.SNOOZE)
    told.deliver()
    assert outcome.words == "Отложено до 3 марта 09:00"
    assert told.card.message.footnote == "Отложено до 3 марта 09:00"
    told.clock.tick(19 * HOUR)  # 08:05
    told.run()
    assert told.card.replies == []
    told.clock.tick(HOUR)
    told.run()
    ((_, text, is_loud),) = told.card.replies
    assert text.startswith("Напоминание: ждёт уже 21 ч 5 мин")
    assert is_loud
    assert "Беру" in labels(told)


def test_put_off_before_a_long_weekend_it_waits_for_the_next_working_day(told: Desk) -> None:
    told.clock.tick(timedelta(days=4))  # Friday; Monday the 9th is a day off this year
    assert told.press(Verb.SNOOZE).words == "Отложено до 10 марта 09:00"


def test_a_press_on_a_button_that_is_no_more_says_so(told: Desk) -> None:
    assert told.press("explode").result is Result.IMPOSSIBLE
    assert told.press(Verb.TAKE, alert=999).result is Result.IMPOSSIBLE


def test_taken_before_it_was_sent_is_told_as_taken(desk: Desk) -> None:
    desk.comment(COMPLAINT)
    desk.clock.tick(65 * MINUTE)
    desk.check()
    desk.build()
    desk.decide()
    desk.press(Verb.TAKE, alert=1)
    desk.deliver()
    assert desk.card.message.footnote == "В работе с 13:05: Анна"


def test_a_press_while_the_card_is_on_its_way_is_shown_at_once(desk: Desk) -> None:
    desk.comment(COMPLAINT)
    desk.clock.tick(65 * MINUTE)
    desk.check()
    desk.build()
    desk.decide()
    desk.messenger.after = lambda call: call == "post" and desk.press(Verb.ANSWERED, alert=1)  # type: ignore[method-assign,assignment]
    desk.deliver()
    assert "уже ответили" in desk.card.message.subject


def test_history_keeps_who_did_what(told: Desk) -> None:
    told.press(Verb.TAKE)
    told.press(Verb.ANSWERED, by="Борис")
    with told.pool.connection() as conn:
        entries = actions.history(conn, 1)
    assert [(e.verb, e.by, e.via) for e in entries] == [
        ("take", "Анна", "slack"),
        ("answered", "Борис", "slack"),
    ]
