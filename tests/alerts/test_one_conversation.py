"""From a complaint to a card somebody answers, and to its end: one conversation, real stations."""

from domain.policy import Company
from tests.alerts.desk import DAY, HOUR, LEADERS, MINUTE, SMM, Desk

COMPLAINT = "Добрый день! Карту заблокировали без предупреждения. Третий день не могу оплатить лекарства."
ANSWER = "Здравствуйте! Мы разблокировали карту сегодня в 13:20, проверьте, пожалуйста, приложение."


def late(desk: Desk) -> str:
    """A complaint whose deadline is past, told."""
    number = desk.comment(COMPLAINT)
    desk.clock.tick(65 * MINUTE)
    desk.run()
    return number


def test_a_fresh_complaint_disturbs_nobody(desk: Desk) -> None:
    desk.comment(COMPLAINT)
    desk.clock.tick(10 * MINUTE)
    desk.run()
    assert desk.cards == []


def test_half_an_hour_brings_a_warning(desk: Desk) -> None:
    desk.comment(COMPLAINT)
    desk.clock.tick(31 * MINUTE)
    desk.run()
    assert desk.card.message.subject == "Жалоба без ответа 31 мин — ВКонтакте, Ромашка ВК"
    assert "Ждёт с 12:00, ответить нужно до 13:00" in desk.card.text
    assert "Проверено в 12:31: ответа нет" in desk.card.text


def test_the_deadline_passing_edits_the_card_and_calls_in_its_thread(desk: Desk) -> None:
    desk.comment(COMPLAINT)
    desk.clock.tick(31 * MINUTE)
    desk.run()
    desk.clock.tick(31 * MINUTE)
    desk.run()
    assert desk.card.message.subject.startswith("Жалоба без ответа 1 ч 2 мин")
    assert [(text, is_loud) for _, text, is_loud in desk.card.replies] == [
        ("Срок ответа прошёл в 13:00, ответа нет. Кто ответит?", True)
    ]


def test_a_late_complaint_is_told_with_all_that_is_needed(desk: Desk) -> None:
    late(desk)
    message = desk.card.message
    assert message.essence == "Карту заблокировали без предупреждения."
    assert message.quote == COMPLAINT
    assert message.facts == ("Ждёт с 12:00, срок ответа был 13:00", "Проверено в 13:05: ответа нет")
    assert message.question == "Кто ответит?"
    labels = [button.label for button in message.buttons]
    assert labels == ["Беру", "Уже ответили", "Не жалоба", "Отложить до завтра"]
    assert message.url == "https://vk.com/wall1_1?reply=11"


def test_without_a_later_look_nobody_claims_that_there_is_no_answer(desk: Desk) -> None:
    desk.comment(COMPLAINT)
    desk.clock.tick(20 * MINUTE)
    desk.check()
    desk.clock.tick(60 * MINUTE)
    desk.build()
    desk.decide()
    desk.deliver()
    assert desk.card.message.subject.startswith("Жалоба: есть ли ответ, не проверено с 12:20")
    assert "Не проверено с 12:20: нет связи с источником" in desk.card.text
    assert "ответа нет" not in desk.card.text
    desk.clock.tick(10 * MINUTE)
    desk.check()
    desk.decide()
    desk.deliver()
    assert desk.card.message.subject.startswith("Жалоба без ответа 1 ч 30 мин")


def test_a_second_pass_says_nothing_new(desk: Desk) -> None:
    late(desk)
    desk.clock.tick(10 * MINUTE)
    desk.run()
    desk.run()
    assert (desk.card.edits, desk.card.replies) == (0, [])


def test_an_answer_ends_the_alert_where_it_was_told(desk: Desk) -> None:
    number = late(desk)
    desk.clock.tick(15 * MINUTE)
    desk.comment(ANSWER, official=True, to=number)
    desk.run()
    assert desk.card.message.subject == "Жалоба: отвечено через 1 ч 20 мин — ВКонтакте, Ромашка ВК"
    assert "Мы разблокировали карту" in desk.card.text
    assert desk.card.message.buttons == ()
    ((_, text, is_loud),) = desk.card.replies
    assert text.startswith("Отвечено через 1 ч 20 мин: «Мы разблокировали карту")
    assert not is_loud


def test_an_answer_before_anybody_was_told_is_no_news(desk: Desk) -> None:
    number = desk.comment(COMPLAINT)
    desk.clock.tick(65 * MINUTE)
    desk.check()
    desk.build()
    desk.decide()
    desk.comment(ANSWER, official=True, to=number)
    desk.run()
    assert desk.cards == []


def test_the_next_complaint_of_the_same_customer_is_a_new_card(desk: Desk) -> None:
    number = late(desk)
    desk.comment(ANSWER, official=True, to=number)
    desk.run()
    desk.clock.tick(HOUR)
    desk.comment("Снова не работает, карту опять заблокировали.", to=number)
    desk.clock.tick(65 * MINUTE)
    desk.run()
    assert len(desk.cards) == 2
    assert "без ответа 1 ч 5 мин" in desk.cards[1].text
    assert "отвечено" in desk.cards[0].text


def test_an_answer_and_a_new_wait_between_two_looks_are_an_end_and_a_beginning(desk: Desk) -> None:
    number = late(desk)
    desk.clock.tick(5 * MINUTE)
    desk.comment(ANSWER, official=True, to=number)
    desk.clock.tick(5 * MINUTE)
    desk.comment("Проверил, карта так и не работает, что делать.", to=number)
    desk.clock.tick(65 * MINUTE)
    desk.run()
    assert ["отвечено" in card.message.subject for card in desk.cards] == [True, False]


def test_praise_wakes_nobody(desk: Desk) -> None:
    desk.comment("Спасибо, всё отлично работает")
    desk.clock.tick(5 * HOUR)
    desk.run()
    assert desk.cards == []


def test_a_day_of_silence_brings_one_reminder_in_working_hours(desk: Desk) -> None:
    late(desk)
    for _ in range(26):
        desk.clock.tick(HOUR)
        desk.run()
    ((_, text, is_loud),) = desk.card.replies
    assert text == "Напоминание: ждёт уже 1 день 1 ч. Кто ответит?"
    assert is_loud


def test_nobody_is_reminded_at_night(desk: Desk) -> None:
    desk.clock.tick(4 * HOUR)
    late(desk)
    desk.clock.tick(DAY + 2 * HOUR)  # 19:05 in Moscow
    desk.run()
    assert desk.card.replies == []
    desk.clock.tick(14 * HOUR)
    desk.run()
    assert len(desk.card.replies) == 1


def test_a_comment_deleted_by_its_author_ends_the_alert(desk: Desk) -> None:
    late(desk)
    desk.sql("UPDATE post SET gone_at = %s WHERE external_id = '1_11'", desk.clock())
    desk.sql("UPDATE thread SET revision = revision + 1")
    desk.run()
    assert desk.card.message.subject.startswith("Жалоба: сообщение удалено")


def test_a_conversation_that_vanished_still_closes_its_card(desk: Desk) -> None:
    late(desk)
    desk.sql("DELETE FROM conversation")
    desk.decide()
    desk.deliver()
    assert desk.card.message.subject.startswith("Жалоба: сообщение удалено")
    assert "заблокировали" not in desk.card.text


def test_a_second_channel_hears_of_what_is_open(desk: Desk) -> None:
    late(desk)
    desk.company = Company(version=2, brand="Ромашка Банк", channels=(SMM, LEADERS))
    desk.clock.tick(DAY + HOUR)
    desk.run()
    assert [card.channel for card in desk.cards] == ["смм", "руководство"]
