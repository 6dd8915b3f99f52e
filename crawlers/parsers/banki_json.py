"""`banki.json` and `banki.microloans`: lists of reviews of banks and of microloan companies at banki.ru.

The company has answered where agentAnswerText or companyResponseText has words; what the site's administrator
wrote (adminCommentText) is no answer. Times of banks carry no offset and are Moscow's. The microloan list
holds keys for its users' birthdays, names, addresses: only what is named below passes.
"""

from crawlers.parsers.document import Json
from crawlers.parsers.formats.reading import Reading
from crawlers.parsers.formats.values import at, identifier, kept, link, name, plain, string
from crawlers.parsers.registry import Page, parser
from domain.posts import Parsed

_KEPT = [
    "title",
    "grade",
    "isCountable",
    "resolutionIsApproved",
    "commentCount",
    "commentsCount",
    "active",
    "companyId",
    "productCode",
    "updatedAt",
    "gradeDisbursementSpeed",
    "gradeStaffCourtesy",
    "gradeConditionsTransparency",
    "gradeUsability",
    "addToRatingStatus",
    "resolutionApproved",
    "resolutionDate",
    "viewCount",
]


@parser("banki.json")
def parse_banks(page: Page) -> Parsed:
    reading = Reading(page)
    document = reading.object()
    if document is None:
        return reading.result()
    if not _told_refusal(document, reading):
        _read(reading, document, "data", "agentAnswerText", ("agentAnswerDate", "agentAnswerDateCreate"))
    return reading.result()


@parser("banki.microloans")
def parse_microloans(page: Page) -> Parsed:
    reading = Reading(page)
    document = reading.object()
    if document is None or _told_refusal(document, reading):
        return reading.result()
    inner = document.get("responses")
    if isinstance(inner, dict):
        _read(reading, inner, "responses.data", "companyResponseText", ("companyResponseDate",))
    else:
        reading.doubts.incomplete("responses", "there is no list here: not what this source gives")
    return reading.result()


def _told_refusal(document: dict[str, Json], reading: Reading) -> bool:
    if "data" in document or "responses" in document:
        return False
    words = next((document[key] for key in ("error", "message", "errors") if document.get(key)), None)
    if words is not None:
        reading.doubts.refused("", f"banki.ru refused: {str(words)[:200]}")
    return words is not None


def _read(
    reading: Reading, document: dict[str, Json], where: str, answer: str, times: tuple[str, ...]
) -> None:
    items = document.get("data")
    for item, place in reading.objects(items, where):
        _review(reading, item, place, answer, times)
    if isinstance(items, list):
        more = document.get("hasMorePages") is True
        reading.total(where, document.get("total"), seen=len(items), more=more)


def _review(reading: Reading, item: dict[str, Json], where: str, answer: str, times: tuple[str, ...]) -> None:
    number = reading.id(item.get("id"), f"{where}.id")
    if number is None:
        return
    is_bank = "dateCreate" in item
    words = string(item.get(answer))
    url = f"https://www.banki.ru/services/responses/bank/response/{number}/" if is_bank else None
    text = reading.text(item.get("text"), f"{where}.text")
    date = "dateCreate" if is_bank else "createdAt"
    was_added = reading.review(
        where,
        number,
        author=name(item.get("userName")) or name(at(item, "author", "name")),
        author_id=identifier(item.get("createdBy")) or identifier(at(item, "author", "id")),
        text=text or name(item.get("title")) or "",
        rating=reading.rating(item.get("grade"), f"{where}.grade"),
        answered=(words is not None) if answer in item else None,
        published_at=reading.time(item.get(date), f"{where}.{date}"),
        url=url or link(item.get("url"), "https://www.banki.ru/"),
        raw=kept(item, *_KEPT) | {"company": kept(at(item, "company"), "id", "code", "name")},
    )
    if was_added and words:
        key = next((key for key in times if item.get(key)), times[0])
        reading.answer(
            f"{where}.{answer}",
            number,
            plain(words),
            author=name(at(item, "company", "name")),
            published_at=reading.time(item.get(key), f"{where}.{key}", must=False),
            url=url,
        )
