"""Migrations run once, in order, and refuse a history that was rewritten."""

import psycopg
import pytest

from db.migrate import Migration, known, migrate
from domain.errors import BadConfig


def test_a_second_run_has_nothing_to_do(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as conn:
        assert migrate(conn) == []


def test_a_migration_changed_after_it_ran_stops_the_start(database_url: str) -> None:
    rewritten = [Migration(m.name, m.sql + "\n-- one more line") for m in known()]
    with (
        psycopg.connect(database_url, autocommit=True) as conn,
        pytest.raises(BadConfig, match="изменена"),
    ):
        migrate(conn, rewritten)


def test_a_database_of_a_newer_program_stops_the_start(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as conn:
        migrate(conn, [*known(), Migration("9999_from_the_future", "SELECT 1")])
        with pytest.raises(BadConfig, match="новее программы"):
            migrate(conn)


def test_a_failed_migration_leaves_nothing_behind(database_url: str) -> None:
    broken = Migration("9998_broken", "CREATE TABLE half (id int); SELECT 1/0")
    with psycopg.connect(database_url, autocommit=True) as conn:
        with pytest.raises(psycopg.errors.DivisionByZero):
            migrate(conn, [*known(), broken])
        assert conn.execute("SELECT to_regclass('half')").fetchone() == (None,)
        assert migrate(conn) == []
