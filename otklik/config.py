"""`otklik.toml`: what is watched, what was promised, who hears. Errors name the line and the remedy."""

import re
import tomllib
from datetime import date, time, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from domain.errors import BadConfig
from domain.policy import Appeals, Calendar, Channel, ChannelKind, Hours, Policy
from otklik.source_sections import KINDS, SiteSection, SourceBase, SourceSection

_DAYS = ("пн", "вт", "ср", "чт", "пт", "сб", "вс")


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BrandSection(Section):
    name: Annotated[str, Field(min_length=1)]
    #: e-mail or address of a page: whom a site may write to about our visits
    contact: Annotated[str, Field(max_length=200)] | None = None

    @field_validator("contact")
    @classmethod
    def _can_be_reached(cls, contact: str | None) -> str | None:
        # It stands in a header of HTTP, where only visible ASCII may.
        if contact is not None and not re.fullmatch(
            r"[!-'*-~]+@[!-'*-~]+\.[!-'*-~]+|https?://[!-'*-~]+", contact
        ):
            raise ValueError(f"«{contact}»: нужна почта или адрес страницы, например «pr@example.org»")
        return contact


class CalendarSection(Section):
    name: str = "основной"
    zone: str = "Europe/Moscow"
    #: weekdays as "пн-пт" or "сб" -> intervals as ["9:00-13:00", "14:00-18:00"]
    hours: dict[str, list[str]] = {"пн-пт": ["9:00-18:00"]}
    holidays: bool = True
    #: single dates as "2026-12-31" -> intervals; [] closes the day
    special: dict[str, list[str]] = {}

    @field_validator("zone")
    @classmethod
    def _zone_is_known(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"нет такой зоны; пишите как «Europe/Moscow», а не «{zone}»") from error
        return zone

    @field_validator("hours")
    @classmethod
    def _days_are_known(cls, hours: dict[str, list[str]]) -> dict[str, list[str]]:
        for days, intervals in hours.items():
            _weekdays(days)
            _hours(intervals)
        return hours

    @field_validator("special")
    @classmethod
    def _dates_are_dates(cls, special: dict[str, list[str]]) -> dict[str, list[str]]:
        for day, intervals in special.items():
            try:
                date.fromisoformat(day)
            except ValueError as error:
                raise ValueError(f"«{day}» не дата; пишите как «2026-12-31»") from error
            _hours(intervals)
        return special

    def frozen(self) -> Calendar:
        week = [Hours()] * 7
        for days, intervals in self.hours.items():
            for day in _weekdays(days):
                week[day] = _hours(intervals)
        special = tuple((day, _hours(intervals)) for day, intervals in sorted(self.special.items()))
        return Calendar(
            name=self.name, zone=self.zone, weekdays=tuple(week), production=self.holidays, special=special
        )


class PolicySection(Section):
    """Minutes are working minutes; days are calendar days."""

    warn_after_minutes: Annotated[int, Field(gt=0)] = 30
    answer_within_minutes: Annotated[int, Field(gt=0)] = 60
    #: for a promise that names no time
    promise_within_minutes: Annotated[int, Field(gt=0)] = 540
    silent_after_days: Annotated[int, Field(gt=0)] = 30
    history_after_hours: Annotated[int, Field(gt=0)] = 24
    remind_after_hours: Annotated[int, Field(gt=0)] = 24
    pings_an_hour: Annotated[int, Field(gt=0)] = 20
    alert_on: tuple[Appeals, ...] = ("complaint", "question")
    #: words of the house that a customer cannot read
    jargon: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _warning_comes_first(self) -> "PolicySection":
        if self.warn_after_minutes >= self.answer_within_minutes:
            raise ValueError("warn_after_minutes должно быть меньше answer_within_minutes")
        return self

    def frozen(self) -> Policy:
        return Policy(
            warn_after=timedelta(minutes=self.warn_after_minutes),
            answer_within=timedelta(minutes=self.answer_within_minutes),
            promise_within=timedelta(minutes=self.promise_within_minutes),
            silent_after=timedelta(days=self.silent_after_days),
            history_after=timedelta(hours=self.history_after_hours),
            remind_after=timedelta(hours=self.remind_after_hours),
            pings_an_hour=self.pings_an_hour,
            alert_on=self.alert_on,
            jargon=self.jargon,
        )


