"""Every parser against made-up answers in the shapes of real ones, with results a person has read.

A twin is `tests/data/parsers/<kind>/<name>.json|html|xml|txt`; beside it `<name>.call` has what the call
knows (URL, official accounts) and `<name>.golden` the result. A golden file that is not there is written, and
the test fails: read it, then commit it.
"""

import json
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from crawlers.parsers import kinds, parse
from db.posts import why_not
from domain.posts import Parsed
from otklik.look_parse import diagnostic_line, post_line, status

TWINS = Path(__file__).parents[2] / "data" / "parsers"
FETCHED_AT = datetime.fromisoformat("2026-03-02T12:30:00+03:00")


def twins() -> list[Path]:
    return sorted(file for file in TWINS.glob("*/*") if file.suffix in (".json", ".html", ".xml", ".txt"))


def call_of(twin: Path) -> dict[str, Any]:
    """What is known of a twin beside its bytes."""
    call = twin.with_suffix(".call")
    return json.loads(call.read_text("utf-8")) if call.exists() else {}


def parsed_twin(twin: Path) -> Parsed:
    return parse(twin.parent.name, twin.read_bytes(), fetched_at=FETCHED_AT, **call_of(twin))


def as_golden(parsed: Parsed) -> dict[str, Any]:
    return {
        "status": status(parsed),
        "posts": [post_line(post) for post in parsed.posts],
        "diagnostics": [diagnostic_line(one) for one in parsed.diagnostics],
    }


def check_golden(path: Path, got: dict[str, Any]) -> None:
    if not path.exists():
        path.write_text(json.dumps(got, ensure_ascii=False, indent=1) + "\n", "utf-8")
        pytest.fail(f"wrote {path.name}: read it, then commit it")
    assert got == json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("twin", twins(), ids=lambda twin: f"{twin.parent.name}/{twin.stem}")
def test_a_parser_takes_what_a_person_has_read(twin: Path) -> None:
    check_golden(twin.with_suffix(".golden"), as_golden(parsed_twin(twin)))


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_has_a_golden_file(kind: str) -> None:
    golden = [file for file in twins() if file.parent.name == kind]
    assert any(parsed_twin(twin).posts for twin in golden), f"no twin with posts in {TWINS.name}/{kind}"


def test_the_table_of_sources_has_a_line_for_every_kind() -> None:
    table = (TWINS.parents[2] / "docs" / "sources.md").read_text("utf-8")
    parsers = table.partition("\n## Read by themselves")[0]
    told = [line.split("`")[1] for line in parsers.splitlines() if line.startswith("| `")]
    assert sorted(told) == kinds()


@pytest.mark.parametrize("twin", twins(), ids=lambda twin: f"{twin.parent.name}/{twin.stem}")
def test_what_a_parser_takes_can_be_stored(twin: Path) -> None:
    posts = parsed_twin(twin).posts
    assert [why_not(post) for post in posts] == [None] * len(posts)
    assert len({post.external_id for post in posts}) == len(posts)


@pytest.mark.parametrize("twin", twins(), ids=lambda twin: f"{twin.parent.name}/{twin.stem}")
def test_an_answer_stands_right_after_its_review(twin: Path) -> None:
    posts = parsed_twin(twin).posts
    reviews = {post.external_id for post in posts if post.rating is not None or post.kind.value == "review"}
    for before, post in pairwise(posts):
        if post.parent_id in reviews:
            assert before.thread_id == post.thread_id
