"""`python -m classifiers.training DATA`: train the bundled model from public sets, free texts and our corpus.

Needs the extra `[torch]`. Every stage leaves its result in the work folder: a stopped run
goes on there. Uses a GPU where there is one; on two cores of a CPU the whole takes about an hour.
"""

import copy
import pickle
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from tokenizers import Tokenizer

from classifiers.onnx_model import OnnxClassifier
from classifiers.training import answers, calibrate, data, finetune, pretrain, tokens
from classifiers.training import linear as floor
from classifiers.training.assemble import Spans, assemble
from classifiers.training.card import Measured, write_card
from classifiers.training.network import Network, Shape, spans
from domain.verdicts import Text

#: output -> what the network and the linear branch add to it
SHARES = {"sentiment": (0.4, 0.6), "appeal": (0.4, 0.6), "vector": (0.7, 1.0)}


def main(
    folder: Annotated[Path, typer.Argument(metavar="DATA", help="folder with train/ and text/")],
    work: Annotated[Path, typer.Option(help="checkpoints; outside the repository")] = Path(".training"),
    out: Annotated[Path, typer.Option(help="folder of the finished model")] = Path("classifiers/bundled"),
    name: Annotated[str, typer.Option(help="id of the model")] = "otklik-ru-1",
    customers: Annotated[
        list[Path] | None, typer.Option(help="further JSON lines: text and label, or rating 1 to 5")
    ] = None,
    pretraining_steps: int = 4600,
    steps: int = 650,
    vocabulary: int = 8192,
    threads: int = 1,
) -> None:
    """Train and write a model folder."""
    torch.set_num_threads(threads)
    work.mkdir(parents=True, exist_ok=True)
    own, public = data.posts(), data.public(folder)
    for path in customers or ():
        public += data.customers(path)
    typer.echo(f"{len(own)} texts of ours, {len(public)} public ones, {len(data.answers())} answers")
    tokenizer, network = _pretrained(folder, work, vocabulary, pretraining_steps)
    learn, fit = calibrate.held_out(own)
    network = _finetuned(network, tokenizer, learn, public, work, steps)
    sides = _cached(work / "held_out.pkl", lambda: floor.fit(learn, public))
    network.cpu()
    if said := data.answers():
        typer.echo(f"answers, average precision in cross-validation: {answers.fit(network, tokenizer, said)}")
    inputs = spans(
        network, finetune.in_order(tokenizer, learn[:: max(1, len(learn) // 640)], finetune.Recipe())
    )
    measured = _calibrated(network, inputs, tokenizer, sides, fit, work / "held_out")
    everything = _cached(work / "linear.pkl", lambda: floor.fit(own, public))
    tokens.save(tokenizer, out)
    assemble(network, everything.branch(), SHARES, inputs, out / "model.onnx")
    write_card(out, name, own=len(own), public=public, measured=measured)
    typer.echo(f"wrote {out}; measure it: make evaluate DATA={folder}/dev")


def _pretrained(folder: Path, work: Path, vocabulary: int, steps: int) -> tuple[Tokenizer, Network]:
    path = work / "tokenizer.json"
    if not path.is_file():
        texts = pretrain.collect(folder, data.CORPUS)
        tokens.save(tokens.learn((text for text, times in texts for _ in range(times)), vocabulary), work)
        tokenizer = Tokenizer.from_file(str(path))
        ids = pretrain.stream(tokenizer, texts, seed=1)
        np.save(work / "ids.npy", ids)
        np.save(work / "neighbours.npy", pretrain.neighbours(ids, tokenizer.get_vocab_size(), 128))
    tokenizer = Tokenizer.from_file(str(path))
    network = pretrain.pretrain(
        Shape(tokenizer.get_vocab_size()),
        np.load(work / "ids.npy", mmap_mode="r"),
        np.load(work / "neighbours.npy"),
        tokenizer.token_to_id("[MASK]"),
        work / "pretrained.pt",
        steps=steps,
    )
    return tokenizer, network


def _finetuned(
    network: Network,
    tokenizer: Tokenizer,
    learn: list[data.Example],
    public: list[data.Example],
    work: Path,
    steps: int,
) -> Network:
    """The mean of two fine-tunings of one body that saw the texts in another order: steadier than either."""
    recipes = (
        finetune.Recipe(steps=2 * steps, seed=1),
        finetune.Recipe(steps=steps, seed=2, dropout=0.2, rate=8e-4),
    )
    found = []
    for recipe in recipes:
        path = work / f"finetuned{recipe.seed}.pt"
        if not path.is_file():
            tuned = finetune.finetune(copy.deepcopy(network), tokenizer, learn, public, recipe)
            torch.save({"network": tuned.state_dict()}, path)
        found.append(torch.load(path, map_location="cpu")["network"])
    network.load_state_dict({name: sum(part[name] for part in found) / len(found) for name in found[0]})
    return network


def _cached(path: Path, make):  # type: ignore[no-untyped-def]  # any picklable thing
    """The result of a slow step, kept in the work folder (which is ours: pickle is safe there)."""
    if path.is_file():
        return pickle.loads(path.read_bytes())  # noqa: S301
    made = make()
    path.write_bytes(pickle.dumps(made))
    return made


def _calibrated(
    network: Network,
    inputs: Spans,
    tokenizer: Tokenizer,
    sides: floor.LinearModel,
    fit: list[data.Example],
    folder: Path,
) -> Measured:
    """Temperatures and thresholds from texts of ours that neither branch has seen, read by the runtime."""
    tokens.save(tokenizer, folder)
    assemble(network, sides.branch(), SHARES, inputs, folder / "model.onnx")
    write_card(folder, "held-out", own=0, public=[], measured=Measured())
    short = [e for e in fit if len(e.text) < 250]  # read in one window: their scores tell the logits
    sentiment, appeal = _scores(folder, short)
    temperature = {
        "sentiment": calibrate.temperature(np.log(sentiment + 1e-9), [e.sentiment or 0 for e in short]),
        "appeal": calibrate.temperature(np.log(appeal + 1e-9), [e.appeal or 0 for e in short]),
    }
    write_card(folder, "held-out", own=0, public=[], measured=Measured(len(fit), temperature))
    limits = calibrate.thresholds(fit, *_scores(folder, fit))
    typer.echo(f"temperature {temperature}, thresholds {limits}")
    return Measured(len(fit), temperature, limits)


def _scores(folder: Path, examples: list[data.Example]) -> tuple[np.ndarray, np.ndarray]:
    verdicts = OnnxClassifier(folder).classify([Text(e.text, e.kind) for e in examples])
    return (
        np.array([[v.sentiment_scores[name] for name in data.SENTIMENTS] for v in verdicts]),
        np.array([[v.appeal_scores[name] for name in data.APPEALS] for v in verdicts]),
    )


if __name__ == "__main__":
    typer.run(main)
