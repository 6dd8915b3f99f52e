"""`otklik group`: which lines of a file complain of one problem, one JSON object a line."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, TextIO

from domain.errors import BadInput
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
#: Lines without a date: grouping asks only for their order.
_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """A problem the company knows: its key, its title, and texts that tell of it."""

    key: str
    title: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file; `error` says why it cannot be grouped."""

    id: Any
    text: str = ""
    at: datetime = _NO_DATE
    author: str = ""
    error: str = ""


def run(
    lines: Iterable[str], out: TextIO, *, catalogue: bytes | None = None, err: TextIO | None = None
) -> int:
    """Write where each line belongs, in order; returns the exit status.

    Raises BadInput for a catalogue that is none.
    """
    known = [] if catalogue is None else entries(catalogue)
    found = [read(line, number) for number, line in enumerate(lines, 1)]
    for body in grouped(found, known):
        out.write(_dump(body) + "\n")
    wrong = [line for line in found if line.error]
    for line in wrong:
        (err or sys.stderr).write(_dump({"event": "skipped", "where": line.id, "reason": line.error}) + "\n")
    return INCOMPLETE if wrong else COMPLETE


def grouped(lines: Sequence[Line], known: Sequence[Entry] = ()) -> list[dict[str, Any]]:
    """The stream through the product's grouping on an empty store, the careful pass at its end."""
    store, space, rules = Memory(), learn([]), Rules()
    keys = {store.know([bag(text) for text in entry.texts], at=_NO_DATE): entry for entry in known}
    raised: dict[int, Any] = {}
    now = _NO_DATE
    for number, line in enumerate(lines):
        if line.error:
            continue
        now = max(now, line.at)
        touched = add(store, space, number, bag(line.text), author=line.author, at=line.at, now=now)
        _note_raised(store, touched, rules, now, raised, line.id)
        if len(store.complaints) >= max(_FIRST_LEARNED, 2 * space.learned_from):
            space = learn([c.bag for c in store.complaints.values()])
    if store.complaints:
        space, _ = careful(store, now=now)
        last = [line for line in lines if not line.error][-1]
        _note_raised(store, list(store.states), rules, now, raised, last.id)
    return _shown(store, lines, raised, _titles(store, space, lines, keys), keys)


def _note_raised(
    store: Memory, problems: Sequence[int], rules: Rules, now: datetime, raised: dict[int, Any], line: Any
) -> None:
    for problem, moves in live(store, problems, rules, now=now).items():
        if any(made.after is State.NEW for made in moves):
            raised.setdefault(problem, line)


def _titles(store: Memory, space: Space, lines: Sequence[Line], keys: Mapping[int, Entry]) -> dict[int, str]:
    found = {number: entry.title for number, entry in keys.items()}
    for problem, (state, _) in store.states.items():
        members = [c for c in store.complaints.values() if c.problem == problem]
        if state is not State.GONE and problem not in found:
            found[problem] = title(space, [c.bag for c in members], [lines[c.id].text for c in members])
    return found


def _shown(
    store: Memory,
    lines: Sequence[Line],
    raised: Mapping[int, Any],
    titles: Mapping[int, str],
    keys: Mapping[int, Entry],
) -> list[dict[str, Any]]:
    names: dict[int, int | str] = {n: keys[n].key if n in keys else n for n in titles}
    found = []
    for number, line in enumerate(lines):
        placed = store.complaints.get(number)
        problem = placed.problem if placed and placed.problem is not None else -1
        also = [p.problem for p in store.mentions.get(number, ()) if p.problem is not None]
        body = {
            "id": line.id,
            "problem": names.get(problem),
            "also": [names[p] for p in also if p in names],
            "title": titles.get(problem),
            "raised_at": raised.get(problem),
        }
        found.append({**body, "error": line.error} if line.error else body)
    return found


def entries(body: bytes) -> list[Entry]:
    """The known problems of a catalogue: `{key: {"title": …, "words": […], "examples": […]}}`.

    Raises BadInput when it is no such JSON.
    """
    try:
        known = json.loads(body)
        return [_entry(key, value) for key, value in known.items()]
    except (ValueError, AttributeError, TypeError, KeyError, RecursionError) as error:
        raise BadInput(f"not a catalogue of problems: {error!r}") from error


def _entry(key: str, value: Mapping[str, Any]) -> Entry:
    name = str(value.get("title") or value["title_ru"])
    return Entry(key, name, (name, *map(str, value.get("words", ())), *map(str, value.get("examples", ()))))


def read(line: str, number: int) -> Line:
    """One line of the file; a line that cannot be read says why."""
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
