"""When a channel hears of an alert again, and which moves an alert can make."""

from datetime import timedelta

import pytest

from domain.alerts import MOVES, Level, Reason, Snapshot, State, as_told, move, reason_to_notify
from domain.errors import NotAllowed
from tests.conftest import NOON

DAY = timedelta(days=1)


def snapshot(*, hours: float = 0, **changes: object) -> Snapshot:
    usual: dict[str, object] = {"state": State.OPEN, "level": Level.WARNING}
    return Snapshot(at=NOON + timedelta(hours=hours), **(usual | changes))  # type: ignore[arg-type]


def digest(
    size: int, *, hours: float = 0, called_with: int | None = None, waiting: int | None = None
) -> Snapshot:
    left = size if waiting is None else waiting
    return snapshot(hours=hours, size=size, waiting=left, called_with=called_with or size)


TAKEN = {"state": State.TAKEN, "taken_by": "Анна"}
SNOOZED = {"state": State.SNOOZED, "snoozed_until": NOON + DAY}
RESOLVED = {"state": State.RESOLVED}


@pytest.mark.parametrize(
    ("told", "now", "reason"),
    [
        pytest.param(None, snapshot(), Reason.FIRST, id="a new complaint is told at once"),
        pytest.param(
            None, snapshot(**TAKEN), Reason.FIRST, id="one taken before it was told is told as taken"
        ),
        pytest.param(None, snapshot(**RESOLVED), None, id="one answered before it was told is no news"),
        pytest.param(None, snapshot(**SNOOZED), None, id="one put off before it was told waits"),
        pytest.param(snapshot(), snapshot(hours=1), None, id="nothing new is nothing to say"),
        pytest.param(
            snapshot(), snapshot(hours=1, level=Level.BREACH), Reason.WORSE, id="a deadline missed is told"
        ),
        pytest.param(
            snapshot(level=Level.UNCHECKED),
            snapshot(level=Level.BREACH),
            Reason.WORSE,
            id="not checked, then seen to be unanswered, is told",
        ),
        pytest.param(
            snapshot(level=Level.BREACH),
            snapshot(level=Level.WARNING),
            Reason.CHANGED,
            id="a deadline moved by a new policy only edits the card",
        ),
        pytest.param(
            snapshot(), snapshot(**TAKEN), Reason.CHANGED, id="somebody taking it only edits the card"
        ),
        pytest.param(
            snapshot(), snapshot(**SNOOZED), Reason.CHANGED, id="somebody putting it off only edits the card"
        ),
        pytest.param(
            snapshot(**SNOOZED),
            snapshot(hours=20, **SNOOZED),
            None,
            id="put off means quiet, even about deadlines",
        ),
        pytest.param(
            snapshot(**SNOOZED), snapshot(hours=30, **SNOOZED), None, id="no reminders while it is put off"
        ),
        pytest.param(
            snapshot(**SNOOZED), snapshot(hours=24), Reason.REMINDER, id="back from being put off it calls"
        ),
        pytest.param(snapshot(), snapshot(hours=23), None, id="no reminder before a day has passed"),
        pytest.param(
            snapshot(), snapshot(hours=24), Reason.REMINDER, id="a day of silence brings a reminder"
        ),
        pytest.param(
            snapshot(**TAKEN),
            snapshot(hours=24, **TAKEN),
            Reason.REMINDER,
            id="also when somebody had taken it",
        ),
        pytest.param(snapshot(), snapshot(hours=1, **RESOLVED), Reason.RESOLVED, id="the end is told"),
        pytest.param(
            snapshot(**SNOOZED),
            snapshot(**RESOLVED),
            Reason.RESOLVED,
            id="the end is told of what was put off, too",
        ),
        pytest.param(snapshot(**RESOLVED), snapshot(**RESOLVED), None, id="the end is told once"),
        pytest.param(
            digest(10), digest(19), Reason.CHANGED, id="a digest that grows a little edits its card"
        ),
        pytest.param(digest(10), digest(20), Reason.GREW, id="a digest that doubled calls"),
        pytest.param(
            digest(19, called_with=10),
            digest(20),
            Reason.GREW,
            id="growth in small steps adds up to a doubling",
        ),
        pytest.param(digest(10), digest(10, waiting=4), Reason.CHANGED, id="answers seen move the counts"),
    ],
)
def test_a_channel_hears_what_is_news(told: Snapshot | None, now: Snapshot, reason: Reason | None) -> None:
    assert reason_to_notify(now, told, remind_after=DAY) is reason


def test_what_is_told_once_is_never_repeated() -> None:
    assert reason_to_notify(snapshot(hours=1000), snapshot(), remind_after=None) is None


def test_a_quiet_edit_does_not_put_off_the_reminder() -> None:
    told = as_told(snapshot(hours=20, **TAKEN), snapshot(), Reason.CHANGED)
    assert reason_to_notify(snapshot(hours=24, **TAKEN), told, remind_after=DAY) is Reason.REMINDER


def test_after_saying_it_there_is_nothing_left_to_say() -> None:
    for now in (
        snapshot(),
        snapshot(**TAKEN),
        snapshot(level=Level.BREACH),
        digest(20),
        snapshot(**RESOLVED),
    ):
        for told in (None, snapshot(), digest(10)):
            reason = reason_to_notify(now, told, remind_after=DAY)
            if reason:
                assert reason_to_notify(now, as_told(now, told, reason), remind_after=DAY) is None


def test_a_snapshot_survives_being_stored() -> None:
    for now in (snapshot(), snapshot(**SNOOZED), digest(7)):
        assert Snapshot.from_json(now.to_json()) == now


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("to", State)
def test_an_alert_moves_only_as_the_table_says(state: State, to: State) -> None:
    if to in MOVES[state]:
        assert move(state, to, by="Анна", because="taken", at=NOON).after is to
    else:
        with pytest.raises(NotAllowed):
            move(state, to, by="Анна", because="taken", at=NOON)


def test_nothing_comes_back_from_the_end() -> None:
    assert MOVES[State.RESOLVED] == frozenset()
