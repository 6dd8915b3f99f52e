"""`facebook.ratings`: recommendations of a page. The company answers in the comments of a review's story.

A recommendation is positive or negative, no number: `rating` is there only where an old page has stars.
"""

from crawlers.parsers.document import Json
from crawlers.parsers.formats.drafts import Draft, own_id
from crawlers.parsers.formats.graph import listed_of, nested, pages_of, tell_total
from crawlers.parsers.formats.graph_comments import words_of
from crawlers.parsers.formats.reading import Reading
from crawlers.parsers.formats.values import at, identifier, kept, link, name, string
from crawlers.parsers.registry import Page, parser
from domain.posts import CrawledPost, Parsed, PostKind


@parser("facebook.ratings")
def parse_ratings(page: Page) -> Parsed:
    reading = Reading(page)
    found = listed_of(reading)
    if found is None:
        return reading.result()
    pages = pages_of(reading)
    for item, where in found.items:
        _add(reading, item, where, pages)
    tell_total(reading, found, reading.reviews_found(), "recommendations of the page")
    return reading.result()


def _add(reading: Reading, item: dict[str, Json], where: str, pages: frozenset[str]) -> None:
    story = item.get("open_graph_story")
    text = words_of(reading, item.get("review_text"), f"{where}.review_text")
    author = identifier(at(item, "reviewer", "id"))
    number = identifier(at(story, "id")) or identifier(item.get("id"))
    if number is None and (author or string(at(item, "reviewer", "name"))):
        named = Draft(
            where,
            text=f"{text}{item.get('created_time')}",
            author=author or name(at(item, "reviewer", "name")),
        )
        number = own_id(named)
    if number is None:
        reading.doubts.skipped(where, "neither a story nor a reviewer: the review cannot be told from others")
        return
    comments = (
        list(nested(story, "comments", f"{where}.open_graph_story", reading))
        if isinstance(story, dict)
        else []
    )
    was_added = reading.review(
        where,
        number,
        author=name(at(item, "reviewer", "name")),
        author_id=author,
        text=text,
        rating=reading.rating(item.get("rating"), f"{where}.rating"),
        answered=_answered(story, comments, pages),
        published_at=reading.time(item.get("created_time"), f"{where}.created_time"),
        url=link(at(story, "permalink_url")),
        raw=kept(item, "recommendation_type", "has_rating", "has_review"),
    )
    if was_added:
        for comment, place in comments:
            _add_comment(reading, comment, place, number, pages)


def _answered(story: Json, comments: list[tuple[dict[str, Json], str]], pages: frozenset[str]) -> bool | None:
    """Known only where the story's comments are all here, with their authors, and the page's id is known."""
    if any(_author(comment) in pages for comment, _ in comments):
        return True
    if at(story, "comments", "data") is None or string(at(story, "comments", "paging", "next")):
        return None
    if comments and (not pages or any(_author(comment) is None for comment, _ in comments)):
        return None
    return False


def _author(comment: dict[str, Json]) -> str | None:
    return identifier(at(comment, "from", "id"))


def _add_comment(
    reading: Reading, comment: dict[str, Json], where: str, review: str, pages: frozenset[str]
) -> None:
    number = reading.id(comment.get("id"), f"{where}.id")
    if number is None:
        return
    is_official = _author(comment) in pages
    reading.add(
        where,
        CrawledPost(
            kind=PostKind.ANSWER if is_official else PostKind.COMMENT,
            external_id=number,
            parent_id=review,
            root_id=review,
            author=name(at(comment, "from", "name")),
            author_id=_author(comment),
            is_official=is_official,
            text=words_of(reading, comment.get("message"), f"{where}.message"),
            published_at=reading.time(comment.get("created_time"), f"{where}.created_time"),
            url=link(comment.get("permalink_url")),
        ),
    )
