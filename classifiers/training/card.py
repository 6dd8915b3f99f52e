"""Writes `card.json`: what a model folder holds, what it was made from, how to read its scores."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from classifiers.card import PROTOCOL
from classifiers.training import linear
from classifiers.training.data import ANSWERS, APPEALS, PUBLIC, SENTIMENTS, Example
from classifiers.training.finetune import Recipe
from classifiers.training.tokens import TAGS
from domain.verdicts import SourceKind

_OURS = {"name": "Otklik corpus", "licence": "CC BY 4.0", "where": "classifiers/corpus"}
_FREE = {"name": "jokes, dialogues and plays (unlabelled)", "licence": "CC0", "where": "text/"}


@dataclass(frozen=True, slots=True)
class Measured:
    """What calibration found, and on how many texts."""

    held_out: int = 0
    temperature: Mapping[str, float] = field(default_factory=dict)
    thresholds: Mapping[SourceKind, Mapping[str, float]] = field(default_factory=dict)


def write_card(
    folder: Path,
    name: str,
    *,
    own: int,
    public: Sequence[Example],
    measured: Measured,
) -> None:
    """Write the card of a folder that already holds the weights and the tokenizer."""
    used = Counter(example.source for example in public)
    recipe = Recipe()
    card = {
        "protocol": PROTOCOL,
        "id": name,
        "base": "none",
        "data": [
            {**_OURS, "rows": own},
            *(
                {"name": key, "licence": PUBLIC[key].licence, "where": PUBLIC[key].repository, "rows": rows}
                if key in PUBLIC
                else {"name": key, "licence": "the user's own", "where": "", "rows": rows}
                for key, rows in sorted(used.items())
            ),
            _FREE,
        ],
        "labels": {"sentiment": SENTIMENTS, "appeal": APPEALS, "answer": ANSWERS},
        "thresholds": {kind.value: dict(limits) for kind, limits in measured.thresholds.items()},
        "temperature": dict(measured.temperature),
        "calibration": f"temperature and thresholds on {measured.held_out} of our texts, held out by problem",
        "max_tokens": recipe.max_tokens,
        "window_chars": recipe.window_chars,
        "grams": asdict(linear.GRAMS),
        "source_tags": {kind.value: token for kind, token in TAGS.items()},
        "files": {file: _digest(folder / file) for file in ("model.onnx", "tokenizer.json")},
    }
    text = json.dumps(card, ensure_ascii=False, indent=1) + "\n"
    (folder / "card.json").write_text(text, "utf-8")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
