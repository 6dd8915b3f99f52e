"""`otklik label`: lines in, the same lines out with one key more."""

import io
import json

from classifiers.lexicon import Lexicon
from otklik.look_label import run


def label(*lines: str) -> tuple[int, list[dict]]:
    out = io.StringIO()
    status = run(Lexicon(), lines, out)
    return status, [json.loads(line) for line in out.getvalue().splitlines()]


def test_lines_come_back_in_order_with_one_key_more() -> None:
    lines = [{"text": f"ужас, карта не работает {n}", "id": n, "more": [1]} for n in range(600)]
    status, found = label(*(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    assert status == 0
    labelled = [line.pop("otklik") for line in found]
    assert found == lines
    assert set(labelled[0]) == {
        "sentiment",
        "sentiment_scores",
        "appeal",
        "appeal_scores",
        "model",
        "calibrated",
    }
    assert labelled[0]["appeal"] == "complaint"


def test_a_line_that_cannot_be_read_comes_back_as_an_error_in_its_place() -> None:
    bad = ["{", "[]", '{"no": 1}', '{"text": 5}', '{"text": "a", "source_kind": "book"}', "\n", "[" * 5000]
    status, found = label('{"text": "спасибо"}', *bad, '{"text": "спасибо", "source_kind": "review"}')
    assert status == 3
    assert ["error" in line["otklik"] for line in found] == [False, *[True] * len(bad), False]


def test_a_text_no_encoding_can_say_still_goes_out() -> None:
    status, found = label('{"text": "\\ud800 ужас"}')
    assert status == 0
    assert found[0]["text"] == "\ud800 ужас"
