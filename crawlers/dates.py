"""Dates as Russian pages and tables write them. Explicit formats first: they are certain and fast."""

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import dateparser

MOSCOW = ZoneInfo("Europe/Moscow")

_FORMATS = (
    "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y, %H:%M", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y %H:%M", 
    "%d/%m/%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d",
)  # fmt: skip

#: What sites write around a date: «Отзыв от 12 июля 2020», «27 октября, 22:30· Дополнен», «12 мая 2024 г.»
_AROUND = re.compile(r"^\D*?\bот\s+(?=\d)|\s*[·|].*$|\s*(?<=\d)\s*г(ода|\.)?(?=$|[\s,])", re.IGNORECASE)
#: dateparser knows «3 нед. назад», but not «4 г. назад».
_YEARS_AGO = re.compile(r"\b(\d+)\s*(г\.|лет|года?)\s+назад", re.IGNORECASE)


def parse(text: object, *, fetched_at: datetime | None = None, zone: ZoneInfo = MOSCOW) -> datetime | None:
    """The moment, aware, or None when it cannot be told; never a guess.

    A time without an offset is in `zone`. Relative dates («вчера в 15:32») and ones without a year are
    resolved against `fetched_at`, the moment the text was taken; without it they are None. A date without
    a time is the beginning of that day. Raises nothing.
    """
    if isinstance(text, datetime):
        return text if text.tzinfo else text.replace(tzinfo=zone)
    if isinstance(text, date):
        return datetime.combine(text, time(), zone)
    if isinstance(text, int | float) and not isinstance(text, bool):
        return _from_number(float(text))
    if not isinstance(text, str) or not text.strip() or len(text) > 100:
        return None
    text = text.strip()
    return _explicit(text, zone) or _spoken(text, fetched_at, zone)


def _from_number(number: float) -> datetime | None:
    """Unix seconds, or milliseconds; numbers outside 1990-2100 are no moments."""
    seconds = number / 1000 if number > 4_102_444_800 else number
    if not 631_152_000 <= seconds <= 4_102_444_800:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _explicit(text: str, zone: ZoneInfo) -> datetime | None:
    if re.fullmatch(r"\d{9,13}", text):
        return _from_number(float(text))
    found = _iso(text) or next((moment for form in _FORMATS if (moment := _strptime(text, form))), None)
    return found.replace(tzinfo=zone) if found and not found.tzinfo else found


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _strptime(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)  # the zone is added by the caller
    except ValueError:
        return None


def _spoken(text: str, fetched_at: datetime | None, zone: ZoneInfo) -> datetime | None:
    clean = _AROUND.sub("", _YEARS_AGO.sub(r"\1 лет назад", text)).strip()
    if fetched_at is not None and re.fullmatch(r"только что|сейчас", clean, re.IGNORECASE):
        return fetched_at
    has_year = re.search(r"(?<!\d)(19|20)\d\d(?!\d)", clean) is not None
    if fetched_at is None and not has_year:
        return None
    settings = {
        "PREFER_DATES_FROM": "past",
        "DATE_ORDER": "DMY",
        "TIMEZONE": zone.key,
        "RETURN_AS_TIMEZONE_AWARE": True,
        "PREFER_DAY_OF_MONTH": "first",
        "RETURN_TIME_AS_PERIOD": False,
    }
    if fetched_at is not None:
        settings["RELATIVE_BASE"] = fetched_at.astimezone(zone).replace(tzinfo=None)
    found = dateparser.parse(clean, languages=["ru"], settings=settings)
    if found is None:
        return None
    if not re.search(r"\d:\d\d|назад|час|мин", clean):
        found = found.replace(hour=0, minute=0, second=0, microsecond=0)
    return found
