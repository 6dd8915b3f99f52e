"""Whatever the bytes: no exception, only storable posts, and silence never means "nothing there"."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crawlers.parsers import kinds, parse
from db.posts import why_not
from domain.posts import DiagnosticEvent, Parsed
from tests.crawlers.parsers import twins

TWINS = [
    twins.body(twins.conversation()),
    twins.body(twins.wall(twins.post(1), twins.post(2, 901, is_pinned=1))),
]
KINDS = st.sampled_from(["vk.wall", "vk.comments"])

NUMBERS = st.integers(-(2**80), 2**80) | st.floats()
LEAVES = st.none() | st.booleans() | NUMBERS | st.text(max_size=20)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


def check(parsed: Parsed) -> None:
    assert all(why_not(post) is None for post in parsed.posts)
    for diagnostic in parsed.diagnostics:
        (diagnostic.where + diagnostic.reason).encode()
    if any(d.event is DiagnosticEvent.REFUSED for d in parsed.diagnostics):
        assert not parsed.posts


@given(kind=KINDS, twin=st.sampled_from(TWINS), cut=st.integers(0, 5000))
def test_an_answer_cut_anywhere(kind: str, twin: bytes, cut: int) -> None:
    end = cut % len(twin)
    parsed = parse(kind, twin[:end])
    check(parsed)
    assert not parsed.is_complete


@given(
    kind=KINDS,
    twin=st.sampled_from(TWINS),
    changes=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=8),
)
def test_an_answer_with_changed_bytes(kind: str, twin: bytes, changes: list[tuple[int, int]]) -> None:
    body = bytearray(twin)
    for place, byte in changes:
        body[place % len(body)] = byte
    check(parse(kind, bytes(body)))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [(*path, key) for key, _ in inner] + [p for key, v in inner for p in places(v, (*path, key))]


@given(kind=KINDS, data=st.data())
def test_an_answer_with_any_value_replaced_or_missing(kind: str, data: st.DataObject) -> None:
    document = json.loads(data.draw(st.sampled_from(TWINS)))
    for _ in range(data.draw(st.integers(1, 3))):
        if not (found := places(document)):
            break
        *path, last = data.draw(st.sampled_from(found))
        holder = document
        for key in path:
            holder = holder[key]
        if data.draw(st.booleans()):
            holder[last] = data.draw(JSON)
        else:
            del holder[last]
    check(parse(kind, json.dumps(document).encode()))


@given(kind=KINDS, document=JSON)
def test_any_json(kind: str, document: Any) -> None:
    check(parse(kind, json.dumps({"response": document}).encode()))


@given(body=st.binary(max_size=300))
def test_any_bytes_by_any_parser(body: bytes) -> None:
    for kind in kinds():
        check(parse(kind, body))
