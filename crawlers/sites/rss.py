"""`rss`: a feed of news or of a forum. Kept are the entries that name the company, in any case and ending."""

import re
from functools import cache

import pymorphy3

from crawlers.sites.site import Options, Site
from domain.posts import CrawledPost

_WORD = re.compile(r"\w+")
#: Longer ones are no words of people, and the dictionary would think long about them.
_MAX_WORD = 40


def _wanted(options: Options, posts: tuple[CrawledPost, ...]) -> tuple[CrawledPost, ...]:
    names = [_forms(name) for name in (options["brand"], *options.get("words", ()))]
    return tuple(post for post in posts if _names(_forms(post.text), names))


def _names(words: list[frozenset[str]], names: list[list[frozenset[str]]]) -> bool:
    """Whether one of the names stands in the text, word by word."""
    return any(
        all(told & wanted for told, wanted in zip(words[start:], name, strict=False))
        for name in names
        if name
        for start in range(len(words) - len(name) + 1)
    )


def _forms(text: str) -> list[frozenset[str]]:
    """The dictionary forms that each word of the text may have."""
    return [_dictionary_forms(word[:_MAX_WORD]) for word in _WORD.findall(text.casefold())]


@cache
def _dictionary() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer()


@cache
def _dictionary_forms(word: str) -> frozenset[str]:
    return frozenset({word, *(parse.normal_form for parse in _dictionary().parse(word))})


SITE = Site("rss", lambda options: str(options["url"]), lambda _: None, _wanted)
