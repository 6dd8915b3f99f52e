"""What the company decided: calendar, deadlines, who hears. The frozen form of `otklik.toml`."""

from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from typing import Literal

Appeals = Literal["complaint", "question", "praise", "suggestion"]


@dataclass(frozen=True, slots=True)
class Hours:
    """Working time of one day: open intervals in order, e.g. 9:00-13:00 and 14:00-18:00."""

    intervals: tuple[tuple[time, time], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When the team works. `weekdays` has seven entries, Monday first; `special` overrides single dates.

    Dates are ISO strings. `production` takes the holidays and moved working days of Russia.
    """

    name: str = "default"
    zone: str = "Europe/Moscow"
    weekdays: tuple[Hours, ...] = (Hours(((time(9), time(18)),)),) * 5 + (Hours(),) * 2
    production: bool = True
    special: tuple[tuple[str, Hours], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Targets in working time. `history_after`: what was older than this when a source was first read
    is history: it comes as one digest, not as a ping each."""

    warn_after: timedelta = timedelta(minutes=30)
    answer_within: timedelta = timedelta(minutes=60)
    #: working time in which more must follow a holding answer that names no time
    promise_within: timedelta = timedelta(hours=9)
    #: a conversation with no word for so long is over
    silent_after: timedelta = timedelta(days=30)
    history_after: timedelta = timedelta(days=1)
    remind_after: timedelta = timedelta(days=1)
    #: new messages a channel gets in an hour before the rest goes into a digest
    pings_an_hour: int = 20
    #: appeals that start a first-answer clock
    appeals: tuple[Appeals, ...] = ("complaint", "question")
    #: appeals whose missing answer wakes a manager; a question unanswered is shown in the queue
    alert_on: tuple[Appeals, ...] = ("complaint", "question")
    #: words of the trade that a customer cannot read
    jargon: tuple[str, ...] = ()


class ChannelKind(StrEnum):
    SLACK = "slack"
    CONSOLE = "console"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Where messages go. `target` is the kind's own address (a Slack channel id or name)."""

    name: str
    kind: ChannelKind
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Everything the rules need to know about the company, as applied: the input of every decision."""

    version: int
    brand: str
    policy: Policy = Policy()
    calendars: tuple[Calendar, ...] = (Calendar(),)
    channels: tuple[Channel, ...] = ()
    #: source name -> calendar name, where it differs from the first calendar
    source_calendars: dict[str, str] = field(default_factory=dict)
    #: source name -> channel names that hear of it; a source not named is heard by all
    source_channels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    #: owner -> channel name
    owners: dict[str, str] = field(default_factory=dict)
