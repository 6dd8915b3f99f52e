"""What an official answer does: solves, asks, holds, moves to private messages, sends away.

Patterns on normalised text, precision first: what matches nothing is taken for an answer in good faith.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain import promises, speech
from domain.policy import Calendar


class AnswerKind(StrEnum):
    SOLVING = "solving"
    #: asks the customer for something we need
    DETAILS = "details"
    #: accepted, the answer comes later
    HOLDING = "holding"
    #: the talk goes on, or went on, in private messages
    PRIVATE = "private"
    #: sends the customer elsewhere without taking the case
    DEFLECTION = "deflection"
    #: a sticker, an emoji: no answer to a question
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one answer does, and until when it promises more."""

    kind: AnswerKind
    promised_until: datetime | None = None


_PRIVATELY = (
    r"(?:л\.?\s?с\b\.?|лс\b|лич(?:ку|ке|ные сообщения|ных сообщениях|ном сообщении|"
    r"ное сообщение|но)\b|директ\w*|"
    r"сообщени(?:я|ях) (?:сообщества|группы|страницы)|приватн\w+)"
)
_ANSWERED_PRIVATELY = re.compile(
    rf"\b(?:ответил[аи]?|отвечаем|ответим|написал[аи]?|пишем|напишем|отписал(?:ся|ась|ись)|"
    rf"отправил[аи]?|направил[аи]?|"
    rf"дали ответ|ответ (?:отправлен|направлен|дали)?|продолжим|обсудим|связал(?:ся|ась|"
    rf"ись))\b.{{0,40}}?\b(?:вам )?(?:в |во )?{_PRIVATELY}"
    rf"|\b(?:ответ|подробности|детали)\b.{{0,20}}\b(?:в|во) {_PRIVATELY}"
)
_INVITED_PRIVATELY = re.compile(
    rf"\b(?:напишите|пишите|отправьте|пришлите|направьте|сообщите|обратитесь|скиньте|жд[её]м|"
    rf"укажите|уточните|продублируйте|поделитесь)\b"
    rf".{{0,90}}?\b(?:в|во|через) (?:наши |наш |нашу |свои )?{_PRIVATELY}"
    rf"|\bв {_PRIVATELY}.{{0,40}}\b(?:напишите|пришлите|отправьте|уточните|сообщите|укажите)\b"
)
_ASKS = re.compile(
    r"\b(?:уточните|пришлите|напишите|сообщите|подскажите|укажите|скиньте|приложите|прикрепите|"
    r"опишите|отправьте|"
    r"расскажите|поделитесь|назовите|поясните)\b(?!.{0,40}\bесли\b)"
)
_SENT_AWAY = re.compile(
    r"\b(?:по)?звоните\b|\b(?:позвонить|обратиться|обращаться)\b.{0,60}\b(?:горяч\w+ лини\w+|"
    r"контакт\w+[- ]?центр\w*|колл?[- ]?центр\w*|"
    r"служб\w+ поддержки|техподдержк\w+|чат|отделени\w+|офис\w*|номер\w*|телефон\w*|почт\w+)\b"
    r"|\bобра(?:титесь|щайтесь)\b.{0,60}\b(?:горяч\w+ лини\w+|контакт\w+[- ]?центр\w*|"
    r"колл?[- ]?центр\w*|служб\w+|поддержк\w+|"
    r"техподдержк\w+|чат\w*|отделени\w+|офис\w*|номер\w*|телефон\w*|почт\w+|сайт\w*|приложени\w+)"
    r"|\b(?:на)?пишите\b.{0,30}\b(?:на (?:эл\w*\.? ?)?(?:почт\w+|адрес|e-?mail|имейл|мыло)|в чат\w*|"
    r"в поддержк\w+|в службу)"
    r"|\b(?:перейдите|зайдите|смотрите|ознакомьтесь|посмотрите|вся информация|"
    r"информация есть)\b.{0,40}\bна (?:нашем |официальном )?сайт\w*"
    r"|\b(?:оставьте|создайте|оформите)\b.{0,40}\b(?:заявк\w+|обращени\w+)\b.{0,40}\b(?:на сайте|"
    r"в приложении|в чате|по телефону)"
)
_TAKES_OVER = re.compile(
    r"\b(?:мы (?:проверим|поможем|разберемся|передали|уже|свяжемся|перезвоним|сами)|проверим|"
    r"поможем|помогу|передал[аи]?|передадим|"
    r"разберемся|разберусь|перезвоним|свяжемся|зафиксировал[аи]?|завел[аи]? (?:обращение|заявку)|"
    r"оставили (?:заявку|обращение)|"
    r"приняли (?:обращение|заявку|в работу)|взяли в работу|исправил[аи]?|вернул[аи]?|начислил[аи]?|"
    r"решил[аи]?)\b"
)
_WE_WILL = (
    r"(?:верн[её]мся|вернусь|ответим|отвечу|дадим ответ|дам ответ|сообщим|сообщу|напишем|напишу|"
    r"отпишем\w*|отпишусь|"
    r"свяжемся|свяжусь|перезвоним|перезвоню|позвоним|позвоню|проверим|проверю|уточним|уточню|узнаем|"
    r"узнаю|разбер[её]мся|"
    r"разберусь|решим|исправим|починим|устраним|посмотрим|посмотрю|подготовим|рассмотрим|"
    r"с вами свяжутся|вам (?:ответят|перезвонят|позвонят)|"
    r"ответят|перезвонят|постараемся (?:ответить|решить|исправить|разобраться|вернуться)|"
    r"ответ (?:будет|дадим|поступит|сообщим)|планируем (?:исправить|решить))"
)
_WILL = re.compile(rf"\b{_WE_WILL}\b")
#: work that goes on, said in so many words: more will come
_GOES_ON = re.compile(
    r"\b(?:уже (?:разбираемся|проверяем|выясняем|работаем|чиним|решаем|уточняем|смотрим)|"
    r"разбираемся|проверяем|выясняем|уточняем (?:информацию|детали|у)|"
    r"работаем над|чиним|запросил[аи]? (?:информацию|детали)|взяли в работу|приняли в работу|"
    r"ожидайте ответа|одну минут\w+|секундочку|минуточку|минутку)\b"
)
_COMES_BACK = re.compile(
    r"\b(?:верн[её]мся|вернусь|ответим|отвечу|дадим ответ|сообщим|сообщу|напишем|отпишемся|свяжемся|"
    r"перезвоним|"
    r"с вами свяжутся|вам (?:ответят|перезвонят|позвонят))\b"
)
_CONDITION = re.compile(r"\b(?:если|когда|как только|в случае|по мере|в будущем|при появлении)\b")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")


