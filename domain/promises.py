"""The time a holding answer names: "ответим до завтра" is a deadline the company set itself."""

import re
from datetime import UTC, date, datetime, time, timedelta

from domain.calendars import add_working_time, end_of_day, hours_of, zone
from domain.policy import Calendar
from domain.speech import normal

#: A promise of more than this is read as none: no answer is held back for longer.
_LONGEST = timedelta(days=120)

_NUMBER = {
    "один": 1, "одного": 1, "одну": 1, "одной": 1, "пару": 2, "пары": 2, "два": 2, "две": 2, "двух": 2,
    "три": 3,
    "трех": 3, "четыре": 4, "четырех": 4, "пять": 5, "пяти": 5, "шесть": 6, "шести": 6, "семь": 7, "семи": 7,
    "восемь": 8, "восьми": 8, "девять": 9, "девяти": 9, "десять": 10, "десяти": 10, "пятнадцати": 15,
    "двадцати": 20, "тридцати": 30, "полтора": 1.5, "полутора": 1.5, "нескольких": 3, "несколько": 3,
}  # fmt: skip
_WEEKDAYS = ("понедельник", "вторник", "сред", "четверг", "пятниц", "суббот", "воскресень")
_MONTHS = (
    "январ", "феврал", "март", "апрел", "ма[йяе]", "июн", "июл", "август", "сентябр", "октябр",
    "ноябр", "декабр",
)  # fmt: skip

_COUNT = r"(?:(\d{1,3})(?:\s*[-–]\s*(\d{1,3})(?:-?х)?|-?(?:х|ти|и)?)|(" + "|".join(_NUMBER) + r"))"
_SPAN = re.compile(
    rf"\b(?:в течение|в течении|через|не позднее чем через|за)\s+(?:{_COUNT}\s*)?(рабоч\w+\s+|"
    rf"календарн\w+\s+)?"
    r"(минут\w*|мин\b|час\w*|ч\b|дн\w+|день|сут\w+|недел\w+|полчаса|получаса)"
)
_CLOCK = re.compile(
    r"\b(?:до|к)\s+([01]?\d|2[0-4])(?:[:.]([0-5]\d))?(?:\s*(час\w*|утра|вечера|дня|мск))?(?!\d|\.\d)"
)
_DATE = re.compile(rf"\b(?:до|к|не позднее)?\s*(\d{{1,2}})\s+({'|'.join(_MONTHS)})\w*")
_DATE_DOTS = re.compile(r"\b(?:до|к|не позднее)\s+(\d{1,2})\.(\d{1,2})(?:\.(\d{2,4}))?\b")
_WEEKDAY = re.compile(rf"\b(?:до|в|во|к)\s+({'|'.join(_WEEKDAYS)})\w*")


def named_time(text: str, said_at: datetime, calendar: Calendar) -> datetime | None:
    """Until when an answer promised at `said_at` is due by its own words; None when they name no time.

    "До завтра", "завтра" and "в течение дня" run until work ends on that day; spans of working days are
    counted in the calendar; of a range ("1-2 дня") the later end counts.
    """
    local = said_at.astimezone(zone(calendar.zone))
    said = normal(text)
    found = _span(said, said_at, calendar) or _day_and_clock(said, local, calendar)
    return found if found and said_at < found <= said_at + _LONGEST else None


def _span(said: str, said_at: datetime, calendar: Calendar) -> datetime | None:
    match = _SPAN.search(said)
    if not match:
        return None
    low, high, word, working, unit = match.groups()
    count = float(high or low or (_NUMBER[word] if word else 1))
    if unit.startswith(("полчаса", "получаса")):
        return said_at + timedelta(minutes=30)
    if unit.startswith("мин"):
        return said_at + timedelta(minutes=count)
    if unit.startswith("ч"):
        return said_at + timedelta(hours=count)
    if working and working.startswith("рабоч"):
        return _after_working_days(said_at, int(count) or 1, calendar)
    if unit.startswith("недел"):
        return said_at + timedelta(weeks=count)
    if unit.startswith("сут"):
        return said_at + timedelta(days=count)
    today = said_at.astimezone(zone(calendar.zone)).date()
    bare = not (low or word)
    return _end(today if bare else today + timedelta(days=count), calendar, said_at)


def _after_working_days(said_at: datetime, days: int, calendar: Calendar) -> datetime:
    """End of the last of so many working days; today is none of them unless it is the only one."""
    day = said_at.astimezone(zone(calendar.zone)).date()
    if days == 1 and hours_of(day, calendar).intervals and end_of_day(day, calendar) > said_at:
        return end_of_day(day, calendar)
    left = days
    while left and day < said_at.date() + _LONGEST:
        day += timedelta(days=1)
        left -= bool(hours_of(day, calendar).intervals)
    return end_of_day(day, calendar)


def _day_and_clock(said: str, local: datetime, calendar: Calendar) -> datetime | None:
    day = _day(said, local)
    clock = _clock(said)
    if clock is None:
        return _end(day, calendar, local) if day else None
    hour, minute = clock
    base = datetime.combine(day or local.date(), time(), local.tzinfo) + timedelta(hours=hour, minutes=minute)
    if day is None and base <= local:
        base += timedelta(days=1)
    return base.astimezone(UTC)


def _clock(said: str) -> tuple[int, int] | None:
    match = _CLOCK.search(said)
    if not match or (match[2] is None and match[3] is None):
        return None  # "до 5" alone may be anything
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3] and match[3].startswith(("вечера", "дня")) and hour < 12:
        hour += 12
    return hour, minute


def _day(said: str, local: datetime) -> date | None:
    today = local.date()
    if "послезавтра" in said:
        return today + timedelta(days=2)
    if re.search(r"\b(до|к)?\s*завтра\w*", said):
        return today + timedelta(days=1)
    if re.search(r"\b(сегодня|до конца( рабочего)? дня|до вечера|к вечеру)\b", said):
        return today
    if re.search(r"\b(до конца( этой)? недели|на этой неделе)\b", said):
        return today + timedelta(days=(4 - today.weekday()) % 7)
    if match := _WEEKDAY.search(said):
        ahead = (_WEEKDAYS.index(match[1]) - today.weekday()) % 7 or 7
        return today + timedelta(days=ahead)
    return _written_date(said, today)


def _written_date(said: str, today: date) -> date | None:
    if match := _DATE.search(said):
        month = next(n for n, stem in enumerate(_MONTHS, 1) if re.fullmatch(stem, match[2]))
        return _next(int(match[1]), month, today)
    if match := _DATE_DOTS.search(said):
        return _next(int(match[1]), int(match[2]), today)
    return None


def _next(day: int, month: int, today: date) -> date | None:
    """That day of this year or, where it is past, of the next."""
    for year in (today.year, today.year + 1):
        try:
            if (found := date(year, month, day)) >= today:
                return found
        except ValueError:
            continue
    return None


def _end(day: date, calendar: Calendar, said_at: datetime) -> datetime:
    """When work ends on that day; where it has already ended (or is not done), midnight."""
    close = end_of_day(day, calendar)
    if close > said_at:
        return close
    return datetime.combine(day + timedelta(days=1), time(), zone(calendar.zone)).astimezone(UTC)


def default_time(said_at: datetime, calendar: Calendar, within: timedelta) -> datetime:
    """Until when a promise without a time is due: so much working time."""
    return add_working_time(said_at, within, calendar)
