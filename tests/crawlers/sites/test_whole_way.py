"""From `otklik.toml` to stored reviews, by the very child process that the service starts."""

import pytest

from crawlers.children import crawl_in_child, due_sources
from domain.clock import system_clock
from otklik import company, config
from otklik.identity import Identity
from tests.crawlers.sites.conftest import Watch, fill

FILE = """\
[brand]
name = "Ромашка Банк"
contact = "pr@example.org"

[[source]]
name = "Банки"
kind = "banki"
company = "romashka"
site = "{url}"
"""


def test_a_site_named_in_the_configuration_is_read(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(watch.town, 3)
    path = watch.data / "otklik.toml"
    path.write_text(FILE.format(url=watch.url), "utf-8")
    monkeypatch.setenv("OTKLIK_DATA", str(watch.data))
    with watch.pool.connection() as conn:
        company.apply(conn, config.load(path), hash_id=Identity(b"k" * 32).hash_id, now=system_clock())
        assert company.in_force(conn) is not None
        assert due_sources(conn, system_clock()) == ["Банки"]
    ended = crawl_in_child("Банки", timeout_s=90, database_url=watch.database_url, pool=watch.pool)
    assert (ended.outcome, ended.counts["new"]) == ("complete", 3)
    robots, page = watch.town.times
    assert page - robots >= 1.9  # a stranger's server is not hurried
    with watch.pool.connection() as conn:
        assert due_sources(conn, system_clock()) == []  # an hour is not over
