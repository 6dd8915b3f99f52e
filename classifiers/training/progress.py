"""Progress of long runs: a bar on a terminal, a line now and then in a log."""

import time
from collections.abc import Callable, Iterator

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


def steps(what: str, first: int, last: int, note: Callable[[], str]) -> Iterator[int]:
    """Numbers from `first` up to `last`, shown with a note (loss, speed) as they are taken."""
    if not Console().is_terminal:
        yield from _logged(what, first, last, note)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, TextColumn("{task.fields[note]}")) as progress:
        task = progress.add_task(what, total=last, completed=first, note="")
        for step in range(first, last):
            yield step
            progress.update(task, advance=1, note=note())


def _logged(what: str, first: int, last: int, note: Callable[[], str]) -> Iterator[int]:
    began = time.monotonic()
    for step in range(first, last):
        yield step
        if (step + 1) % 50 == 0:
            typer.echo(f"{what} {step + 1}/{last} {note()} {time.monotonic() - began:.0f} s")
