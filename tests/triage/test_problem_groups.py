"""Which complaints come together: the batch, the stream, and what people ruled."""

import io
import json
import random
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import BadInput
from domain.problems.complaints import Placement, Role
from domain.problems.states import State
from otklik import look_group
from tests.conftest import NOON
from tests.triage.texts import CAUSES
from triage.problems import partition as partitioning
from triage.problems.bags import bag
from triage.problems.careful import careful
from triage.problems.linkage import clusters
from triage.problems.memory import Memory
from triage.problems.partition import Limits, partition
from triage.problems.places import add
from triage.problems.revise import plan
from triage.problems.space import learn

TEXTS = [text for texts in CAUSES.values() for text in texts]
CAUSE = [cause for cause, texts in CAUSES.items() for _ in texts]


def pure(labels: list[object]) -> bool:
    """No two causes under one label."""
    return all(
        len({c for c, own in zip(CAUSE, labels, strict=True) if own == label}) == 1 for label in labels
    )


def test_a_batch_falls_into_pure_groups_that_are_mostly_whole() -> None:
    bags = [bag(text) for text in TEXTS]
    space = learn(bags)
    labels = partition(space, space.cloud(bags)).tolist()
    assert pure(labels)
    greatest = [max(labels[i : i + 5].count(own) for own in labels[i : i + 5]) for i in range(0, 25, 5)]
    assert sum(size >= 3 for size in greatest) >= 4


def test_cut_into_pieces_it_falls_into_much_the_same_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    bags = [bag(text) for text in TEXTS]
    space = learn(bags)
    monkeypatch.setattr(partitioning, "_AT_ONCE", 8)
    assert pure(partition(space, space.cloud(bags)).tolist())


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_people_ruled_holds_whatever_the_similarities(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 14))
    numbers = data.draw(st.lists(st.floats(-1, 1, width=32), min_size=count * count, max_size=count * count))
    table = np.array(numbers, np.float32).reshape(count, count)
    rows = st.integers(0, count - 1)
    pairs = st.lists(st.tuples(rows, rows).filter(lambda pair: pair[0] != pair[1]), max_size=4)
    apart, tied = data.draw(pairs), data.draw(pairs)
    labels = clusters((table + table.T) / 2, data.draw(st.floats(-0.5, 0.9)), apart=apart)
    assert all(labels[a] != labels[b] for a, b in apart)
    assert all(
        labels[a] == labels[b]
        for labels in [clusters((table + table.T) / 2, 0.99, together=tied)]
        for a, b in tied
    )


def test_average_link_joins_what_is_alike_on_average() -> None:
    table = np.array([[1, 0.9, 0.3], [0.9, 1, 0.1], [0.3, 0.1, 1]], np.float32)
    assert len(set(clusters(table, 0.25).tolist())) == 2
    assert len(set(clusters(table, 0.2).tolist())) == 1
    assert len(set(clusters(table, 0.95).tolist())) == 3


def stream(order: list[int] | None = None) -> tuple[Memory, list[int]]:
    store, space = Memory(), learn([])
    order = order or list(range(len(TEXTS)))
    for at, i in enumerate(order):
        moment = NOON + timedelta(hours=at)
        add(store, space, i, bag(TEXTS[i]), author=f"а{i}", at=moment, now=moment)
    return store, order


def problems_of(store: Memory) -> list[object]:
    return [store.complaints[i].problem or f"alone {i}" for i in range(len(TEXTS))]


def test_a_stream_never_mixes_causes_and_the_careful_pass_finds_more() -> None:
    order = list(range(len(TEXTS)))
    random.Random(3).shuffle(order)
    store, _ = stream(order)
    online = problems_of(store)
    assert pure(online)
    careful(store, now=NOON + timedelta(days=3))
    after = problems_of(store)
    assert pure(after)
    assert len(set(after)) <= len(set(online))


def test_the_careful_pass_repeated_changes_nothing() -> None:
    store, _ = stream()
    careful(store, now=NOON + timedelta(days=3))
    before = problems_of(store)
    _, again = careful(store, now=NOON + timedelta(days=3))
    assert problems_of(store) == before
    assert (again.placed, again.opened, again.ended) == (0, 0, 0)


def test_adding_a_complaint_twice_changes_nothing() -> None:
    store, _ = stream()
    before = problems_of(store)
    add(store, learn([]), 0, bag(TEXTS[0]), author="а0", at=NOON, now=NOON)
    assert len(store.complaints) == len(TEXTS)
    assert problems_of(store)[1:] == before[1:]


def test_a_complaint_says_why_it_is_where_it_is() -> None:
    store, _ = stream()
    careful(store, now=NOON + timedelta(days=3))
    placed = [p for p in store.placements.values() if p.problem is not None]
    assert placed
    for placement in placed:
        assert placement.role is Role.MAIN
        assert placement.why.neighbours
        assert placement.complaint not in placement.why.neighbours
        assert placement.why.terms
        assert 0 < placement.score <= 1


