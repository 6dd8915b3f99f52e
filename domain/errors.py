"""Errors, cut first by what the caller should do about them, then by meaning.

An error's docstring is the reason it exists; the message says what a person can do next.
"""

from datetime import timedelta


class OtklikError(Exception):
    """Base of everything Otklik raises on purpose."""


class Retryable(OtklikError):
    """The same call may go through later; `retry_after` says when, if the other side told."""

    def __init__(self, message: str = "", *, retry_after: timedelta | None = None) -> None:
        super().__init__(message or type(self).__doc__ or "")
        self.retry_after = retry_after


class Permanent(OtklikError):
    """Trying again gives the same answer: a person has to change something."""


class Skip(OtklikError):
    """This one item cannot be had; the others can."""


class RateLimited(Retryable):
    """The other side asks for fewer calls."""


class QuotaSpent(Retryable):
    """The day's quota of this method is used up: nothing to gain before `retry_after`."""


class Unavailable(Retryable):
    """No answer, or one that is not the service's own: time-out, refused connection, HTML from a proxy."""


class BotChallenge(Permanent):
    """The source answered with a captcha: zero posts from it would be a lie, so we stop and tell a person."""


class AuthExpired(Permanent):
    """The token is missing, wrong or revoked: only a person can get a new one."""


class AccessDenied(Permanent):
    """The token is fine, but may not read (or write) this."""


class SourceChanged(Permanent):
    """The source answers in a shape we do not know: reading on would invent or lose posts."""


class Gone(Skip):
    """The item was deleted or blocked at the source."""


class StaleState(OtklikError):
    """Somebody else was first: read again before deciding again."""


class NotAllowed(OtklikError):
    """The table of moves has no such move."""


class ModelMismatch(Permanent):
    """The model folder does not hold what its card says, or speaks another protocol."""


class BadConfig(Permanent):
    """A setting or `otklik.toml` is wrong; the message names the place and the remedy."""


class BadInput(Permanent):
    """A file cannot be read as what it is said to be."""
