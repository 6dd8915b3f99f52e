"""The kinds of sites there are. A new one is a module with a `SITE`, a line here and a table in the
configuration (otklik/source_sections.py)."""

from crawlers.sites import appstore, banki, page, rss, sravni
from crawlers.sites.site import Site

SITES: dict[str, Site] = {
    "banki": banki.SITE,
    "sravni": sravni.SITE,
    "page": page.SITE,
    "rss": rss.SITE,
    "appstore": appstore.SITE,
}
