"""Values strangers wrote, as a person reads them: texts, names, ids, ratings, links."""

import html
import math
import re
from urllib.parse import urljoin, urlsplit

from crawlers.parsers.document import Json

#: Tags review sites let into texts. Others are words: «сумма <1000 руб. и >500».
_TAGS = (
    "a|abbr|article|b|big|blockquote|br|center|cite|code|dd|del|div|dl|dt|em|figure|font|footer|h[1-6]|header|hr|"
    "i|img|ins|li|main|noscript|ol|p|pre|q|s|script|section|small|span|strike|strong|style|sub|sup|table|tbody|td|"
    "th|thead|tr|tt|u|ul|video|iframe|nobr|wbr"
)
_BREAK = re.compile(r"<br\b[^<>]*>[ \t]*(?:\r\n?|\n)?", re.IGNORECASE)
_BLOCK = re.compile(
    r"<(?:(?:li|tr|dd|dt)|/?(?:p|div|ul|ol|table|blockquote|h[1-6]|section|article|hr|pre))\b[^<>]*>",
    re.IGNORECASE,
)
_TAG = re.compile(rf"<(?:/?(?:{_TAGS})\b[^<>]*|!--[^<>]*--)>", re.IGNORECASE)
# A bare `&copy` is part of a link as often as an entity: only what ends in a semicolon is decoded.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BETWEEN = re.compile(r"[\W_]+")
_SPACES = re.compile(r"[ \t\xa0\u2007\u202f]+")


def plain(text: str) -> str:
    """The text as a reader sees it: `<br>` and paragraphs as line breaks, no tags, entities decoded once."""
    if "<" in text:
        text = _BREAK.sub("\n", text)
        text = _TAG.sub("", _BLOCK.sub("\n", text))
    return tidy(decoded(text))


def decoded(text: str) -> str:
    """Entities decoded once: `&amp;lt;` stays the word `&lt;`."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def tidy(text: str) -> str:
    """No spaces around line breaks, no more than one empty line."""
    text = _SPACES.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = [line.strip() for line in text.strip().split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def words(text: str | None) -> str:
    """Letters and digits alone: what stays the same when a site prints one text in two ways."""
    return _BETWEEN.sub("", (text or "").casefold())


def string(value: Json) -> str | None:
    """A text with something in it, else None."""
    return value if isinstance(value, str) and value.strip() else None


def name(value: Json) -> str | None:
    """A name on one line, else None."""
    found = string(value)
    return (" ".join(decoded(found).split()) or None) if found else None


def identifier(value: Json) -> str | None:
    """An id as the source writes it, number or word; None for what cannot be one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if 0 < value < 2**63 else None
    if isinstance(value, float):
        return identifier(int(value)) if math.isfinite(value) and value.is_integer() else None
    found = value.strip() if isinstance(value, str) else ""
    return found if 0 < len(found) <= 200 and found.isprintable() else None


def number(value: Json) -> float | None:
    """A finite number, also written as "4,5"; else None."""
    if isinstance(value, str):
        found = re.fullmatch(r"\s*(-?\d{1,9})(?:[.,](\d{1,9}))?\s*", value)
        return float(f"{found[1]}.{found[2] or 0}") if found else None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e9:
        return None
    return float(value) if math.isfinite(value) else None


def stars(value: Json, best: Json = None, worst: Json = None) -> int | None:
    """A rating brought to 1..5, halves up. None: there is none (sites write 0) or it makes no sense."""
    found, top = number(value), number(best)
    top = 5.0 if top is None or top <= 0 else top
    if found is None or found <= 0 or found > top:
        return None
    low = number(worst)
    if top != 5 and low is not None and 0 < low < top:  # 1..10 is 1..5 with steps of half a star
        found, top = (found - low) / (top - low) * 4 + 1, 5.0
    return min(5, max(1, math.floor(found * 5 / top + 0.5)))


def link(value: Json, base: str | None = None) -> str | None:
    """An absolute web address, else None."""
    found = string(value)
    if found is None or len(found) > 2000:
        return None
    try:
        address = urljoin(base or "", found.strip())
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.netloc else None


def at(value: Json, *path: str | int) -> Json:
    """The value inside nested objects and lists, or None where the path breaks off."""
    for key in path:
        if isinstance(value, dict) and isinstance(key, str):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and -len(value) <= key < len(value):
            value = value[key]
        else:
            return None
    return value


def objects(value: Json) -> list[dict[str, Json]]:
    """The objects in a list; one object instead of a list counts as a list of it."""
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def kept(item: Json, *keys: str) -> dict[str, Json]:
    """The scalar fields named, for the stored payload: a list of what is kept, so that nothing else is."""
    if not isinstance(item, dict):
        return {}
    return {key: item[key] for key in keys if isinstance(item.get(key), str | int | float | bool)}
