"""VK's texts: mentions as names, entities decoded once, `<br>` a line break."""

import html
import re

_BR = re.compile(r"<br\s*/?>", re.IGNORECASE)
# A bare `&copy` is part of a link as often as an entity: only what ends in a semicolon is decoded.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# [id1|Имя], [club1|Имя], the older [id1:bp-1_2|Имя] and links as [https://vk.com/…|слова].
_ACCOUNT = r"(?:id|club|public|event|app)\d{1,19}(?::[^\]|\s]{0,100})?"
_LINK = r"(?:https?://)?(?:m\.)?vk\.(?:com|ru|cc)/[^\]|\s]{1,2000}"
_MENTION = re.compile(rf"\[(?:{_ACCOUNT}|{_LINK})\|([^\]\[|]{{1,1000}})\]")
_FIRST_MENTION = re.compile(r"\s*\[(id|club|public|event)(\d{1,19})(?::[^\]|\s]{0,100})?\|")


def plain(text: str) -> str:
    """The text as a reader sees it."""
    text = _MENTION.sub(r"\1", _BR.sub("\n", text))
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text)


def addressee(text: str) -> int | None:
    """The account mentioned at the very start, as VK writes to whom a reply speaks; communities negative."""
    found = _FIRST_MENTION.match(text)
    if found is None:
        return None
    return int(found[2]) if found[1] == "id" else -int(found[2])


def account(name: str) -> int | None:
    """An account as people write it in settings: `123`, `id123`, `-45`, `club45`, `public45`."""
    found = re.fullmatch(r"(id|club|public|event|-)?(\d{1,19})", name.strip())
    if found is None:
        return None
    return int(found[2]) if found[1] in (None, "id") else -int(found[2])
