"""Concepts: words that mean the same to whoever has to remove the cause (`concepts.txt`)."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "concepts.txt"
_LINE = re.compile(r"(\w+) ([^:]+): (.+)")
#: Words that may stand between those of a pattern; a negation binds tighter.
_GAP, _GAP_AFTER_NOT = 2, 1


class Kind(StrEnum):
    #: what it is about
    THING = "thing"
    #: what went wrong
    TROUBLE = "trouble"
    #: through whom the customer tried to settle it
    WAY = "way"
    #: what stands beside it: never a title
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class _Part:
    word: str
    is_stem: bool

    def fits(self, token: str, lemma: str) -> bool:
        if self.is_stem:
            return token.startswith(self.word) or lemma.startswith(self.word)
        return self.word in (token, lemma)


class Concepts:
    """The patterns of a file, indexed by how their first word begins."""

    def __init__(self, text: str) -> None:
        self.kinds: dict[str, Kind] = {}
        self._patterns: dict[str, list[tuple[tuple[_Part, ...], str]]] = defaultdict(list)
        for line in text.splitlines():
            if line and not line.startswith("#"):
                self._add(line)

    def _add(self, line: str) -> None:
        match = _LINE.fullmatch(line)
        if not match:
            raise ValueError(f"no concept: {line}")
        kind, name, patterns = match.groups()
        self.kinds[name] = Kind(kind)
        for pattern in patterns.split(","):
            parts = tuple(_Part(word.rstrip("*"), word.endswith("*")) for word in pattern.split())
            self._patterns[parts[0].word[:2]].append((parts, name))

    def find(self, tokens: Sequence[str], lemmas: Sequence[str]) -> list[str]:
        """Names of the concepts in one sentence, each once, in alphabetical order."""
        found = set()
        for at, (token, lemma) in enumerate(zip(tokens, lemmas, strict=True)):
            for start in {token[:2], lemma[:2]}:
                for parts, name in self._patterns.get(start, ()):
                    if name not in found and _stands(parts, tokens, lemmas, at):
                        found.add(name)
        return sorted(found)


def _stands(parts: Sequence[_Part], tokens: Sequence[str], lemmas: Sequence[str], at: int) -> bool:
    if not parts[0].fits(tokens[at], lemmas[at]):
        return False
    gap = _GAP_AFTER_NOT if parts[0].word == "не" else _GAP
    for part in parts[1:]:
        reach = range(at + 1, min(at + 2 + gap, len(tokens)))
        found = next((i for i in reach if part.fits(tokens[i], lemmas[i])), None)
        if found is None:
            return False
        at = found
    return True


@cache
def load() -> Concepts:
    """The concepts that ship with the program."""
    return Concepts(_FILE.read_text("utf-8"))
