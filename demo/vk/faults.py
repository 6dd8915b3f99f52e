"""The ugly parts of a real server, switched on by tests and by the story."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from enum import Enum, auto
from random import Random

ANY = "*"  #: in place of a method's name: whichever is called next


class Kind(Enum):
    """What goes wrong. SHAPES change a good answer; the others replace it."""

    ERROR = auto()
    HTML = auto()
    RESET = auto()
    SLOW = auto()
    TRUNCATED = auto()
    SHORT_PAGE = auto()
    SHUFFLED = auto()
    SWAPPED_COUNTS = auto()


SHAPES = frozenset({Kind.SHORT_PAGE, Kind.SHUFFLED, Kind.SWAPPED_COUNTS})


@dataclass(frozen=True)
class Fault:
    kind: Kind
    code: int = 0  #: VK's error code, or the HTTP status of an HTML page
    detail: str = ""
    extra: tuple[tuple[str, str], ...] = ()  #: fields beside error_code
    seconds: float = 0.0


def error(code: int, detail: str = "", **extra: str) -> Fault:
    """Any refusal by its code: 1, 6, 9, 10, 15, 18, 19, 29, 30, 104, 212 …"""
    return Fault(Kind.ERROR, code, detail, tuple(extra.items()))


def slow(seconds: float) -> Fault:
    """The right answer, late. A client that gives up earlier is let go at once."""
    return Fault(Kind.SLOW, seconds=seconds)


CAPTCHA_OLD = error(
    14, captcha_sid="548747100691", captcha_img="https://example.invalid/captcha?sid=548747100691"
)
CAPTCHA_NEW = error(14, redirect_uri="https://example.invalid/not_robot_captcha?session_token=demo")
VALIDATION = error(
    17, "please open redirect_uri in browser", redirect_uri="https://example.invalid/activation?act=validate"
)
HTML_502 = Fault(Kind.HTML, 502)
HTML_200 = Fault(Kind.HTML, 200)
RESET = Fault(Kind.RESET)
TRUNCATED = Fault(Kind.TRUNCATED)
SHORT_PAGE = Fault(Kind.SHORT_PAGE)
SHUFFLED = Fault(Kind.SHUFFLED)
SWAPPED_COUNTS = Fault(Kind.SWAPPED_COUNTS)


class Faults:
    """One-off faults first, in the order given; then the ones that come by chance (seeded: runs repeat)."""

    def __init__(self, *, seed: int = 0) -> None:
        self.echo_token = False  #: answer `request_params` with the access token in it, as old VK did
        self._lock = threading.Lock()
        self._queues: dict[str, deque[Fault]] = {}
        self._chances: dict[str, list[tuple[float, Fault]]] = {}
        self._random = Random(seed)  # noqa: S311  # luck, not secrecy

    def queue(self, method: str, *faults: Fault, times: int = 1) -> None:
        """The next calls of the method (or of ANY) meet these, one a call."""
        with self._lock:
            self._queues.setdefault(method, deque()).extend(faults * times)

    def sometimes(self, method: str, fault: Fault, probability: float) -> None:
        """Until `clear()`, each call of the method (or of ANY) may meet the fault."""
        with self._lock:
            self._chances.setdefault(method, []).append((probability, fault))

    def clear(self) -> None:
        with self._lock:
            self._queues.clear()
            self._chances.clear()

    def waiting(self) -> int:
        """One-off faults that nobody has met yet."""
        with self._lock:
            return sum(len(queue) for queue in self._queues.values())

    def take(self, method: str) -> Fault | None:
        with self._lock:
            for name in (method, ANY):
                if queue := self._queues.get(name):
                    return queue.popleft()
            for name in (method, ANY):
                for probability, fault in self._chances.get(name, ()):
                    if self._random.random() < probability:
                        return fault
        return None
