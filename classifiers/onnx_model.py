"""The runtime of trained models: a folder with `card.json`, weights for ONNX Runtime, a tokenizer.

The same text gets the same scores in any batch: weights alone are int8, activations are never quantised over
a batch, and padding is masked.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from classifiers.card import Card, Thresholds, read_card
from classifiers.grams import Grams, hashed
from classifiers.normalise import normalise
from classifiers.windows import judged, windows
from domain.errors import ModelMismatch
from domain.verdicts import Appeal, Sentiment, Text, Verdict

#: Windows in one run of the model, and tokens in it with padding: keeps memory flat.
BATCH = 64
BATCH_TOKENS = 8192

_PAD = "[PAD]"
_INPUTS = {"input_ids", "attention_mask", "token_type_ids", "grams"}
_OUTPUTS = ("sentiment", "appeal", "answer", "vector")
_WORST = {"sentiment": Sentiment.NEGATIVE.value, "appeal": Appeal.COMPLAINT.value}

Array = NDArray[np.float64]


class OnnxClassifier:
    """Judges texts with the model in `folder`. Loading checks the folder; raises ModelMismatch."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        self.card: Card = read_card(folder)
        self._session = _session(folder / "model.onnx", threads)
        self._tokenizer = _tokenizer(folder, self.card)
        self._inputs = {entry.name for entry in self._session.get_inputs()}
        self._outputs = [entry.name for entry in self._session.get_outputs() if entry.name in _OUTPUTS]
        part = self.card.grams
        self._grams = Grams(**part.model_dump()) if part else None
        self._check(folder)

    @property
    def model_id(self) -> str:
        return self.card.id

    def classify(self, texts: Sequence[Text]) -> list[Verdict]:
        """One verdict a text, in the order given."""
        pieces: list[str] = []
        spans: list[slice] = []
        for item in texts:
            clean = normalise(item.text)
            tag = self.card.source_tags.get(item.source_kind, "")
            found = (
                [f"{tag} {piece}".strip() for piece in windows(clean, self.card.window_chars)]
                if clean
                else []
            )
            spans.append(slice(len(pieces), len(pieces) + len(found)))
            pieces += found
        scores = self._scores(pieces)
        return [
            self._verdict(item, {name: rows[span] for name, rows in scores.items()})
            for item, span in zip(texts, spans, strict=True)
        ]

    def _scores(self, pieces: list[str]) -> dict[str, Array]:
        """Scores (or vectors) of each piece by output name."""
        out: dict[str, Array] = {}
        tokens = [ids[: self.card.max_tokens] for ids in self._tokens(pieces)]
        grams = hashed(pieces, self._grams) if self._grams else []
        for rows in _batches([len(ids) for ids in tokens]):
            results = self._session.run(self._outputs, self._feed(rows, tokens, grams))
            for name, values in zip(self._outputs, results, strict=True):
                if name not in out:
                    out[name] = np.zeros((len(pieces), values.shape[1]))
                out[name][rows] = self._as_scores(name, values.astype(np.float64))
        return out

    def _tokens(self, pieces: list[str]) -> list[list[int]]:
        ids: list[list[int]] = self._tokenizer(pieces, verbose=False)["input_ids"] if pieces else []
        return ids

    def _feed(
        self, rows: list[int], tokens: list[list[int]], grams: list[NDArray[np.int64]]
    ) -> dict[str, NDArray[np.int64]]:
        ids, mask = _padded([tokens[row] for row in rows], self._tokenizer.pad_token_id or 0)
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        if grams:
            feed["grams"] = _padded([grams[row] for row in rows], 0)[0]
        return {name: values for name, values in feed.items() if name in self._inputs}

    def _as_scores(self, name: str, values: Array) -> Array:
        if name == "vector":
            return values
        values = values / self.card.temperature.get(name, 1.0)
        if name == "answer":  # several labels at once
            return np.asarray(1 / (1 + np.exp(-np.clip(values, -60, 60))))
        odds = np.exp(values - values.max(axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True))

    def _verdict(self, item: Text, rows: Mapping[str, Array]) -> Verdict:
        limits = self.card.thresholds.get(item.source_kind, Thresholds())
        sentiments = self._named("sentiment", rows, Sentiment.NEUTRAL.value)
        appeals = self._named("appeal", rows, Appeal.NONE.value)
        return Verdict(
            sentiment=_sentiment(sentiments, limits),
            appeal=_appeal(appeals, limits),
            model_id=self.card.id,
            sentiment_scores=sentiments,
            appeal_scores=appeals,
            calibrated=bool(self.card.temperature),
            vector=_unit(rows["vector"]) if len(rows.get("vector", ())) else None,
        )

    def _named(self, name: str, rows: Mapping[str, Array], default: str) -> dict[str, float]:
        """Scores by label; certain of `default` where nothing was read."""
        kinds = {"sentiment": Sentiment, "appeal": Appeal}
        labels = self.card.labels.get(name)  # type: ignore[call-overload]  # the card's own literals
        if labels is None or not len(rows.get(name, ())):
            return {label.value: float(label == default) for label in kinds[name]}
        scores = judged(rows[name], labels.index(_WORST[name]))
        return {label: float(score) for label, score in zip(labels, scores, strict=True)}

    def _check(self, folder: Path) -> None:
        path = folder / "model.onnx"
        if stray := self._inputs - _INPUTS:
            raise ModelMismatch(
                f"{path}: wants the input {sorted(stray)[0]}, which this runtime does not give"
            )
        if ("grams" in self._inputs) != (self._grams is not None):
            raise ModelMismatch(f"{path}: card and weights disagree about grams")
        if missing := set(self.card.labels) - set(self._outputs):
            raise ModelMismatch(f"{path}: the card names labels for {sorted(missing)[0]}, a missing output")
        probe = self.classify_raw("проба")
        for name, labels in self.card.labels.items():
            if probe[name].shape[1] != len(labels):
                raise ModelMismatch(
                    f"{path}: {name} has {probe[name].shape[1]} columns, the card names {len(labels)} labels"
                )

    def classify_raw(self, text: str) -> dict[str, Array]:
        """Scores of one short text by output, without thresholds. Raises ModelMismatch if it cannot run."""
        try:
            return self._scores([normalise(text)])
        except Exception as error:  # onnxruntime's errors share no base of their own
            raise ModelMismatch(f"model {self.card.id} does not run: {error}") from error


