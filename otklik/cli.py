"""The command line. Each command is a few lines: the work is done elsewhere.

Exit status of the tools that look inside: see docs/contracts.md; of the others: 0 done, 1 not done,
2 wrong usage.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console

from domain.errors import BadInput, OtklikError
from otklik import logs, settings, town
from otklik.settings import Settings

if TYPE_CHECKING:
    from otklik.build import Services

#: A look at one source by hand is ended after so long, as a scheduled one is.
LOOK_S = 600

app = typer.Typer(
    help="Отклик: ни одна жалоба не остаётся без ответа незамеченной.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_say = Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print

File = Annotated[Path, typer.Argument(help="файл; «-» — стандартный ввод")]
Official = Annotated[
    list[str] | None, typer.Option("--official", help="id аккаунта, который говорит за компанию")
]


def main() -> None:
    try:
        app()
    except OtklikError as error:
        _fail(str(error))


def _fail(message: str) -> NoReturn:
    _say(message)
    raise SystemExit(1)


def _settings() -> Settings:
    """As set; without otklik.toml, with the town's addresses and keys, for child processes too."""
    found = settings.load()
    if not found.config.exists():
        os.environ.update({k: v for k, v in town.environment(found).items() if k not in os.environ})
        found = settings.load()
    logs.configure(found.log)
    return found


@contextmanager
def _services() -> Iterator["Services"]:
    """Connected services; imported here, because the tools that look inside need no database."""
    from otklik import build, company, config

    found = _settings()
    with build.services(found) as services:
        if not found.config.exists():
            # The town is watched without asking: nobody has to apply what nobody wrote.
            with services.pool.connection() as conn:
                company.apply(
                    conn,
                    config.load(town.CONFIG),
                    hash_id=services.identity.hash_id,
                    now=services.clock(),
                )
        yield services


@app.command()
def run() -> None:
    """Запустить всё: базу, страницы, расписания; без otklik.toml — демонстрационный город."""
    from otklik.run import run as run_all

    raise SystemExit(run_all(_settings(), _say))


@app.command()
def init(print_: Annotated[bool, typer.Option("--print", help="только показать, не писать")] = False) -> None:
    """Написать начальный otklik.toml с пояснениями."""
    from otklik.starter import STARTER

    if print_:
        print(STARTER, end="")
        return
    path = _settings().config
    if path.exists():
        _fail(f"{path} уже есть, не трогаю; посмотреть начальный файл: otklik init --print")
    path.write_text(STARTER, "utf-8")
    _say(f"Написан {path}. Заполните его и проверьте: otklik apply")


@app.command()
def apply(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="показать изменения, не применяя")] = False,
) -> None:
    """Проверить otklik.toml и применить его; показывает, что изменилось."""
    from otklik import company, config

    checked = config.load(_settings().config)
    with _services() as services, services.pool.connection() as conn:
        applied = company.apply(
            conn, checked, hash_id=services.identity.hash_id, now=services.clock(), dry_run=dry_run
        )
    for line in applied.changes:
        _say(line)
    if not checked.source:
        _say("В файле нет ни одного [[source]]: следить пока не за чем.")
    _say(
        "Изменений нет." if not applied.changes else "Не применено (--dry-run)." if dry_run else "Применено."
    )


@app.command()
def doctor() -> None:
    """Одна страница правды: что работает, что ждёт, что требует человека (тогда код выхода 1)."""
    from crawlers.vk.probe import probe_vk
    from otklik.doctor import report

    raise SystemExit(report(_settings(), Console(highlight=False, soft_wrap=True), [probe_vk]))


@app.command()
def work(once: Annotated[bool, typer.Option("--once", help="до конца очереди и выйти")] = False) -> None:
    """Разобрать накопленное: вердикты, разговоры, решения, доставка. Само собой при otklik run."""
    from otklik.stations import work_until_idle, work_until_stopped

    with _services() as services:
        (work_until_idle if once else work_until_stopped)(services)


