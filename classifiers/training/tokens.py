"""The vocabulary: pieces of words (byte-pair merges) learnt from everything we train on."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from domain.verdicts import SourceKind

#: In this order, so that [PAD] is 0.
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[MASK]", *(f"[{kind.upper()}]" for kind in SourceKind))
TAGS = {kind: f"[{kind.upper()}]" for kind in SourceKind}


def learn(texts: Iterable[str], size: int) -> Tokenizer:
    """A tokenizer of `size` pieces for normalised texts; emoji and punctuation stand alone."""
    tokenizer = Tokenizer(models.BPE(unk_token=SPECIAL[1], fuse_unk=False))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always"),
            pre_tokenizers.Punctuation("contiguous"),
        ]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=list(SPECIAL), limit_alphabet=400, min_frequency=5, show_progress=True
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def encoded(tokenizer: Tokenizer, texts: list[str]) -> Iterator[list[int]]:
    for start in range(0, len(texts), 10_000):
        for item in tokenizer.encode_batch(texts[start : start + 10_000], add_special_tokens=False):
            yield item.ids


def save(tokenizer: Tokenizer, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
