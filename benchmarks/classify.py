"""`make bench-classify`: texts a second of the model in charge, each figure a ratio taken in one run.

Against `transformers.pipeline` at batch 1 with a model of rubert-tiny2's shape (29M, random weights: how long
it takes is asked, not what it says), and against our own network in torch with the same batches. Needs torch
(extra `[torch]`). The pipeline's vocabulary is learnt here from our corpus: few tokens a text.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import torch
import typer
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    PreTrainedTokenizerFast,
    TextClassificationPipeline,
)

from classifiers.load import BUNDLED
from classifiers.onnx_model import OnnxClassifier
from classifiers.training import data
from classifiers.training.finetune import padded
from classifiers.training.network import Network, Shape
from classifiers.windows import windows
from domain.verdicts import Text

_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def main(
    threads: Annotated[int, typer.Option(help="CPU threads of both")] = 2,
    rounds: int = 3,
    model: Annotated[Path, typer.Option(help="model folder")] = BUNDLED,
) -> None:
    """Print the table."""
    torch.set_num_threads(threads)
    texts = [example.text for example in data.posts()]
    sets = {
        "short posts": [text for text in texts if len(text) <= 140][:400],
        "reviews": [text for text in texts if len(text) >= 600][:60],
    }
    ours = OnnxClassifier(model, threads=threads)
    pipeline = _pipeline(texts)
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    network = Network(Shape(tokenizer.get_vocab_size())).eval()
    for name, chosen in sets.items():
        rivals: dict[str, Callable[[], object]] = {
            "ours": partial(ours.classify, [Text(text) for text in chosen]),
            "pipeline": partial(_one_by_one, pipeline, chosen),
            "our network in torch": partial(_in_torch, network, tokenizer, chosen),
        }
        speeds = {rival: _speed(run, len(chosen), rounds) for rival, run in rivals.items()}
        for rival, speed in speeds.items():
            ratio = speeds["ours"] / speed
            print(f"{name:12} {rival:22} {speed:7.0f} texts/s   ours is {ratio:.1f} times as fast")
    print(f"loading after import: {_loading():.2f} s")
    print(f"memory of a process that classifies: {_memory():.0f} MB")


def _pipeline(texts: Sequence[str]) -> TextClassificationPipeline:
    words = Tokenizer(models.WordPiece(unk_token=_SPECIAL[1]))
    words.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    words.train_from_iterator(
        texts, trainers.WordPieceTrainer(vocab_size=83_828, special_tokens=_SPECIAL, show_progress=False)
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token=_SPECIAL[0], unk_token=_SPECIAL[1], model_max_length=512
    )
    config = BertConfig(
        vocab_size=83_828,
        hidden_size=312,
        num_hidden_layers=3,
        num_attention_heads=12,
        intermediate_size=600,
        max_position_embeddings=2048,
        num_labels=3,
    )
    return TextClassificationPipeline(model=BertForSequenceClassification(config).eval(), tokenizer=tokenizer)


def _one_by_one(pipeline: TextClassificationPipeline, texts: Sequence[str]) -> int:
    return sum(len(pipeline(text, truncation=True)) for text in texts)


@torch.inference_mode()
def _in_torch(network: Network, tokenizer: Tokenizer, texts: Sequence[str]) -> int:
    pieces = sorted((piece for text in texts for piece in windows(text.lower(), 300)), key=len)
    for start in range(0, len(pieces), 64):
        network.pooled(*padded(tokenizer, pieces[start : start + 64], 128))
    return len(pieces)


def _speed(run: Callable[[], object], count: int, rounds: int) -> float:
    run()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return count / statistics.median(times)


def _loading() -> float:
    """Seconds to load the model in a fresh process, imports not counted."""
    return _in_process(
        "import time, classifiers.onnx_model as m; from transformers import PreTrainedTokenizerFast;"
        "from classifiers.load import BUNDLED; t = time.perf_counter(); m.OnnxClassifier(BUNDLED);"
        "print(time.perf_counter() - t)"
    )


def _memory() -> float:
    """Megabytes of a fresh process after a batch of short and long texts."""
    return _in_process(
        "import resource; from classifiers.load import load; from domain.verdicts import Text;"
        "m = load(None, 1);"
        "m.classify([Text('Приложение не работает, верните деньги! ' * n) for n in range(1, 257)]);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )


def _in_process(code: str) -> float:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


if __name__ == "__main__":
    typer.run(main)
