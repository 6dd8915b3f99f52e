"""`otklik group`: which lines of a file complain of one problem, one JSON object a line."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, TextIO

from domain.problems.life import Rules
from domain.problems.states import State
from triage.problems.bags import bag
from triage.problems.careful import careful, live
from triage.problems.memory import Memory
from triage.problems.places import add
from triage.problems.space import Space, learn
from triage.problems.titles import title

COMPLETE, INCOMPLETE = 0, 3
#: The space is learned anew whenever the stream has doubled, as the service does.
_FIRST_LEARNED = 64
_RULES = Rules()
#: Lines without a date: grouping asks only for their order.
_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file; `error` says why it cannot be grouped."""

    id: Any
    text: str = ""
    at: datetime = _NO_DATE
    author: str = ""
    error: str = ""


def run(lines: Iterable[str], out: TextIO, *, rules: Rules = _RULES, err: TextIO | None = None) -> int:
    """Write where each line belongs, in order; returns the exit status."""
    read = [_read(line, number) for number, line in enumerate(lines, 1)]
    for body in grouped(read, rules):
        out.write(_dump(body) + "\n")
    wrong = [line for line in read if line.error]
    for line in wrong:
        (err or sys.stderr).write(_dump({"event": "skipped", "where": line.id, "reason": line.error}) + "\n")
    return INCOMPLETE if wrong else COMPLETE


def grouped(lines: Sequence[Line], rules: Rules = _RULES) -> list[dict[str, Any]]:
    """The stream through the product's grouping on an empty store, the careful pass at its end."""
    store, space = Memory(), learn([])
    raised: dict[int, Any] = {}
    for number, line in enumerate(lines):
        if line.error:
            continue
        now = max(line.at, max((c.at for c in store.complaints.values()), default=line.at))
        touched = add(store, space, number, bag(line.text), author=line.author, at=line.at, now=now)
        _note_raised(store, touched, rules, now, raised, line.id)
        if len(store.complaints) >= max(_FIRST_LEARNED, 2 * space.learned_from):
            space = learn([c.bag for c in store.complaints.values()])
    if store.complaints:
        now = max(c.at for c in store.complaints.values())
        space, _ = careful(store, now=now)
        last = [line for line in lines if not line.error][-1]
        _note_raised(store, list(store.states), rules, now, raised, last.id)
    return _shown(store, space, lines, raised)


def _note_raised(
    store: Memory, problems: Sequence[int], rules: Rules, now: datetime, raised: dict[int, Any], line: Any
) -> None:
    for problem, moves in live(store, problems, rules, now=now).items():
        if any(made.after is State.NEW for made in moves):
            raised.setdefault(problem, line)


def _titles(store: Memory, space: Space, lines: Sequence[Line]) -> dict[int, str]:
    found = {}
    for problem, (state, _) in store.states.items():
        if state is not State.GONE:
            members = [c for c in store.complaints.values() if c.problem == problem]
            found[problem] = title(space, [c.bag for c in members], [lines[c.id].text for c in members])
    return found


def _shown(
    store: Memory, space: Space, lines: Sequence[Line], raised: dict[int, Any]
) -> list[dict[str, Any]]:
    titles = _titles(store, space, lines)
    found = []
    for number, line in enumerate(lines):
        placed = store.complaints.get(number)
        problem = placed.problem if placed else None
        body = {
            "id": line.id,
            "problem": problem,
            "also": [p.problem for p in store.mentions.get(number, ()) if p.problem in titles],
            "title": titles.get(problem or 0),
            "raised_at": raised.get(problem or 0),
        }
        found.append({**body, "error": line.error} if line.error else body)
    return found


def _read(line: str, number: int) -> Line:
    try:
        body = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Line(number, error=f"not JSON: {error}")
    if not isinstance(body, dict) or not isinstance(body.get("text"), str):
        return Line(number, error="`text` is missing or no string")
    name = body.get("id", number)
    try:
        at = _moment(body.get("date"))
    except ValueError:
        return Line(name, error="`date` must be an ISO date or moment")
    author = body.get("author")
    return Line(name, body["text"], at, f"line:{number}" if author is None else f"author:{author}")


def _moment(value: Any) -> datetime:
    """A date or a moment; without an offset it is taken as UTC."""
    if value is None:
        return _NO_DATE
    if not isinstance(value, str):
        raise ValueError(value)
    if len(value) == len("2026-03-02"):
        return datetime.combine(date.fromisoformat(value), time(), UTC)
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _dump(body: dict[str, Any]) -> str:
    line = json.dumps(body, ensure_ascii=False)
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(body)
    return line
