"""Logs hold ids and facts, never people's words, also when something breaks."""

import logging

import pytest
import structlog

from otklik import logs


@pytest.fixture(autouse=True)
def _as_before() -> object:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def break_down() -> None:
    words = "".join(("личные ", "слова"))
    raise RuntimeError(f"сломалось на {len(words)}")


@pytest.mark.parametrize("style", ["console", "json"])
def test_a_traceback_shows_the_place_and_no_local_variables(
    style: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure(style)  # type: ignore[arg-type]  # both literals
    try:
        break_down()
    except RuntimeError:
        structlog.get_logger().exception("work.failed", post_id=7)
        logging.getLogger("library").exception("its own words")
    told = capsys.readouterr().err
    assert told.count("RuntimeError: ") == 2
    assert "break_down" in told
    assert "личные слова" not in told
