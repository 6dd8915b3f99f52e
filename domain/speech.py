"""What short Russian phrases do in a conversation: greet, thank, agree, ask us, join in.

Word lists and patterns on lower-cased text with ё as е. They read only what a model does not judge:
complaints and questions come from the verdict.
"""

import re
from collections.abc import Iterable

_WORD = re.compile(r"[а-яa-z0-9]+(?:-[а-яa-z0-9]+)*")
_VOCATIVE = re.compile(r"^\s*@?([A-ZА-ЯЁ][\w-]+)(?:\s+[A-ZА-ЯЁ][\w-]+)?\s*,\s*")

_INTERJECTION = re.compile(
    r"^(да|нет|ну|ага|угу|ок|так|вот|кстати|конечно|пожалуйста|спасибо|извините|простите|скажите|"
    r"подскажите|"
    r"здравствуйте|здрасьте|привет|добрый|доброе|хорошо|понятно|ясно|короче|блин|господи|люди|"
    r"ребята|девочки)\b"
)
_GREETING = re.compile(
    r"^(здравствуй(те)?|здраст[ье]?|здрасьте|привет(ик|ствую|ики)?|при+вет|добр(ый|ого|ое|ой) "
    r"(день|дня|вечер|вечера|утро|утра|ночи|времени суток)|доброго времени|хай|hello|hi|салют|ку|"
    r"алло|ау|прив)\b"
)
_CALLS = re.compile(
    r"^(ау|алло|есть кто( живой| тут| нибудь)?|кто[- ]нибудь( есть| тут)?|админ(ы|истрация)?|"
    r"поддержка|оператор|модератор)\b"
)
_THANKS = re.compile(
    r"\b(спасиб\w*|спс|пасиб\w*|благодар(ю|им|ствую|ен|на|ны|очка)|thanks|thx|мерси|признателен|"
    r"признательна)\b"
)
_NOT_THANKS = re.compile(
    r"\b(но|однако|только вот|не помогло|не помог|не работает|все равно|по[- ]прежнему|опять|снова|"
    r"спасибо (за ничего|за отписку|не надо|вам за испорчен\w*|за такой|за такую|за такое|заранее)|"
    r"заранее (спасибо|благодар\w*)|"
    r"где|когда|почему|зачем|сколько|а как|до сих пор|никто|нет)\b"
)
_SOLVED = re.compile(
    r"\b(вопрос (решен|решился|закрыт|снят)|проблема (решена|решилась|ушла|исчезла|устранена)|"
    r"(уже )?(разобрал(ся|ась|ись|и)|решил(ось|ся|и)|помогло|заработал[оаи]?)|все (получилось|"
    r"заработало|работает|ок|решили|пришло)|"
    r"уже не (надо|нужно|актуально)|не актуально|нашл(а|и)( сам[аи]?)?|нашел( сам)?)\b"
)
_NOT_SOLVED = re.compile(
    r"\b(не (решен\w*|решил\w*|помогло|помог|заработал\w*|разобрал\w*|нашл\w*|нашел|получилось|"
    r"пришло)|так и не|никто не)\b"
)
_ACK = re.compile(
    r"^(ок(ей|ай)?|ok(ay)?|хорошо|понял[аи]?|понятно|ясно|принято|жду|ждем|будем ждать|буду ждать|"
    r"договорились|"
    r"ладно|угу|ага|супер|отлично|хорошего дня|и вам|взаимно|всего доброго|всего хорошего|удачи|"
    r"добро|лады)\b"
)
_WROTE_PRIVATELY = re.compile(
    r"\b(написал[аи]?|отправил[аи]?|скинул[аи]?|ответил[аи]?|прислал[аи]?)\b.{0,25}\b(лс|личк\w+|"
    r"личн\w+|сообщени\w+|директ)\b"
)
_WAITS = re.compile(r"\b(жду|ждем|подожду|буду ждать|будем ждать)\b")
_ME_TOO = re.compile(
    r"(^\+\s*1?\W*$|^\+1|\b(тоже|также|аналогично|та же (проблема|история|беда|фигня)|то же самое|такая же|"
    r"такое же|поддерживаю|согласен|согласна|присоединяюсь|и у (меня|нас)|не вы (один|одна|одни)|"
    r"плюсую|плюсую)\b)"
)
#: what only the company can do or say, whoever else is named in the comment
_ONLY_COMPANY = re.compile(
    r"\b(верните|вернете|исправьте|почините|разберитесь|примите меры|отмените|разблокируйте|"
    r"зачислите|доставьте|"
    r"ответьте (и )?(мне|нам|пожалуйста|на)|отвечайте|перезвоните|уважаем(ая|ый|ые) (компания|"
    r"администрация|банк|магазин|сотрудники|поддержка)|"
    r"ваш(а|е|и|его|ей|их|ему|им|у)? (банк\w*|приложени\w*|сервис\w*|магазин\w*|курьер\w*|"
    r"поддержк\w*|служб\w*|компани\w*|сайт\w*|оператор\w*|сотрудник\w*|отделени\w*|доставк\w*))\b"
)
_REQUEST = re.compile(
    r"\b(ответьте|ответите|отвечайте|перезвоните|свяжитесь|помогите|подскажите|объясните|поясните|верните|"
    r"исправьте|почините|разберитесь|примите меры|напишите (мне|нам)|проверьте|уточните|скажите|"
    r"сделайте что)\b"
)
_TO_PEOPLE = re.compile(
    r"\b(ты|тебе|тебя|твой|твоя|твое|твои|тобой|согласен|согласна|ребят(а|ы)?|девочки|девчонки|"
    r"девушки|мальчики|люди|народ|"
    r"кто[- ]нибудь|у кого|кто знает|кому|друзья|не переживайте|ничего не говорите|не слушайте)\b"
)
_QUESTION = re.compile(
    r"^(а )?(где|куда|откуда|когда|сколько|почему|зачем|чем|в чем|как(ой|ая|ое|ие|им)?(?! (же|бы|"
    r"хорошо|здорово|круто))|"
    r"можно( ли)?|будет ли|есть ли|что делать|работает ли|что за)\b"
)
_LONGEST_QUESTION = 12
#: "Нашла" ends a matter in a few words; in a story it is only part of it.
_SHORT = 8
_ADMITS_NOBODY = re.compile(r"\b(никто|не отвеча\w+|тишина|молчат|молчите|игнор\w*)\b")


