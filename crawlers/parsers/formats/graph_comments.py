"""Comments of the Graph API as posts: who stands under whom, and which of them answer a customer."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crawlers.parsers.document import Json, integer
from crawlers.parsers.formats.graph import link_of, nested
from crawlers.parsers.formats.reading import Reading
from crawlers.parsers.formats.values import at, identifier, kept, link, name, string
from domain.posts import CrawledPost, PostKind

_KEPT = ["comment_count", "like_count", "is_hidden", "is_private", "can_reply_privately", "is_from_page"]


@dataclass(frozen=True, slots=True)
class Under:
    """The post the comments stand under, as far as it is known."""

    post: str | None = None
    #: the post's author is not the company: what the company says below answers that person
    is_customers: bool = False
    pages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Item:
    json: dict[str, Json]
    where: str
    id: str
    top: str | None
    post: str | None
    author: str | None
    is_official: bool


def add_comments(reading: Reading, items: Iterable[tuple[dict[str, Json], str]], under: Under) -> list[str]:
    """Add the comments to the reading, a reply right after what it stands under. Returns their ids."""
    tops: dict[str, list[_Item]] = {}
    for item in _walk(reading, items, under, None):
        tops.setdefault(item.top if item.top in tops else item.id, []).append(item)
    found = []
    for group in tops.values():
        for place, item in enumerate(group):
            if reading.add(item.where, _post(reading, item, group[:place], under)):
                found.append(item.id)
    _tell_unseen(reading, [item for group in tops.values() for item in group])
    return found


def _walk(
    reading: Reading, items: Iterable[tuple[dict[str, Json], str]], under: Under, inside: str | None
) -> Iterator[_Item]:
    for json, where in items:
        item = _item(reading, json, where, under, inside)
        if item is None:
            continue
        yield item
        if inside is None:  # replies have no replies: two levels
            yield from _walk(reading, nested(json, "comments", where, reading), under, item.id)


def _item(
    reading: Reading, json: dict[str, Json], where: str, under: Under, inside: str | None
) -> _Item | None:
    told = link_of(json.get("permalink_url"))
    number = identifier(json.get("id")) or told.comment_id
    if number is None:
        reading.doubts.skipped(
            f"{where}.id", "neither an id nor a permalink: the comment cannot be told from others"
        )
        return None
    author = identifier(at(json, "from", "id"))
    pages = under.pages or ({told.page} if told.page else set())
    return _Item(
        json,
        where,
        number,
        top=identifier(at(json, "parent", "id")) or told.top_id or inside,
        post=under.post or told.post_id,
        author=author,
        is_official=author is not None and author in pages,
    )


def _post(reading: Reading, item: _Item, before: list[_Item], under: Under) -> CrawledPost:
    json, where = item.json, item.where
    kind = json_kind(json.get("attachment"))
    speaks = item.is_official and _speaks_to_customer(item, before, under)
    return CrawledPost(
        kind=PostKind.ANSWER if speaks else PostKind.COMMENT,
        external_id=item.id,
        parent_id=item.top or item.post,
        root_id=item.post,
        author=name(at(json, "from", "name")),
        author_id=item.author,
        is_official=item.is_official,
        text=words_of(reading, json.get("message"), f"{where}.message"),
        published_at=reading.time(json.get("created_time"), f"{where}.created_time"),
        attachments=(kind,) if kind else (),
        url=link(json.get("permalink_url")),
        raw=kept(json, *_KEPT),
    )


def _speaks_to_customer(item: _Item, before: list[_Item], under: Under) -> bool:
    """Whom the company speaks to: the customers of the thread; alone in it, whoever began the post."""
    if item.top is None:
        return under.is_customers
    shows_top = any(one.id == item.top for one in before)
    return not shows_top or any(not one.is_official for one in before)


def _tell_unseen(reading: Reading, items: list[_Item]) -> None:
    shown = Counter(item.top for item in items if item.top)
    for item in items:
        expected = integer(item.json.get("comment_count"))
        if expected is not None and expected > shown[item.id]:
            reading.doubts.incomplete(
                f"{item.where}.comment_count",
                "the comment has more replies than the answer shows",
                expected=expected,
                found=shown[item.id],
            )


def words_of(reading: Reading, value: Json, where: str) -> str:
    """A message as it is: the Graph API gives plain text, without entities and tags."""
    if value is None or isinstance(value, str):
        return value or ""
    reading.doubts.skipped(where, "the text is not a string: the post is kept without it")
    return ""


def json_kind(value: Json) -> str | None:
    return string(at(value, "media_type")) or string(at(value, "type"))
