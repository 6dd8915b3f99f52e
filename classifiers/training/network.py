"""The network: a small transformer over pieces of words, a head for each thing we want to know."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes; speed and quality are weighed here."""

    vocabulary: int
    embedding: int = 128
    hidden: int = 192
    layers: int = 3
    heads: int = 4
    forward: int = 768
    positions: int = 128
    vector: int = 96
    answers: int = 9

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


class Layer(nn.Module):  # type: ignore[misc]  # torch is not there when types are checked
    """Pre-norm attention and feed-forward."""

    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        self.heads = shape.heads
        self.norm1 = nn.LayerNorm(shape.hidden)
        self.qkv = nn.Linear(shape.hidden, 3 * shape.hidden)
        self.out = nn.Linear(shape.hidden, shape.hidden)
        self.norm2 = nn.LayerNorm(shape.hidden)
        self.up = nn.Linear(shape.hidden, shape.forward)
        self.down = nn.Linear(shape.forward, shape.hidden)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        rows, length, hidden = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(rows, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = x + self.dropout(self.out(seen.transpose(1, 2).reshape(rows, length, hidden)))
        return x + self.dropout(self.down(F.gelu(self.up(self.norm2(x)))))


class Network(nn.Module):  # type: ignore[misc]  # as above
    """Token ids and mask in; logits and a sentence vector out."""

    def __init__(self, shape: Shape, dropout: float = 0.1) -> None:
        super().__init__()
        self.shape = shape
        self.tokens = nn.Embedding(shape.vocabulary, shape.embedding)
        self.places = nn.Embedding(shape.positions, shape.hidden)
        self.widen = nn.Linear(shape.embedding, shape.hidden, bias=False)
        self.layers = nn.ModuleList(Layer(shape, dropout) for _ in range(shape.layers))
        self.norm = nn.LayerNorm(shape.hidden)
        self.narrow = nn.Linear(shape.hidden, shape.embedding)
        self.guess_bias = nn.Parameter(torch.zeros(shape.vocabulary))
        self.dropout = nn.Dropout(dropout)
        pooled = 2 * shape.hidden
        self.sentiment = nn.Linear(pooled, 3)
        self.appeal = nn.Linear(pooled, 5)
        self.answer = nn.Linear(pooled, shape.answers)
        self.vector = nn.Linear(pooled, shape.vector, bias=False)
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Embedding):
                nn.init.normal_(module.weight, std=0.02)

    def body(self, ids: Tensor, mask: Tensor | None) -> Tensor:
        """States of every token; `mask` is 1 for real tokens, None when nothing is padded."""
        places = self.places.weight[: ids.shape[1]]
        x = self.dropout(self.widen(self.tokens(ids)) + places)
        seen = None if mask is None else mask[:, None, None, :].bool()
        for layer in self.layers:
            x = layer(x, seen)
        out: Tensor = self.norm(x)
        return out

    def guesses(self, states: Tensor) -> Tensor:
        """Logits over the vocabulary for masked places."""
        return F.linear(F.gelu(self.narrow(states)), self.tokens.weight, self.guess_bias)

    def pooled(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Mean and maximum over a text's tokens."""
        states = self.body(ids, mask)
        real = mask[:, :, None].to(states.dtype)
        mean = (states * real).sum(1) / real.sum(1).clamp(min=1)
        peak = (states + (real - 1) * 1e4).amax(1)
        return torch.cat([mean, peak], dim=1)


@torch.no_grad()  # type: ignore[untyped-decorator]  # torch is not there when types are checked
def spans(network: Network, batches: Iterable[tuple[Tensor, Tensor]]) -> dict[str, tuple[float, float]]:
    """Where the inputs of each matrix lie, all but one in ten thousand, over batches of ids and masks."""
    found: dict[str, list[tuple[float, float]]] = {}

    def watch(name: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def note(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            values = inputs[0].flatten()
            values = values[torch.randperm(len(values))[:200_000]]  # quantile takes no more at once
            low, high = torch.quantile(values, torch.tensor([5e-5, 1 - 5e-5])).tolist()
            found.setdefault(name, []).append((low, high))

        return note

    hooks = [
        module.register_forward_pre_hook(watch(name))
        for name, module in network.named_modules()
        if name.startswith("layers.") and isinstance(module, nn.Linear)
    ]
    network.eval()
    for ids, mask in batches:
        network.pooled(ids, mask)
    for hook in hooks:
        hook.remove()
    return {name: (min(a for a, _ in seen), max(b for _, b in seen)) for name, seen in found.items()}
