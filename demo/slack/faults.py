"""Misfortunes that a test can order: each happens a set number of times, then life goes on."""

from collections import defaultdict, deque
from dataclasses import dataclass


@dataclass(frozen=True)
class Throttle:
    """HTTP 429, whatever the real pace was."""

    retry_after: int = 1


@dataclass(frozen=True)
class ServerError:
    """HTTP 500 or 503 with an HTML body, as a balancer in front of Slack answers."""

    status: int = 500


@dataclass(frozen=True)
class Refuse:
    """Any error code with `"ok": false`, e.g. `invalid_auth` or `fatal_error`."""

    error: str


@dataclass(frozen=True)
class Hang:
    """The answer never comes, for up to `seconds` or until the client goes away.

    With `after_doing` the call has taken effect by then: a client that simply repeats it posts twice.
    """

    seconds: float = 60.0
    after_doing: bool = True


@dataclass(frozen=True)
class Reset:
    """The connection breaks instead of an answer; `after_doing` as for Hang."""

    after_doing: bool = True


Fault = Throttle | ServerError | Refuse | Hang | Reset


class Faults:
    """Queues of faults by method name; "*" means whichever method is called next."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, deque[Fault]] = defaultdict(deque)

    def add(self, method: str, fault: Fault, *, times: int = 1) -> None:
        self._waiting[method].extend([fault] * times)

    def take(self, method: str) -> Fault | None:
        """The next fault ordered for this method; it is used up."""
        for queue in (self._waiting[method], self._waiting["*"]):
            if queue:
                return queue.popleft()
        return None

    def clear(self) -> None:
        self._waiting.clear()
