"""Whatever happened to an answer on its way: no exception, only storable posts, and no silence.

The made-up twins and, where they are at hand, the saved real answers: cut, with bytes and values changed,
keys doubled, in other encodings, built to exhaust whoever walks them.
"""

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawlers.parsers import kinds, parse
from domain.posts import Parsed
from tests.crawlers.parsers.test_golden import FETCHED_AT, call_of, parsed_twin, twins
from tests.crawlers.parsers.test_hostile import JSON, check, places

#: Twins that hold posts, and those of them that are JSON.
FULL = [twin for twin in twins() if parsed_twin(twin).posts]
JSONS = [twin for twin in FULL if twin.suffix == ".json"]
some = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def taken(twin: Path, body: bytes) -> Parsed:
    parsed = parse(twin.parent.name, body, fetched_at=FETCHED_AT, **call_of(twin))
    check(parsed)
    return parsed


def words(parsed: Parsed) -> set[tuple[str, str]]:
    return {(post.external_id, post.text) for post in parsed.posts}


@some
@given(twin=st.sampled_from(FULL), cut=st.integers(0, 20_000))
def test_a_cut_answer_says_so_and_invents_nothing(twin: Path, cut: int) -> None:
    whole = twin.read_bytes()
    full, parsed = taken(twin, whole), taken(twin, whole[: cut % len(whole)])
    if twin.suffix == ".json" and len(whole[: cut % len(whole)].rstrip()) < len(whole.rstrip()):
        assert not parsed.posts
        assert not parsed.is_complete
    assert not parsed.is_complete or words(parsed) == words(full)
    assert {post.external_id for post in parsed.posts} <= {post.external_id for post in full.posts}


@some
@given(
    twin=st.sampled_from(FULL),
    changes=st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 255)), max_size=8),
)
def test_an_answer_with_changed_bytes(twin: Path, changes: list[tuple[int, int]]) -> None:
    body = bytearray(twin.read_bytes())
    for place, byte in changes:
        body[place % len(body)] = byte
    taken(twin, bytes(body))


@some
@given(twin=st.sampled_from(JSONS), data=st.data())
def test_an_answer_with_any_value_replaced_or_missing(twin: Path, data: st.DataObject) -> None:
    document = json.loads(twin.read_bytes())
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
    taken(twin, json.dumps(document).encode())


@some
@given(kind=st.sampled_from(kinds()), document=JSON)
def test_any_json_by_any_parser(kind: str, document: Any) -> None:
    check(parse(kind, json.dumps(document).encode()))


@some
@given(kind=st.sampled_from(kinds()), page=st.text(alphabet="<>/=\"' abdivlrspt&;0![]-", max_size=200))
def test_any_markup_by_any_parser(kind: str, page: str) -> None:
    check(parse(kind, f"<html>{page}</html>".encode()))


@pytest.mark.parametrize("twin", JSONS, ids=lambda twin: f"{twin.parent.name}/{twin.stem}")
def test_a_doubled_key_is_told(twin: Path) -> None:
    text = twin.read_text("utf-8")
    start = text.index("{") + 1
    doubled = text[:start] + '"_": 1, "_": 2, ' + text[start:]
    assert not taken(twin, doubled.encode()).is_complete


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("twin", FULL, ids=lambda twin: f"{twin.parent.name}/{twin.stem}")
def test_other_encodings_say_the_same(twin: Path, encoding: str) -> None:
    if twin.suffix in (".txt", ".xml") and encoding == "utf-16":
        pytest.skip("batchexecute and feeds name their encoding")
    body = twin.read_text("utf-8").encode(encoding)
    assert words(taken(twin, body)) == words(parsed_twin(twin))


@pytest.mark.parametrize(
    "twin", [t for t in FULL if t.suffix in (".json", ".html")], ids=lambda t: f"{t.parent.name}/{t.stem}"
)
def test_windows_1251_keeps_the_letters(twin: Path) -> None:
    body = twin.read_text("utf-8").replace('charset="utf-8"', "").encode("cp1251", "replace")
    got = [post.text for post in taken(twin, body).posts]
    assert "\ufffd" not in "".join(got)


@pytest.mark.parametrize("kind", kinds())
def test_towers_and_endless_lists_end_soon(kind: str) -> None:
    towers = [
        b"[" * 200_000,
        b'{"data":' * 50_000,
        b"<div>" * 200_000,
        b"<html>" + b'<div itemscope itemtype="https://schema.org/Review">' * 20_000,
        b'<script type="application/ld+json">' + b"[" * 100_000 + b"</script>",
        b"<html>" + b'<li class="feedback"><br>' * 5_000,
        b"<p " * 200_000,
        b" " * 500_000 + b"x",
        b'{"data": [{"id": 1, "text": "' + b"<script> " * 50_000 + b'"}]}',
        b'{"reviews": [{"id": 1, "reviewId": 1, "text": "' + b" " * 200_000 + b'"}]}',
        b'{"a": ' + b"9" * 3_000 + b"}",
    ]
    for tower in towers:
        start = time.process_time()
        check(parse(kind, tower))
        assert time.process_time() - start < 10, tower[:30]


def test_every_parser_stands_every_twin() -> None:
    for kind in kinds():
        for twin in twins():
            check(parse(kind, twin.read_bytes(), fetched_at=FETCHED_AT))


#: folder of saved answers -> the kinds that read them
SAVED = {
    "banki_ru/list*": "banki.json",
    "banki_ru/mfo*": "banki.microloans",
    "banki_ru/*.html": "banki.html",
    "sravni_ru/*": "sravni",
    "yandex_maps/*": "yandex.maps",
    "twogis/reviews*": "2gis",
    "facebook/posts*": "facebook.posts",
    "facebook/comments*": "facebook.comments",
    "vk/vknet/events*": "vk.event",
    "vk/vknet/NewsFeed*": "vk.search",
}


@pytest.mark.parametrize("pattern", SAVED)
def test_saved_answers_cut_and_changed_at_random(shared: Path, pattern: str) -> None:
    kind, dice = SAVED[pattern], random.Random(20260302)
    files = sorted((shared / "samples").glob(pattern))
    assert files
    for file in files:
        whole = file.read_bytes()
        full = parse(kind, whole, fetched_at=FETCHED_AT)
        check(full)
        assert full.posts or full.diagnostics
        ids = {post.external_id for post in full.posts}
        for _ in range(6 if len(whole) > 100_000 else 15):
            cut = parse(kind, whole[: dice.randrange(len(whole.rstrip()))], fetched_at=FETCHED_AT)
            check(cut)
            assert not cut.is_complete
            assert {post.external_id for post in cut.posts} <= ids
            body = bytearray(whole)
            for _ in range(5):
                body[dice.randrange(len(body))] = dice.randrange(256)
            check(parse(kind, bytes(body), fetched_at=FETCHED_AT))


def test_saved_answers_by_every_parser(shared: Path) -> None:
    for file in sorted((shared / "samples").rglob("*.*")):
        if file.stat().st_size < 100_000:
            for kind in kinds():
                check(parse(kind, file.read_bytes()))
