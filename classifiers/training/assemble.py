"""One ONNX graph from a trained network and linear weights over hashed pieces; weights in int8.

Written node by node instead of traced from torch, so that the graph is small, and each operation is one whose
result for a row does not depend on the other rows of the batch.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from classifiers.training.network import Network

Array = NDArray[np.float32]
#: layer -> where nearly all of its inputs lie (network.spans)
Spans = dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights of the linear branch by bucket, inverse document frequency (idf) folded in."""

    weights: Array  # buckets x columns of logits
    squares: Array  # buckets: idf ** 2
    tags: Array  # token ids of source tags x columns
    bias: Array  # columns
    #: fewer buckets x dimensions: directions in which complaints differ, for the sentence vector
    topics: Array


class _Graph:
    """Collects nodes and weights; names are made up as they come."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self._count = 0

    def name(self, stem: str) -> str:
        self._count += 1
        return f"{stem}_{self._count}"

    def add(
        self, kind: str, *inputs: str, domain: str = "", output: str | None = None, **attributes: object
    ) -> str:
        out = output or self.name(kind.lower())
        self.nodes.append(helper.make_node(kind, inputs, [out], domain=domain, **attributes))
        return out

    def constant(self, values: np.ndarray | np.generic, stem: str = "w") -> str:
        name = self.name(stem)
        self.weights.append(numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name

    def linear(self, x: str, weight: Array, bias: Array | None) -> str:
        """x @ weight.T + bias in floats: the heads are small and decide."""
        y = self.add("MatMul", x, self.constant(weight.T.astype(np.float32)))
        return y if bias is None else self.add("Add", y, self.constant(bias))

    def int8_matrix(self, values: Array) -> tuple[str, str]:
        """A weight in 7 bits with a scale a column (older CPUs overflow with 8), and its scales."""
        scale = np.maximum(np.abs(values).max(axis=0) / 63, 1e-9).astype(np.float32)
        whole = np.clip(np.round(values / scale), -63, 63).astype(np.int8)
        return self.constant(whole), self.constant(scale)

    def dense(self, x: str, weight: Array, bias: Array | None, span: tuple[float, float]) -> str:
        """x @ weight.T + bias in integers. `span` is where x lies, fixed: no row depends on another."""
        low, high = min(span[0], -1e-3), max(span[1], 1e-3)
        scale = np.float32((high - low) / 255)
        zero = np.uint8(round(-low / scale))
        whole, scales = self.int8_matrix(weight.T)
        step, shift = self.constant(scale), self.constant(zero)
        rounded = self.add("QuantizeLinear", x, step, shift)
        inputs = [
            rounded,
            whole,
            step,
            scales,
            shift,
            "",
            *([self.constant(bias)] if bias is not None else []),
        ]
        return self.add("MatMulIntegerToFloat", *inputs, domain="com.microsoft")


def _weights(network: Network) -> dict[str, Array]:
    return {name: value.detach().cpu().float().numpy() for name, value in network.state_dict().items()}


def _norm(g: _Graph, x: str, w: dict[str, Array], name: str) -> str:
    return g.add(
        "LayerNormalization", x, g.constant(w[f"{name}.weight"]), g.constant(w[f"{name}.bias"]), epsilon=1e-5
    )


def _embedded(g: _Graph, w: dict[str, Array]) -> str:
    """Token and place vectors; the widening is multiplied into the table beforehand."""
    table = w["tokens.weight"] @ w["widen.weight"].T
    scale = np.maximum(np.abs(table).max(axis=1, keepdims=True) / 127, 1e-9).astype(np.float32)
    rows = g.add("Gather", g.constant(np.round(table / scale).astype(np.int8)), "input_ids")
    tokens = g.add(
        "Mul", g.add("Cast", rows, to=TensorProto.FLOAT), g.add("Gather", g.constant(scale), "input_ids")
    )
    length = g.add("Slice", g.add("Shape", "input_ids"), *(g.constant(np.array([n])) for n in (1, 2)))
    places = g.add(
        "Slice", g.constant(w["places.weight"]), g.constant(np.array([0])), length, g.constant(np.array([0]))
    )
    return g.add("Add", tokens, places)


def _layer(g: _Graph, x: str, mask: str, w: dict[str, Array], prefix: str, heads: int, spans: Spans) -> str:
    def dense(value: str, part: str) -> str:
        name = f"{prefix}.{part}"
        return g.dense(value, w[f"{name}.weight"], w[f"{name}.bias"], spans[name])

    y = _norm(g, x, w, f"{prefix}.norm1")
    qkv = dense(y, "qkv")
    q, k, v = (g.name("part") for _ in range(3))
    g.nodes.append(helper.make_node("Split", [qkv], [q, k, v], axis=-1, num_outputs=3))
    seen = g.add("MultiHeadAttention", q, k, v, "", mask, domain="com.microsoft", num_heads=heads)
    x = g.add("Add", x, dense(seen, "out"))
    y = _norm(g, x, w, f"{prefix}.norm2")
    y = g.add("Gelu", dense(y, "up"), domain="com.microsoft")
    return g.add("Add", x, dense(y, "down"))


def _pooled(g: _Graph, x: str) -> str:
    """Mean and maximum over real tokens."""
    last, middle = g.constant(np.array([2])), g.constant(np.array([1]))
    mask = g.add("Unsqueeze", g.add("Cast", "attention_mask", to=TensorProto.FLOAT), last)
    total = g.add("ReduceSum", g.add("Mul", x, mask), middle, keepdims=0)
    mean = g.add("Div", total, g.add("ReduceSum", mask, middle, keepdims=0))
    away = g.add("Mul", g.add("Sub", mask, g.constant(np.float32(1))), g.constant(np.float32(1e4)))
    return g.add("Concat", mean, g.add("ReduceMax", g.add("Add", x, away), middle, keepdims=0), axis=1)


def _summed(g: _Graph, table: Array, ids: str) -> str:
    """Sum of the rows of a table over each text's pieces; the table in int8 with a scale a column."""
    table = table.copy()
    table[0] = 0  # padding
    scale = np.maximum(np.abs(table).max(axis=0) / 127, 1e-9).astype(np.float32)
    rows = g.add("Gather", g.constant(np.round(table / scale).astype(np.int8)), ids)
    total = g.add(
        "ReduceSum", g.add("Cast", rows, to=TensorProto.FLOAT), g.constant(np.array([1])), keepdims=0
    )
    return g.add("Mul", total, g.constant(scale))


