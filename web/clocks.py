"""A conversation's clocks as a page shows them: the exact rule, and why "no answer" may not be known."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from alerts.judge import calendar_of
from domain.deadlines import Clocks, ClockState, Facts, deadlines
from domain.excerpts import at_moment
from domain.moves import State
from domain.policy import Company
from domain.russian import span, working_span
from web.render import Frame
from web.words import CLOCKS


class Waiting(Protocol):
    """What the clocks need of a row."""

    @property
    def source_name(self) -> str: ...
    @property
    def source_kind(self) -> str: ...
    @property
    def needs_person(self) -> str | None: ...
    @property
    def appeal(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def waiting_since(self) -> datetime | None: ...
    @property
    def waiting_seen_at(self) -> datetime: ...
    @property
    def first_answer_at(self) -> datetime | None: ...
    @property
    def promised_until(self) -> datetime | None: ...
    @property
    def checked_at(self) -> datetime | None: ...
    @property
    def is_checkable(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """One clock: since when, how long by the wall and in working time, and when it runs out."""

    since: datetime
    waited: str
    worked: str
    due_at: datetime
    #: nights and days off lie in between: working time says something of its own
    is_by_calendar: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockView:
    """`public` runs from publication (None without a date), `team` from the moment we saw it."""

    state: str
    kind: str | None
    public: Reading | None
    team: Reading | None
    checked_at: datetime | None
    #: where it is not checked: why, in words
    why: str

    @property
    def deciding(self) -> Reading | None:
        return self.public or self.team

    @property
    def label(self) -> str:
        return CLOCKS[self.state]

    def is_past(self, now: datetime) -> bool:
        """The deadline is over, whether or not anybody could look since."""
        return self.deciding is not None and self.deciding.due_at < now

    @property
    def saw_later(self) -> bool:
        """Seen noticeably after its publication: then the team's clock says something of its own."""
        return bool(self.public and self.team and self.team.since - self.public.since >= timedelta(minutes=1))


def clock_of(row: Waiting, company: Company, frame: Frame) -> ClockView:
    """Raises BadConfig for a calendar that never opens."""
    checked_at = row.checked_at if row.is_checkable else None
    facts = Facts(
        state=State(row.state),
        appeal=row.appeal,
        waiting_since=row.waiting_since,
        waiting_seen_at=row.waiting_seen_at,
        promised_until=row.promised_until,
        is_answered=row.first_answer_at is not None,
        checked_at=checked_at,
    )
    # Nobody knows whether a wait that was never checked goes on: its clock is read as it stood at its start,
    # and years of working time that no page shows need not be added up.
    now = frame.now if checked_at else min(frame.now, row.waiting_since or row.waiting_seen_at)
    clocks = deadlines(facts, company.policy, calendar_of(company, row.source_name), now)
    return ClockView(
        state=clocks.state,
        kind=clocks.kind,
        public=_reading(clocks, "public", frame.now),
        team=_reading(clocks, "team", frame.now),
        checked_at=checked_at,
        why=_why(row, checked_at, frame) if clocks.state is ClockState.NOT_CHECKED else "",
    )


def _reading(clocks: Clocks, name: str, now: datetime) -> Reading | None:
    clock = clocks.public if name == "public" else clocks.team
    if clock is None:
        return None
    waited = max(now - clock.started_at, timedelta(0))
    is_by_calendar = waited - clock.waited >= timedelta(minutes=1)
    worked = working_span(clock.waited)
    return Reading(clock.started_at, span(waited), worked, clock.due_at, is_by_calendar)


def _why(row: Waiting, checked_at: datetime | None, frame: Frame) -> str:
    """Why nobody can say that there is no answer."""
    if row.source_kind.partition(".")[0] == "import":
        return "загружено из файла, ответов в нём не видно"
    if not row.is_checkable:
        return "источник не сообщает, есть ли ответ"
    if checked_at is None:
        return row.needs_person or "источник ещё не показал всех ответов"
    looked = f"последняя проверка {at_moment(checked_at, frame.now, frame.zone)}, до конца срока"
    return f"{looked}. {row.needs_person}" if row.needs_person else looked
