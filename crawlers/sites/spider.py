"""The one spider: asks for page after page and hands each to the reading. Whatever ends it is kept."""

# mypy: disable-error-code="misc"
# (a subclass of Scrapy's spider, which is not typed here)

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.http import Response

from crawlers.sites.reading import SiteReading
from crawlers.sites.troubles import error_of


@dataclass
class Ending:
    """How the spider ended: Scrapy itself swallows errors of callbacks and calls every end "finished"."""

    error: Exception | None = None
    #: the last page was taken, and nothing else is to be read
    is_done: bool = False


class SiteSpider(Spider):
    name = "site"

    def __init__(self, *, reading: SiteReading, ending: Ending, **more: Any) -> None:
        super().__init__(**more)
        self.reading, self.ending = reading, ending
        self.host = urlsplit(reading.urls[0]).hostname or ""
        self.proxy = reading.look.source.settings.get("proxy")

    async def start(self) -> AsyncIterator[Request]:
        yield self._ask(self.reading.urls[0])

    async def parse(self, response: Response) -> AsyncIterator[Request]:
        self._count()
        try:
            asked_at = response.meta["asked_at"]
            # Parsing and storing take their time: the connections are not to wait for it.
            url = await asyncio.to_thread(self.reading.take, response.url, response.body, asked_at)
        except Exception as error:
            self.ending.error = error
            return
        if url is None:
            self.ending.is_done = True
        else:
            yield self._ask(url)

    def failed(self, failure: Any) -> None:  # Any: a Failure of Twisted
        self._count()
        self.ending.error = error_of(failure.value)

    def _ask(self, url: str) -> Request:
        asked_at = self.reading.look.clock()
        return Request(url, callback=self.parse, errback=self.failed, meta={"asked_at": asked_at})

    def _count(self) -> None:
        """Calls made so far, redirects, retries and robots.txt among them."""
        self.reading.look.run.asked = self.crawler.stats.get_value("downloader/request_count", 0)
