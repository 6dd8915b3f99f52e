"""Fuzz the parsers, guided by coverage: `python -m tests.endurance.fuzz_parsers [-max_total_time=300]`.

Needs `pip install atheris`. The first byte of an input chooses the parser, the rest is the response; the
twins are the seeds. An input that breaks the promise (an exception, a post that cannot be stored, posts
beside a refusal) is written to `crash-…` by libFuzzer. Ends by itself after five minutes.
"""

import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-not-found]

with atheris.instrument_imports(include=["crawlers.parsers", "crawlers.dates", "crawlers.cleaning"]):
    from crawlers.parsers import kinds, parse

    KINDS = kinds()  # imports every parser

from tests.crawlers.parsers.test_golden import FETCHED_AT, twins
from tests.crawlers.parsers.test_hostile import check


def one_input(data: bytes) -> None:
    if len(data) > 1:
        check(parse(KINDS[data[0] % len(KINDS)], data[1:], fetched_at=FETCHED_AT))


def main() -> None:
    with tempfile.TemporaryDirectory() as seeds:
        for number, twin in enumerate(twins()):
            kind = KINDS.index(twin.parent.name)
            (Path(seeds) / str(number)).write_bytes(bytes([kind]) + twin.read_bytes())
        arguments = sys.argv[1:]
        if not any(one.startswith(("-max_total_time", "-runs")) for one in arguments):
            arguments.append("-max_total_time=300")
        folders = [one for one in arguments if not one.startswith("-")] or [tempfile.mkdtemp()]
        options = [one for one in arguments if one.startswith("-")]
        atheris.Setup([sys.argv[0], "-max_len=20000", *options, *folders, seeds], one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
