"""A messenger that prints: what runs without Slack's settings, and what tests read."""

import sys
from collections.abc import Callable
from datetime import datetime
from itertools import count

from alerts.messenger import CannotTell, Ref
from domain.errors import Gone
from domain.excerpts import readable
from domain.messages import Message, plain
from domain.policy import Channel


class ConsoleMessenger:
    """Prints cards, edits and replies as plain text; addresses are running numbers of this process."""

    def __init__(self, write: Callable[[str], object] | None = None) -> None:
        self._write = write or sys.stdout.write
        self._numbers = count(1)
        self._keys: dict[tuple[str, str], int] = {}

    def post(self, channel: Channel, message: Message, key: str) -> Ref:
        number = next(self._numbers)
        self._print(f"[{channel.name} №{number}] {plain(message)}")
        self._keys[channel.name, key] = number
        return {"channel": channel.name, "number": number}

    def update(self, ref: Ref, message: Message) -> None:
        self._print(f"[{self._place(ref)} изменено] {plain(message)}")

    def reply(self, ref: Ref, text: str, key: str, *, is_loud: bool) -> None:
        number = next(self._numbers)
        self._print(f"[{self._place(ref)} {'всем' if is_loud else 'в обсуждении'}] {text}")
        self._keys[str(ref["channel"]), key] = number

    def find(
        self,
        channel: Channel,
        key: str,
        *,
        since: datetime,  # noqa: ARG002 - the port's
        under: Ref | None = None,  # noqa: ARG002
    ) -> Ref | None:
        """What this process printed; of what an earlier one printed nothing is known."""
        if number := self._keys.get((channel.name, key)):
            return {"channel": channel.name, "number": number}
        raise CannotTell("консоль не помнит, что печатала до перезапуска")

    def _place(self, ref: Ref) -> str:
        if "number" not in ref:
            raise Gone("это сообщение стоит в другом мессенджере")
        return f"{ref['channel']} №{ref['number']}"

    def _print(self, text: str) -> None:
        """Strangers' texts may hold control sequences: only what can be seen goes to a terminal."""
        self._write(readable(text) + "\n\n")
