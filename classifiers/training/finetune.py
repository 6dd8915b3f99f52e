"""Fine-tuning: one body, all heads at once; what a set does not label costs nothing."""

import copy
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F

from classifiers.normalise import normalise
from classifiers.training import progress
from classifiers.training.data import CUSTOMERS, Example
from classifiers.training.network import Network
from classifiers.training.noise import spoiled
from classifiers.training.tokens import TAGS
from classifiers.windows import windows

#: How often a public text is drawn beside others.
PUBLIC_WEIGHTS = {
    "rusentitweet_train": 0.2,
    "brighter_rus": 0.2,
    "cedr": 0.03,
    "ru_goemotions": 0.02,
    CUSTOMERS: 0.2,
}


_NONE = 4  # place of "none" among the appeals


@dataclass(frozen=True, slots=True)
class Recipe:
    """How long and how hard to train; measured, see docs/model.md."""

    steps: int = 1500
    own: int = 48  # texts of ours in a batch, taken by turns
    public: int = 24
    rate: float = 6e-4
    dropout: float = 0.15
    smoothing: float = 0.05
    window_chars: int = 300
    max_tokens: int = 128
    contrast: float = 0.5
    public_none: float = 0.1
    seed: int = 1


class Batches:
    """Endless batches: each text of ours once a round, public ones by weight."""

    def __init__(
        self,
        tokenizer: Tokenizer,
        own: Sequence[Example],
        public: Sequence[Example],
        recipe: Recipe,
    ) -> None:
        self.tokenizer, self.recipe = tokenizer, recipe
        self.own, self.public = list(own), [e for e in public if e.source in PUBLIC_WEIGHTS]
        self.random = Random(recipe.seed)  # noqa: S311  # repeatable, not secret
        self.pieces = {id(e): windows(normalise(e.text), recipe.window_chars) for e in [*own, *public]}
        self.by_problem: dict[str, list[Example]] = defaultdict(list)
        for example in own:
            for problem in example.problems:
                self.by_problem[problem].append(example)

    def __iter__(self) -> Iterator[tuple[list[Example], Tensor, Tensor]]:
        weights = [PUBLIC_WEIGHTS[e.source] for e in self.public]
        queue: list[Example] = []
        while True:
            if len(queue) < self.recipe.own:
                fresh = list(self.own)
                self.random.shuffle(fresh)
                queue += fresh
            picked, queue = queue[: self.recipe.own], queue[self.recipe.own :]
            # A partner with the same problem for some complaints, so that the contrast has pairs.
            for example in picked[: self.recipe.own // 2]:
                if example.problems and len(mates := self.by_problem[example.problems[0]]) > 1:
                    picked.append(self.random.choice(mates))
            if self.public:
                picked = picked + self.random.choices(self.public, weights, k=self.recipe.public)
            yield picked, *self.encode(picked)

    def encode(self, examples: Sequence[Example]) -> tuple[Tensor, Tensor]:
        texts = []
        for example in examples:
            pieces = self.pieces[id(example)]
            piece = spoiled(self.random.choice(pieces), self.random)
            kind = example.kind if self.random.random() < 0.7 else self.random.choice(list(TAGS))
            texts.append(f"{TAGS[kind]} {piece}")
        return padded(self.tokenizer, texts, self.recipe.max_tokens)


def padded(tokenizer: Tokenizer, texts: Sequence[str], most: int) -> tuple[Tensor, Tensor]:
    rows = [item.ids[:most] for item in tokenizer.encode_batch(list(texts), add_special_tokens=False)]
    width = max(map(len, rows))
    ids = torch.zeros(len(rows), width, dtype=torch.long)
    mask = torch.zeros(len(rows), width, dtype=torch.long)
    for index, row in enumerate(rows):
        ids[index, : len(row)] = torch.tensor(row)
        mask[index, : len(row)] = 1
    return ids, mask


def pooled_by_length(network: Network, ids: Tensor, mask: Tensor, parts: int = 4) -> Tensor:
    """As network.pooled, but rows of like length together: short texts are not padded to the longest."""
    lengths = mask.sum(1)
    order = torch.argsort(lengths)
    found = []
    for rows in torch.tensor_split(order, parts):
        if len(rows):
            width = int(lengths[rows].max())
            found.append(network.pooled(ids[rows, :width], mask[rows, :width]))
    return torch.cat(found)[torch.argsort(order)]


def loss_of(
    network: Network, examples: Sequence[Example], ids: Tensor, mask: Tensor, recipe: Recipe
) -> Tensor:
    pooled = network.dropout(pooled_by_length(network, ids, mask))
    device = pooled.device
    total = pooled.new_zeros(())
    sentiments = [(row, e.sentiment, 1.0) for row, e in enumerate(examples) if e.sentiment is not None]
    # Public posts are mostly no appeal: as "none" they count little, but keep general talk quiet.
    appeals = [
        (row, _NONE, recipe.public_none) if e.appeal is None else (row, e.appeal, 1.0)
        for row, e in enumerate(examples)
        if e.source != CUSTOMERS
    ]
    for head, known in ((network.sentiment, sentiments), (network.appeal, appeals)):
        if known:
            rows, gold, weights = zip(*known, strict=True)
            losses = F.cross_entropy(
                head(pooled[list(rows)]),
                torch.tensor(gold, device=device),
                label_smoothing=recipe.smoothing,
                reduction="none",
            )
            total = total + (losses * torch.tensor(weights, device=device)).mean()
    return total + recipe.contrast * contrast(network, examples, pooled)


def contrast(network: Network, examples: Sequence[Example], pooled: Tensor) -> Tensor:
    """Complaints of one problem together, of others apart (supervised contrastive loss, temperature .1)."""
    rows = [i for i, e in enumerate(examples) if e.problems]
    if len(rows) < 4:
        return pooled.new_zeros(())
    vectors = F.normalize(network.vector(pooled[rows]), dim=1)
    problems = [set(examples[i].problems) for i in rows]
    same = torch.tensor(
        [[float(a is not b and bool(a & b)) for b in problems] for a in problems], device=pooled.device
    )
    likeness = vectors @ vectors.T / 0.1 - 1e9 * torch.eye(len(rows), device=pooled.device)
    log = F.log_softmax(likeness, dim=1)
    has = same.sum(1) > 0
    if not has.any():
        return pooled.new_zeros(())
    return -((log * same).sum(1)[has] / same.sum(1)[has]).mean()


def finetune(
    network: Network,
    tokenizer: Tokenizer,
    own: Sequence[Example],
    public: Sequence[Example],
    recipe: Recipe,
) -> Network:
    """The network trained on labelled texts; its weights are a running mean of the last steps."""
    torch.manual_seed(recipe.seed)
    device = next(network.parameters()).device
    for module in network.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = recipe.dropout
    heads = {
        id(p)
        for head in (network.sentiment, network.appeal, network.answer, network.vector)
        for p in head.parameters()
    }
    groups = [
        {"params": [p for p in network.parameters() if id(p) not in heads], "rate": recipe.rate},
        {"params": [p for p in network.parameters() if id(p) in heads], "rate": 2 * recipe.rate},
    ]
    optimizer = torch.optim.AdamW(groups, lr=recipe.rate, weight_decay=0.02)
    mean = copy.deepcopy(network)
    batches = iter(Batches(tokenizer, own, public, recipe))
    network.train()
    losses = [0.0]
    for step in progress.steps("fine-tuning", 0, recipe.steps, lambda: f"loss {losses[-1]:.3f}"):
        examples, ids, mask = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = group["rate"] * min(1, (step + 1) / 100) * max(0.02, 1 - step / recipe.steps)
        loss = loss_of(network, examples, ids.to(device), mask.to(device), recipe)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        with torch.no_grad():
            keep = min(0.995, step / (step + 10))
            for slow, fast in zip(mean.parameters(), network.parameters(), strict=True):
                slow.lerp_(fast, 1 - keep)
        losses.append(0.98 * losses[-1] + 0.02 * loss.item() if losses[-1] else loss.item())
    mean.eval()
    return mean


def load(checkpoint: Path, network: Network) -> Network:
    network.load_state_dict(torch.load(checkpoint, map_location="cpu")["network"])
    return network


def in_order(
    tokenizer: Tokenizer, examples: Sequence[Example], recipe: Recipe
) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches of the texts' first windows, as the runtime reads them, in the order given."""
    for start in range(0, len(examples), 32):
        texts = [
            f"{TAGS[e.kind]} {windows(normalise(e.text), recipe.window_chars)[0]}"
            for e in examples[start : start + 32]
        ]
        yield padded(tokenizer, texts, recipe.max_tokens)