def normal(text: str) -> str:
    """Lower case, ё as е, runs of blanks as one."""
    return " ".join(text.lower().replace("ё", "е").split())


def words(text: str) -> list[str]:
    return _WORD.findall(normal(text))


def is_wordless(text: str) -> bool:
    """No letter and no digit: nothing, an emoji, punctuation."""
    return not any(character.isalnum() for character in text)


def named_first(text: str) -> str | None:
    """The name a comment begins with ("Анна, а у вас?"), in lower case; None for a greeting or no name."""
    found = _VOCATIVE.match(text)
    if not found or _INTERJECTION.match(normal(found[1])):
        return None
    return normal(found[1])


def starts_with_name(text: str, name: str) -> bool:
    """Whether the text begins by calling `name`, as networks write a mention: in full, or its first word
    and a comma."""
    said, name = normal(text).lstrip("@"), normal(name)
    if not name:
        return False
    first = name.split()[0]
    return bool(
        re.match(rf"{re.escape(name)}(?![\w-])" if " " in name else rf"{re.escape(name)}\s*([,:!.]|$)", said)
        or re.match(rf"{re.escape(first)}\s*[,:!]", said)
    )


def calls(text: str, names: Iterable[str]) -> bool:
    """Whether a sentence of the text begins by calling one of `names`, or mentions it with @."""
    said = normal(text)
    return any(
        re.search(rf"(^|[.!?…]\s+|@){re.escape(normal(name))}\s*[,!?]", said)
        or said.startswith(f"@{normal(name)}")
        for name in names
        if name.strip()
    )


def first_word(text: str) -> str:
    """The first word in lower case, without an @."""
    found = re.match(r"\s*@?([\w-]+)", text.lower().replace("ё", "е"))
    return found[1] if found else ""


def without_name(text: str, name: str) -> str:
    """The text without the mention of `name`, full or by its first word, that it begins with."""
    for part in (name, name.split()[0]):
        if found := re.match(rf"\s*@?{re.escape(part)}(\s*[,:!.]+\s*|\s+|$)", text, re.IGNORECASE):
            return text[found.end() :]
    return text


def is_greeting(text: str) -> bool:
    """A greeting and little else: somebody begins to talk and waits for us to answer."""
    said = normal(text)
    return bool(_GREETING.match(said) or _CALLS.match(said)) and len(words(text)) <= 7


def is_request(text: str) -> bool:
    """Asks somebody to do or say something, politely in the plural."""
    return bool(_REQUEST.search(normal(text)))


def is_question(text: str) -> bool:
    """A short text that begins as questions do, with or without the mark."""
    return bool(_QUESTION.match(normal(text))) and len(words(text)) <= _LONGEST_QUESTION


def asks_company(text: str) -> bool:
    """Speaks to the company even where another customer is named."""
    return bool(_ONLY_COMPANY.search(normal(text)))


def talks_to_people(text: str) -> bool:
    """Speaks to other customers, not to the company."""
    return bool(_TO_PEOPLE.search(normal(text)))


def joins_in(text: str) -> bool:
    """ "Me too": adds a voice to what another customer said."""
    return bool(_ME_TOO.search(normal(text)))


def is_thanks(text: str) -> bool:
    """Thanks that end a matter: no "but", no new question, no irony we know of."""
    said = normal(text)
    return bool(_THANKS.search(said)) and not _NOT_THANKS.search(said) and "?" not in said


def is_solved(text: str) -> bool:
    """The customer says that the matter is over."""
    said = normal(text)
    return (
        bool(_SOLVED.search(said))
        and not _NOT_SOLVED.search(said)
        and "?" not in said
        and len(words(text)) <= _SHORT
    )


def is_acknowledgement(text: str) -> bool:
    """ "Ок, жду": heard, nothing new asked."""
    said = normal(text)
    return (
        bool(_ACK.match(said)) and "?" not in said and len(words(text)) <= 5 and not _NOT_THANKS.search(said)
    )


def waits_patiently(text: str) -> bool:
    """ "Спасибо, жду": thanks that leave the matter open."""
    return bool(_WAITS.search(normal(text)))


def wrote_privately(text: str) -> bool:
    """ "Написала в лс": the talk goes on where we cannot see it; not a complaint that it does not."""
    said = normal(text)
    return bool(_WROTE_PRIVATELY.search(said)) and not _ADMITS_NOBODY.search(said) and "?" not in said


def are_alike(one: str, other: str) -> bool:
    """Whether two texts say nearly the same in the same words."""
    a, b = set(words(one)), set(words(other))
    return bool(a) and len(a & b) >= 0.6 * len(a | b)
