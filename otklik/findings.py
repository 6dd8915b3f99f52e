"""A line of the doctor's page."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "✓"
    #: worth knowing, passes by itself or hurts nobody
    NOTE = "•"
    #: a person has to do something
    PERSON = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    level: Level
    subject: str
    says: str

    @property
    def needs_person(self) -> bool:
        return self.level is Level.PERSON

    @property
    def line(self) -> str:
        return f"{self.level} {self.subject}: {self.says}"
