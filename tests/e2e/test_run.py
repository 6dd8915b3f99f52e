"""`otklik run` as a stranger starts it: pages, schedules, a first message; and nothing left behind."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
import requests

from db import embedded
from otklik.supervise import MARK

#: Prefect's server alone takes a dozen seconds on a free machine, and test machines are not free.
PATIENCE_S = 240.0


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@pytest.fixture
def env(tmp_path: Path) -> Iterator[dict[str, str]]:
    data = tmp_path / "data"
    yield os.environ | {
        "OTKLIK_DATA": str(data),
        "OTKLIK_CONFIG": str(tmp_path / "otklik.toml"),
        "OTKLIK_PORT": str(free_port()),
        "OTKLIK_PREFECT_PORT": str(free_port()),
        "OTKLIK_TOWN_PORT": str(free_port()),
        "PYTHONUNBUFFERED": "1",
    }
    folder = embedded.cluster_folder(data)
    shutil.rmtree(folder.parent if folder.parent != data else folder, ignore_errors=True)


def start(env: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "otklik", "run"], env=env, stdout=out, stderr=subprocess.STDOUT
        )


def wait_for(what: Callable[[], object], told: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with suppress(requests.RequestException):
            if what():
                return
        time.sleep(0.2)
    raise AssertionError(f"{told} did not come: {log.read_text('utf-8')}")


def left_running(data: str) -> list[str]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get(MARK) == data or data in " ".join(process.cmdline()):
                found.append(" ".join(process.cmdline()))
    return found


@pytest.mark.timeout(600)
def test_a_stranger_sees_messages_and_leaves_nothing_behind(env: dict[str, str], tmp_path: Path) -> None:
    log, data = tmp_path / "run.log", env["OTKLIK_DATA"]
    web = f"http://127.0.0.1:{env['OTKLIK_PORT']}"
    slack = f"http://127.0.0.1:{env['OTKLIK_TOWN_PORT']}/slack/c/C0SMM00001"
    killed = start(env, log)
    wait_for(lambda: requests.get(f"{web}/health", timeout=5).ok, "the pages", log)
    killed.kill()
    killed.wait()
    assert left_running(data), "a kill leaves children, or this test shows nothing"

    second = start(env, log)
    try:
        wait_for(lambda: "без ответа" in requests.get(slack, timeout=5).text, "the first message", log)
        assert "Убрано процессов" in log.read_text("utf-8")
        queue = requests.get(web, timeout=10)
        assert queue.ok
        assert "просрочено" in queue.text
        again = subprocess.run(
            [sys.executable, "-m", "otklik", "run"], env=env, capture_output=True, text=True, timeout=60
        )
        assert again.returncode == 1
        assert "уже запущен" in again.stderr
    finally:
        second.send_signal(signal.SIGINT)
        assert second.wait(60) == 0
    assert left_running(data) == []


def test_a_taken_port_is_named_with_the_setting(env: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(env["OTKLIK_PORT"])))
        taken.listen()
        refused = subprocess.run(
            [sys.executable, "-m", "otklik", "run"], env=env, capture_output=True, text=True, timeout=60
        )
    assert refused.returncode == 1
    assert env["OTKLIK_PORT"] in refused.stderr
    assert re.search(r"OTKLIK_PORT=\d+ make run", refused.stderr)
    assert "Traceback" not in refused.stderr


def test_commands_work_without_a_running_service(env: dict[str, str], tmp_path: Path) -> None:
    reviews = tmp_path / "reviews.csv"
    reviews.write_text("Дата,Отзыв\n01.02.2026,Карту жду третью неделю\n", "utf-8")

    def otklik(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "otklik", *words], env=env, capture_output=True, text=True, timeout=120
        )

    loaded = otklik("import", str(reviews), "--source", "История")
    assert loaded.returncode == 0, loaded.stderr
    assert "новых записей 1" in loaded.stderr
    page = otklik("doctor")
    assert "Источник «История»" in page.stdout
    # Nobody serves the town here, and nobody schedules: that is said, and no traceback is shown.
    assert "сервер Prefect не отвечает" in page.stdout
    assert "Traceback" not in page.stderr
