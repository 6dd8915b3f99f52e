"""`generic`: any page with schema.org reviews, in JSON-LD or microdata; also a bare JSON-LD document.

Who of those that comment speaks for the company, schema.org does not tell: give their names with
`--official`.
"""

from crawlers.parsers.document import Json
from crawlers.parsers.formats import schema_org
from crawlers.parsers.formats.drafts import Draft, merged, tell
from crawlers.parsers.formats.html import page_of, start_of, tell_nothing
from crawlers.parsers.formats.reading import Reading
from crawlers.parsers.registry import Page, parser
from domain.posts import Parsed


@parser("generic")
def parse_generic(page: Page) -> Parsed:
    reading = Reading(page)
    start = start_of(page.body)[:1]
    if start in (b"{", b"["):
        document = reading.json()
        drafts = schema_org.reviews(document, "ld+json", reading)
        if document is not None and not drafts:
            reading.doubts.incomplete("", "no schema.org review in this document", found=0)
        _tell(reading, drafts, document)
        return reading.result()
    tree = page_of(page.body, reading.doubts)
    if tree is None:
        return reading.result()
    marked, items = schema_org.json_ld(tree, reading), schema_org.microdata(tree, reading)
    drafts = schema_org.reviews(marked, "ld+json", reading)
    drafts = merged(drafts, schema_org.reviews(items, "microdata", reading))
    if not drafts:
        tell_nothing(tree, reading.doubts, "schema.org review")
    _tell(reading, drafts, [*marked, *items])
    return reading.result()


def _tell(reading: Reading, drafts: list[Draft], documents: Json) -> None:
    if drafts:
        tell(reading, drafts)
        reading.total("review", schema_org.expected(documents, "ld+json"), seen=len(drafts))