@app.command()
def crawl(source: Annotated[str | None, typer.Option(help="только этот источник")] = None) -> None:
    """Посмотреть на источники сейчас, не дожидаясь расписания."""
    from crawlers.children import crawl_in_child
    from db import sources

    with _services() as services:
        with services.pool.connection() as conn:
            names = [source] if source else [s.name for s in sources.active(conn) if s.kind != "import"]
        status = 0
        for name in names:
            ended = crawl_in_child(name, timeout_s=LOOK_S, database_url=services.url, pool=services.pool)
            _say(f"{name}: {ended.outcome}, {ended.counts} {ended.reason}")
            status = status or ended.outcome != "complete"
    raise SystemExit(status)


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, JSONL или Excel, можно .xz, .gz, .zip")],
    source: Annotated[str, typer.Option(help="имя источника, например «История отзывов»")],
    column: Annotated[
        list[str] | None, typer.Option(help="поле=столбец, например text=Отзыв; остальное угадывается")
    ] = None,
    looked_at: Annotated[
        str | None, typer.Option(help="на какой момент выгружен файл: ISO со смещением")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="показать столбцы, не загружая")] = False,
) -> None:
    """Загрузить историю из файла. Можно повторять: второй раз ничего не удвоится."""
    from crawlers.imports.load import import_file

    looked = _moment(looked_at, "--looked-at")
    with _services() as services:
        status = import_file(
            services, file, source, column or [], looked_at=looked, dry_run=dry_run, say=_say
        )
    raise SystemExit(status)


@app.command()
def parse(
    kind: Annotated[str, typer.Argument(help="вид ответа, например vk.wall")] = "",
    file: File = Path("-"),
    list_: Annotated[bool, typer.Option("--list", help="назвать все виды")] = False,
    url: Annotated[str | None, typer.Option(help="откуда взят ответ")] = None,
    fetched_at: Annotated[str | None, typer.Option(help="когда взят: ISO со смещением")] = None,
    official: Official = None,
) -> None:
    """Что парсер видит в одном сохранённом ответе источника."""
    from crawlers import parsers
    from otklik.look_parse import run as look

    if list_:
        print("\n".join(parsers.kinds()))
        return
    if not kind:
        _say("Нужны вид ответа и файл: otklik parse vk.comments ответ.json (все виды: otklik parse --list)")
        raise SystemExit(2)
    _require_kind(kind, parsers.kinds())
    status = look(
        parsers.parse, kind, _bytes(file), url=url, fetched_at=_moment(fetched_at, "--fetched-at"),
        official=tuple(official or ()), out=sys.stdout, err=sys.stderr,
    )  # fmt: skip
    raise SystemExit(status)


@app.command()
def conversations(
    kind: Annotated[str, typer.Argument(help="вид ответа, например vk.comments")],
    file: File,
    at: Annotated[str | None, typer.Option(help="«сейчас»: ISO со смещением")] = None,
    official: Official = None,
) -> None:
    """Разговоры в одном сохранённом ответе: чья очередь, что обещано, есть ли ответ."""
    from classifiers.load import load
    from crawlers import parsers
    from otklik.look_conversations import run as look

    _require_kind(kind, parsers.kinds())
    found = _settings()
    status = look(
        lambda body: parsers.parse(kind, body, official=tuple(official or ())),
        load(found.model, found.model_threads),
        _bytes(file), at=_moment(at, "--at"), official=tuple(official or ()), out=sys.stdout, err=sys.stderr,
    )  # fmt: skip
    raise SystemExit(status)


@app.command()
def label(file: File) -> None:
    """Тональность и вид обращения для каждой строки JSONL."""
    from classifiers.load import load
    from otklik.look_label import run as look

    found = _settings()
    raise SystemExit(look(load(found.model, found.model_threads), _lines(_bytes(file)), sys.stdout))


@app.command()
def group(
    file: File = Path("-"),
    catalogue: Annotated[
        Path | None, typer.Option(help="JSON известных проблем: {ключ: {title, words, examples}}")
    ] = None,
) -> None:
    """Какие строки JSONL жалуются на одно и то же: повторяющиеся проблемы в порядке потока."""
    from otklik.look_group import run as look

    known = None if catalogue is None else _bytes(catalogue)
    try:
        raise SystemExit(look(_lines(_bytes(file)), sys.stdout, catalogue=known))
    except BadInput as error:
        _say(f"{catalogue}: {error}")
        raise SystemExit(2) from error


def _lines(body: bytes) -> list[str]:
    """Lines as JSON lines has them: ended by line feeds alone, which `splitlines` would not know."""
    lines = body.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    # What is not UTF-8 becomes no JSON at all: the line comes back as an error, not as another text.
    return [line.decode("utf-8") if _is_utf8(line) else "\ufffd" for line in lines]


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _bytes(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        _say(f"{file}: не читается ({error.strerror})")
        raise SystemExit(2) from error


def _moment(text: str | None, option: str) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        _say(f"{option}: нужен момент ISO со смещением, например 2026-03-02T12:00:00+03:00, а не «{text}»")
        raise SystemExit(2)
    return moment


def _require_kind(kind: str, kinds: list[str]) -> None:
    if kind not in kinds:
        _say(f"Нет вида «{kind}»; есть: {', '.join(kinds)}")
        raise SystemExit(2)
