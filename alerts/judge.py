"""How bad it is with one conversation now, why it is over, and when to look again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from db.alerts import Candidate
from domain.alerts import Level
from domain.deadlines import Clocks, ClockState, Facts, deadlines
from domain.moves import State, Why
from domain.policy import Calendar, Company

#: How long past the deadline a look at the source may still be on its way before people hear "not checked".
GRACE = timedelta(minutes=15)

_LEVELS = {ClockState.WARNING: Level.WARNING, ClockState.BREACH: Level.BREACH}
#: Why a conversation ended -> why its alert did, where the state alone does not tell.
_ENDS = {
    Why.WITHDRAWN: "gone",
    Why.NO_LONGER: "not_complaint",
    Why.ANSWERED: "answered",
    Why.ANSWER_REPORTED: "answered",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """`level` None: nothing to say (yet). `next_look` None: not before the conversation changes."""

    level: Level | None
    due_at: datetime | None = None
    next_look: datetime | None = None
    #: which clock ran out: an answer's or a promise's
    clock: str | None = None


def calendar_of(company: Company, source_name: str | None) -> Calendar:
    """The working calendar of a source; the company's first one where nothing else is said."""
    wanted = company.source_calendars.get(source_name or "")
    return next((c for c in company.calendars if c.name == wanted), company.calendars[0])


def began(talk: Candidate) -> datetime:
    """When the present wait began: as the source dates it, else when we saw it."""
    return talk.waiting_since or talk.waiting_seen_at


def is_history(talk: Candidate, company: Company) -> bool:
    """Whether it waited already when the source was new here (an import always does): told in a digest."""
    if talk.source_kind.split(".")[0] == "import":
        return True
    return began(talk) < talk.source_added_at - company.policy.history_after


def wants_answer(talk: Candidate, company: Company) -> bool:
    """Whether it waits for us and is of a kind that wakes somebody. A bare greeting is a question to come."""
    woken_by = company.policy.alert_on
    is_wanted = talk.appeal in woken_by or (talk.appeal == "none" and "question" in woken_by)
    return is_wanted and talk.state in (State.WAITING_US, State.PROMISED)


def judge(talk: Candidate, company: Company, now: datetime) -> Judgement:
    """Compare the wait with the policy. A breach needs a look at the source later than the deadline."""
    if not wants_answer(talk, company):
        return Judgement(None)
    clocks = deadlines(_facts(talk), company.policy, calendar_of(company, talk.source_name), now)
    due_at = clocks.deciding.due_at if clocks.deciding else None
    return Judgement(_level(clocks, now), due_at, clocks.look_at, clocks.kind)


def _level(clocks: Clocks, now: datetime) -> Level | None:
    if clocks.state is not ClockState.NOT_CHECKED:
        return _LEVELS.get(clocks.state)
    clock = clocks.deciding
    return Level.UNCHECKED if clock and now > clock.due_at + GRACE else None


def _facts(talk: Candidate) -> Facts:
    return Facts(
        state=State(talk.state),
        appeal=talk.appeal,
        waiting_since=talk.waiting_since,
        waiting_seen_at=talk.waiting_seen_at,
        promised_until=talk.promised_until,
        is_answered=talk.first_answer_at is not None,
        checked_at=talk.checked_at,
    )


def why_over(talk: Candidate, waited_since: datetime | None) -> tuple[str, str | None]:
    """Why that wait is over, as `alert.resolved_because` words it, and by whom if a person ended it."""
    if talk.state == State.CLOSED and talk.closed_by:
        return talk.closed_because or "closed", talk.closed_by
    if talk.last_because in _ENDS and talk.last_because is not None:
        return _ENDS[Why(talk.last_because)], None
    if talk.state in (State.PROMISED, State.PRIVATE):
        return talk.state, None
    is_answered = talk.answered_at and (waited_since is None or talk.answered_at >= waited_since)
    return ("answered" if is_answered or talk.state == State.WAITING_CUSTOMER else "closed"), None


def is_another_wait(talk: Candidate, waited_since: datetime | None) -> bool:
    """Whether what was told of was answered, and what waits now came after that answer."""
    if waited_since is None or talk.answered_at is None or began(talk) <= waited_since:
        return False
    return waited_since <= talk.answered_at <= began(talk)