def _linear(g: _Graph, linear: Linear) -> tuple[str, str]:
    """Logits of the linear branch (weights of the pieces over the length of their idf vector), and topics."""
    columns = linear.weights.shape[1]
    total = _summed(g, np.concatenate([linear.weights, linear.squares[:, None]], axis=1), "grams")
    logits, square = g.name("part"), g.name("part")
    sizes = g.constant(np.array([columns, 1]))
    g.nodes.append(helper.make_node("Split", [total, sizes], [logits, square], axis=1))
    length = g.add("Sqrt", g.add("Max", square, g.constant(np.float32(1e-6))))
    first = g.add("Gather", "input_ids", g.constant(np.array(0)), axis=1)
    tag = g.add("Min", first, g.constant(np.array(len(linear.tags) - 1)))
    extra = g.add("Add", g.add("Gather", g.constant(linear.tags), tag), g.constant(linear.bias))
    fewer = g.add("Mod", "grams", g.constant(np.array(len(linear.topics))))
    topics = g.add("Div", _summed(g, linear.topics, fewer), length)
    return g.add("Add", g.add("Div", logits, length), extra), topics


def _unit(g: _Graph, x: str) -> str:
    length = g.add("ReduceL2", x, g.constant(np.array([1])), keepdims=1)
    return g.add("Div", x, g.add("Max", length, g.constant(np.float32(1e-6))))


def assemble(
    network: Network, linear: Linear, shares: dict[str, tuple[float, float]], spans: Spans, path: Path
) -> None:
    """Write the graph. `shares`: output -> weights of the network's and of the linear branch in it."""
    g, w = _Graph(), _weights(network)
    mask = g.add("Cast", "attention_mask", to=TensorProto.INT32)
    x = _embedded(g, w)
    for index in range(network.shape.layers):
        x = _layer(g, x, mask, w, f"layers.{index}", network.shape.heads, spans)
    pooled = _pooled(g, _norm(g, x, w, "norm"))
    sides, topics = _linear(g, linear)
    start = 0
    for head, width in (("sentiment", 3), ("appeal", 5)):
        deep_share, wide_share = shares[head]
        deep = g.linear(pooled, deep_share * w[f"{head}.weight"], deep_share * w[f"{head}.bias"])
        cut = [g.constant(np.array([n])) for n in (start, start + width, 1)]
        wide = g.add("Mul", g.add("Slice", sides, *cut), g.constant(np.float32(wide_share)))
        g.add("Add", deep, wide, output=head)
        start += width
    g.add("Identity", g.linear(pooled, w["answer.weight"], w["answer.bias"]), output="answer")
    meaning = g.add(
        "Mul",
        _unit(g, g.linear(pooled, w["vector.weight"], None)),
        g.constant(np.float32(shares["vector"][0])),
    )
    about = g.add("Mul", _unit(g, topics), g.constant(np.float32(shares["vector"][1])))
    g.add("Concat", meaning, about, axis=1, output="vector")
    _save(g, path)


def _save(g: _Graph, path: Path) -> None:
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["rows", width])
        for name, width in (("input_ids", "tokens"), ("attention_mask", "tokens"), ("grams", "pieces"))
    ]
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", None])
        for name in ("sentiment", "appeal", "answer", "vector")
    ]
    graph = helper.make_graph(g.nodes, "otklik", inputs, outputs, g.weights)
    imports = [helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=imports, ir_version=9, producer_name="otklik")
    onnx.save(model, str(path))
