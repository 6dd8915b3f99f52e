"""What the pages call things, in Russian: every code that the database or a rule holds has a word here."""

from collections.abc import Mapping

from domain.deadlines import ClockKind, ClockState
from domain.moves import State, Why
from domain.sources import CrawlOutcome
from domain.verdicts import Appeal, Sentiment

APPEALS: Mapping[str, str] = {
    Appeal.COMPLAINT: "жалоба",
    Appeal.QUESTION: "вопрос",
    Appeal.PRAISE: "похвала",
    Appeal.SUGGESTION: "предложение",
    Appeal.NONE: "обращение",
}
#: The same said of one text: a greeting may open a conversation, yet by itself it asks for nothing.
VERDICTS: Mapping[str, str] = {**APPEALS, Appeal.NONE: "не обращение"}
SENTIMENTS: Mapping[str, str] = {
    Sentiment.NEGATIVE: "негатив",
    Sentiment.NEUTRAL: "нейтрально",
    Sentiment.POSITIVE: "позитив",
}
CLOCKS: Mapping[str, str] = {
    ClockState.OK: "в срок",
    ClockState.WARNING: "скоро срок",
    ClockState.BREACH: "просрочено",
    ClockState.NOT_CHECKED: "не проверено",
    ClockState.NONE: "без срока",
}
CLOCK_KINDS: Mapping[str, str] = {
    ClockKind.FIRST_ANSWER: "первый ответ",
    ClockKind.NEXT_ANSWER: "следующий ответ",
    ClockKind.PROMISE: "обещанный ответ",
}
STATES: Mapping[str, str] = {
    State.WAITING_US: "ждёт нас",
    State.WAITING_CUSTOMER: "ждём клиента",
    State.PROMISED: "обещали ответить",
    State.PRIVATE: "продолжается в личных сообщениях",
    State.CLOSED: "закончен",
}
#: Why a conversation moved; what a person decides has words of its own below.
BECAUSE: Mapping[str, str] = {
    Why.COMPLAINED: "клиент пожаловался",
    Why.ASKED: "клиент спросил",
    Why.GREETED: "клиент поздоровался",
    Why.CAME_WORDLESS: "клиент обратился без слов",
    Why.NOTHING_ASKED: "ответа не просят",
    Why.ANSWERED: "компания ответила",
    Why.ANSWER_REPORTED: "источник сообщает об ответе",
    Why.PROMISED: "компания обещала ответить",
    Why.WENT_PRIVATE: "компания позвала в личные сообщения",
    Why.WROTE_AGAIN: "клиент написал снова",
    Why.THANKED: "клиент поблагодарил",
    Why.SOLVED: "клиент пишет, что решилось",
    Why.SILENT: "давно тишина",
    Why.PROMISE_BROKEN: "обещанный срок прошёл",
    Why.WITHDRAWN: "клиент удалил сообщение",
    Why.NO_LONGER: "это больше не обращение",
    Why.RECOUNTED: "история прочитана заново",
    "said_answered": "сказали, что уже ответили",
    "not_complaint": "сказали, что ответ не нужен",
}
#: Who needs no name in a history: the reason tells.
NOT_A_PERSON = frozenset({"customer", "official", "rule", "otklik"})
VERBS: Mapping[str, str] = {
    "take": "взял(а) в работу",
    "answered": "отметил(а): уже ответили",
    "not_complaint": "отметил(а): ответ не нужен",
    "snooze": "отложил(а) до завтра",
}
VIA: Mapping[str, str] = {"slack": "в Slack", "web": "на странице", "console": "в консоли"}
ATTACHMENTS: Mapping[str, str] = {
    "photo": "фото",
    "sticker": "стикер",
    "graffiti": "граффити",
    "audio_message": "голосовое",
    "audio": "аудио",
    "video": "видео",
    "doc": "файл",
    "link": "ссылка",
    "poll": "опрос",
}
OUTCOMES: Mapping[str, str] = {
    CrawlOutcome.COMPLETE: "прочитан целиком",
    CrawlOutcome.PARTIAL: "прочитан не целиком",
    CrawlOutcome.FAILED: "не прочитался",
    CrawlOutcome.NEEDS_PERSON: "нужен человек",
    "running": "читается сейчас",
    "killed": "чтение прервано",
}
TOLD: Mapping[str, str] = {
    "first": "сообщено",
    "worse": "сообщено, что срок прошёл,",
    "reminder": "отправлено напоминание",
    "changed": "обновлена карточка: отправлено",
    "grew": "сообщено, что стало больше,",
    "resolved": "сообщено, что закончено,",
}
KINDS: Mapping[str, str] = {
    "vk": "ВКонтакте",
    "facebook": "Facebook",
    "import": "загрузка из файла",
    "banki": "Банки.ру",
    "sravni": "Сравни",
    "yandex": "Яндекс Карты",
    "2gis": "2ГИС",
}


def attachments(kinds: list[str] | None) -> str:
    """Kinds of attachments as a list of words, each once: "фото, файл"."""
    return ", ".join(dict.fromkeys(ATTACHMENTS.get(kind, "вложение") for kind in kinds or ()))


def source_kind(kind: str) -> str:
    return KINDS.get(kind.partition(".")[0].partition("_")[0], kind)
