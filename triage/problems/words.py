"""Words of a text: sentences, tokens, lemmas and parts of speech."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import pymorphy3
from razdel import sentenize

from domain.excerpts import readable

#: What is read of a text: enough for any complaint, bounded for hostile ones.
MAX_CHARS, MAX_SENTENCES, MAX_TOKENS = 12_000, 62, 120
_TOKEN = re.compile(r"[a-zа-я]{1,40}(?:-[a-zа-я]{1,40}){0,3}|\d{1,12}%?", re.IGNORECASE)
_LATIN = re.compile(r"[a-z-]+")
#: Stands for every number: which one it is says nothing about the cause.
NUMBER = "#"


@dataclass(frozen=True, slots=True)
class Word:
    token: str
    lemma: str
    #: pymorphy's part of speech; LATN and NUMB for what is no Russian word, empty when unknown
    part: str


def sentences(text: str) -> Iterator[tuple[str, tuple[Word, ...]]]:
    """The first sentences of a text, each as written and as words; sentences without words are left out."""
    count = 0
    for piece in sentenize(readable(text[:MAX_CHARS])):
        words = tuple(word(token[0]) for token in _TOKEN.finditer(piece.text[: 40 * MAX_TOKENS]))
        if words:
            yield piece.text, words[:MAX_TOKENS]
            count += 1
        if count == MAX_SENTENCES:
            return


@lru_cache(maxsize=200_000)
def word(token: str) -> Word:
    token = token.lower().replace("ё", "е")
    if token[0].isdigit():
        return Word(token, NUMBER, "NUMB")
    if _LATIN.fullmatch(token):
        return Word(token, token, "LATN")
    parsed = _morph().parse(token)[0]
    return Word(token, parsed.normal_form.replace("ё", "е"), str(parsed.tag.POS or ""))


@cache
def _morph() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer()
