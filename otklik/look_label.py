"""`otklik label`: what the model in charge says of texts in a file, one JSON object a line."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TextIO

from domain.verdicts import Classifier, SourceKind, Text, Verdict

COMPLETE, INCOMPLETE = 0, 3
_BATCH = 256

_Line = tuple[dict[str, Any], Text | None]


def run(classifier: Classifier, lines: Iterable[str], out: TextIO) -> int:
    """Write each line back in order with the key `otklik` added; returns the exit status."""
    status = COMPLETE
    rows = iter(lines)
    while batch := list(islice(rows, _BATCH)):
        read = [_read(line) for line in batch]
        verdicts = iter(classifier.classify([text for _, text in read if text]))
        for body, text in read:
            if text is None:
                status = INCOMPLETE
            else:
                body["otklik"] = _shown(next(verdicts))
            out.write(_line(body) + "\n")
        out.flush()
    return status


def _read(line: str) -> _Line:
    try:
        body = json.loads(line)
    except (ValueError, RecursionError) as error:
        return _refused(f"not JSON: {error}")
    if not isinstance(body, dict):
        return _refused("not a JSON object")
    if not isinstance(body.get("text"), str):
        return _refused("`text` is missing or no string")
    kind = body.get("source_kind", SourceKind.COMMENT.value)
    if kind not in list(SourceKind):
        return _refused(f"`source_kind` must be one of {', '.join(SourceKind)}")
    return body, Text(body["text"], SourceKind(kind))


def _refused(reason: str) -> _Line:
    return {"otklik": {"error": reason}}, None


def _line(body: dict[str, Any]) -> str:
    line = json.dumps(body, ensure_ascii=False)
    # A lone surrogate can be said in JSON, but not in UTF-8: such a line goes out escaped as it came in.
    return line if line.isascii() or _is_sayable(line) else json.dumps(body)


def _is_sayable(line: str) -> bool:
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _shown(verdict: Verdict) -> dict[str, Any]:
    return {
        "sentiment": verdict.sentiment.value,
        "sentiment_scores": {k: round(v, 4) for k, v in verdict.sentiment_scores.items()},
        "appeal": verdict.appeal.value,
        "appeal_scores": {k: round(v, 4) for k, v in verdict.appeal_scores.items()},
        "model": verdict.model_id,
        "calibrated": verdict.calibrated,
    }


def read_lines(stream: Iterable[bytes]) -> Iterator[str]:
    """Lines of UTF-8; bytes that are none become marks, so that one bad line does not stop the others."""
    for raw in stream:
        yield raw.decode("utf-8", "replace")
