"""What VK wraps around its items: the answer or a refusal, counts, names of authors, trimmed payloads."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from crawlers.parsers.document import Doubts, Json, integer, json_of
from crawlers.parsers.registry import Page
from crawlers.parsers.vk_text import account

#: What support, deadlines and the doctor may need; people's photos, phones, birthdays are not in it.
_KEPT = (
    "id",
    "owner_id",
    "from_id",
    "post_id",
    "date",
    "edited",
    "post_type",
    "parents_stack",
    "reply_to_user",
    "reply_to_comment",
    "deleted",
    "is_pinned",
    "marked_as_ads",
    "signer_id",
    "is_from_post_author",
)
_KEPT_COUNTS = ("comments", "thread", "likes", "reposts", "views")
_KEPT_OF_ATTACHMENT = ("id", "owner_id", "sticker_id", "product_id", "url", "duration", "ext", "type")
_WALL = re.compile(r"wall(-?\d{1,19})_(\d{1,19})")


@dataclass(frozen=True, slots=True)
class Answer:
    """The inside of a successful response."""

    items: list[Json]
    #: path of the items in the document
    where: str
    count: int | None = None
    #: top-level comments only, where VK tells them apart
    level_count: int | None = None
    post_author: int | None = None
    names: Mapping[int, str] = field(default_factory=dict)


def answer_of(body: bytes, doubts: Doubts) -> Answer | None:
    """The answer inside the envelope (or bare); None when there is none, with the reason among the doubts."""
    document = json_of(body, doubts)
    if document is None:
        return None
    if isinstance(document, dict) and refusal(document, doubts):
        return None
    inner, where = document, ""
    if isinstance(document, dict) and "response" in document:
        inner, where = document["response"], "response"
    if isinstance(inner, list):  # wall.getById before 5.199 answers with the bare list
        return Answer(inner, where)
    if not isinstance(inner, dict):
        doubts.incomplete(where, "the answer is not an object: not what this method gives")
        return None
    place = f"{where}.items" if where else "items"
    items = inner.get("items")
    if not isinstance(items, list):
        doubts.incomplete(place, "there is no list of items: not what this method gives")
        return None
    return Answer(
        items,
        place,
        count=_count(inner, "count"),
        level_count=_count(inner, "current_level_count"),
        post_author=integer(inner.get("post_author_id")),
        names=_names(inner),
    )


def refusal(document: dict[str, Json], doubts: Doubts) -> bool:
    """Whether VK refused; error, captcha (both shapes) and failed `execute` say so in the doubts."""
    error = document.get("error")
    if error is None and "error_code" in document:
        error = document
    if error is None and document.get("response") is None and document.get("execute_errors"):
        doubts.refused("execute_errors", "every part of the execute call was refused")
        return True
    if error is None:
        return False
    if not isinstance(error, dict):
        doubts.refused("error", f"VK refused: {str(error)[:200]}")
        return True
    code = integer(error.get("error_code"))
    captcha = any(key in error for key in ("captcha_sid", "captcha_img")) or code == 14
    # The message is VK's own words; request_params beside it may hold a token and are never repeated.
    words = str(error.get("error_msg", ""))[:200]
    doubts.refused("error", f"VK error {code}: {words}{' (captcha)' if captcha else ''}")
    return True


def _count(inner: dict[str, Json], name: str) -> int | None:
    value = integer(inner.get(name))
    return value if value is not None and value >= 0 else None


def _names(inner: dict[str, Json]) -> dict[int, str]:
    names: dict[int, str] = {}
    for person in _objects(inner.get("profiles")):
        words = (person.get("first_name"), person.get("last_name"))
        number = integer(person.get("id"))
        if number and (name := " ".join(w for w in words if isinstance(w, str) and w)):
            names[number] = name
    for group in _objects(inner.get("groups")):
        number, title = integer(group.get("id")), group.get("name")
        if number and isinstance(title, str) and title:
            names[-abs(number)] = title
    return names


def _objects(value: Json) -> list[dict[str, Json]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def attachments(item: dict[str, Json]) -> tuple[str, ...]:
    """Kinds of what hangs at the post, in order."""
    kinds = (found.get("type") for found in _objects(item.get("attachments")))
    return tuple(kind for kind in kinds if isinstance(kind, str) and kind)


def trimmed(item: dict[str, Json]) -> dict[str, Json]:
    """The payload without what is stored elsewhere (text) and without personal fields nobody needs."""
    kept = {key: item[key] for key in _KEPT if key in item and not isinstance(item[key], dict)}
    for key in _KEPT_COUNTS:
        inner = item.get(key)
        if isinstance(inner, dict) and (count := integer(inner.get("count"))) is not None:
            kept[key] = {"count": count}
    if found := [_trimmed_attachment(one) for one in _objects(item.get("attachments"))]:
        kept["attachments"] = found
    return kept


def _trimmed_attachment(found: dict[str, Json]) -> dict[str, Json]:
    kind = found.get("type")
    if not isinstance(kind, str):
        return {}
    inner = found.get(kind)
    if not isinstance(inner, dict):
        return {"type": kind}
    scalars = {k: inner[k] for k in _KEPT_OF_ATTACHMENT if isinstance(inner.get(k), str | int | float)}
    return {"type": kind, kind: scalars}


def official_of(page: Page) -> frozenset[int]:
    return frozenset(number for name in page.official if (number := account(name)) is not None)


def asked_for(url: str | None) -> tuple[int | None, int | None]:
    """Owner and post a URL is about: that of the API call, or of the page a person sees."""
    if not url:
        return None, None
    if found := _WALL.search(url):
        return int(found[1]), int(found[2])
    try:
        query = parse_qs(urlsplit(url).query)
    except ValueError:
        return None, None
    return integer(query.get("owner_id", [None])[0]), integer(query.get("post_id", [None])[0])
