"""`otklik run`: the database, the pages, the schedules and, without otklik.toml, the town; together."""

import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

import psycopg
import requests

from db import crawls, deliveries, embedded
from db.migrate import migrate
from domain.clock import system_clock
from otklik import build, company, config, town
from otklik.identity import Identity
from otklik.settings import Settings
from otklik.supervise import Child, Supervisor, python, require_free_port


@dataclass(frozen=True, slots=True)
class Addresses:
    web: str
    prefect: str
    town: str


def run(settings: Settings, say: Callable[[str], None]) -> int:
    """Run until Ctrl-C or SIGTERM; leaves no process behind. Returns the exit status."""
    is_town = not build.is_company(settings.config)
    supervisor = Supervisor(settings.data, say)
    supervisor.claim()
    _require_ports(settings, is_town=is_town)
    stop = _stop_on_signals()
    with ExitStack() as stack:
        url = stack.enter_context(build.database(settings, build.database_name(settings)))
        _prepare(settings, url, say, file=town.CONFIG if is_town else settings.config)
        stack.callback(supervisor.stop)
        where = _addresses(settings)
        env = _environment(settings, url, where, is_town=is_town)
        if is_town:
            supervisor.start(Child("town", python("-m", "demo.town"), env))
        supervisor.start(Child("web", python("-m", "web"), env))
        prefect = ("-m", "prefect", "server", "start", "--port", str(settings.prefect_port))
        supervisor.start(Child("prefect", python(*prefect, "--host", settings.host), env))
        _tell(say, where, settings, is_town=is_town)
        _until(stop, supervisor, settings, env, where, say)
    say("Остановлено.")
    return 0


def _until(
    stop: Callable[[], bool],
    supervisor: Supervisor,
    settings: Settings,
    env: dict[str, str],
    where: Addresses,
    say: Callable[[str], None],
) -> None:
    """Watch the children; when the schedules' server is up, set it up and start the worker."""
    began, is_worker_started, told_web = time.monotonic(), False, False
    while not stop():
        supervisor.watch()
        if not settings.database_url:
            embedded.revive(settings.data, say)
        if not told_web and _answers(f"{where.web}/health"):
            told_web = True
            say(f"Страницы и база готовы за {time.monotonic() - began:.1f} с")
        if not is_worker_started and _answers(f"{where.prefect}/api/health"):
            is_worker_started = True
            worker = python("-m", "prefect", "worker", "start", "--pool", "otklik", "--type", "process")
            supervisor.start(Child("worker", worker, env))
            supervisor.start(Child("setup", python("-m", "flows.setup"), env, is_once=True))
            say(f"Расписания запущены за {time.monotonic() - began:.1f} с")
        time.sleep(0.2)


def _prepare(settings: Settings, url: str, say: Callable[[str], None], *, file: Path) -> None:
    """Migrate, then apply the company's (or the town's) file."""
    with psycopg.connect(url, autocommit=True) as conn:
        for name in migrate(conn):
            say(f"База: выполнена миграция {name}")
        hash_id = Identity.in_folder(settings.data).hash_id
        with conn.transaction():
            applied = company.apply(conn, config.load(file), hash_id=hash_id, now=system_clock())
            deliveries.revive(conn, now=system_clock())
            if not settings.database_url:
                # The embedded database has no other users: looks that a stop cut short are over.
                crawls.mark_orphans(conn, system_clock())
    for line in applied.changes if file == settings.config else ():
        say(f"{file.name}: {line}")


def _addresses(settings: Settings) -> Addresses:
    base = f"http://{settings.host}"
    return Addresses(
        f"{base}:{settings.port}", f"{base}:{settings.prefect_port}", f"{base}:{settings.town_port}"
    )


def _environment(settings: Settings, url: str, where: Addresses, *, is_town: bool) -> dict[str, str]:
    """What the children get beside our own environment: one database, one Prefect, the town's keys."""
    env = {
        "OTKLIK_DATA": str(settings.data.resolve()),
        "OTKLIK_DATABASE_URL": url,
        "PREFECT_HOME": str(settings.data.resolve() / "prefect"),
        # Prefect's workers keep files under one name in the temporary folder of all users.
        "TMPDIR": str(_made(settings.data.resolve() / "tmp")),
        "PREFECT_API_URL": f"{where.prefect}/api",
        "PREFECT_UI_API_URL": f"{where.prefect}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "DO_NOT_TRACK": "1",
        "PYTHONUNBUFFERED": "1",
    }
    if not settings.public_url:
        env["OTKLIK_PUBLIC_URL"] = where.web
    return env | (town.environment(settings) if is_town else {})


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _require_ports(settings: Settings, *, is_town: bool) -> None:
    require_free_port(settings.host, settings.port, "OTKLIK_PORT")
    require_free_port(settings.host, settings.prefect_port, "OTKLIK_PREFECT_PORT")
    if is_town:
        require_free_port(settings.host, settings.town_port, "OTKLIK_TOWN_PORT")


def _tell(say: Callable[[str], None], where: Addresses, settings: Settings, *, is_town: bool) -> None:
    base = "встроенный PostgreSQL"
    if settings.database_url:
        base = f"PostgreSQL на {urlsplit(settings.database_url.get_secret_value()).hostname}"
    if is_town:
        say(
            f"Файла {settings.config} пока нет: показываем демонстрационный город (otklik init создаст файл)."
        )
        say(f"  Slack города   {where.town}/slack/   сюда приходят сообщения, кнопки работают")
    say(f"  Страницы       {where.web}/")
    say(f"  Расписания     {where.prefect}/   (Prefect, поднимается секунд пятнадцать)")
    say(f"  База           {base}, данные и журналы в {settings.data.resolve()}")
    say("Остановить: Ctrl-C")


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=1, proxies={"http": "", "https": ""}).ok
    except requests.RequestException:
        return False


def _stop_on_signals() -> Callable[[], bool]:
    """A question to ask in a loop: has somebody asked us to stop?"""
    asked: list[int] = []

    def ask(signum: int, _frame: FrameType | None) -> None:
        asked.append(signum)

    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, ask)
    return lambda: bool(asked)
