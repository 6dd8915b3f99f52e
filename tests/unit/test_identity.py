"""One key an installation, made once, private, and never replaced behind anybody's back."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from domain.errors import BadConfig
from otklik.identity import KEY_FILE, Identity


def test_the_same_key_is_found_at_the_next_start(tmp_path: Path) -> None:
    first, second = (Identity.in_folder(tmp_path / "data") for _ in range(2))
    assert first.hash_id("vk", "501") == second.hash_id("vk", "501")
    assert stat.S_IMODE((tmp_path / "data" / KEY_FILE).stat().st_mode) == 0o600
    assert [p.name for p in (tmp_path / "data").iterdir()] == [KEY_FILE]


def test_starts_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as starts:
        found = starts.map(lambda _: Identity.in_folder(tmp_path).hash_id("vk", "501"), range(16))
    assert len(set(found)) == 1


def test_kinds_of_one_platform_share_accounts_and_platforms_do_not(tmp_path: Path) -> None:
    identity = Identity.in_folder(tmp_path)
    assert identity.hash_id("vk.wall", "1") == identity.of("vk")("1")
    assert identity.hash_id("vk", "1") != identity.hash_id("facebook", "1")
    assert len(identity.hash_id("vk", "1")) == 32


def test_a_damaged_key_stops_the_start_instead_of_making_strangers(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_bytes(b"half")
    with pytest.raises(BadConfig, match="put the right file back"):
        Identity.in_folder(tmp_path)
