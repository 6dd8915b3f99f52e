"""Short pieces of people's texts for messages and lists: what it is about, a quote, a moment in words."""

import re
from datetime import datetime, tzinfo

from razdel import sentenize

#: Openings that say nothing yet; what follows them is the matter itself.
_GREETING = re.compile(
    r"^(?:(?:всем\s+)?(?:здравствуйте|здраствуйте|привет(?:ствую)?|добр(?:ый|ое|ого)\s+(?:день|вечер|утро|дня|вечера|"
    r"времени\s+суток)|доброго\s+времени\s+суток|уважаем\w+\s+\w+(?:\s+\w+)?|коллеги|господа|день\s+добрый)"
    r"[\s,!.…)(:]*)+",
    re.IGNORECASE,
)
#: Unseen and reordering characters: they could hide or turn round what stands beside them.
_UNSEEN = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
_MONTHS = (
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
)


def readable(text: str) -> str:
    """The text without characters nobody sees (controls, zero-width, direction marks, lone surrogates)."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n"))


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, cut between words where there are any, with an ellipsis."""
    text = text.strip()
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    space = -1 if text[limit - 1].isspace() else head.rfind(" ")
    return head[: space if space > limit // 2 else limit - 1].rstrip(" ,;:-") + "…"


def essence(text: str, limit: int = 160) -> str:
    """What a text is about in one line: its first sentence that says something, without the greeting."""
    bare = _GREETING.sub("", readable(text[:4000]).strip()).strip() or readable(text[:4000]).strip()
    # razdel knows that «26 мая 2024 г.» and «ул. Лесная» end no sentence.
    sentences = [part.text for line in bare.splitlines() for part in sentenize(line)]
    telling = next((s for s in sentences if len(s.split()) >= 4), sentences[0] if sentences else "")
    return cut(" ".join(telling.split()), limit)


def quote(text: str, limit: int = 500) -> str:
    """The beginning of a text as it was written, empty lines folded."""
    return cut(re.sub(r"\n\s*\n+", "\n", readable(text[: limit * 4])), limit)


def moment(at: datetime, now: datetime, zone: tzinfo) -> str:
    """A time of day, with the date unless it is today: "10:05", "1 марта 10:05", "1 марта 2024 10:05"."""
    return _joined(at, now, zone, " ")


def at_moment(at: datetime, now: datetime, zone: tzinfo) -> str:
    """The same after "когда": "в 10:05", "1 марта в 10:05"."""
    text = _joined(at, now, zone, " в ")
    return text if " в " in text else f"в {text}"


def date_in_words(at: datetime, now: datetime, zone: tzinfo) -> str:
    """A date, with its year unless it is this one: "1 марта", "1 марта 2024"."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    year = f" {local.year}" if local.year != today.year else ""
    return f"{local.day} {_MONTHS[local.month - 1]}{year}"


def _joined(at: datetime, now: datetime, zone: tzinfo, glue: str) -> str:
    local = at.astimezone(zone)
    if local.date() == now.astimezone(zone).date():
        return f"{local:%H:%M}"
    return f"{date_in_words(at, now, zone)}{glue}{local:%H:%M}"


def number(n: int) -> str:
    """3174 as people read it: "3 174" with a space that does not break."""
    return f"{n:,}".replace(",", "\u00a0")
