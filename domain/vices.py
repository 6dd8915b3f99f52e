"""What is wrong with an answer, by rules a manager can check: each finding carries its evidence.

Precision first: a finding that is wrong costs more trust than one that is missing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from domain import speech
from domain.answers import AnswerKind, asks_for_details, sends_away
from domain.russian import plural, working_span


class Vice(StrEnum):
    SLOW = "slow"
    MONOSYLLABIC = "monosyllabic"
    DEFLECTION = "deflection"
    LOSES_CONTROL = "loses_control"
    IMPERSONAL = "impersonal"
    JARGON = "jargon"
    FOOTBALL = "football"
    IGNORES_FIRST_CONTACT = "ignores_first_contact"
    WALL_OF_TEXT = "wall_of_text"
    RUDE = "rude"
    DELETED_CRITICISM = "deleted_criticism"
    BROKEN_PROMISE = "broken_promise"


@dataclass(frozen=True, slots=True)
class Finding:
    """`evidence` is for people: the words at fault, or the figures."""

    code: Vice
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One official word in a conversation and what stood before it.

    `body` is the text without the name it begins with; `waited` the working time from the oldest unanswered
    word, None when nobody waited; `asked_before` what earlier official words of the conversation asked for.
    """

    id: str
    post: int
    author: str | None
    body: str
    kind: AnswerKind
    waited: timedelta | None
    #: an open complaint or question, as against a greeting, thanks or praise
    is_asked: bool
    asked_before: Sequence["Answer"] = ()


_WALL_WORDS = 130
_SHORT_WORDS = 2
_ONLY_A_WORD = re.compile(
    r"^(?:да|нет|уточните|передадим|передали|ок|хорошо|возможно|конечно|спасибо|понятно|увы|"
    r"к сожалению,? нет|"
    r"пожалуйста|извините|простите|ожидайте|проверьте|напишите|обновите|не знаем|посмотрим|исправим)\W*$"
)
_RUDE = re.compile(
    r"\b(?:сами виноваты|сам[аи]? виноват[аы]?|вы (?:сами )?виноваты|читайте внимательн\w+|"
    r"внимательно читайте|внимательнее читайте|"
    r"(?:русским|русским по белому|ясно|четко) (?:языком )?(?:сказано|написано|сказали|написали)|"
    r"вам же (?:сказали|ответили|написали|объяснили)|"
    r"(?:на)?учитесь (?:читать|пользоваться)|не умеете|ваши проблемы|это ваши трудности|"
    r"не нравится\W+(?:не|уходите|идите)|никто не заставляет|"
    r"вас никто не (?:держит|заставляет)|не надо (?:врать|выдумывать|хамить|истерить)|"
    r"не выдумывайте|вы (?:врете|лжете|придумываете|выдумываете)|"
    r"бред|чушь|ерунд[ауы]|истерик\w+|хамите|хамить|глупост\w+|смешно читать|успокойтесь|"
    r"идите (?:лесом|мимо)|вам показалось|какие мы нежные)\b"
)
_SEND_AGAIN = re.compile(
    r"\b(?:напишите|обратитесь|оставьте|отправьте|повторите|пришлите|"
    r"заполните)\b.{0,40}\b(?:еще раз|повторно|заново|новое обращение|новую заявку)\b"
)
#: what answers ask customers for; asking twice for one of these is football
_DATA = {
    "скриншот": re.compile(r"\bскрин\w*"),
    "номер заказа": re.compile(r"\bномер\w* (?:вашего )?заказ\w*|\bзаказа номер"),
    "номер телефона": re.compile(r"\bномер\w* (?:вашего )?(?:мобильного )?телефон\w*|\bтелефон для связи"),
    "номер обращения": re.compile(r"\bномер\w* (?:вашего )?(?:обращени\w+|заявк\w+)"),
    "подробности": re.compile(r"\b(?:подробн\w+|детал\w+)"),
    "ФИО": re.compile(r"\b(?:фио|фамили\w+)\b"),
    "город": re.compile(r"\bгород\w*"),
    "адрес": re.compile(r"\bадрес\w*"),
    "модель": re.compile(r"\bмодел\w+"),
    "дата": re.compile(r"\bдат[ауы]\b|\bкогда (?:это|именно)"),
}
_TEMPLATE = re.compile(
    r"\b(?:ваше мнение (?:очень )?(?:важно|ценно)|ваш отзыв (?:очень )?(?:важен|ценен)|"
    r"приносим (?:свои |вам )?(?:искренние )?извинения за доставленные неудобства|"
    r"благодарим (?:вас )?за (?:обращение|обратную связь|отзыв|ваш отзыв)|мы стараемся (?:стать|"
    r"быть) лучше|ваша информация (?:будет )?передана|"
    r"нам (?:очень )?жаль,? что у вас сложилось|спасибо за обратную связь|вы помогаете нам (?:стать|"
    r"становиться) лучше|нам важно ваше мнение)\b"
)
_SAME = 0.8


