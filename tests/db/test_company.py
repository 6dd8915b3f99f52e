"""`otklik apply`: the file becomes rows, says what changes, and keeps the history of what was taken out."""

from datetime import timedelta
from typing import Any

from psycopg import Connection

from db import posts
from domain.clock import FixedClock
from domain.posts import CrawledPost, PostKind
from otklik import company
from otklik.company import Applied
from otklik.config import Config


def hash_id(kind: str, account: str) -> str:
    return f"{kind}:{account}"


def apply(conn: Connection, clock: FixedClock, *sources: dict[str, Any], **changes: Any) -> Applied:
    body = {"brand": {"name": "Ромашка Банк"}, "source": list(sources), **changes}
    return company.apply(conn, Config.model_validate(body), hash_id=hash_id, now=clock())


def vk(name: str = "ВКонтакте", **changes: Any) -> dict[str, Any]:
    return {"name": name, "kind": "vk", "community": "romashka", **changes}


def test_applying_twice_changes_nothing(conn: Connection, clock: FixedClock) -> None:
    first = apply(conn, clock, vk())
    second = apply(conn, clock, vk())
    assert first.changes
    assert second == Applied(first.version, ())


def test_what_changes_is_shown(conn: Connection, clock: FixedClock) -> None:
    apply(conn, clock, vk())
    changes = apply(conn, clock, vk(), policy={"answer_within_minutes": 120}).changes
    assert changes == ("~ policy.answer_within_minutes: 60 -> 120",)


def test_a_dry_run_changes_nothing(conn: Connection, clock: FixedClock) -> None:
    config = Config.model_validate({"brand": {"name": "Ромашка Банк"}})
    assert company.apply(conn, config, hash_id=hash_id, now=clock(), dry_run=True).changes
    assert company.in_force(conn) is None


def test_a_source_taken_out_stops_and_keeps_its_history(conn: Connection, clock: FixedClock) -> None:
    apply(conn, clock, vk())
    source_id = conn.execute("SELECT id FROM source").fetchone()
    assert source_id
    said = CrawledPost(kind=PostKind.POST, external_id="-1_1", text="Карту жду третью неделю")
    posts.save(conn, source_id[0], [said], seen_at=clock(), hash_id=str)

    apply(conn, clock)
    assert conn.execute("SELECT is_active FROM source").fetchall() == [(False,)]
    assert conn.execute("SELECT count(*) FROM post").fetchone() == (1,)

    apply(conn, clock, vk())
    assert conn.execute("SELECT id, is_active FROM source").fetchall() == [(source_id[0], True)]


def test_an_import_is_no_concern_of_the_file(conn: Connection, clock: FixedClock) -> None:
    conn.execute("INSERT INTO source (name, kind, added_at) VALUES ('История', 'import', %s)", (clock(),))
    apply(conn, clock, vk())
    assert conn.execute("SELECT is_active FROM source WHERE kind = 'import'").fetchone() == (True,)


def test_a_person_listed_later_spoke_for_the_company_before(conn: Connection, clock: FixedClock) -> None:
    apply(conn, clock, vk())
    source_id = conn.execute("SELECT id FROM source").fetchone()
    assert source_id
    said = CrawledPost(
        kind=PostKind.COMMENT, external_id="-1_2", root_id="-1_1", author_id="77", text="Поможем"
    )
    posts.save(conn, source_id[0], [said], seen_at=clock(), hash_id=lambda a: hash_id("vk", a))
    before = conn.execute("SELECT revision FROM thread").fetchone()

    apply(conn, clock, vk(staff=["id77"]))
    assert conn.execute("SELECT is_official FROM post").fetchone() == (True,)
    after = conn.execute("SELECT revision FROM thread").fetchone()
    assert before
    assert after
    assert after[0] > before[0], "its thread must be derived again"

    apply(conn, clock, vk())
    assert conn.execute("SELECT is_official FROM post").fetchone() == (False,)


def test_old_versions_stay_for_deadlines_of_the_past(conn: Connection, clock: FixedClock) -> None:
    first = apply(conn, clock, vk())
    clock.tick(timedelta(days=1))
    second = apply(conn, clock, vk(), policy={"answer_within_minutes": 120})
    assert second.version > first.version
    assert conn.execute("SELECT count(*) FROM applied_config").fetchone() == (2,)
    found = company.in_force(conn)
    assert found
    assert found.policy.answer_within == timedelta(minutes=120)
