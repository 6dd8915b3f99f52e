"""The port to whatever shows messages to people, and what may go wrong there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from domain.errors import Retryable
from domain.messages import Message
from domain.policy import Channel

#: The channel's own address of a message: JSON, kept in `card.ref`; only its messenger reads it.
Ref = Mapping[str, Any]


class OutcomeUnknown(Retryable):
    """The call may or may not have done its work: look before repeating it."""


class CannotTell(Exception):
    """This channel cannot be searched for a message."""


class Messenger(Protocol):
    """Posts a card, keeps it true, answers in its thread.

    Raises RateLimited and Unavailable when surely nothing happened, OutcomeUnknown when nobody knows,
    Gone when the message is not there any more, Permanent when a person has to change something.
    """

    def post(self, channel: Channel, message: Message, key: str) -> Ref:
        """Post a message that carries `key` for `find`; returns its address."""
        ...

    def update(self, ref: Ref, message: Message) -> None:
        """Make the message at `ref` say this. Safe to repeat."""
        ...

    def reply(self, ref: Ref, text: str, key: str, *, is_loud: bool) -> None:
        """Say something under a message; a loud reply is shown to the whole channel."""
        ...

    def find(self, channel: Channel, key: str, *, since: datetime, under: Ref | None = None) -> Ref | None:
        """The message with this key posted at or after `since` (under another one, if given).

        None: there is none. Raises CannotTell where that cannot be known.
        """
        ...
