"""`make evaluate DATA=…/dev`: how good the model in charge is on texts labelled by people, and the floor.

The floor is a regression over the same pieces, trained in this run on the same labelled data (`--train`, by
default the folder above DATA); it needs scikit-learn (extra `[torch]`) and is left out
where that is absent, saying so.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from classifiers import evaluation as ev
from classifiers.load import load
from domain.verdicts import Text

Scores = tuple[NDArray[np.float64], NDArray[np.float64]]  # sentiment and appeal, a row a text
Judge = Callable[[Sequence[Text]], tuple[Scores, list[str], list[str]]]

#: Sources of general talk, where nearly nothing is a complaint.
_GENERAL = ("rusentitweet", "brighter_rus")
_APP = "ilywio_mixed"


def main(
    data: Annotated[Path, typer.Argument(help="folder of labelled sets")],
    train: Annotated[Path | None, typer.Option(help="folder of training data for the floor")] = None,
    model: Annotated[Path | None, typer.Option(help="model folder; else the bundled one")] = None,
    floor: Annotated[bool, typer.Option(help="train the linear floor beside it")] = True,
) -> None:
    """Print the tables."""
    if not data.is_dir():
        typer.echo(
            f"{data}: no such folder; give one with labelled sets: make evaluate DATA=folder", err=True
        )
        raise typer.Exit(2)
    classifier = load(model, threads=2)

    def judge(texts: Sequence[Text]) -> tuple[Scores, list[str], list[str]]:
        verdicts = classifier.classify(texts)
        sentiments = np.array([[v.sentiment_scores[name] for name in ev.SENTIMENTS] for v in verdicts])
        appeals = np.array([[v.appeal_scores[name] for name in ev.APPEALS] for v in verdicts])
        return (sentiments, appeals), [v.sentiment for v in verdicts], [v.appeal for v in verdicts]

    judges: dict[str, Judge] = {classifier.model_id: judge}
    if floor and (other := _floor(train or data.parent)):
        judges["linear floor"] = other
    for one in ev.read_sets(data):
        for name, each in judges.items():
            _print_set(one, name, each)
    problems = data / "problems.jsonl"
    if problems.is_file():
        _print_grouping(problems, lambda texts: [v.vector for v in classifier.classify(texts)])


def _floor(train: Path) -> Judge | None:
    try:
        from classifiers.training import data as sets
        from classifiers.training import linear
    except ImportError as error:
        print(f"no linear floor: {error.name} is not installed (extra [torch])", file=sys.stderr)
        return None
    fitted = linear.fit(sets.posts(), sets.public(train))

    def judge(texts: Sequence[Text]) -> tuple[Scores, list[str], list[str]]:
        sentiment, appeal = (_softmax(logits) for logits in fitted.logits(texts))
        said = [ev.SENTIMENTS[i] for i in sentiment.argmax(1)], [ev.APPEALS[i] for i in appeal.argmax(1)]
        return (sentiment, appeal), *said

    return judge


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _print_set(one: ev.LabelledSet, name: str, judge: Judge) -> None:
    began = time.perf_counter()
    (sentiment, appeal), said, appealed = judge(one.texts)
    speed = len(one.texts) / (time.perf_counter() - began)
    negative = [g == "negative" for g in one.sentiments]
    f1 = ev.precision_recall_f1(one.sentiments, said, "negative")[2]
    print(
        f"{one.name:24} {name:14} macro-F1 {ev.macro_f1(one.sentiments, said, ev.SENTIMENTS):.3f}  "
        f"negative F1 {f1:.3f} AP {ev.average_precision(negative, sentiment[:, 0].tolist()):.3f}  "
        f"({len(said)} texts, {speed:.0f}/s)"
    )
    print(f"{'':24} people\\model {ev.confusion(one.sentiments, said, ev.SENTIMENTS).tolist()}")
    if one.appeals is not None:
        _print_appeals(one, appeal, appealed)


def _print_appeals(one: ev.LabelledSet, appeal: NDArray[np.float64], said: list[str]) -> None:
    gold, sources = np.array(one.appeals), np.array(one.sources)
    answers, scores = np.array(said), appeal[:, 0]
    parts = {"all": np.ones(len(gold), bool), "app feedback": sources == _APP, "others": sources != _APP}
    for part, rows in parts.items():
        if rows.any():
            print(f"{'':24} complaint, {part:13} {_complaint_line(gold[rows], answers[rows], scores[rows])}")
    general = np.isin(sources, _GENERAL) & (gold != "complaint")
    if general.any():
        print(f"{'':24} false alarms on general posts {(answers[general] == 'complaint').mean():.1%}")
    print(f"{'':24} appeals {ev.APPEALS}: {ev.confusion(list(gold), said, ev.APPEALS).tolist()}")


def _complaint_line(gold: NDArray[np.str_], said: NDArray[np.str_], scores: NDArray[np.float64]) -> str:
    precision, recall, f1 = ev.precision_recall_f1(list(gold), list(said), "complaint")
    ap = ev.average_precision((gold == "complaint").tolist(), scores.tolist())
    low, high = ev.interval(
        len(gold), lambda r: ev.average_precision((gold[r] == "complaint").tolist(), scores[r].tolist())
    )
    f_low, f_high = ev.interval(
        len(gold), lambda r: ev.precision_recall_f1(list(gold[r]), list(said[r]), "complaint")[2]
    )
    found = f"P {precision:.2f} R {recall:.2f} F1 {f1:.3f} [{f_low:.2f}, {f_high:.2f}]"
    return f"{found} AP {ap:.3f} [{low:.2f}, {high:.2f}]"


def _print_grouping(
    path: Path, vectors: Callable[[Sequence[Text]], Sequence[tuple[float, ...] | None]]
) -> None:
    """Average-link clustering on the vectors alone, at its best cut, against people's problems."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    rows = [row for row in rows if row["complaint"] and row["problem"]]
    found = vectors([Text(row["text"], ev.SourceKind.REVIEW) for row in rows])
    if any(vector is None for vector in found):
        print("problems: this model gives no vectors")
        return
    likeness = np.array(found) @ np.array(found).T
    best = max(
        (ev.b_cubed([row["problem"] for row in rows], groups)[::-1], cut)
        for cut, groups in _average_link(likeness)
    )
    (f1, recall, precision), cut = best
    print(f"{'problems':24} B-cubed F1 {f1:.3f} P {precision:.2f} R {recall:.2f} at likeness {cut:.2f}")


def _average_link(likeness: NDArray[np.float64]) -> list[tuple[float, list[int]]]:
    """Groupings at cuts from strict to loose: the two groups most alike on average are joined, one by one."""
    sums = likeness.copy()
    sizes = np.ones(len(sums))
    np.fill_diagonal(sums, -np.inf)
    groups = np.arange(len(sums))
    out = []
    for cut in np.linspace(0.95, 0.0, 77):
        while True:
            mean = sums / np.outer(sizes, sizes)
            a, b = np.unravel_index(int(mean.argmax()), mean.shape)
            if not mean[a, b] >= cut:
                break
            sums[a] += sums[b]
            sums[:, a] += sums[:, b]
            sums[b], sums[:, b], sums[a, a] = -np.inf, -np.inf, -np.inf
            sizes[a] += sizes[b]
            groups[groups == b] = a
        out.append((float(cut), groups.tolist()))
    return out


if __name__ == "__main__":
    typer.run(main)