def vices(answer: Answer, *, target: timedelta, jargon: Sequence[str] = ()) -> list[Finding]:
    """What can be said of one answer and what was asked before it; likeness to others is `templates`."""
    said = speech.normal(answer.body)
    found = [_slow(answer, target), _monosyllabic(answer, said), _deflection(answer), _football(answer, said)]
    if match := _RUDE.search(said):
        found.append(Finding(Vice.RUDE, match[0]))
    if (count := len(speech.words(answer.body))) > _WALL_WORDS:
        found.append(Finding(Vice.WALL_OF_TEXT, plural(count, "слово", "слова", "слов")))
    terms = [word for word in jargon if re.search(rf"(?<!\w){re.escape(speech.normal(word))}(?!\w)", said)]
    if terms:
        found.append(Finding(Vice.JARGON, ", ".join(terms)))
    return [finding for finding in found if finding]


def _slow(answer: Answer, target: timedelta) -> Finding | None:
    if answer.waited is None or answer.waited <= target or answer.kind is AnswerKind.EMPTY:
        return None
    return Finding(Vice.SLOW, f"ответ через {working_span(answer.waited)}, цель {working_span(target)}")


def _monosyllabic(answer: Answer, said: str) -> Finding | None:
    if not answer.is_asked or "http" in said or any(c.isdigit() for c in said):
        return None
    if answer.kind is AnswerKind.EMPTY:
        return Finding(Vice.MONOSYLLABIC, "ответ без слов")
    if not said or answer.kind is AnswerKind.PRIVATE:
        return None
    if _ONLY_A_WORD.match(said) or len(speech.words(said)) <= _SHORT_WORDS:
        return Finding(Vice.MONOSYLLABIC, answer.body.strip())
    return None


def _deflection(answer: Answer) -> Finding | None:
    words = sends_away(answer.body) if answer.is_asked else None
    return Finding(Vice.DEFLECTION, words) if words else None


def _football(answer: Answer, said: str) -> Finding | None:
    if match := _SEND_AGAIN.search(said):
        return Finding(Vice.FOOTBALL, match[0])
    if asks_for_details(said) is None:
        return None
    for before in answer.asked_before:
        earlier = speech.normal(before.body)
        again = [name for name, data in _DATA.items() if data.search(said) and data.search(earlier)]
        if again and asks_for_details(earlier) is not None:
            return Finding(
                Vice.FOOTBALL, f"второй раз спрашивают: {', '.join(again)} (впервые в {before.id})"
            )
    return None


def templates(answers: Sequence[tuple[str, Answer]]) -> dict[str, Finding]:
    """Answers that say to different customers nearly the same, by answer id; given with customers.

    Also a stock phrase in an answer that holds no fact of the case. Short answers are alike by nature.
    """
    found: dict[str, Finding] = {}
    shingles = [(customer, answer, _shingles(answer.body)) for customer, answer in answers]
    by_shingle: dict[tuple[str, ...], list[int]] = {}
    for n, (customer, answer, mine) in enumerate(shingles):
        for other in sorted({m for s in mine for m in by_shingle.get(s, ())[:20]}):
            theirs = shingles[other]
            if theirs[0] != customer and len(mine & theirs[2]) >= _SAME * len(mine | theirs[2]):
                found.setdefault(answer.id, Finding(Vice.IMPERSONAL, f"почти то же, что в {theirs[1].id}"))
                found.setdefault(theirs[1].id, Finding(Vice.IMPERSONAL, f"почти то же, что в {answer.id}"))
                break
        for shingle in mine:
            by_shingle.setdefault(shingle, []).append(n)
        if answer.id not in found and (stock := _stock(answer)):
            found[answer.id] = stock
    return found


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = speech.words(text)
    return frozenset(zip(words, words[1:], words[2:], strict=False)) if len(words) >= 8 else frozenset()


def _stock(answer: Answer) -> Finding | None:
    """Two stock phrases, or one and hardly a word beside it."""
    said = speech.normal(answer.body)
    phrases = [match[0] for match in _TEMPLATE.finditer(said)]
    if not answer.is_asked or answer.kind in (AnswerKind.PRIVATE, AnswerKind.DETAILS, AnswerKind.HOLDING):
        return None
    rest = len(speech.words(said)) - sum(len(speech.words(phrase)) for phrase in phrases)
    if len(phrases) >= 2 or (phrases and rest <= 6):
        return Finding(Vice.IMPERSONAL, "; ".join(phrases))
    return None
