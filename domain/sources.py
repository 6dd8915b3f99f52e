"""Places we watch, and the record each look at one leaves behind."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class CrawlOutcome(StrEnum):
    #: the run read everything it set out to read: the bookmark may move
    COMPLETE = "complete"
    #: some of it could not be seen this time; what was seen is stored, the bookmark stays
    PARTIAL = "partial"
    #: nothing useful came back, but trying again may help
    FAILED = "failed"
    #: a person has to do something first (token, captcha, access)
    NEEDS_PERSON = "needs_person"


@dataclass(frozen=True, slots=True)
class Source:
    """A row of `source`: `settings` are the kind's own options from `otklik.toml`, without secrets."""

    id: int
    name: str
    kind: str
    settings: dict[str, Any] = field(default_factory=dict)
    bookmark: datetime | None = None
    is_active: bool = True


@dataclass(slots=True)
class CrawlRun:
    """What one look at a source asked, got and did; becomes the `crawl` row."""

    source_id: int
    started_at: datetime
    asked: int = 0  #: calls made
    got: int = 0  #: posts seen
    new: int = 0
    edited: int = 0
    gone: int = 0
    rejected: int = 0
    outcome: CrawlOutcome = CrawlOutcome.FAILED
    #: why the run stopped, in words a person can act on
    reason: str = ""
    finished_at: datetime | None = None
    #: taken at the start; the bookmark never moves past it, so what arrives mid-run is not skipped
    signpost: datetime | None = None
