"""What Scrapy reports, as errors of ours: who can do something about it, and what."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from domain.errors import AccessDenied, OtklikError, RateLimited, SourceChanged, Unavailable

_TOO_LARGE = "страница больше, чем мы берём"


class Stop(IgnoreRequest):  # type: ignore[misc]  # Scrapy is not typed here
    """A middleware of ours ends the look; `error` says why."""

    def __init__(self, error: OtklikError) -> None:
        super().__init__(str(error))
        self.error = error


def error_of(problem: Any) -> OtklikError:  # Any: whatever Scrapy or Twisted raised
    """The error of ours for a request that came to nothing."""
    if isinstance(problem, Stop):
        return problem.error
    if isinstance(problem, OtklikError):
        return problem
    if isinstance(problem, HttpError):
        return _of_status(problem.response)
    if isinstance(problem, DownloadCancelledError):
        return Unavailable(_TOO_LARGE)
    if isinstance(problem, IgnoreRequest):  # Scrapy has no classes for these
        return Unavailable(_TOO_LARGE if "MAXSIZE" in str(problem) else "сайт перенаправляет по кругу")
    if isinstance(problem, DownloadTimeoutError):
        return Unavailable("сайт не ответил вовремя")
    return Unavailable(f"сайт не отвечает: {type(problem).__name__}")


def _of_status(response: Response) -> OtklikError:
    status = response.status
    if status in (401, 403, 407):
        return AccessDenied(f"сайт не пускает (HTTP {status}): спросите его или загрузите файл отзывов")
    if status in (404, 410):
        return SourceChanged(f"такой страницы нет (HTTP {status}): проверьте адрес или код в otklik.toml")
    wait = wait_asked(response)
    if status == 429:
        return RateLimited("сайт просит приходить реже (HTTP 429)", retry_after=wait)
    return Unavailable(f"сайт отвечает HTTP {status}", retry_after=wait)


def wait_asked(response: Response) -> timedelta | None:
    """What Retry-After says, in seconds or as a date; None when it says nothing readable."""
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if value.isascii() and value.isdecimal() and len(value) < 8:
        return timedelta(seconds=int(value))
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(at - datetime.now(UTC), timedelta())
