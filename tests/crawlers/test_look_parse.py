"""`otklik parse` prints what the contract fixes, and its exit status tells whether to trust it."""

import json
from io import StringIO
from typing import Any

import pytest

from crawlers.parsers import parse
from otklik.look_parse import run
from tests.crawlers.parsers import twins
from tests.crawlers.parsers.twins import comment, comments, reply, thread

#: In the contract's order.
FIELDS = [
    *("kind", "external_id", "parent_id", "reply_to", "author", "author_id", "is_official", "text"),
    *("rating", "answered", "published_at", "edited_at", "deleted", "attachments", "url"),
]


def look(answer: Any) -> tuple[int, list[dict[str, Any]], list[dict[str, Any]]]:
    out, err = StringIO(), StringIO()
    body = answer if isinstance(answer, bytes) else twins.body(answer)
    status = run(parse, "vk.comments", body, url=None, fetched_at=None, official=(), out=out, err=err)
    lines = [[json.loads(line) for line in text.getvalue().splitlines()] for text in (out, err)]
    return status, lines[0], lines[1]


def test_a_complete_answer() -> None:
    status, posts, told = look(twins.conversation())
    assert status == 0
    assert [list(post) for post in posts] == [FIELDS] * 5
    assert posts[0]["published_at"] == "2026-03-02T09:00:01+00:00"
    assert posts[0]["author_id"] == "901"
    assert told == [
        {
            "event": "count",
            "expected": 5,
            "found": 5,
            "where": "response.items",
            "reason": told[0]["reason"],
        }
    ]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        pytest.param(comments(), 0, id="nobody wrote"),
        pytest.param(comments(thread(comment(1), reply(2, 1, 9, 1, 901), count=3)), 3, id="a cut thread"),
        pytest.param(comments(comment(1), count=9), 3, id="one page of several"),
        pytest.param({"response": {"items": [7]}}, 3, id="an item that cannot be read"),
        pytest.param(b'{"response": {"items": [', 3, id="half an answer"),
        pytest.param({"error": {"error_code": 14, "error_msg": "Captcha needed"}}, 4, id="a captcha"),
        pytest.param(b"<html>", 4, id="HTML"),
    ],
)
def test_exit_status(answer: Any, status: int) -> None:
    assert look(answer)[0] == status


def test_words_stay_one_line_of_utf_8_each() -> None:
    _, posts, _ = look(comments(comment(1, text="два\nслова\u2028 и 🤬")))
    assert posts[0]["text"] == "два\nслова\n и 🤬"
