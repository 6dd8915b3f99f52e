"""One look at a site: Scrapy in this process, once (its reactor starts only once a process)."""

import logging

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.downloadermiddlewares import cookies
from tldextract import TLDExtract

from crawlers.look import Look
from crawlers.sites.kinds import SITES
from crawlers.sites.manners import Manners, scrapy_settings
from crawlers.sites.reading import SiteReading
from crawlers.sites.spider import Ending, SiteSpider
from domain.errors import BadConfig, Unavailable


def crawl(look: Look, manners: Manners | None = None) -> None:
    """Read the list of `look.source`; fills `look.run`. Raises our errors for what stops the run."""
    contact = look.source.settings.get("contact")
    if not contact:
        raise BadConfig(
            "сайты читают, только назвавшись: допишите contact в [brand] и выполните otklik apply"
        )
    reading = SiteReading(look, SITES[look.source.kind])
    ending = Ending()
    finished = _run(reading, ending, scrapy_settings(manners or Manners(), contact))
    if ending.error is not None:
        raise ending.error
    if not ending.is_done:
        raise Unavailable(f"не дочитано ({finished}); продолжит следующий запуск")
    reading.end()


def _run(reading: SiteReading, ending: Ending, settings: dict[str, object]) -> str:
    """Run the spider to its end; why Scrapy says it ended."""
    for handler in logging.getLogger().handlers:
        handler.addFilter(_is_worth_telling)
    # Scrapy's cookies would fetch the list of public suffixes from the network: the one in the wheel will do.
    cookies._split_domain = TLDExtract(include_psl_private_domains=True, suffix_list_urls=(), cache_dir=None)
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(SiteSpider)
    process.crawl(crawler, reading=reading, ending=ending)
    # Without handlers of its own: a signal ends this process at once, and what was read is stored.
    process.start(install_signal_handlers=False)
    return _finish(crawler.stats.get_stats(), reading, ending)


def _is_worth_telling(record: logging.LogRecord) -> bool:
    """Scrapy tells of each request, with its address, and of its dislikes: the crawl row has what matters."""
    return record.name.partition(".")[0] not in {"scrapy", "twisted"} or record.levelno >= logging.CRITICAL


def _finish(stats: dict[str, object], reading: SiteReading, ending: Ending) -> str:
    """Take what only Scrapy's counters tell: its errors must not pass as a good end."""
    asked = stats.get("downloader/request_count", 0)
    reading.look.run.asked = asked if isinstance(asked, int) else 0
    if ending.error is None and any(key.startswith("spider_exceptions/") for key in stats):
        ending.error = RuntimeError("an exception in a callback")
    return str(stats.get("finish_reason", "not started"))
