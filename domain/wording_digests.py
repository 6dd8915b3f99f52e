"""The words of a digest: many conversations in one message, with counts that add up."""

from collections.abc import Callable

from domain.alerts import AlertKind, State
from domain.excerpts import date_in_words, number
from domain.messages import (
    AlertView,
    Button,
    ConversationView,
    DigestView,
    Item,
    Message,
    Moment,
    place,
    tone,
)
from domain.russian import form


def digest(
    view: AlertView,
    at: Moment,
    *,
    buttons: tuple[Button, ...],
    footnote: str,
    line: Callable[[ConversationView, Moment], Item],
) -> Message:
    """The card of a history or flood digest; `line` words one of its conversations."""
    counts = view.digest or DigestView()
    is_over = view.state is State.RESOLVED
    is_history = view.kind is AlertKind.HISTORY
    subject = _history_subject(counts) if is_history else _flood_subject(counts)
    where = f" — {place(view)}" if place(view) else ""
    return Message(
        alert_id=view.id,
        tone=tone(view),
        subject=subject + where,
        essence=_history_essence(counts) if is_history else _flood_essence(counts),
        facts=_facts(counts, at),
        items=() if is_over else tuple(line(talk, at) for talk in counts.worst),
        question="" if is_over or view.state is State.SNOOZED else "Кто разберёт?",
        buttons=buttons,
        footnote=footnote,
    )


def digest_grew(view: AlertView) -> str:
    """A line for the thread when a digest was called for again."""
    counts = view.digest or DigestView()
    left = counts.waiting + counts.unchecked
    return f"Добавились ещё обращения: теперь {_appeals(counts.size)}, из них ждут разбора {number(left)}"


def _history_subject(counts: DigestView) -> str:
    posts = f"{number(counts.posts)} {form(counts.posts, 'запись', 'записи', 'записей')}"
    parts = [
        f"{number(n)} {form(n, *words)}"
        for n, words in (
            (counts.complaints, ("жалоба", "жалобы", "жалоб")),
            (counts.questions, ("вопрос", "вопроса", "вопросов")),
        )
        if n
    ]
    return (
        f"Загружена история: {posts}, в них {' и '.join(parts)}" if parts else f"Загружена история: {posts}"
    )


def _history_essence(counts: DigestView) -> str:
    answered = max(0, counts.complaints + counts.questions - counts.waiting - counts.unchecked)
    parts = [f"Без ответа: {number(counts.waiting)}", f"с ответом или закончено: {number(answered)}"]
    if counts.unchecked:
        parts.insert(1, f"не проверено, есть ли ответ: {number(counts.unchecked)}")
    return ", ".join(parts) + ". Отдельных сообщений о старом не будет: всё лежит в очереди"


def _flood_subject(counts: DigestView) -> str:
    return f"Сразу много: ещё {_appeals(counts.size)} одним сообщением"


def _flood_essence(counts: DigestView) -> str:
    parts = [f"ждут ответа {number(counts.waiting)}"]
    if counts.unchecked:
        parts.append(f"не проверено {number(counts.unchecked)}")
    return f"Чтобы не засыпать канал, остальные собраны здесь: {', '.join(parts)}. Все они есть в очереди"


def _facts(counts: DigestView, at: Moment) -> tuple[str, ...]:
    if not (counts.oldest_at and counts.newest_at):
        return ()
    oldest = date_in_words(counts.oldest_at, at.now, at.zone)
    newest = date_in_words(counts.newest_at, at.now, at.zone)
    return (
        (f"Ждут с {oldest}",) if oldest == newest else (f"Самое старое — {oldest}, самое новое — {newest}",)
    )


def _appeals(n: int) -> str:
    return f"{number(n)} {form(n, 'обращение', 'обращения', 'обращений')}"
