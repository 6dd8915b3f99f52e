"""`appstore`: the RSS feed of customer reviews of the App Store, in JSON.

Traps: `entry` is one object instead of a list where there is one review; the first entry may be the app
itself (no im:rating); every value sits in {label}. Developers' replies are not in the feed: `answered` is
unknown.
"""

from crawlers.parsers.document import Json
from crawlers.parsers.formats.reading import Reading
from crawlers.parsers.formats.values import at, identifier, kept, link, name, objects, string
from crawlers.parsers.registry import Page, parser
from domain.posts import Parsed


@parser("appstore")
def parse_appstore(page: Page) -> Parsed:
    reading = Reading(page)
    document = reading.object()
    if document is None:
        return reading.result()
    feed = document.get("feed")
    if not isinstance(feed, dict):
        reading.doubts.incomplete("feed", "there is no feed: not what this source gives")
        return reading.result()
    entries = feed.get("entry", [])
    entries = [entries] if isinstance(entries, dict) else entries
    seen = 0
    for entry, where in reading.objects(entries, "feed.entry"):
        if "im:rating" in entry or not _is_app(entry):
            seen += 1
            _review(reading, entry, where)
    if isinstance(entries, list):
        reading.total("feed.entry", None, seen=seen, more=seen > 0 and _has_next(feed))
    return reading.result()


def _is_app(entry: dict[str, Json]) -> bool:
    return any(
        key in entry
        for key in ("im:name", "im:artist", "im:image", "im:bundleId", "im:contentType", "rights")
    )


def _has_next(feed: dict[str, Json]) -> bool:
    """Whether `next` names another page than this one: on the last page it names the page itself."""
    links = {
        string(at(one, "attributes", "rel")): string(at(one, "attributes", "href"))
        for one in objects(feed.get("link"))
    }
    following = links.get("next")
    return following is not None and following not in (links.get("self"), links.get("previous"))


def _review(reading: Reading, entry: dict[str, Json], where: str) -> None:
    number = reading.id(_label(entry, "id"), f"{where}.id.label")
    if number is None:
        return
    title = name(_label(entry, "title"))
    text = reading.text(_label(entry, "content"), f"{where}.content.label")
    profile = string(at(entry, "author", "uri", "label")) or ""
    reading.review(
        where,
        number,
        author=name(at(entry, "author", "name", "label")),
        author_id=identifier(profile.rpartition("/id")[2]) if "/id" in profile else None,
        text=text or title or "",
        rating=reading.rating(_label(entry, "im:rating"), f"{where}.im:rating.label"),
        published_at=reading.time(_label(entry, "updated"), f"{where}.updated.label"),
        url=link(at(entry, "link", "attributes", "href")),
        raw={"title": title, "version": string(_label(entry, "im:version"))}
        | kept(
            {key: _label(entry, key) for key in ("im:voteSum", "im:voteCount")}, "im:voteSum", "im:voteCount"
        ),
    )


def _label(entry: dict[str, Json], key: str) -> Json:
    value = entry.get(key)
    return value.get("label") if isinstance(value, dict) else value