class ChannelSection(Section):
    name: Annotated[str, Field(min_length=1)]
    kind: ChannelKind = ChannelKind.SLACK
    target: str = ""

    @model_validator(mode="after")
    def _slack_needs_an_address(self) -> "ChannelSection":
        if self.kind is ChannelKind.SLACK and not self.target:
            raise ValueError("каналу Slack нужен target: его id, например «C0123456789», или «#otklik»")
        return self

    def frozen(self) -> Channel:
        return Channel(name=self.name, kind=self.kind, target=self.target)


class OwnerSection(Section):
    name: Annotated[str, Field(min_length=1)]
    channel: str


class Config(Section):
    brand: BrandSection
    policy: PolicySection = PolicySection()
    calendar: list[CalendarSection] = [CalendarSection()]
    channel: list[ChannelSection] = []
    source: list[SourceSection] = []
    owner: list[OwnerSection] = []

    @model_validator(mode="after")
    def _names_fit(self) -> "Config":
        channels = _unique("channel", [c.name for c in self.channel])
        calendars = _unique("calendar", [c.name for c in self.calendar])
        _unique("source", [s.name for s in self.source])
        _unique("owner", [o.name for o in self.owner])
        for n, source in enumerate(self.source):
            for name in source.channels or []:
                _known(name, channels, ("source", n, "channels"), "[[channel]]")
            if source.calendar:
                _known(source.calendar, calendars, ("source", n, "calendar"), "[[calendar]]")
            if isinstance(source, SiteSection) and not self.brand.contact:
                says = f'источник «{source.name}» читает сайт: назовитесь ему; допишите contact = "почта"'
                raise _misfit(("brand", "contact"), says)
        for n, owner in enumerate(self.owner):
            _known(owner.channel, channels, ("owner", n, "channel"), "[[channel]]")
        return self

    def settings_of(self, source: SourceBase) -> dict[str, Any]:
        """What a crawl needs to know, as stored in source.settings: sites are told who asks, too."""
        if not isinstance(source, SiteSection):
            return source.settings
        return source.settings | {"contact": self.brand.contact, "brand": self.brand.name}


