"""`avito`: reviews by Avito's ratings API.

An answer on moderation is not public yet, a rejected one never will be: only a published one counts as
answered.
"""

from crawlers.parsers.document import Json
from crawlers.parsers.formats.reading import Reading
from crawlers.parsers.formats.values import at, identifier, kept, name, objects, string
from crawlers.parsers.registry import Page, parser
from domain.posts import Parsed

#: Status of the answer -> what is known of `answered`; on moderation: said, but nobody can read it yet.
_ANSWERED = {
    "rejected": False,
    "deleted": False,
    "moderation": None,
    "on_moderation": None,
    "processing": None,
}


@parser("avito")
def parse_avito(page: Page) -> Parsed:
    reading = Reading(page)
    document = reading.object()
    if document is None:
        return reading.result()
    items = document.get("reviews")
    if items is None and (words := document.get("error") or document.get("message")):
        reading.doubts.refused("", f"Avito refused: {str(at(words, 'message') or words)[:200]}")
        return reading.result()
    for item, where in reading.objects(items, "reviews"):
        _review(reading, item, where)
    if isinstance(items, list):
        reading.total("reviews", document.get("total"), seen=len(items))
    return reading.result()


def _review(reading: Reading, item: dict[str, Json], where: str) -> None:
    number = reading.id(item.get("id"), f"{where}.id")
    if number is None:
        return
    answer = item.get("answer")
    words = string(at(answer, "text"))
    status = string(at(answer, "status"))
    answered = _ANSWERED.get(status.casefold(), True) if status else True
    was_added = reading.review(
        where,
        number,
        author=name(at(item, "sender", "name")),
        author_id=identifier(at(item, "sender", "id")),
        text=reading.text(item.get("text"), f"{where}.text"),
        rating=reading.rating(item.get("score"), f"{where}.score"),
        answered=(answered if words else False) if "answer" in item or "canAnswer" in item else None,
        published_at=reading.time(item.get("createdAt"), f"{where}.createdAt"),
        attachments=("photo",) * len(objects(item.get("images"))),
        raw=kept(item, "stage", "usedInScore", "canAnswer")
        | {"item": kept(at(item, "item"), "id", "title"), "answer": kept(answer, "status")},
    )
    if was_added and words and answered:
        place = f"{where}.answer"
        reading.answer(
            place,
            number,
            reading.text(words, place),
            own_id=identifier(at(answer, "id")),
            published_at=reading.time(at(answer, "createdAt"), f"{place}.createdAt", must=False),
        )
