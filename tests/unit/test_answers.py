"""What an official answer does, and until when it promises more."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.answers import AnswerKind, read_answer
from domain.policy import Calendar
from domain.vices import Answer, Vice, templates, vices

#: Tuesday afternoon
AT = datetime(2026, 3, 3, 15, 0, tzinfo=ZoneInfo("Europe/Moscow"))


def read(text: str, *attachments: str) -> tuple[AnswerKind, str | None]:
    found = read_answer(text, attachments, said_at=AT, calendar=Calendar(), promise_within=timedelta(hours=9))
    until = found.promised_until
    return found.kind, until.astimezone(AT.tzinfo).strftime("%d.%m %H:%M") if until else None


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("Ответим до завтра.", "04.03 18:00"),
        ("Вернёмся с ответом в течение часа", "03.03 16:00"),
        ("Вернусь через 2 часа!", "03.03 17:00"),
        ("Проверим и напишем вам через полчаса", "03.03 15:30"),
        ("Проверим и ответим сегодня до 18:00.", "03.03 18:00"),
        ("Сегодня до 21.00 сообщим", "03.03 21:00"),
        ("Ответим завтра до 12:00", "04.03 12:00"),
        ("Разберёмся в течение дня", "03.03 18:00"),
        ("Проверим в течение 1-2 дней", "05.03 18:00"),
        ("Вернёмся с ответом в течение трёх рабочих дней", "06.03 18:00"),
        ("Вернёмся с ответом в течение пяти рабочих дней", "11.03 18:00"),
        ("До конца недели исправим", "06.03 18:00"),
        ("Свяжемся с вами в четверг", "05.03 18:00"),
        ("Ответим до 16 марта", "16.03 18:00"),
        ("С вами свяжутся в течение суток", "04.03 15:00"),
        ("Разбираемся, вернёмся с ответом", "04.03 15:00"),
        ("Проверяем, ответим до завтра. Подскажите ещё, в каком вы городе?", "04.03 18:00"),
    ],
)
def test_a_holding_answer_names_a_time(text: str, until: str) -> None:
    assert read(text) == (AnswerKind.HOLDING, until)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Деньги поступят в течение 3 дней", AnswerKind.SOLVING),
        ("Если приложение появится, мы обязательно об этом сообщим)", AnswerKind.SOLVING),
        ("Работаем с 9 до 18 каждый день", AnswerKind.SOLVING),
        (
            "Здравствуйте! Такой возможности нет, но можно оформить перевод по номеру телефона",
            AnswerKind.SOLVING,
        ),
        ("Рады, что вам понравилось! Как вам новый дизайн?", AnswerKind.SOLVING),
        ("Уточните номер заказа, вернёмся с ответом", AnswerKind.DETAILS),
        ("Что именно не работает? Пришлите снимок экрана", AnswerKind.DETAILS),
        ("Вводите в поиске название?", AnswerKind.DETAILS),
        ("ответили в лс", AnswerKind.PRIVATE),
        ("Отписались в ЛС", AnswerKind.PRIVATE),
        ("Ответили вам в личные сообщения", AnswerKind.PRIVATE),
        ("Напишите нам в личку, разберёмся", AnswerKind.PRIVATE),
        ("Пришлите, пожалуйста, в сообщения сообщества номер карты лояльности", AnswerKind.PRIVATE),
        ("Позвоните на горячую линию 8-800", AnswerKind.DEFLECTION),
        ("Обратитесь, пожалуйста, в отделение банка", AnswerKind.DEFLECTION),
        ("Напишите на почту info, там ответят", AnswerKind.DEFLECTION),
        ("💚", AnswerKind.EMPTY),
        ("", AnswerKind.EMPTY),
    ],
)
def test_other_answers(text: str, kind: AnswerKind) -> None:
    assert read(text) == (kind, None)


def test_a_picture_is_an_answer_and_a_sticker_is_none() -> None:
    assert read("", "photo")[0] is AnswerKind.SOLVING
    assert read("", "sticker")[0] is AnswerKind.EMPTY


def answer(body: str, number: str = "2", **changes: object) -> Answer:
    facts: dict[str, object] = {
        "id": number,
        "post": int(number),
        "author": "мы",
        "body": body,
        "kind": read(body)[0],
        "waited": timedelta(minutes=5),
        "is_asked": True,
    }
    return Answer(**{**facts, **changes})  # type: ignore[arg-type]  # a builder of tests


def codes(found: Answer, **more: tuple[str, ...]) -> list[str]:
    return [finding.code.value for finding in vices(found, target=timedelta(hours=1), **more)]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Нет.", ["monosyllabic"]),
        ("Уточните", ["monosyllabic"]),
        ("💚", ["monosyllabic"]),
        ("Да, до 18:00", []),
        ("Обратитесь в отделение банка", ["deflection"]),
        ("Мы уже проверили и вернули деньги; если что, звоните на горячую линию", []),
        ("Вам же сказали: карта перевыпускается", ["rude"]),
        ("Заполните заявку повторно на сайте и ждите", ["football"]),
        ("Слово " * 140, ["wall_of_text"]),
        ("Здравствуйте, Анна! Вернули 350 рублей на карту, извините за задержку.", []),
    ],
)
def test_vices_of_one_answer(body: str, found: list[str]) -> None:
    assert codes(answer(body)) == found


def test_short_thanks_for_praise_are_no_vice() -> None:
    assert codes(answer("Спасибо!", is_asked=False)) == []


def test_jargon_is_what_the_company_lists() -> None:
    body = "Проверили СБП и АБС, перевод исполнен сегодня"
    assert codes(answer(body)) == []
    assert codes(answer(body), jargon=("абс",)) == ["jargon"]


def test_slow_tells_both_figures() -> None:
    (finding,) = vices(
        answer("Вернули деньги на карту", waited=timedelta(hours=3)), target=timedelta(hours=1)
    )
    assert finding.code is Vice.SLOW
    assert "3 ч" in finding.evidence
    assert "1 ч" in finding.evidence


def test_near_duplicates_to_different_customers_are_templates_and_to_one_are_not() -> None:
    words = "Нам жаль, что так вышло, мы передали ваши слова руководителю отделения на Садовой"
    both = [("анна", answer(words, "2")), ("борис", answer(words + ".", "4"))]
    assert {key: f.code for key, f in templates(both).items()} == {"2": Vice.IMPERSONAL, "4": Vice.IMPERSONAL}
    assert not templates([("анна", answer(words, "2")), ("анна", answer(words, "4"))])
    assert not templates([("анна", answer("Да, работаем", "2")), ("борис", answer("Да, работаем", "4"))])