def load(path: Path) -> Config:
    """Read and check the file. Raises BadConfig: `file:line: what is wrong; what to write instead`."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise BadConfig(f"{path}: не читается ({error.strerror}); создайте его: otklik init") from error
    except UnicodeDecodeError as error:
        raise BadConfig(f"{path}: файл не в кодировке UTF-8; сохраните его в UTF-8") from error
    try:
        return Config.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = found[1] if found else str(text.count("\n") + 1)
        raise BadConfig(f"{path}:{line}: это не TOML ({error}); строки пишут в кавычках") from error
    except ValidationError as error:
        raise BadConfig("\n".join(_explain(path, text, dict(e)) for e in error.errors())) from error


def _explain(path: Path, text: str, error: dict[str, Any]) -> str:
    place = error.get("ctx", {}).get("place") or _without_kind(list(error["loc"]), error["type"])
    line = line_of(text, place)
    where = ".".join(str(p + 1) if isinstance(p, int) else str(p) for p in place)
    return f"{path}:{line}: {where + ': ' if where else ''}{_in_russian(error)}"


def _without_kind(place: list[str | int], error: str) -> list[str | int]:
    """pydantic names the kind of a source inside the path to its fields; the file has no such step."""
    if error.startswith("union_tag"):
        return [*place, "kind"]
    return place[:2] + place[3:] if place[:1] == ["source"] and place[2:3] and place[2] in KINDS else place


def _in_russian(error: dict[str, Any]) -> str:
    kind, context = error["type"], error.get("ctx", {})
    match kind:
        case "missing" | "union_tag_not_found":
            return "не хватает этого поля; допишите его"
        case "extra_forbidden":
            return "такого поля нет; уберите его или исправьте опечатку (все поля: otklik init --print)"
        case "value_error":
            return str(context["error"])
        case "misfit":
            return str(context["says"])
        case "literal_error" | "enum":
            return f"здесь может стоять {context['expected']}, а не {error['input']!r}"
        case "union_tag_invalid":
            return f"здесь может стоять {context['expected_tags']}, а не {context['tag']!r}"
        case "string_pattern_mismatch":
            return f"так не пишут: {error['input']!r}; образец: {context['pattern']}"
        case "greater_than" | "greater_than_equal":
            return f"число должно быть больше {context.get('gt', context.get('ge'))}, а не {error['input']!r}"
        case "string_type" | "int_type" | "bool_type" | "list_type" | "dict_type" | "int_parsing":
            wanted = {"string": "строка в кавычках", "int": "целое число", "bool": "true или false"}
            return f"здесь нужно: {wanted.get(kind.split('_')[0], kind)}, а не {error['input']!r}"
        case _:
            return f"{error['msg']} (написано: {error['input']!r})"


def line_of(text: str, place: list[str | int]) -> int:
    """Line of the field at `place` (pydantic's loc), or of the table it is missing from; 1-based."""
    if not place:
        return 1
    table, number = str(place[0]), place[1] if len(place) > 1 and isinstance(place[1], int) else 0
    header = re.compile(rf"^\s*\[\[?\s*{re.escape(table)}\s*[\].]")
    lines = text.splitlines()
    starts = [n for n, line in enumerate(lines, 1) if header.match(line)]
    # Of a list of tables each begins with [[name]]; [name.more] is a part of the one above.
    starts = [n for n in starts if re.match(r"^\s*\[\[", lines[n - 1])] or starts
    start = starts[min(number, len(starts) - 1)] if starts else 1
    for key in reversed([p for p in place[1:] if isinstance(p, str)]):
        field = re.compile(rf"^\s*[\"']?{re.escape(key)}[\"']?\s*=|^\s*\[.*[.\"]{re.escape(key)}\"?\s*\]")
        for n in range(start, len(lines) + 1):
            if n > start and re.match(r"^\s*\[\[", lines[n - 1]):
                break
            if field.match(lines[n - 1]):
                return n
    return start


def _misfit(place: tuple[str | int, ...], says: str) -> PydanticCustomError:
    """An error between tables: pydantic knows only the whole, we know the place."""
    return PydanticCustomError("misfit", "{says}", {"says": says, "place": list(place)})


def _unique(table: str, names: list[str]) -> set[str]:
    for n, name in enumerate(names):
        if name in names[:n]:
            raise _misfit((table, n, "name"), f"имя «{name}» уже есть выше; назовите иначе")
    return set(names)


def _known(name: str, names: set[str], place: tuple[str | int, ...], table: str) -> None:
    if name not in names:
        listed = ", ".join(f"«{n}»" for n in sorted(names)) or "пока ничего нет"
        raise _misfit(place, f"нет такого имени «{name}»; в {table} есть: {listed}")


def _weekdays(days: str) -> range:
    first, _, last = days.partition("-")
    if first not in _DAYS or (last or first) not in _DAYS:
        raise ValueError(f"«{days}» не дни недели; пишите «пн-пт», «сб» или «сб-вс»")
    return range(_DAYS.index(first), _DAYS.index(last or first) + 1)


def _hours(intervals: list[str]) -> Hours:
    return Hours(tuple(_interval(interval) for interval in intervals))


def _interval(interval: str) -> tuple[time, time]:
    found = re.fullmatch(r"(\d{1,2}):(\d\d)\s*[-–—]\s*(\d{1,2}):(\d\d)", interval.strip())
    if not found:
        raise ValueError(f"«{interval}» не часы работы; пишите «9:00-18:00»")
    hours = [int(part) for part in found.groups()]
    try:
        # 24:00 is the midnight that ends the day.
        return time(hours[0], hours[1]), time(0) if hours[2:] == [24, 0] else time(hours[2], hours[3])
    except ValueError as error:
        raise ValueError(f"«{interval}»: нет такого времени; часы от 0 до 24, минуты до 59") from error
