"""Settings: every one is documented, and a wrong one stops the start by name."""

from pathlib import Path

import pytest

from domain.errors import BadConfig
from otklik.settings import PREFIX, Settings, load

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"


def test_every_setting_is_in_the_docs_and_no_other() -> None:
    rows = [
        line.split("|")[1].strip(" `")
        for line in DOCS.read_text("utf-8").splitlines()
        if line.startswith("| `")
    ]
    assert sorted(rows) == sorted(PREFIX + name.upper() for name in Settings.model_fields)


def test_a_wrong_value_is_named() -> None:
    with pytest.raises(BadConfig, match="OTKLIK_PORT"):
        load({"OTKLIK_PORT": "восемьдесят"})


def test_an_unknown_variable_is_named() -> None:
    with pytest.raises(BadConfig, match="OTKLIK_PROT"):
        load({"OTKLIK_PROT": "8090"})


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("vk1.a.secret\n", "utf-8")
    found = load({"OTKLIK_VK_TOKEN_FILE": str(tmp_path / "token")})
    assert found.vk_token is not None
    assert found.vk_token.get_secret_value() == "vk1.a.secret"


def test_an_unreadable_secret_file_is_named() -> None:
    with pytest.raises(BadConfig, match="OTKLIK_VK_TOKEN_FILE"):
        load({"OTKLIK_VK_TOKEN_FILE": "/nowhere/at/all"})


def test_a_secret_is_never_shown() -> None:
    assert "hush" not in repr(load({"OTKLIK_SLACK_TOKEN": "hush"}))
