"""How a site is treated, and Scrapy's settings that follow from it."""

from dataclasses import dataclass
from typing import Any

from otklik import __version__

#: By this name robots.txt may speak to us.
ROBOT = "Otklik"


@dataclass(frozen=True, slots=True)
class Manners:
    """Seconds, bytes and counts. The defaults are for other people's servers; our own may be asked faster."""

    delay_s: float = 2.0
    timeout_s: float = 60.0
    retries: int = 2
    #: before trying again, doubled each time, where the server does not say
    backoff_s: float = 5.0
    #: the longest wait a server may ask for: beyond it the next look comes back
    patience_s: float = 60.0
    #: a look ends itself after so long, before its parent ends it
    budget_s: int = 480
    max_bytes: int = 50_000_000


def user_agent(contact: str) -> str:
    return f"{ROBOT}/{__version__} (+{contact})"


def scrapy_settings(manners: Manners, contact: str) -> dict[str, Any]:
    """One page at a time, robots.txt obeyed, bounded in time and memory, nothing on disk."""
    here = "crawlers.sites.middlewares"
    return {
        "USER_AGENT": user_agent(contact),
        "ROBOTSTXT_OBEY": True,
        "ROBOTSTXT_USER_AGENT": ROBOT,
        "CONCURRENT_REQUESTS": 1,
        "DOWNLOAD_DELAY": manners.delay_s,
        "DOWNLOAD_DELAY_JITTER": 0,  # it would shorten the delay, too
        "DOWNLOAD_TIMEOUT": manners.timeout_s,
        "DOWNLOAD_MAXSIZE": manners.max_bytes,  # of what is unpacked, too
        "DOWNLOAD_WARNSIZE": 0,
        "REDIRECT_MAX_TIMES": 5,
        "METAREFRESH_ENABLED": False,
        "RETRY_TIMES": manners.retries,
        "CLOSESPIDER_TIMEOUT": manners.budget_s,
        "COOKIES_ENABLED": True,  # banki.ru answers 302 to the same address until its cookie comes back
        # A page is asked for twice on purpose (a redirect to itself, a list that shrank).
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
            f"{here}.Fence": 50,
            f"{here}.PoliteRobots": 100,
            f"{here}.PatientRetry": 550,
        },
        "OTKLIK_BACKOFF_S": manners.backoff_s,
        "OTKLIK_PATIENCE_S": manners.patience_s,
        "TELNETCONSOLE_ENABLED": False,
        "LOGSTATS_INTERVAL": 0,
        "LOG_ENABLED": False,
        "LOG_INSTALL_ROOT_HANDLER": False,
    }
