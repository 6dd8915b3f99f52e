"""Politeness that Scrapy lacks: the Crawl-delay and the absence of robots.txt, Retry-After, one host only."""

# mypy: disable-error-code="misc"
# (subclasses of Scrapy's classes, which are not typed here)

import asyncio
import time

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.response import response_status_message

from crawlers.sites.manners import ROBOT
from crawlers.sites.troubles import Stop, wait_asked
from domain.errors import AccessDenied, SourceChanged, Unavailable

#: What is longer is no robots.txt: RFC 9309 asks for 500 KiB at least.
MAX_ROBOTS = 512_000


class Fence:
    """Every request, redirected ones too, stays on the source's host and goes through its proxy."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Fence":
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        spider = self._crawler.spider
        host = urlparse_cached(request).hostname or ""
        if _plain(host) != _plain(spider.host):
            raise Stop(SourceChanged(f"сайт отсылает на другой адрес ({host[:100]}): проверьте источник"))
        if spider.proxy:
            request.meta["proxy"] = spider.proxy


def _plain(host: str) -> str:
    return host.casefold().removeprefix("www.")


class PoliteRobots(RobotsTxtMiddleware):
    """Keeps the Crawl-delay. Where robots.txt cannot be had, nothing is read (RFC 9309, 2.3.1.4)."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._unreachable: set[str] = set()
        #: when the last page was asked for, in seconds of time.monotonic
        self._last: float | None = None

    async def process_request(self, request: Request) -> None:
        if request.meta.get("dont_obey_robotstxt"):  # robots.txt itself
            return
        rules = await self.robot_parser(request)
        if urlparse_cached(request).netloc in self._unreachable:
            raise Stop(Unavailable("robots.txt не отвечает: без него сайт не читаем"))
        if rules is None:
            return
        self.process_request_2(rules, request)
        await self._wait(float(rules.crawl_delay(ROBOT) or 0))
        self._last = time.monotonic()

    async def _wait(self, delay_s: float) -> None:
        """Between two pages; where that is too long for one look, a look is one page."""
        if self._last is None:
            return
        wait = self._last + delay_s - time.monotonic()
        if wait > self.crawler.settings.getfloat("OTKLIK_PATIENCE_S"):
            raise Stop(Unavailable(f"robots.txt просит ждать {delay_s:.0f} с: одна страница за взгляд"))
        await asyncio.sleep(max(0.0, wait))

    def process_request_2(self, rp: RobotParser, request: Request) -> None:
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest:
            raise Stop(AccessDenied("robots.txt сайта запрещает эту страницу: не читаем")) from None

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == 429:
            raise ConnectionError(f"HTTP {response.status}")
        # A page of an error is no rules: there are none, and everything is allowed.
        body = response.body[:MAX_ROBOTS] if response.status < 300 else b""
        await super()._parse_robots(response.replace(body=body), netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        if not isinstance(exc, IgnoreRequest):
            self._unreachable.add(netloc)
        super()._robots_error(exc, netloc)


class PatientRetry(RetryMiddleware):
    """Waits as long as the server asks before trying again; too long a wait is left to the next look."""

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        if request.meta.get("dont_retry") or response.status not in self.retry_http_codes:
            return response
        settings = self.crawler.settings
        asked = wait_asked(response)
        backoff = settings.getfloat("OTKLIK_BACKOFF_S") * 2 ** request.meta.get("retry_times", 0)
        wait = asked.total_seconds() if asked is not None else backoff
        if wait > settings.getfloat("OTKLIK_PATIENCE_S"):
            return response
        again = self._retry(request, response_status_message(response.status))
        if again is None:
            return response
        await asyncio.sleep(wait)
        return again
