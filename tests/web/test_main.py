"""`python -m web` as a process: what it loads, how it starts and stops."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest
import requests

HEAVY = (
    "onnxruntime",
    "transformers",
    "torch",
    "scrapy",
    "twisted.internet",
    "prefect",
    "vk_api",
    "pymorphy3",
)


def test_the_pages_load_no_model_no_crawler_and_no_schedules() -> None:
    code = f"import sys, web.__main__; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.fixture
def port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def environment(port: int, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "OTKLIK_PORT": str(port)} | more


def test_it_serves_and_stops_when_asked(database_url: str, port: int, tmp_path: object) -> None:
    env = environment(port, OTKLIK_DATABASE_URL=database_url, OTKLIK_DATA=str(tmp_path), OTKLIK_LOG="json")
    with subprocess.Popen(
        [sys.executable, "-m", "web"], env=env, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            answer = _first_answer(f"http://127.0.0.1:{port}/health")
            assert answer.json() == {"database": "ok"}
        finally:
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=30)
    assert "Traceback" not in errors
    assert process.returncode in (0, -signal.SIGTERM)


def _first_answer(url: str) -> requests.Response:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            answer = requests.get(url, timeout=5)
        except requests.ConnectionError:
            time.sleep(0.05)
            continue
        if answer.status_code == 200:
            return answer
        time.sleep(0.05)
    pytest.fail("the pages did not come up")


def test_a_wrong_setting_is_named(port: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "web"],
        env=environment(port, OTKLIK_PORTT="1"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "OTKLIK_PORTT" in done.stderr
