"""The words of a message: pure functions from a view of an alert to what people read."""

from datetime import datetime, timedelta

from domain.alerts import AlertKind, Level, Reason, State
from domain.excerpts import at_moment, cut, date_in_words, essence, moment, quote
from domain.messages import (
    AlertView,
    Button,
    ConversationView,
    Item,
    Message,
    Moment,
    Tone,
    Verb,
    place,
    tone,
)
from domain.russian import span
from domain.wording_digests import digest, digest_grew

_APPEALS = {"complaint": "Жалоба", "question": "Вопрос", "suggestion": "Предложение", "praise": "Отзыв"}
_NOT_THIS = {"complaint": "Не жалоба", "question": "Не вопрос", "suggestion": "Не предложение"}

#: Why an alert ended, in words; with a person's name where a person ended it.
_ENDS = {
    "answered": "Отвечено",
    "said_answered": "Уже ответили",
    "not_complaint": "Ответ не нужен",
    "promised": "Клиенту обещали ответ",
    "private": "Продолжили в личных сообщениях",
    "gone": "Сообщение удалено",
    "closed": "Разговор закончен",
    "solved": "Источник снова читается",
    "nothing_waits": "Никто больше не ждёт",
    "sorted": "Разобрано",
}


def compose(view: AlertView, at: Moment) -> Message:
    """The message as it should stand in the channel now."""
    if view.kind is AlertKind.SOURCE_TROUBLE:
        return _trouble(view, at)
    if view.kind in (AlertKind.HISTORY, AlertKind.FLOOD):
        return digest(view, at, buttons=_buttons(view), footnote=_footnote(view, at), line=_line)
    return _conversation(view, view.conversation or ConversationView(appeal="complaint"), at)


def follow_up(view: AlertView, reason: Reason, at: Moment) -> str | None:
    """What to say in the message's thread when it has just been edited for `reason`; None: nothing."""
    if reason is Reason.RESOLVED:
        return _end(view)
    if reason is Reason.GREW:
        return digest_grew(view)
    if reason not in (Reason.WORSE, Reason.REMINDER):
        return None
    talk = view.conversation
    if talk is None:
        return f"Напоминание: {_waits_for_person(view)}"
    if view.level is Level.UNCHECKED:
        return f"Срок ответа прошёл{_due(talk, at)}. {_checked(view, talk, at)}. {_question(view)}"
    if reason is Reason.WORSE:
        return f"Срок ответа прошёл{_due(talk, at)}, ответа нет. {_question(view)}"
    return f"Напоминание: ждёт уже {_waited(talk, at.now)}. {_question(view)}"


def _conversation(view: AlertView, talk: ConversationView, at: Moment) -> Message:
    is_over = view.state is State.RESOLVED
    facts = _ending(view, talk) if is_over else _waiting(view, talk, at)
    return Message(
        alert_id=view.id,
        tone=tone(view),
        subject=f"{_headline(view, talk, at)} — {place(view)}",
        essence=essence(talk.text) or _wordless(talk),
        # One sentence is its own quote: nobody wants to read it twice.
        quote="" if is_over or len(talk.text) <= len(essence(talk.text)) + 1 else quote(talk.text),
        facts=facts,
        question="" if is_over else _question(view),
        buttons=_buttons(view, talk.appeal),
        url=talk.url,
        footnote=_footnote(view, at),
    )


def _headline(view: AlertView, talk: ConversationView, at: Moment) -> str:
    what = _APPEALS.get(talk.appeal, "Обращение")
    if view.state is State.RESOLVED:
        return _end(view, what)
    if view.level is Level.UNCHECKED:
        looked = f" с {moment(talk.checked_at, at.now, at.zone)}" if talk.checked_at else ""
        return f"{what}: есть ли ответ, не проверено{looked}"
    return f"{what} без ответа {_waited(talk, at.now)}"


def _waiting(view: AlertView, talk: ConversationView, at: Moment) -> tuple[str, ...]:
    facts = []
    if talk.waiting_since:
        since = moment(talk.waiting_since, at.now, at.zone)
        facts.append(f"Ждёт с {since}" if talk.is_dated else f"Даты у записи нет; увидели {since}")
    if talk.due_at:
        late = talk.due_at <= at.now
        due = moment(talk.due_at, at.now, at.zone)
        words = f"срок ответа был {due}" if late else f"ответить нужно до {due}"
        facts = [f"{facts[0]}, {words}"] if facts else [words.capitalize()]
    facts.append(_checked(view, talk, at))
    if talk.rating is not None:
        facts.append(f"Оценка: {talk.rating} из 5")
    return tuple(facts)


def _ending(view: AlertView, talk: ConversationView) -> tuple[str, ...]:
    if view.resolved_because == "answered" and talk.answer:
        return (f"Ответ: «{cut(essence(talk.answer), 160)}»",)
    return ()


def _checked(view: AlertView, talk: ConversationView, at: Moment) -> str:
    """Whether "no answer" is known or not; these two are never told alike."""
    if talk.checked_at is None:
        return "Не проверено, есть ли ответ: источник этого не показал"
    if view.level is Level.UNCHECKED:
        return f"Не проверено с {moment(talk.checked_at, at.now, at.zone)}: нет связи с источником"
    return f"Проверено {at_moment(talk.checked_at, at.now, at.zone)}: ответа нет"


