"""Pre-training: guess masked pieces of words. Ends after a number of tokens; goes on from its checkpoint."""

from pathlib import Path

import numpy as np
import torch
from sklearn.utils.extmath import randomized_svd
from tokenizers import Tokenizer
from torch.nn import functional as F

from classifiers.normalise import normalise
from classifiers.training import data, progress, tokens
from classifiers.training.network import Network, Shape

MASKED = 0.2
LENGTH = 64
ROWS = 32


def collect(folder: Path, corpus: Path) -> list[tuple[str, int]]:
    """Normalised texts and how often each is read in one pass."""
    out = [(normalise(text), times) for text, times in data.unlabelled(folder)]
    out += [(normalise(item.text), 2) for item in data.public(folder)]
    out += [(normalise(item.text), 10) for item in data.posts(corpus)]
    return [(text, times) for text, times in out if text]


def stream(tokenizer: Tokenizer, texts: list[tuple[str, int]], seed: int) -> np.ndarray:
    """All texts as one row of ids in shuffled order, [CLS] before each."""
    cls = tokenizer.token_to_id("[CLS]")
    found = list(tokens.encoded(tokenizer, [text for text, _ in texts]))
    order = np.repeat(np.arange(len(texts)), [times for _, times in texts])
    # Neighbouring lines of a play or dialogue stay together: blocks of 20 are shuffled, not lines.
    blocks = np.array_split(order, max(1, len(order) // 20))
    np.random.default_rng(seed).shuffle(blocks)
    return np.fromiter((t for b in blocks for i in b for t in (cls, *found[i])), dtype=np.uint16)


def neighbours(ids: np.ndarray, vocabulary: int, size: int) -> np.ndarray:
    """Vectors of the pieces from the company they keep: log ratios of co-occurrence in `size` dimensions.

    Takes seconds and saves the network hours of learning which words are alike; columns have unit deviation.
    """
    stream = ids.astype(np.int64)
    counts = np.zeros((vocabulary, vocabulary), np.float32)
    for distance, weight in enumerate((1.0, 1.0, 0.7, 0.5, 0.4, 0.3), start=1):
        pairs = stream[:-distance] * vocabulary + stream[distance:]
        found = np.bincount(pairs, minlength=vocabulary**2).astype(np.float32).reshape(vocabulary, -1)
        counts += weight * (found + found.T)
    counts[: len(tokens.SPECIAL)] = 0
    counts[:, : len(tokens.SPECIAL)] = 0
    total = counts.sum(1)
    context = total**0.75 / (total**0.75).sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.log(counts / (total[:, None] * context))
    ratios = np.where(np.isfinite(ratios), np.maximum(ratios, 0), 0).astype(np.float32)
    left, strength, _ = randomized_svd(ratios, size, n_iter=4, random_state=0)
    vectors = left * np.sqrt(strength)
    return np.asarray(vectors / vectors.std(), dtype=np.float32)


def warmed(step: int, steps: int) -> float:
    """Share of the learning rate: up, level, down over the last fifth, so that a run can be prolonged."""
    return min(1.0, (step + 1) / 300, max(0.02, 5 * (1 - step / steps)))


def pretrain(
    shape: Shape,
    ids: np.ndarray,
    embedding: np.ndarray,
    mask_id: int | None,
    checkpoint: Path,
    *,
    steps: int,
    rate: float = 1e-3,
    seed: int = 1,
) -> Network:
    """Train `steps` batches of ROWS x LENGTH tokens, or what of them the checkpoint has not seen yet."""
    torch.manual_seed(seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    network = Network(shape, dropout=0.0)
    with torch.no_grad():
        network.tokens.weight.copy_(torch.from_numpy(0.1 * embedding))
        torch.nn.init.normal_(network.widen.weight, std=shape.embedding**-0.5)
    network.to(device)
    optimizer = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=0.01, betas=(0.9, 0.98))
    first = 0
    if checkpoint.is_file():
        saved = torch.load(checkpoint, map_location=device)
        network.load_state_dict(saved["network"])
        optimizer.load_state_dict(saved["optimizer"])
        first = saved["step"]
    random = np.random.default_rng(seed + first)
    losses = [0.0]
    for step in progress.steps("pretraining", first, steps, lambda: f"loss {losses[-1]:.3f}"):
        optimizer.param_groups[0]["lr"] = rate * warmed(step, steps)
        starts = random.integers(0, len(ids) - LENGTH, ROWS)
        batch = torch.from_numpy(ids[starts[:, None] + np.arange(LENGTH)].astype(np.int64)).to(device)
        hidden = torch.from_numpy(random.random(batch.shape) < MASKED).to(device) & (
            batch >= len(tokens.SPECIAL)
        )
        noise = torch.from_numpy(random.random(batch.shape)).to(device)
        seen = torch.where(hidden & (noise < 0.85), mask_id or 0, batch)
        guesses = network.guesses(network.body(seen, None)[hidden])
        loss = F.cross_entropy(guesses, batch[hidden])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        losses.append(0.98 * losses[-1] + 0.02 * loss.item() if losses[-1] else loss.item())
        if (step + 1) % 500 == 0 or step + 1 == steps:
            torch.save(
                {
                    "network": network.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "step": step + 1,
                    "shape": shape.as_dict(),
                },
                checkpoint.with_suffix(".part"),
            )
            checkpoint.with_suffix(".part").replace(checkpoint)
    return network
