"""What a model says of one wording of one post, and the port every classifier speaks through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Sentiment(StrEnum):
    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


class Appeal(StrEnum):
    COMPLAINT = "complaint"
    QUESTION = "question"
    PRAISE = "praise"
    SUGGESTION = "suggestion"
    NONE = "none"


class SourceKind(StrEnum):
    """Where the words stand: label conventions differ by it, so the model is told."""

    POST = "post"
    COMMENT = "comment"
    REVIEW = "review"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Text:
    """One text to judge."""

    text: str
    source_kind: SourceKind = SourceKind.COMMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Labels the product acts on (thresholds applied) and the scores behind them, 0..1 for every label."""

    sentiment: Sentiment
    appeal: Appeal
    model_id: str
    sentiment_scores: Mapping[str, float] = field(default_factory=dict)
    appeal_scores: Mapping[str, float] = field(default_factory=dict)
    #: True only when the model's card says its scores were calibrated
    calibrated: bool = False
    #: unit-length sentence vector for grouping complaints; None when the model has none
    vector: tuple[float, ...] | None = None


class Classifier(Protocol):
    @property
    def model_id(self) -> str:
        """Names weights, labels and thresholds together; stored with every verdict."""
        ...

    def classify(self, texts: Sequence[Text]) -> Sequence[Verdict]:
        """One verdict a text, in the order given. An empty text is neutral, appeal none."""
        ...
