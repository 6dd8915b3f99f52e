"""Keep a handful of processes running together: start, watch, restart, stop, and leave nothing behind."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

from domain.errors import BadConfig

#: Every process we start carries this variable with the data folder's path: that is how leftovers of a
#: start that was killed are known, whoever their parent is by now.
MARK = "RUN_OF_OTKLIK"

_LOG_LIMIT = 10_000_000


@dataclass(slots=True)
class Child:
    """One process to keep alive. `delay` grows with each quick death, up to 30 s."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    delay: float = 1.0
    due_at: float = 0.0
    #: it does its work and ends; started again only when it failed
    is_once: bool = False

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Runs children until told to stop. Used by one thread."""

    def __init__(self, data: Path, say: Callable[[str], None]) -> None:
        self.data = data.resolve()
        self.say = say
        self.children: list[Child] = []
        self._lock: IO[str] | None = None

    def claim(self) -> None:
        """Make sure nobody else runs here, and end what a killed run left. Raises BadConfig if one runs."""
        self.data.mkdir(parents=True, exist_ok=True)
        self._lock = (self.data / "run.lock").open("w")
        try:
            # The kernel gives the lock back when its owner dies, however it dies.
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BadConfig(
                f"Отклик уже запущен с данными в {self.data}; остановите его или задайте OTKLIK_DATA"
            ) from error
        if count := end_leftovers(self.data):
            self.say(f"Убрано процессов от прежнего запуска: {count}")

    def start(self, child: Child) -> None:
        log = self.log_of(child)
        log.parent.mkdir(parents=True, exist_ok=True)
        mode = "wb" if log.exists() and log.stat().st_size > _LOG_LIMIT else "ab"
        with log.open(mode) as out:
            child.process = subprocess.Popen(
                child.command,
                env={**os.environ, **child.env, MARK: str(self.data)},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                # Ctrl-C in the terminal is for us: we stop the children in order.
                start_new_session=True,
            )
        child.started_at = time.monotonic()
        if child not in self.children:
            self.children.append(child)

    def log_of(self, child: Child) -> Path:
        return self.data / "logs" / f"{child.name}.log"

    def watch(self) -> None:
        """One look: start again what died, later and later if it dies at once."""
        now = time.monotonic()
        for child in self.children:
            if child.is_alive or (child.is_once and child.process and child.process.returncode == 0):
                continue
            if child.due_at <= child.started_at:
                lived = now - child.started_at
                child.delay = 1.0 if lived > 60 else min(30.0, child.delay * 2)
                child.due_at = now + child.delay
                code = child.process.returncode if child.process else None
                self.say(
                    f"{child.name}: остановился (код {code}), запущу снова через {child.delay:.0f} с; "
                    f"журнал: {self.log_of(child)}"
                )
            elif now >= child.due_at:
                self.start(child)

    def stop(self, patience_s: float = 8.0) -> None:
        """End all children, the last started first, and whatever they started."""
        for child in reversed(self.children):
            if child.is_alive and child.process:
                with suppress(ProcessLookupError):
                    os.killpg(child.process.pid, signal.SIGTERM)
        deadline = time.monotonic() + patience_s
        for child in self.children:
            if child.process:
                with suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.1, deadline - time.monotonic()))
        end_leftovers(self.data)


def end_leftovers(data: Path) -> int:
    """End every process marked as started for this data folder; returns how many there were."""
    mine = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    left = [
        process for process in psutil.process_iter() if process.pid not in mine and _is_ours(process, data)
    ]
    for process in left:
        with suppress(psutil.Error):
            process.terminate()
    _, stubborn = psutil.wait_procs(left, timeout=3)
    for process in stubborn:
        with suppress(psutil.Error):
            process.kill()
    return len(left)


def _is_ours(process: psutil.Process, data: Path) -> bool:
    try:
        return process.environ().get(MARK) == str(data.resolve())
    except (psutil.Error, OSError):
        return False


def require_free_port(host: str, port: int, setting: str) -> None:
    """Raises BadConfig that names the setting when something else listens there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host, port))
        except OSError as error:
            raise BadConfig(
                f"Порт {port} занят: остановите, что его держит, или выберите другой, "
                f"например {setting}={port + 100} make run"
            ) from error


def python(*args: str) -> list[str]:
    """A command line for this very interpreter."""
    return [sys.executable, *args]