def read_answer(
    text: str,
    attachments: tuple[str, ...],
    *,
    said_at: datetime,
    calendar: Calendar,
    promise_within: timedelta,
) -> Reading:
    """What an answer (without the name it begins with) does.

    A promise without a time is due after `promise_within` of working time. When the answer asks for
    something first and promises after, the next word is the customer's.
    """
    if speech.is_wordless(text):
        shows = any(kind not in {"sticker", "graffiti"} for kind in attachments)
        return Reading(AnswerKind.SOLVING if shows else AnswerKind.EMPTY)
    said = speech.normal(text)
    private = _INVITED_PRIVATELY.search(said) or _ANSWERED_PRIVATELY.search(said)
    asked = asks_for_details(said)
    promise = _promise(text, said_at, calendar, promise_within)
    if promise and promise[1] and not private and not (asked is not None and asked < promise[0]):
        return Reading(AnswerKind.HOLDING, promise[2])
    if private:
        return Reading(AnswerKind.PRIVATE)
    if sends_away(text):
        return Reading(AnswerKind.DEFLECTION)
    if asked is not None:
        return Reading(AnswerKind.DETAILS)
    if promise:
        return Reading(AnswerKind.HOLDING, promise[2])
    return Reading(AnswerKind.SOLVING)


def sends_away(text: str) -> str | None:
    """The words that send the customer elsewhere; None where the answer also takes the case over."""
    said = speech.normal(text)
    found = _SENT_AWAY.search(said)
    if (
        not found
        or _TAKES_OVER.search(said)
        or _INVITED_PRIVATELY.search(said)
        or _ANSWERED_PRIVATELY.search(said)
    ):
        return None
    return found[0]


def asks_for_details(text: str) -> int | None:
    """Where the answer asks the customer for something; None when it does not."""
    said = speech.normal(text)
    if found := _ASKS.search(said):
        return found.start()
    mark = said.rfind("?")
    if mark < 0 or re.search(r"(?:понравил\w+|как вам|правда|согласны|рады)[^?]*\?$", said[: mark + 1]):
        return None
    return max(said.rfind(end, 0, mark) for end in ".!?\n") + 1


def _promise(
    text: str, said_at: datetime, calendar: Calendar, within: timedelta
) -> tuple[int, bool, datetime] | None:
    """Where the promise stands, whether it names a time, and until when it is due."""
    place = 0
    bare: int | None = None
    for sentence in _SENTENCE.split(text):
        said = speech.normal(sentence)
        if not _CONDITION.search(said):
            if (_WILL.search(said) or _GOES_ON.search(said)) and (
                until := promises.named_time(sentence, said_at, calendar)
            ):
                return place, True, until
            if bare is None and (_COMES_BACK.search(said) or _GOES_ON.search(said)):
                bare = place
        place += len(said) + 1
    return None if bare is None else (bare, False, promises.default_time(said_at, calendar, within))
