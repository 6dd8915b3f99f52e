"""`vk.comments`: answers of wall.getComments (5.131 and 5.199): top comments, each with its replies after it.

Traps, all met on real posts: `count` and `current_level_count` stand for all and for top comments, or the
other way round; a thread inlines 10 replies at most; a deleted comment is `{id, date, thread, deleted}` and
its thread lives on; most replies answer another reply, not the top comment.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from crawlers.parsers.document import Doubts, Json, integer, moment
from crawlers.parsers.registry import Page, parser
from crawlers.parsers.vk_envelope import Answer, answer_of, asked_for, attachments, official_of, trimmed
from crawlers.parsers.vk_text import addressee, plain
from domain.posts import CrawledPost, Parsed, PostKind


@dataclass(frozen=True, slots=True)
class _Item:
    """A comment with what its place in the document says."""

    json: dict[str, Json]
    where: str
    id: int
    #: the top comment it stands under; None for a top comment
    top: int | None
    author: int | None
    said_to_id: int | None
    is_official: bool


@parser("vk.comments")
def parse_comments(page: Page) -> Parsed:
    doubts = Doubts()
    answer = answer_of(page.body, doubts)
    if answer is None:
        return doubts.nothing()
    owner, post = _whose(answer, page.url)
    if owner is None:
        if answer.items:
            doubts.skipped(answer.where, "no comment tells whose wall it is: give the URL of the post")
        return doubts.nothing()
    items = list(_items(answer, owner, official_of(page), doubts))
    unseen = _tell_cut_threads(items, doubts)
    _tell_count(answer, len(items), unseen, doubts)
    return Parsed(tuple(_Comments(items, answer, owner, post, doubts).posts()), tuple(doubts.found))


def _whose(answer: Answer, url: str | None) -> tuple[int | None, int | None]:
    """Owner and post: placeholders and old answers leave them out, their neighbours or the URL have them."""
    owners: Counter[int] = Counter()
    posts: Counter[int] = Counter()
    for item in answer.items:
        if isinstance(item, dict):
            owners.update(n for n in [integer(item.get("owner_id"))] if n)
            posts.update(n for n in [integer(item.get("post_id"))] if n)
    asked_owner, asked_post = asked_for(url)
    owner = owners.most_common(1)[0][0] if owners else asked_owner
    return owner, posts.most_common(1)[0][0] if posts else asked_post


def _items(answer: Answer, owner: int, official: frozenset[int], doubts: Doubts) -> Iterator[_Item]:
    """All comments in order, a reply right after what it stands under, each once."""
    tops: dict[int, list[_Item]] = {}
    seen: set[int] = set()
    for item in _walk(answer, owner, official, doubts):
        if item.id in seen:
            doubts.skipped(item.where, f"{owner}_{item.id} stands in the answer twice; the first was taken")
            continue
        seen.add(item.id)
        # A reply listed beside its top comment instead of inside it is put back under it.
        tops.setdefault(item.top if item.top in tops else item.id, []).append(item)
    for group in tops.values():
        yield from group


def _walk(answer: Answer, owner: int, official: frozenset[int], doubts: Doubts) -> Iterator[_Item]:
    for number, json in enumerate(answer.items):
        where = f"{answer.where}[{number}]"
        item = _item(json, where, None, owner, official, doubts)
        if item is None:
            continue
        yield item
        thread = item.json.get("thread")
        replies = thread.get("items") if isinstance(thread, dict) else []
        if not isinstance(replies, list):
            doubts.skipped(f"{where}.thread.items", "not a list: the replies cannot be read")
            continue
        for place, reply in enumerate(replies or []):
            inner = _item(reply, f"{where}.thread.items[{place}]", item.id, owner, official, doubts)
            if inner:
                yield inner


def _item(
    json: Json, where: str, inside: int | None, owner: int, official: frozenset[int], doubts: Doubts
) -> _Item | None:
    if not isinstance(json, dict):
        doubts.skipped(where, "not an object")
        return None
    number = integer(json.get("id"))
    if not number or number < 0:
        doubts.skipped(f"{where}.id", "no id: the comment cannot be told from others")
        return None
    stack = json.get("parents_stack")
    parents = [n for n in map(integer, stack) if n] if isinstance(stack, list) else []
    author = integer(json.get("from_id"))
    return _Item(
        json,
        where,
        number,
        top=parents[0] if parents else inside,
        author=author,
        said_to_id=integer(json.get("reply_to_comment")),
        is_official=author is not None and ((author == owner and owner < 0) or author in official),
    )


def _tell_cut_threads(items: list[_Item], doubts: Doubts) -> int:
    """Name the threads that hold more replies than the answer shows; returns how many replies that is."""
    shown = Counter(item.top for item in items if item.top is not None)
    unseen = 0
    for item in items:
        thread = item.json.get("thread")
        expected = integer(thread.get("count")) if isinstance(thread, dict) else None
        if expected is not None and expected > shown[item.id]:
            unseen += expected - shown[item.id]
            doubts.incomplete(
                f"{item.where}.thread",
                "the thread holds more replies than the answer shows: page it by comment_id",
                expected=expected,
                found=shown[item.id],
            )
    return unseen


def _tell_count(answer: Answer, found: int, unseen: int, doubts: Doubts) -> None:
    """`unseen` replies were named already; what is missing beyond them is on other pages."""
    counts = [n for n in (answer.count, answer.level_count) if n is not None]
    if not counts:
        return
    total = max(counts)
    doubts.count(
        answer.where, expected=total, found=found, reason="comments under the post, replies included"
    )
    if total > found + unseen:
        doubts.incomplete(
            answer.where, "the comments go on beyond this page", expected=total, found=found + unseen
        )


@dataclass(frozen=True, slots=True)
class _Comments:
    """Turns items into posts; who speaks to whom needs them all at hand."""

    items: list[_Item]
    answer: Answer
    owner: int
    post: int | None
    doubts: Doubts

    def posts(self) -> Iterator[CrawledPost]:
        by_id = {item.id: item for item in self.items}
        for item in self.items:
            yield self._post(item, by_id)

    def _post(self, item: _Item, by_id: dict[int, _Item]) -> CrawledPost:
        is_deleted = item.json.get("deleted") is True
        published_at, text = moment(item.json.get("date")), item.json.get("text", "")
        if published_at is None:
            self.doubts.skipped(f"{item.where}.date", "no readable date: the comment is kept without one")
        if not isinstance(text, str):
            self.doubts.skipped(f"{item.where}.text", "the text is not a string: kept without it")
            text = ""
        root = self._id(integer(item.json.get("post_id")) or self.post)
        is_answer = item.is_official and self._is_said_to_customer(item, text, by_id)
        return CrawledPost(
            kind=PostKind.ANSWER if is_answer else PostKind.COMMENT,
            external_id=f"{self.owner}_{item.id}",
            parent_id=self._id(item.top) or root,
            root_id=root,
            reply_to=self._id(item.said_to_id),
            author=self.answer.names.get(item.author) if item.author else None,
            author_id=str(item.author) if item.author else None,
            is_official=item.is_official,
            text="" if is_deleted else plain(text),
            published_at=published_at,
            deleted=is_deleted,
            attachments=attachments(item.json),
            url=self._url(item),
            raw=trimmed(item.json),
        )

    def _is_said_to_customer(self, item: _Item, text: str, by_id: dict[int, _Item]) -> bool:
        """Follow an official voice that replies to itself back to the person it began to speak to."""
        seen = set()
        while item.is_official and item.id not in seen:
            seen.add(item.id)
            before = by_id.get(item.said_to_id or item.top or 0) or by_id.get(item.top or 0)
            if before is None or before.id in seen:
                break
            item, text = before, ""
        if not item.is_official:
            return True
        named = integer(item.json.get("reply_to_user")) or addressee(text or str(item.json.get("text", "")))
        if named:
            return named > 0 or named != self.owner
        if item.top is not None or item.said_to_id is not None:
            return True  # it replies to something this answer does not show
        # A comment under a customer's own post on the wall speaks to that customer.
        return self.answer.post_author is not None and self.answer.post_author > 0

    def _id(self, number: int | None) -> str | None:
        return f"{self.owner}_{number}" if number else None

    def _url(self, item: _Item) -> str | None:
        post = integer(item.json.get("post_id")) or self.post
        if not post:
            return None
        thread = f"&thread={item.top}" if item.top else ""
        return f"https://vk.com/wall{self.owner}_{post}?reply={item.id}{thread}"
