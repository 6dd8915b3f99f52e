"""Which visible posts hold these words: the index behind newsfeed.search."""

from __future__ import annotations

import re

from demo.vk.items import Post
from demo.vk.ordered import Ordered

WORD = re.compile(r"\w+")
# Crude on purpose: VK finds word forms too, and how it does so is not public.
ENDING = re.compile(
    r"(?<=\w{3})(?:ами|ями|ого|его|ому|ему|ыми|ими|ой|ей|ий|ый|ая|яя|ое|ее|ые|ие|ую|юю|ах|ях|ам|ям|ом|ем|ов|ев|[аяоеыиуюьй])$"
)


def stems(text: str) -> set[str]:
    words = WORD.findall(text.lower().replace("ё", "е"))
    return {ENDING.sub("", word) for word in words}


class SearchIndex:
    """Posts by the stems of their words, each list in order of time."""

    def __init__(self) -> None:
        self._by_stem: dict[str, Ordered[_Hit]] = {}

    def add(self, post: Post) -> None:
        hit = _Hit(post)
        for stem in hit.stems:
            self._by_stem.setdefault(stem, Ordered()).add(hit)

    def discard(self, post: Post) -> None:
        """Call it before the text changes: the text says where the post stands."""
        hit = _Hit(post)
        for stem in hit.stems:
            if hits := self._by_stem.get(stem):
                hits.discard(hit)

    def find(self, query: str, start: int, end: int) -> list[Post]:
        """Posts with every word, dated from `start` to `end` (unix, both included), newest first."""
        wanted = stems(query)
        lists = sorted((self._by_stem.get(stem, Ordered()) for stem in wanted), key=len)
        if not lists:
            return []
        rarest = lists[0]
        first, last = rarest.place((start,)), rarest.place((end + 1,))
        hits = rarest.page(first, last - first)
        return [hit.post for hit in reversed(hits) if wanted <= hit.stems]


class _Hit:
    """Ids repeat from wall to wall, so here the key tells owners apart."""

    __slots__ = ("key", "post", "stems")

    def __init__(self, post: Post) -> None:
        self.post = post
        self.stems = stems(post.text)
        self.key = (post.date, post.owner_id, post.id)
