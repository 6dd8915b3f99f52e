"""A model's card: `card.json` beside its weights says what the folder holds and how to read its scores."""

import hashlib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from domain.errors import ModelMismatch
from domain.verdicts import Appeal, Sentiment, SourceKind

#: What this version of the runtime can read.
PROTOCOL = 1

_KNOWN = {
    "sentiment": {label.value for label in Sentiment},
    "appeal": {label.value for label in Appeal},
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GramsPart(_Part):
    """Hashed pieces a model takes beside tokens; see classifiers.grams."""

    buckets: Annotated[int, Field(ge=2, le=2**24)]
    min_chars: Annotated[int, Field(ge=1, le=8)]
    max_chars: Annotated[int, Field(ge=1, le=8)]
    words: Annotated[int, Field(ge=0, le=3)]


class Thresholds(_Part):
    """From these scores on a text is negative, positive (neither: neutral), or a complaint."""

    negative: Annotated[float, Field(gt=0, lt=1)] = 0.5
    positive: Annotated[float, Field(gt=0, lt=1)] = 0.5
    complaint: Annotated[float, Field(gt=0, lt=1)] = 0.5


class Card(BaseModel):
    """`card.json` of protocol 1. Facts for people (data, metrics, limits) are kept, but not interpreted."""

    model_config = ConfigDict(extra="allow", frozen=True)

    protocol: int
    id: Annotated[str, Field(pattern=r"^[\w.@/-]{1,120}$")]
    #: name of what it was trained from; "none" for weights that began as noise
    base: str
    data: list[dict[str, str | int]] = Field(default_factory=list)
    #: output name -> labels in the order of its columns
    labels: dict[Literal["sentiment", "appeal", "answer"], tuple[str, ...]]
    thresholds: dict[SourceKind, Thresholds] = Field(default_factory=dict)
    #: logits are divided by these before they become scores; empty: not calibrated, no probabilities
    temperature: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    max_tokens: Annotated[int, Field(ge=8, le=8192)]
    #: longer texts are read in windows of whole sentences of about so many characters
    window_chars: Annotated[int, Field(ge=50, le=100_000)] = 400
    grams: GramsPart | None = None
    #: token that tells the kind of source, first in the text; empty: the model is not told
    source_tags: dict[SourceKind, str] = Field(default_factory=dict)
    metrics: dict[str, object] = Field(default_factory=dict)
    #: file name -> sha256 in hex
    files: dict[str, Annotated[str, Field(pattern="^[0-9a-f]{64}$")]]


def read_card(folder: Path) -> Card:
    """The checked card of a model folder, every file it names present and unchanged. Raises ModelMismatch."""
    path = folder / "card.json"
    try:
        card = Card.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ModelMismatch(f"{path}: {error.strerror}; a model folder needs its card") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise ModelMismatch(f"{path}: {place}: {first['msg']}") from error
    if card.protocol != PROTOCOL:
        raise ModelMismatch(
            f"{path}: protocol {card.protocol}, this version reads {PROTOCOL}: "
            "update Otklik or convert the model"
        )
    _check_labels(card, path)
    _check_files(card, folder)
    return card


def _check_labels(card: Card, path: Path) -> None:
    if "sentiment" not in card.labels and "appeal" not in card.labels:
        raise ModelMismatch(f"{path}: labels: neither sentiment nor appeal: this is no model for posts")
    for name, known in _KNOWN.items():
        labels = card.labels.get(name)  # type: ignore[call-overload]  # names are the literals of the card
        if labels is not None and (set(labels) != known or len(labels) != len(known)):
            raise ModelMismatch(f"{path}: labels.{name} must be {', '.join(sorted(known))} in some order")


def _check_files(card: Card, folder: Path) -> None:
    for needed in ("model.onnx", "tokenizer.json"):
        if needed not in card.files:
            raise ModelMismatch(f"{folder / 'card.json'}: files: {needed} is not named")
    for name, digest in card.files.items():
        path = folder / name
        if Path(name).name != name or not path.is_file():
            raise ModelMismatch(f"{path}: the card names this file, but it is not there")
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                raise ModelMismatch(f"{path}: not the file the card was written for (sha256 differs)")
