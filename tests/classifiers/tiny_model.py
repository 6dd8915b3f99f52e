"""A real model folder made on the spot, without torch or onnx: a mean of token embeddings and two heads.

ONNX files are protocol buffers; what this needs of them is written by hand below (onnx.proto3 field numbers).
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer, models, pre_tokenizers

SENTIMENT = ("negative", "neutral", "positive")
APPEAL = ("complaint", "question", "praise", "suggestion", "none")
WORDS = {
    "[PAD]": 0,
    "[UNK]": 1,
    "не": 2,
    "работает": 3,
    "ужас": 4,
    "спасибо": 5,
    "отлично": 6,
    "когда": 7,
    "?": 8,
}
#: word -> (sentiment logits, appeal logits) it adds
WEIGHTS = {
    "[UNK]": ((0, 1, 0), (0, 0, 0, 0, 1)),
    "не": ((1, 0, 0), (1, 0, 0, 0, 0)),
    "работает": ((1, 0, 0), (2, 0, 0, 0, 0)),
    "ужас": ((4, 0, 0), (3, 0, 0, 0, 0)),
    "спасибо": ((0, 0, 3), (0, 0, 3, 0, 0)),
    "отлично": ((0, 0, 4), (0, 0, 3, 0, 0)),
    "когда": ((0, 1, 0), (0, 3, 0, 0, 0)),
    "?": ((0, 1, 0), (0, 3, 0, 0, 0)),
}


def make(folder: Path, **changes: Any) -> Path:
    """Write the folder; `changes` replace fields of the card."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(_model())
    tokenizer = Tokenizer(models.WordLevel(WORDS, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    card: dict[str, Any] = {
        "protocol": 1,
        "id": "tiny-1",
        "base": "none",
        "labels": {"sentiment": SENTIMENT, "appeal": APPEAL},
        "max_tokens": 64,
        "window_chars": 200,
        "files": {name: digest(folder / name) for name in ("model.onnx", "tokenizer.json")},
    }
    (folder / "card.json").write_text(json.dumps(card | changes, ensure_ascii=False), "utf-8")
    return folder


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _model() -> bytes:
    table = np.zeros((len(WORDS), 8), np.float32)
    for word, (sentiment, appeal) in WEIGHTS.items():
        table[WORDS[word]] = (*sentiment, *appeal)
    nodes = [
        _node("Gather", ["table", "input_ids"], "vectors"),
        _node("Cast", ["attention_mask"], "mask", to=1),
        _node("Unsqueeze", ["mask", "last"], "mask3"),
        _node("Mul", ["vectors", "mask3"], "seen"),
        _node("ReduceSum", ["seen", "middle"], "logits", keepdims=0),
        _node("Slice", ["logits", "zero", "three", "one"], "sentiment"),
        _node("Slice", ["logits", "three", "eight", "one"], "appeal"),
    ]
    graph = b"".join(_field(1, node) for node in nodes) + _field(2, b"tiny")
    graph += _field(5, _tensor("table", table))
    for name, value in {"last": 2, "middle": 1, "zero": 0, "three": 3, "eight": 8, "one": 1}.items():
        graph += _field(5, _tensor(name, np.array([value], np.int64)))
    graph += b"".join(_field(11, _value(name, 7)) for name in ("input_ids", "attention_mask"))
    graph += b"".join(_field(12, _value(name, 1)) for name in ("sentiment", "appeal"))
    return _number(1, 8) + _field(7, graph) + _field(8, _field(1, b"") + _number(2, 13))


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _field(field: int, body: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(body)) + body


def _node(kind: str, inputs: list[str], output: str, **attributes: int) -> bytes:
    body = (
        b"".join(_field(1, name.encode()) for name in inputs)
        + _field(2, output.encode())
        + _field(4, kind.encode())
    )
    for name, value in attributes.items():
        body += _field(5, _field(1, name.encode()) + _number(3, value) + _number(20, 2))
    return body


def _tensor(name: str, values: np.ndarray) -> bytes:
    kind = {"float32": 1, "int64": 7}[str(values.dtype)]
    body = b"".join(_number(1, size) for size in values.shape) + _number(2, kind)
    return body + _field(8, name.encode()) + _field(9, values.tobytes())


def _value(name: str, kind: int) -> bytes:
    shape = _field(1, _field(2, b"rows")) + _field(1, _field(2, name.encode() + b"_columns"))
    return _field(1, name.encode()) + _field(2, _field(1, _number(1, kind) + _field(2, shape)))
