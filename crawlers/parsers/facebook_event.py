"""`facebook.event`: what the webhook of an own page sends: posts and comments of its feed.

`hide` and `unhide` carry no words and are no edits; reactions are nobody's words. `remove` is a deletion.
"""

from crawlers.parsers.document import Json
from crawlers.parsers.formats.graph import refusal
from crawlers.parsers.formats.graph_comments import words_of
from crawlers.parsers.formats.reading import Reading
from crawlers.parsers.formats.values import at, identifier, kept, link, name, objects, string
from crawlers.parsers.registry import Page, parser
from domain.posts import CrawledPost, Diagnostic, DiagnosticEvent, Parsed, PostKind

_POSTS = {"post", "status", "photo", "video", "share", "link", "album", "note", "event", "story"}
_VERBS = {"add", "edit", "edited", "remove", "restore"}


@parser("facebook.event")
def parse_event(page: Page) -> Parsed:
    reading = Reading(page)
    document = reading.object()
    if document is None:
        return reading.result()
    if (words := refusal(document)) is not None:
        reading.doubts.refused("error", words)
        return reading.result()
    for entry, where in reading.objects(document.get("entry"), "entry"):
        for change, place in reading.objects(entry.get("changes", []), f"{where}.changes"):
            if change.get("field") == "feed":
                _add(reading, change.get("value"), f"{place}.value", identifier(entry.get("id")))
    if not reading.posts and not reading.doubts.found:
        reason = "the event carries no post"
        reading.doubts.found.append(
            Diagnostic(event=DiagnosticEvent.COUNT, expected=0, found=0, where="entry", reason=reason)
        )
    return reading.result()


def _add(reading: Reading, value: Json, where: str, page: str | None) -> None:
    if not isinstance(value, dict):
        reading.doubts.skipped(where, "not an object")
        return
    item, verb = string(value.get("item")), string(value.get("verb"))
    is_comment = item == "comment"
    if verb not in _VERBS or not (is_comment or item in _POSTS):
        return
    number = reading.id(value.get("comment_id" if is_comment else "post_id"), f"{where}.id")
    if number is None:
        return
    post = identifier(value.get("post_id"))
    parent = identifier(value.get("parent_id")) if is_comment else None
    author = identifier(at(value, "from", "id")) or identifier(value.get("sender_id"))
    is_official = author is not None and author in (reading.page.official | ({page} if page else set()))
    began = identifier(at(value, "post", "from", "id"))
    speaks = (
        is_comment and is_official and (parent not in (None, post) or (began is not None and began != page))
    )
    is_deleted = verb == "remove"
    reading.posts.pop(number, None)  # of several changes of one post the last is its state
    reading.add(
        where,
        CrawledPost(
            kind=PostKind.ANSWER if speaks else PostKind.COMMENT if is_comment else PostKind.POST,
            external_id=number,
            parent_id=(parent or post) if is_comment else None,
            root_id=post if is_comment else None,
            author=name(at(value, "from", "name")) or name(value.get("sender_name")),
            author_id=author,
            is_official=is_official,
            text="" if is_deleted else words_of(reading, value.get("message"), f"{where}.message"),
            published_at=reading.time(
                value.get("created_time"), f"{where}.created_time", must=not is_deleted
            ),
            deleted=is_deleted,
            attachments=_attachments(value, item),
            url=link(value.get("permalink_url")) or link(at(value, "post", "permalink_url")),
            raw=kept(value, "item", "verb", "published"),
        ),
    )


def _attachments(value: dict[str, Json], item: Json) -> tuple[str, ...]:
    photos = len(objects(value.get("photos"))) or (1 if value.get("photo") or item == "photo" else 0)
    return ("photo",) * photos + (("video",) if value.get("video") or item == "video" else ())