def _session(path: Path, threads: int) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Weights that are only stored in int8 become floats once, at loading, not at each run.
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors share no base of their own
        raise ModelMismatch(f"{path}: ONNX Runtime cannot load it: {error}") from error


def _tokenizer(folder: Path, card: Card):  # type: ignore[no-untyped-def]  # transformers carries no types here
    # Imported here: two seconds that commands without a model need not wait. It warns of no torch: expected.
    os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")
    from transformers import PreTrainedTokenizerFast

    path = folder / "tokenizer.json"
    try:
        tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(path), pad_token=_PAD)
    except Exception as error:  # tokenizers raises plain Exception
        raise ModelMismatch(f"{path}: not a tokenizer ({error})") from error
    unknown = tokenizer.convert_tokens_to_ids(_PAD) is None
    missing = [tag for tag in card.source_tags.values() if tag not in tokenizer.get_vocab()]
    if unknown or missing:
        raise ModelMismatch(f"{path}: has no token {_PAD if unknown else missing[0]}")
    return tokenizer


def _batches(lengths: list[int]) -> Iterator[list[int]]:
    """Rows of similar length together, so that little is padded."""
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) == BATCH or (len(batch) + 1) * lengths[row] > BATCH_TOKENS):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def _padded(
    rows: Sequence[Sequence[int] | NDArray[np.int64]], filler: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    width = max(1, *(len(row) for row in rows))
    values = np.full((len(rows), width), filler, dtype=np.int64)
    mask = np.zeros((len(rows), width), dtype=np.int64)
    for index, row in enumerate(rows):
        values[index, : len(row)] = row
        mask[index, : len(row)] = 1
    return values, mask


def _sentiment(scores: Mapping[str, float], limits: Thresholds) -> Sentiment:
    """Neutral, unless a threshold is reached; of two reached, the one left further behind."""
    negative, positive = scores["negative"] / limits.negative, scores["positive"] / limits.positive
    if max(negative, positive) < 1:
        return Sentiment.NEUTRAL
    return Sentiment.NEGATIVE if negative >= positive else Sentiment.POSITIVE


def _appeal(scores: Mapping[str, float], limits: Thresholds) -> Appeal:
    """A complaint from its threshold on, else the best of the others."""
    if scores["complaint"] >= limits.complaint:
        return Appeal.COMPLAINT
    return max((label for label in Appeal if label is not Appeal.COMPLAINT), key=scores.__getitem__)


def _unit(rows: Array) -> tuple[float, ...]:
    mean = rows.mean(axis=0)
    return tuple(float(x) for x in mean / max(float(np.linalg.norm(mean)), 1e-9))
