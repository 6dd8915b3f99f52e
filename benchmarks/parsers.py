"""How many posts a second each parser takes, on one core: `python -m benchmarks.parsers [seconds]`.

Each made-up twin of a format is parsed again and again. Its JSON twins are blown up to pages of some hundred
items first, so that the figure is of parsing and not of starting; HTML twins are parsed as they are.
The last line is a page of 50 MB: its seconds and the memory it took at most.
"""

import json
import resource
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from crawlers.parsers import kinds, parse

TWINS = Path(__file__).parents[1] / "tests" / "data" / "parsers"
FETCHED_AT = datetime.fromisoformat("2026-03-02T12:30:00+03:00")
#: How many times the items of a list are repeated; ids are made different.
TIMES = 50
#: Their ids lie deeper: parsed as they are.
NESTED = {"facebook.event", "facebook.ratings", "vk.event"}


def blown_up(value: Any) -> Any:
    """The document with its outermost list of objects repeated, ids changed."""
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return [renamed(item, number) for number in range(TIMES) for item in value]
    if isinstance(value, dict):
        return {key: blown_up(inner) for key, inner in value.items()}
    return value


def renamed(item: dict[str, Any], number: int) -> dict[str, Any]:
    changed = dict(item)
    for key in ("id", "reviewId", "feedbackId"):
        if isinstance(item.get(key), int):
            changed[key] = item[key] + number * 1000
        elif isinstance(item.get(key), str):
            changed[key] = f"{item[key]}{number}"
        elif isinstance(item.get(key), dict):
            changed[key] = {"label": f"{item[key].get('label')}{number}"}
    return changed


def speed(kind: str, body: bytes, call: dict[str, Any], seconds: float) -> tuple[float, float]:
    """Posts and megabytes a second."""
    parse(kind, body, fetched_at=FETCHED_AT, **call)  # the first one loads what dates need
    posts = rounds = 0
    start = time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        posts += len(parse(kind, body, fetched_at=FETCHED_AT, **call).posts)
        rounds += 1
    return posts / spent, rounds * len(body) / spent / 1e6


def richest(kind: str) -> tuple[Path, bytes]:
    """The twin with the most posts, blown up where it is JSON."""
    files = [file for file in (TWINS / kind).iterdir() if file.suffix in (".json", ".html", ".xml", ".txt")]
    file = max(files, key=lambda one: len(parse(kind, one.read_bytes(), **call_of(one)).posts))
    body = file.read_bytes()
    if file.suffix == ".json" and kind not in NESTED:
        body = json.dumps(blown_up(json.loads(body)), ensure_ascii=False).encode()
    return file, body


def call_of(file: Path) -> dict[str, Any]:
    call = file.with_suffix(".call")
    return json.loads(call.read_text("utf-8")) if call.exists() else {}


def main(seconds: float) -> None:
    print(f"{'kind':20} {'posts/s':>9} {'MB/s':>7}")
    for kind in kinds():
        file, body = richest(kind)
        posts, megabytes = speed(kind, body, call_of(file), seconds)
        print(f"{kind:20} {posts:9.0f} {megabytes:7.2f}  {file.name}")
    page = (TWINS / "banki.html" / "broker.html").read_bytes()
    article = page[page.index(b"<article") : page.rindex(b"</article>") + 10]
    page = page.replace(article, article * (50_000_000 // len(article)))
    start = time.perf_counter()
    found = len(parse("banki.html", page).posts)
    spent, peak = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"a page of {len(page) / 1e6:.0f} MB: {spent:.1f} s, {found} posts, {peak} MB at most")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 0.5)
