"""`vk_api.VkApi` made robust: base URL, time-outs, bounded retries, a shared pace, no token in any message.

Only `method()` is replaced, so the library's `get_api()` and its exceptions work as they do elsewhere; what
goes wrong is raised as an error of ours with the library's behind it.
"""

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jconfig  # type: ignore[import-untyped]
import requests
import structlog
import vk_api
from tenacity import RetryCallState, Retrying, retry_if_exception
from vk_api.exceptions import ApiError, ApiHttpError

from crawlers.vk.errors import translated
from crawlers.vk.pace import RPS, Pace
from domain.clock import Clock, system_clock
from domain.errors import OtklikError, QuotaSpent, RateLimited, Retryable, SourceChanged, Unavailable

log = structlog.get_logger()

API_VERSION = "5.199"
#: Seconds to connect, and to wait for the next bytes.
TIMEOUT = (5.0, 30.0)
#: Tries of one call: when VK or the way to it is in trouble, and when we were merely too fast.
TRIES, TRIES_TOO_FAST = 5, 10
#: A longer pause is no retry any more: the run ends, and the schedule comes back.
LONGEST_PAUSE = timedelta(minutes=1)
HIDDEN = "***"


@dataclass(frozen=True, slots=True)
class Reply:
    """A successful answer: the bytes for a parser, and what stands under `response`."""

    body: bytes
    response: Any  # Any: by method


class VkClient(vk_api.VkApi):  # type: ignore[misc]  # the library has no types
    """One token, one process at a time; `asked` counts the calls that went out."""

    def __init__(
        self,
        token: str,
        *,
        base_url: str,
        pace: Pace,
        clock: Clock = system_clock,
        sleep: Callable[[float], None] = time.sleep,
        timeout: tuple[float, float] = TIMEOUT,
    ) -> None:
        super().__init__(
            token=token,
            api_version=API_VERSION,
            session=requests.Session(),
            # The library's default writes a file into the working folder.
            config=jconfig.MemoryConfig,
        )
        self.asked = 0
        self._secret = token
        self._base_url = base_url.rstrip("/") + "/"
        self._pace, self._clock, self._timeout = pace, clock, timeout
        self._retrying = Retrying(
            retry=retry_if_exception(_may_pass), wait=_pause, stop=_enough, sleep=sleep, reraise=True
        )

    def method(  # the library's signature; captchas are never solved, so their keys are not sent
        self,
        method: str,
        values: Mapping[str, Any] | None = None,
        captcha_sid: str | None = None,  # noqa: ARG002
        captcha_key: str | None = None,  # noqa: ARG002
        success_token: str | None = None,  # noqa: ARG002
        raw: bool = False,
        with_cookies: bool = False,  # noqa: ARG002
    ) -> Any:
        """As the library's: what stands under `response`, with `raw` the whole answer."""
        reply = self.fetch(method, values)
        return json.loads(reply.body) if raw else reply.response

    def fetch(self, method: str, values: Mapping[str, Any] | None = None) -> Reply:
        """One call, tried again while that may help.

        Raises RateLimited, QuotaSpent, Unavailable, AuthExpired, BotChallenge, AccessDenied, Gone, BadConfig,
        SourceChanged.
        """
        try:
            return self._retrying(self._once, method, dict(values or {}))
        except (RateLimited, QuotaSpent) as error:
            if error.retry_after and error.__cause__ is not None:  # VK's word; our own book knows already
                self._pace.stop(method, error.retry_after)
            raise

    def _once(self, method: str, values: dict[str, Any]) -> Reply:
        self._pace.wait_turn(method)
        self.asked += 1
        response = self._post(method, values)
        if response.status_code != requests.codes.ok:
            raise self._http_error(method, values, response)
        body = response.content
        try:
            document = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise Unavailable(f"{method}: VK ответил не в JSON или ответ оборван") from error
        if isinstance(document, dict) and "error" in document:
            raise self._api_error(method, values, document["error"])
        if not isinstance(document, dict) or "response" not in document:
            raise SourceChanged(f"{method}: в ответе VK нет ни response, ни error")
        return Reply(body, document["response"])

    def _post(self, method: str, values: dict[str, Any]) -> requests.Response:
        form = {"v": self.api_version, **values, "access_token": self._secret}
        try:
            response: requests.Response = self.http.post(
                self._base_url + method, form, timeout=self._timeout, allow_redirects=False
            )
        except requests.RequestException as error:
            error.request = None  # it holds the form, and the form the token
            raise Unavailable(f"{method}: VK не отвечает: {type(error).__name__}") from error
        return response

    def _http_error(self, method: str, values: dict[str, Any], response: requests.Response) -> OtklikError:
        log.warning("vk.http_refused", method=method, status=response.status_code)
        ours = Unavailable(f"{method}: VK ответил HTTP {response.status_code}")
        ours.__cause__ = ApiHttpError(self, method, values, False, response)
        return ours

    def _api_error(self, method: str, values: dict[str, Any], error: Any) -> OtklikError:  # Any: JSON
        told = _without(self._secret, error if isinstance(error, dict) else {"error_msg": str(error)})
        told.setdefault("error_code", None)
        told.pop("request_params", None)
        log.warning("vk.refused", method=method, code=told["error_code"])
        ours = translated(method, told, self._clock())
        ours.__cause__ = ApiError(self, method, values, False, told)
        return ours


def _without(secret: str, value: Any) -> Any:  # Any: JSON
    """A copy in which the token is hidden wherever it stands."""
    if isinstance(value, str):
        return value.replace(secret, HIDDEN) if secret else value
    if isinstance(value, dict):
        return {key: _without(secret, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without(secret, inner) for inner in value]
    return value


def _may_pass(error: BaseException) -> bool:
    if not isinstance(error, Retryable) or isinstance(error, QuotaSpent):
        return False
    return error.retry_after is None or error.retry_after <= LONGEST_PAUSE


def _enough(state: RetryCallState) -> bool:
    error = state.outcome.exception() if state.outcome else None
    return state.attempt_number >= (TRIES_TOO_FAST if isinstance(error, RateLimited) else TRIES)


def _pause(state: RetryCallState) -> float:
    """Seconds: 1/rps and a bit when we were too fast (others may share the token), else doubling from 0.5."""
    error = state.outcome.exception() if state.outcome else None
    jitter = random.uniform(0, 0.3)  # noqa: S311  # spreads processes, hides nothing
    if isinstance(error, Retryable) and error.retry_after:
        return error.retry_after.total_seconds() + jitter
    if isinstance(error, RateLimited):
        return (1 / RPS) * min(state.attempt_number, 5) + jitter
    return min(0.5 * float(2 ** (state.attempt_number - 1)), 8.0) + jitter
