"""What people read: short, concrete, and never "no answer" where nobody looked."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.alerts import AlertKind, Level, Reason, State
from domain.excerpts import at_moment, cut, essence, moment, number, quote, readable
from domain.messages import AlertView, ConversationView, DigestView, Moment, Verb, place, plain
from domain.wording import compose, follow_up
from tests.conftest import NOON

MINUTE = timedelta(minutes=1)
AT = Moment(NOON + 130 * MINUTE, ZoneInfo("Europe/Moscow"))
TEXT = "Добрый день! Уже третий раз списали комиссию за перевод. В приложении тишина. Верните деньги!"


def talk(**changes: object) -> ConversationView:
    usual: dict[str, object] = {
        "appeal": "complaint",
        "text": TEXT,
        "url": "https://vk.com/wall1_1",
        "waiting_since": NOON,
        "due_at": NOON + 60 * MINUTE,
        "checked_at": NOON + 125 * MINUTE,
    }
    return ConversationView(**(usual | changes))  # type: ignore[arg-type]


def view(**changes: object) -> AlertView:
    usual: dict[str, object] = {
        "id": 7,
        "kind": AlertKind.UNANSWERED,
        "state": State.OPEN,
        "level": Level.BREACH,
        "opened_at": NOON,
        "source_name": "Ромашка Банк",
        "source_kind": "vk",
        "conversation": talk(),
    }
    return AlertView(**(usual | changes))  # type: ignore[arg-type]


def test_a_late_complaint_reads_like_this() -> None:
    assert plain(compose(view(), AT)) == (
        "🔴 Жалоба без ответа 2 ч 10 мин — ВКонтакте, Ромашка Банк\n"
        "Уже третий раз списали комиссию за перевод.\n"
        f"> {TEXT}\n"
        "Ждёт с 12:00, срок ответа был 13:00\n"
        "Проверено в 14:05: ответа нет\n"
        "https://vk.com/wall1_1\n"
        "Кто ответит?\n"
        "[Беру] [Уже ответили] [Не жалоба] [Отложить до завтра]"
    )


def test_where_nobody_looked_no_answer_is_not_claimed() -> None:
    for checked_at in (None, NOON + 10 * MINUTE):
        message = compose(view(level=Level.UNCHECKED, conversation=talk(checked_at=checked_at)), AT)
        assert "без ответа" not in message.subject
        assert "ответа нет" not in plain(message)
        assert "е проверено" in plain(message)


def test_a_wait_without_a_date_is_measured_from_when_we_saw_it() -> None:
    message = compose(view(conversation=talk(is_dated=False)), AT)
    assert message.facts[0] == "Даты у записи нет; увидели 12:00, срок ответа был 13:00"


@pytest.mark.parametrize(
    ("because", "subject", "line"),
    [
        ("answered", "Жалоба: отвечено через 35 мин", "Отвечено через 35 мин: «Деньги вернули сегодня.»"),
        ("said_answered", "Жалоба: уже ответили", "Уже ответили (Анна)"),
        ("not_complaint", "Жалоба: ответ не нужен", "Ответ не нужен (Анна)"),
        ("promised", "Жалоба: клиенту обещали ответ", "Клиенту обещали ответ"),
        ("something_new", "Жалоба: закрыто", "Закрыто"),
    ],
)
def test_the_end_is_told_in_the_card_and_in_its_thread(because: str, subject: str, line: str) -> None:
    answered = talk(answer="Здравствуйте! Деньги вернули сегодня. Извините.", answered_at=NOON + 35 * MINUTE)
    by = "Анна" if "Анна" in line else None
    over = view(state=State.RESOLVED, resolved_because=because, resolved_by=by, conversation=answered)
    assert compose(over, AT).subject == f"{subject} — ВКонтакте, Ромашка Банк"
    assert follow_up(over, Reason.RESOLVED, AT) == line
    assert compose(over, AT).buttons == ()
    assert compose(over, AT).question == ""


def test_an_answer_without_a_date_has_no_invented_time() -> None:
    answered = talk(answer="Деньги вернули сегодня, проверьте.", answered_at=None)
    over = view(state=State.RESOLVED, resolved_because="answered", conversation=answered)
    assert compose(over, AT).subject.startswith("Жалоба: отвечено —")


def test_a_quiet_edit_says_nothing_in_the_thread() -> None:
    for reason in (Reason.FIRST, Reason.CHANGED):
        assert follow_up(view(), reason, AT) is None


def test_a_card_without_its_conversation_still_says_how_it_ended() -> None:
    gone = view(state=State.RESOLVED, resolved_because="gone", conversation=None)
    assert compose(gone, AT).subject == "Жалоба: сообщение удалено — ВКонтакте, Ромашка Банк"


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("kind", AlertKind)
def test_every_alert_has_a_message_in_every_state(kind: AlertKind, level: Level, state: State) -> None:
    one = view(
        kind=kind, level=level, state=state, conversation=talk() if kind is AlertKind.UNANSWERED else None,
        digest=DigestView(size=3, waiting=2, unchecked=1, posts=9, complaints=3, worst=(talk(),)),
        snoozed_until=NOON + timedelta(days=1), taken_by="Анна", taken_at=NOON,
    )  # fmt: skip
    message = compose(one, AT)
    assert message.subject
    assert bool(message.buttons) is (state is not State.RESOLVED)
    for reason in Reason:
        follow_up(one, reason, AT)


def test_a_question_is_called_a_question() -> None:
    message = compose(
        view(conversation=talk(appeal="question", text="Когда откроется отделение на Лесной?")), AT
    )
    assert message.subject.startswith("Вопрос без ответа")
    assert [b.label for b in message.buttons if b.verb is Verb.NOT_COMPLAINT] == ["Не вопрос"]


def test_a_sticker_is_described() -> None:
    wordless = talk(appeal="none", text="", attachments=("sticker",))
    assert compose(view(conversation=wordless), AT).essence == "Без слов: стикер"


def test_history_counts_add_up() -> None:
    counts = DigestView(
        size=840, waiting=40, unchecked=800, posts=3174, complaints=900, questions=12,
        oldest_at=NOON - timedelta(days=2000), newest_at=NOON - timedelta(days=400), worst=(talk(rating=1),),
    )  # fmt: skip
    message = compose(view(kind=AlertKind.HISTORY, level=Level.NOTICE, conversation=None, digest=counts), AT)
    assert readable(message.subject).replace("\u00a0", " ") == (
        "Загружена история: 3 174 записи, в них 900 жалоб и 12 вопросов — ВКонтакте, Ромашка Банк"
    )
    assert message.essence.startswith(
        "Без ответа: 40, не проверено, есть ли ответ: 800, с ответом или закончено: 72"
    )


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("Добрый день! Не пришёл кэшбэк за март. Где он?", "Не пришёл кэшбэк за март."),
        ("Здравствуйте, уважаемый банк. Карту съел банкомат на Лесной.", "Карту съел банкомат на Лесной."),
        ("Привет", "Привет"),
        (
            "Ужас. Просто ужас. Третий час жду ответа оператора в чате!",
            "Третий час жду ответа оператора в чате!",
        ),
        ("", ""),
        ("\u202eтекст наоборот\u200b и невидимое", "текст наоборот и невидимое"),
        pytest.param(
            "26 мая 2024 г. подал заявление на ул. Лесной, ответа нет. Жду.",
            "26 мая 2024 г. подал заявление на ул. Лесной, ответа нет.",
            id="an abbreviation ends no sentence",
        ),
    ],
)
def test_the_essence_is_the_first_sentence_that_says_something(text: str, about: str) -> None:
    assert essence(text) == about


def test_long_words_are_cut_and_short_ones_are_not() -> None:
    assert cut("коротко", 20) == "коротко"
    assert cut("слово за слово и дальше", 15) == "слово за слово…"
    assert len(cut("ы" * 1000, 100)) == 100
    assert len(quote("Жалоба. " * 10_000)) <= 500


def test_times_are_said_as_people_say_them() -> None:
    zone = ZoneInfo("Europe/Moscow")
    assert moment(NOON, NOON, zone) == "12:00"
    assert moment(NOON - timedelta(days=1), NOON, zone) == "1 марта 12:00"
    assert at_moment(NOON - timedelta(days=400), NOON, zone) == "26 января 2025 в 12:00"
    assert number(3174) == "3\u00a0174"


def test_the_place_is_named_once() -> None:
    assert place(view(source_name="ВКонтакте Ромашка")) == "ВКонтакте Ромашка"
    assert place(view(source_kind="unknown")) == "Ромашка Банк"
    assert place(replace(view(), source_name="")) == "ВКонтакте"