def test_one_author_and_one_copied_text_are_one_voice() -> None:
    store, space = Memory(), learn([])
    long = " ".join(CAUSES["очередь"][:2])
    for number, (text, author) in enumerate(
        [(long, "анна"), (long + " Ужас.", "борис"), (TEXTS[0], "анна"), (TEXTS[10], "глеб")]
    ):
        add(store, space, number, bag(text), author=author, at=NOON, now=NOON)
    assert [store.complaints[i].voice for i in range(4)] == [0, 0, 0, 3]


def test_a_settled_problem_keeps_its_complaints_and_its_rivals_apart() -> None:
    store, _ = stream()
    now = NOON + timedelta(days=3)
    first, second = store.open(now=now), store.open(now=now)
    store.place([Placement(complaint=i, problem=first) for i in (0, 10)], now=now)
    store.place([Placement(complaint=i, problem=second) for i in (1, 2)], now=now)
    store.settled |= {first, second}
    careful(store, now=now)
    assert {store.complaints[i].problem for i in (0, 10)} == {first}
    assert {store.complaints[i].problem for i in (1, 2)} == {second}
    pairs = {frozenset((s.one, s.other)) for s in store.suggestions}
    assert all(pair & {first, second} for pair in pairs)


def test_what_was_taken_out_does_not_come_back() -> None:
    store, _ = stream()
    now = NOON + timedelta(days=3)
    careful(store, now=now)
    problem = store.complaints[0].problem
    assert problem is not None
    store.place([Placement(complaint=0, problem=None)], now=now)
    store.outs[0].add(problem)
    store.settled.add(problem)
    careful(store, now=now)
    assert store.complaints[0].problem != problem
    assert problem not in {p.problem for p in store.mentions[0]}


def test_a_problem_that_went_into_another_leaves_a_trail() -> None:
    store, _ = stream()
    now = NOON + timedelta(days=3)
    careful(store, now=now)
    problem = store.complaints[0].problem
    rival = store.open(now=now)
    inside = [i for i, c in store.complaints.items() if c.problem == problem]
    store.place([Placement(complaint=inside[-1], problem=rival)], now=now)
    careful(store, now=now)
    assert store.states[rival][0] is State.GONE
    assert store.merged[rival] == problem
    assert store.complaints[inside[-1]].problem == problem


def test_a_plan_is_a_pure_function_of_the_window() -> None:
    store, _ = stream()
    window = store.window(since=NOON - timedelta(days=1))
    space = learn([c.bag for c in window.complaints])
    assert plan(space, window) == plan(space, window)


def group(lines: list[object], **options: object) -> tuple[int, list[dict[str, object]], str]:
    out, err = io.StringIO(), io.StringIO()
    body = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    status = look_group.run(body, out, err=err, **options)  # type: ignore[arg-type]
    return status, [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue()


def test_the_tool_prints_every_line_in_order_with_its_problem() -> None:
    status, out, _ = group([{"text": text, "id": f"п{i}"} for i, text in enumerate(TEXTS)])
    assert status == look_group.COMPLETE
    assert [body["id"] for body in out] == [f"п{i}" for i in range(len(TEXTS))]
    assert all(set(body) == {"id", "problem", "also", "title", "raised_at"} for body in out)
    assert pure([body["problem"] or i for i, body in enumerate(out)])
    raised = {body["raised_at"] for body in out if body["problem"]} - {None}
    assert raised <= {f"п{i}" for i in range(len(TEXTS))}
    assert all(body["title"] for body in out if body["problem"])
    assert all(body["title"] is None and body["raised_at"] is None for body in out if not body["problem"])


def test_one_author_alone_raises_nothing() -> None:
    _, out, _ = group([{"text": text, "author": "один"} for text in CAUSES["кэшбэк"]])
    assert {body["raised_at"] for body in out} == {None}


def test_bad_lines_are_told_and_the_others_grouped() -> None:
    status, out, err = group(
        ["{", {"text": 5}, {"text": TEXTS[0], "date": "вчера"}, *({"text": t} for t in TEXTS[:5])]
    )
    assert status == look_group.INCOMPLETE
    assert [body["id"] for body in out] == list(range(1, 9))
    assert all("error" in body for body in out[:3])
    assert len(err.splitlines()) == 3


def test_an_empty_stream_is_complete() -> None:
    assert group([]) == (look_group.COMPLETE, [], "")


def test_a_catalogue_names_what_it_knows() -> None:
    known = {"cashback": {"title": "Не начислен кэшбэк", "examples": CAUSES["кэшбэк"][:3]}}
    _, out, _ = group(
        [{"text": text} for text in TEXTS], catalogue=json.dumps(known, ensure_ascii=False).encode()
    )
    named = [i for i, body in enumerate(out) if body["problem"] == "cashback"]
    assert set(named) <= set(range(5))
    assert len(named) >= 3
    assert out[named[0]]["title"] == "Не начислен кэшбэк"


@pytest.mark.parametrize("body", [b"[", b"[]", b'{"a": 1}', b'{"a": {}}'])
def test_a_catalogue_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(BadInput):
        look_group.entries(body)


def test_limits_of_nobody_are_no_limits() -> None:
    assert Limits() == Limits((), (), frozenset())
