"""Pages: bytes to a tree, texts as a browser shows them, and pages that stand in the way of the page."""

import re
from collections.abc import Collection

from lxml import etree
from parsel import Selector

from crawlers.parsers.document import Doubts, text_of

#: Beyond this a page is no list of reviews but an attack; the caller bounds downloads, too.
MAX_PAGE = 60_000_000

_DECLARED = re.compile(rb"<meta[^>]{1,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,30})", re.IGNORECASE)
#: What no XML tree may hold.
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
#: How a page, or what somebody cut out of one with care, ends.
_ENDS = ("</html>", "</body>", "</main>", "</section>", "</ul>")
_UNSHOWN = {"script", "style", "noscript", "template", "svg", "head"}
_BLOCKS = {
    "p",
    "div",
    "li",
    "ul",
    "ol",
    "tr",
    "table",
    "blockquote",
    "section",
    "article",
    "h1",
    "h2",
    "h3",
    "h4",
}

BREAKS_OFF = "the page breaks off: its end is missing"

#: Words of captchas and bot walls, in lower case. Asked only of pages without a single review:
#: a customer may quote them in a complaint.
_WALLS = (
    "подтвердите, что запросы отправляли вы",
    "/showcaptcha",
    "/checkcaptcha",
    "smartcaptcha",
    "captcha_url",
    "action_capcha_ban",
    "советует обновить браузер",
    "рекомендуем его обновить",
    "just a moment...",
    "cf-challenge",
    "attention required! | cloudflare",
    "ddos-guard",
    "checking your browser",
    "проверка браузера",
    "доступ ограничен",
    "доступ запрещен",
    "доступ запрещён",
    "access denied",
    "вы не робот",
    "не робот",
    "are you a robot",
    "g-recaptcha",
    "h-captcha",
)


def page_of(body: bytes, doubts: Doubts) -> Selector | None:
    """The page as a tree; None (and a doubt) where there is nothing to read."""
    text = _UNREADABLE.sub("", _text(body[:MAX_PAGE], doubts))
    if not text.strip():
        doubts.incomplete("byte 0", "the response is empty")
        return None
    start = text[:1000].casefold()
    is_whole = text.rstrip().casefold().endswith(_ENDS) or "</html" in text[-100_000:].casefold()
    if ("<html" in start or "<!doctype" in start) and not is_whole:
        doubts.incomplete(f"character {len(text)}", BREAKS_OFF)
    # Without huge_tree libxml2 itself stops at 256 levels: nobody is made to walk a tower of tags.
    builder = etree.HTMLParser(recover=True, encoding="utf-8", huge_tree=False)
    root = etree.fromstring(text.encode("utf-8", "replace"), parser=builder)
    if root is None:
        doubts.incomplete("html", "there is no markup here")
        return None
    if any("XML_PARSE_HUGE" in error.message for error in builder.error_log):
        doubts.incomplete("html", "too deep or too big to be read whole")
    return Selector(root=root, type="html")


def breaks_off(doubts: Doubts) -> bool:
    """Whether the page was cut on its way."""
    return any(told.reason == BREAKS_OFF for told in doubts.found)


def is_markup(body: bytes) -> bool:
    """Whether a page came where there might be JSON, in whatever encoding."""
    return start_of(body).startswith(b"<")


def start_of(body: bytes) -> bytes:
    """The first characters without byte order marks, spaces, and the zeros of UTF-16."""
    return body[:200].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")


def _text(body: bytes, doubts: Doubts) -> str:
    declared = _DECLARED.search(body[:4096])
    if declared and declared[1].lower() not in (b"utf-8", b"utf8"):
        try:
            return body.decode(declared[1].decode("ascii"))
        except (LookupError, UnicodeError):
            pass
    return text_of(body, doubts)


def wall(page: Selector) -> str | None:
    """The mark of a captcha or bot wall, or None. To be asked where no review was found."""
    text = (page.get() or "")[:300_000].casefold()
    return next((mark for mark in _WALLS if mark in text), None)


def tell_nothing(page: Selector, doubts: Doubts, what: str = "review") -> None:
    """Say why a page without reviews has none: a wall is a refusal, everything else a doubt."""
    if mark := wall(page):
        doubts.refused("html", f"a captcha or bot wall instead of the page: «{mark}»")
    else:
        doubts.incomplete("html", f"no {what} in this page: the site changed, or there is none", found=0)


def shown(node: Selector, *, without: Collection[str] = ()) -> str:
    """What a browser shows of an element, `<br>` and blocks as line breaks.

    `without`: CSS of what inside it is no part of the text, such as «Читать далее».
    """
    root = node.root
    if not isinstance(root, etree._Element):
        return " ".join(str(root).split())
    hidden = {found.root for css in without for found in node.css(css)}
    parts: list[str | None] = []  # None: a block begins or ends here
    walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        if event == "start":
            if element in hidden or element.tag in _UNSHOWN:
                walker.skip_subtree()
            elif element.tag == "br":
                parts.append("\n")
            else:
                parts.extend((None if element.tag in _BLOCKS else "", _flowing(element.text)))
            continue
        if element is not root:
            parts.extend((None if element.tag in _BLOCKS else "", _flowing(element.tail)))
    return _joined(parts)


def _flowing(text: str | None) -> str:
    """White space in a page is one space, line breaks too."""
    return re.sub(r"\s+", " ", text) if text else ""


def _joined(parts: list[str | None]) -> str:
    lines: list[list[str]] = [[]]
    has_words = False
    for part in parts:
        if part == "\n" or (part is None and has_words):
            lines.append([])
            has_words = False
        elif part:
            lines[-1].append(part)
            has_words = has_words or not part.isspace()
    text = "\n".join(" ".join("".join(line).split()) for line in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def first(node: Selector, *css: str) -> Selector | None:
    """The first element any of the selectors finds, in their order."""
    return next((found[0] for selector in css if (found := node.css(selector))), None)


def shown_first(node: Selector, *css: str) -> str | None:
    """The text of that element, on one line; None where there is none."""
    found = first(node, *css)
    return (" ".join(shown(found).split()) or None) if found is not None else None


def own(node: Selector, name: str) -> str:
    """The element's own attribute, or nothing."""
    return str(node.root.get(name, "")).strip()


def attribute(node: Selector, name: str, *css: str) -> str | None:
    """An attribute of the first element that has it."""
    for selector in css:
        for found in node.css(selector):
            value = own(found, name)
            if value:
                return value
    return None
