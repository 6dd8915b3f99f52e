"""`otklik import`: rows of a file become posts of a source; what cannot be one is kept with the reason."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from psycopg import Connection
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from crawlers.imports import columns, rows
from crawlers.imports.posts import Taken, take
from crawlers.imports.rejects import Rejects
from crawlers.imports.rows import BadRow, Table
from db import config as config_rows
from db import crawls, posts
from db.posts import Saved
from domain.errors import BadInput
from domain.sources import CrawlOutcome, CrawlRun
from otklik.build import Services

_BATCH = 1000
_STDERR = Console(stderr=True)


@dataclass(slots=True)
class Loaded:
    """What an import did; `roots`: ids of its reviews; `rejects`: the file of refused rows, if any."""

    rows: int = 0
    saved: Saved = field(default_factory=Saved)
    bad: int = 0
    undated: int = 0
    newest: datetime | None = None
    looked_at: datetime | None = None
    roots: list[str] = field(default_factory=list)
    rejects: Path | None = None


def import_file(
    services: Services,
    file: Path,
    source: str,
    overrides: list[str],
    *,
    looked_at: datetime | None,
    dry_run: bool,
    say: Callable[[str], None],
) -> int:
    """Load a file into the source of that name; returns the exit status. Safe to repeat: nothing doubles.

    An import is a look at its own time, `looked_at` (default: the newest date in it, the earliest moment it
    can have been made). Only a file with a column of answers shows that an answer is missing.
    """
    with ExitStack() as stack:
        table = rows.read(file, stack)
        mapping = columns.guess(table.columns, overrides)
        _show(table, mapping, say)
        if dry_run:
            return 0
        loaded = _load(services, table, mapping, file=file, source=source, looked_at=looked_at)
    _report(loaded, mapping, source, say)
    return 0 if not loaded.bad else 3


def _show(table: Table, mapping: Mapping[str, str], say: Callable[[str], None]) -> None:
    say("Столбцы: " + ", ".join(f"{name} ← «{column}»" for name, column in mapping.items()))
    if left := [column for column in table.columns if column and column not in mapping.values()]:
        say("Не беру: " + ", ".join(f"«{column}»" for column in left) + " (взять: --column поле=Столбец)")
    if "answer" not in mapping:
        say("Столбца с ответами нет: разговоры будут «не проверено», а не «без ответа».")


def _report(loaded: Loaded, mapping: Mapping[str, str], source: str, say: Callable[[str], None]) -> None:
    saved = loaded.saved
    say(f"Источник «{source}»: строк {loaded.rows}, новых записей {saved.new}, "
        f"изменённых {saved.edited}, уже было {saved.unchanged + saved.touched}.")  # fmt: skip
    if "date" in mapping and loaded.undated:
        say(f"Без понятной даты: {loaded.undated}; для них идут только часы команды.")
    if "answer" in mapping and loaded.looked_at:
        say(f"Файл — снимок на {loaded.looked_at:%d.%m.%Y %H:%M} (другой момент: --looked-at).")
    if loaded.rejects:
        say(f"Не принято строк: {loaded.bad}; они и причины — в файле {loaded.rejects}")
    say("Дальше: otklik run (или otklik work --once) разберёт их и пришлёт сводку.")


def _load(
    services: Services,
    table: Table,
    mapping: Mapping[str, str],
    *,
    file: Path,
    source: str,
    looked_at: datetime | None,
) -> Loaded:
    now = services.clock()
    with services.pool.connection() as conn:
        source_id = _source(conn, source, now, has_answers="answer" in mapping)
        crawl_id = crawls.begin(conn, source_id, started_at=now)
    run = CrawlRun(source_id=source_id, started_at=now)
    loaded = Loaded()
    rejects = Rejects(file.with_name(f"{file.name}.rejected.csv"), table.columns)
    # «Вчера» in a table means the day before it was written; the file's time is that day or later.
    written_at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    look = _Look(has_answers="answer" in mapping, at=looked_at, now=now)
    try:
        for batch in _batches(table, mapping, loaded, rejects, written_at=written_at):
            with services.pool.connection() as conn:
                _save(conn, services, source_id, crawl_id, batch, loaded)
        with services.pool.connection() as conn:
            look.record(conn, source_id, loaded)
        run.outcome, run.reason = CrawlOutcome.COMPLETE, f"файл {file.name}"
    finally:
        loaded.rejects = rejects.close()
        _finish(services, crawl_id, run, loaded)
    return loaded


@dataclass(frozen=True, slots=True)
class _Look:
    """The moment an import speaks of: only with a column of answers does it show that one is missing."""

    has_answers: bool
    at: datetime | None
    now: datetime

    def record(self, conn: Connection, source_id: int, loaded: Loaded) -> None:
        at = self.at or loaded.newest
        if self.has_answers and at is not None:
            loaded.looked_at = min(at, self.now)
            posts.check_threads(conn, source_id, loaded.roots, loaded.looked_at)


def _source(conn: Connection, name: str, now: datetime, *, has_answers: bool) -> int:
    known = config_rows.sources(conn).get(name)
    if known and known["kind"] != "import":
        raise BadInput(
            f"Источник «{name}» уже есть, и он читается сам ({known['kind']}); назовите загрузку иначе"
        )
    return config_rows.put_source(conn, name, "import", {"has_answers": has_answers}, now=now)


def _batches(
    table: Table, mapping: Mapping[str, str], loaded: Loaded, rejects: Rejects, *, written_at: datetime
) -> Iterator[list[Taken]]:
    """Rows as posts, a thousand at a time, under a progress bar."""
    batch: list[Taken] = []
    twins: Counter[str] = Counter()
    bar = Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=_STDERR)
    with bar:
        task = bar.add_task("Загружаю…")
        for number, row in table.rows:
            loaded.rows += 1
            taken = row if isinstance(row, BadRow) else take(row, mapping, twins, written_at=written_at)
            if isinstance(taken, BadRow):
                loaded.bad += 1
                rejects.add(number, row, taken.reason)
                continue
            loaded.undated += taken.review.published_at is None
            batch.append(taken)
            if len(batch) == _BATCH:
                yield batch
                batch = []
                bar.update(task, description=f"Загружено строк: {loaded.rows}, не принято: {loaded.bad}")
        if batch:
            yield batch
        bar.update(task, description=f"Загружено строк: {loaded.rows}, не принято: {loaded.bad}")


def _save(
    conn: Connection, services: Services, source_id: int, crawl_id: int, batch: list[Taken], loaded: Loaded
) -> None:
    """Store a batch; the caller's connection commits it."""
    found = [post for taken in batch for post in taken.posts]
    loaded.saved += posts.save(
        conn,
        source_id,
        found,
        seen_at=services.clock(),
        hash_id=services.identity.of("import"),
        crawl_id=crawl_id,
    )
    loaded.roots += [taken.review.external_id for taken in batch]
    dates = [post.published_at for post in found if post.published_at]
    loaded.newest = max([*dates, *([loaded.newest] if loaded.newest else [])], default=None)


def _finish(services: Services, crawl_id: int, run: CrawlRun, loaded: Loaded) -> None:
    run.got, run.new, run.edited = loaded.rows, loaded.saved.new, loaded.saved.edited
    run.rejected = loaded.bad + loaded.saved.rejected
    with services.pool.connection() as conn:
        crawls.finish(conn, crawl_id, run, services.clock())
