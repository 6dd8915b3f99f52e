"""`page`: any page, or list over several, with reviews marked up by schema.org."""

from urllib.parse import urljoin

from crawlers.parsers.document import Doubts
from crawlers.parsers.formats.html import page_of
from crawlers.sites.site import Site, Turn
from domain.errors import SourceChanged


def _following(turn: Turn) -> str | None:
    """Where the link named in the settings leads. One without an address is the last page's."""
    selector = str(turn.options.get("next") or "")
    tree = page_of(turn.body, Doubts()) if selector else None
    link = tree.css(selector).attrib.get("href", "").strip() if tree is not None else ""
    if not link or link.startswith(("#", "javascript:")):
        return None
    try:
        return urljoin(turn.url, link)
    except ValueError:
        raise SourceChanged("ссылка на следующую страницу не адрес: проверьте next в otklik.toml") from None


SITE = Site("generic", lambda options: str(options["url"]), _following)