def _due(talk: ConversationView, at: Moment) -> str:
    return f" {at_moment(talk.due_at, at.now, at.zone)}" if talk.due_at else ""


def _waited(talk: ConversationView, now: datetime) -> str:
    return span(max(now - talk.waiting_since, timedelta(0))) if talk.waiting_since else ""


def _wordless(talk: ConversationView) -> str:
    names = {
        "photo": "фото",
        "sticker": "стикер",
        "audio_message": "голосовое",
        "video": "видео",
        "doc": "файл",
    }
    seen = dict.fromkeys(names.get(kind, "вложение") for kind in talk.attachments)
    return f"Без слов: {', '.join(seen)}" if seen else ""


def _question(view: AlertView) -> str:
    if view.kind is AlertKind.SOURCE_TROUBLE:
        return "Кто починит?"
    if view.state is State.TAKEN:
        return "Уже ответили?" if view.kind is AlertKind.UNANSWERED else "Уже разобрали?"
    if view.state is State.SNOOZED:
        return ""
    return "Кто ответит?" if view.kind is AlertKind.UNANSWERED else "Кто разберёт?"


def _buttons(view: AlertView, appeal: str = "") -> tuple[Button, ...]:
    if view.state is State.RESOLVED:
        return ()
    is_talk = view.kind is AlertKind.UNANSWERED
    all_of = [
        Button(Verb.TAKE, "Беру", is_main=True),
        Button(Verb.ANSWERED, "Уже ответили" if is_talk else "Разобрали"),
        Button(Verb.NOT_COMPLAINT, _NOT_THIS.get(appeal, "Ответ не нужен")),
        Button(Verb.SNOOZE, "Отложить до завтра"),
    ]
    hidden = set() if is_talk else {Verb.NOT_COMPLAINT}
    if view.kind is AlertKind.SOURCE_TROUBLE:
        hidden.add(Verb.ANSWERED)  # solved is what the next good look at the source says, not a button
    if view.state is State.TAKEN:
        hidden.add(Verb.TAKE)
    if view.state is State.SNOOZED:
        hidden.add(Verb.SNOOZE)
    return tuple(button for button in all_of if button.verb not in hidden)


def _footnote(view: AlertView, at: Moment) -> str:
    """What people did so far."""
    who = f": {view.taken_by}" if view.taken_by else ""
    if view.state is State.TAKEN:
        since = f" с {moment(view.taken_at, at.now, at.zone)}" if view.taken_at else ""
        return f"В работе{since}{who}"
    if view.state is State.SNOOZED and view.snoozed_until:
        return f"Отложено до {moment(view.snoozed_until, at.now, at.zone)}"
    if view.state is State.RESOLVED and view.resolved_by:
        return f"{view.resolved_by}, {moment(view.resolved_at or at.now, at.now, at.zone)}"
    return ""


def _end(view: AlertView, what: str = "") -> str:
    """How it ended, "Отвечено через 35 мин": with `what` the card's headline, else a line in the thread."""
    words = _ENDS.get(view.resolved_because or "", "Закрыто")
    talk = view.conversation
    if (
        view.resolved_because == "answered"
        and talk
        and talk.answered_at
        and talk.waiting_since
        and talk.is_dated
    ):
        words += f" через {span(talk.answered_at - talk.waiting_since)}"
    if what:
        return f"{what}: {words[0].lower()}{words[1:]}"
    if view.resolved_by:
        words += f" ({view.resolved_by})"
    if view.resolved_because == "answered" and talk and talk.answer:
        words += f": «{essence(talk.answer)}»"
    return words


def _waits_for_person(view: AlertView) -> str:
    if view.kind is AlertKind.SOURCE_TROUBLE:
        return f"источник {place(view)} всё ещё не читается. {_question(view)}"
    return f"подборка ждёт разбора. {_question(view)}".rstrip()


def _trouble(view: AlertView, at: Moment) -> Message:
    is_over = view.state is State.RESOLVED
    seen = (
        f"Последний удачный просмотр: {moment(view.last_good_at, at.now, at.zone)}"
        if view.last_good_at
        else ("Удачных просмотров ещё не было")
    )
    warning = "Пока так, новые записи и ответы не видны: «без ответа» не утверждаем"
    return Message(
        alert_id=view.id,
        tone=Tone.DONE if is_over else Tone.BREACH if view.state is State.OPEN else tone(view),
        subject=f"{'Источник снова читается' if is_over else 'Источник не читается'} — {place(view)}",
        essence="" if is_over else cut(view.trouble, 300),
        facts=(seen,) if is_over else (seen, warning),
        question="" if is_over else _question(view),
        buttons=_buttons(view),
        footnote=_footnote(view, at),
    )


def _line(talk: ConversationView, at: Moment) -> Item:
    """One conversation as a line of a digest."""
    notes = [
        date_in_words(talk.waiting_since, at.now, at.zone)
        if talk.waiting_since and talk.is_dated
        else "без даты"
    ]
    if talk.rating is not None:
        notes.append(f"оценка {talk.rating}")
    return Item(essence(talk.text, 140) or _wordless(talk) or "без слов", ", ".join(notes), talk.url)
