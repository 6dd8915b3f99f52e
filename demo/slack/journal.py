"""What happened in the town, in order: the log that tests read."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Event:
    """One fact: post, update, delete, ephemeral, join, reaction, modal, press, callback, envelope, call.

    A `call` is written for each Web API request, with its method and the answer's error (None when ok).
    """

    kind: str
    at: float
    channel: str = ""
    ts: str = ""
    text: str = ""
    #: Whatever else the kind has to say: method, error, blocks, metadata, user (shapes differ, hence Any).
    details: dict[str, Any] = field(default_factory=dict)


class Journal:
    """Append-only; written by the server's thread, read by the tests'."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._changed = threading.Condition()

    def write(self, event: Event) -> None:
        with self._changed:
            self._events.append(event)
            self._changed.notify_all()

    def __len__(self) -> int:
        return len(self._events)

    def __iter__(self) -> Iterator[Event]:
        return iter(list(self._events))

    def of(self, *kinds: str) -> list[Event]:
        return [event for event in self if event.kind in kinds]

    def wait_until(self, is_true: Callable[[], object], timeout: float = 5.0) -> bool:
        """Wait for a condition on the town, looked at after every event; False when time ran out."""
        until = time.monotonic() + timeout
        with self._changed:
            while not is_true():
                left = until - time.monotonic()
                if left <= 0:
                    return False
                # Some changes (a socket gone) write no event: look again now and then.
                self._changed.wait(min(left, 0.05))
        return True
