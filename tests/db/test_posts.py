"""A batch is stored once, whatever is in it; an edit keeps the old wording, a deletion keeps the post."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg import Connection
from psycopg.rows import dict_row

from db import posts
from db.posts import Saved
from domain.errors import BadInput
from domain.posts import CrawledPost, PostKind

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ROOT = "-1_10"


def hashed(account: str) -> str:
    return f"hash:{account}"


def comment(number: int, text: str = "Карта не работает", **facts: Any) -> CrawledPost:
    given: dict[str, Any] = {
        "kind": PostKind.COMMENT,
        "external_id": f"-1_{number}",
        "parent_id": ROOT,
        "root_id": ROOT,
        "author": "Анна Петрова",
        "author_id": "501",
        "text": text,
        "published_at": NOON + timedelta(minutes=number),
    }
    return CrawledPost(**given | facts)


@pytest.fixture
def source(conn: Connection) -> int:
    row = conn.execute(
        "INSERT INTO source (name, kind, added_at) VALUES ('Наше сообщество', 'vk', %s) RETURNING id", (NOON,)
    ).fetchone()
    assert row
    return int(row[0])


def save(conn: Connection, source: int, batch: Sequence[CrawledPost], minutes: int = 0) -> Saved:
    return posts.save(conn, source, batch, seen_at=NOON + timedelta(minutes=minutes), hash_id=hashed)


def stored(conn: Connection, external_id: str) -> dict[str, Any]:
    with conn.cursor(row_factory=dict_row) as cur:
        row = cur.execute("SELECT * FROM post WHERE external_id = %s", (external_id,)).fetchone()
    assert row
    return row


def revision(conn: Connection) -> int:
    row = conn.execute("SELECT revision FROM thread WHERE root_external_id = %s", (ROOT,)).fetchone()
    assert row
    return int(row[0])


def test_a_batch_saved_twice_changes_nothing_the_second_time(conn: Connection, source: int) -> None:
    batch = [comment(11), comment(12), comment(13)]
    assert save(conn, source, batch) == Saved(new=3)
    before = revision(conn)
    assert save(conn, source, batch, minutes=5) == Saved(unchanged=3)
    assert revision(conn) == before
    assert stored(conn, "-1_11")["last_seen_at"] == NOON + timedelta(minutes=5)


def test_of_a_post_that_stands_twice_in_a_batch_the_last_counts(conn: Connection, source: int) -> None:
    assert save(conn, source, [comment(11, "раз"), comment(11, "два")]) == Saved(new=1)
    assert stored(conn, "-1_11")["text"] == "два"


def test_an_edit_keeps_the_old_wording_and_wakes_the_thread(conn: Connection, source: int) -> None:
    save(conn, source, [comment(11, "Всё сломалось")])
    before = revision(conn)
    assert save(conn, source, [comment(11, "Всё починили")], minutes=5) == Saved(edited=1)
    now = stored(conn, "-1_11")
    assert (now["text"], now["version"]) == ("Всё починили", 2)
    rows = conn.execute("SELECT version, text, seen_at FROM post_version").fetchall()
    assert rows == [(1, "Всё сломалось", NOON)]
    assert revision(conn) == before + 1


def test_a_deletion_is_recorded_and_the_words_stay(conn: Connection, source: int) -> None:
    save(conn, source, [comment(11, "Верните деньги")])
    before = revision(conn)
    placeholder = comment(11, "", author=None, author_id=None, deleted=True)
    assert save(conn, source, [placeholder], minutes=5) == Saved(gone=1)
    assert save(conn, source, [placeholder], minutes=6) == Saved(unchanged=1)
    now = stored(conn, "-1_11")
    assert now["gone_at"] == NOON + timedelta(minutes=5)
    assert (now["text"], now["author_key"], now["version"]) == ("Верните деньги", "hash:501", 1)
    assert revision(conn) == before + 1


def test_a_restored_post_is_no_longer_gone(conn: Connection, source: int) -> None:
    save(conn, source, [comment(11)])
    save(conn, source, [comment(11, "", deleted=True)], minutes=1)
    assert save(conn, source, [comment(11)], minutes=2) == Saved(restored=1)
    assert stored(conn, "-1_11")["gone_at"] is None


def test_a_placeholder_never_seen_alive_is_stored_as_gone(conn: Connection, source: int) -> None:
    assert save(conn, source, [comment(11, "", deleted=True)]) == Saved(new=1)
    assert stored(conn, "-1_11")["gone_at"] == NOON


def test_what_the_source_does_not_tell_this_time_is_not_forgotten(conn: Connection, source: int) -> None:
    save(conn, source, [comment(11, rating=2, answered=False)])
    bare = comment(11, rating=None, answered=None, published_at=None, author=None, author_id=None)
    assert save(conn, source, [bare], minutes=1) == Saved(unchanged=1)
    now = stored(conn, "-1_11")
    assert (now["rating"], now["answered"], now["author_key"]) == (2, False, "hash:501")
    assert now["published_at"] == NOON + timedelta(minutes=11)


def test_an_answer_that_became_known_wakes_the_thread_without_a_version(
    conn: Connection, source: int
) -> None:
    save(conn, source, [comment(11, answered=False)])
    before = revision(conn)
    assert save(conn, source, [comment(11, answered=True)], minutes=1) == Saved(touched=1)
    assert revision(conn) == before + 1
    assert stored(conn, "-1_11")["version"] == 1


def test_a_look_older_than_the_last_one_changes_nothing(conn: Connection, source: int) -> None:
    save(conn, source, [comment(11, "новое")], minutes=10)
    assert save(conn, source, [comment(11, "старое")], minutes=5) == Saved(unchanged=1)
    assert stored(conn, "-1_11")["text"] == "новое"


@pytest.mark.parametrize(
    ("poison", "reason"),
    [
        pytest.param({"text": "до\x00после"}, "NUL", id="NUL in the text"),
        pytest.param({"text": "\ud83d"}, "surrogate", id="half of an emoji"),
        pytest.param({"text": "ж" * 100_001}, "longer", id="a text without end"),
        pytest.param({"rating": 7}, "rating", id="seven stars of five"),
        pytest.param({"external_id": ""}, "no id", id="no id"),
        pytest.param({"external_id": "9" * 5000}, "id is longer", id="an id too long for an index"),
        pytest.param({"published_at": datetime(2026, 3, 2)}, "zone", id="a time without zone"),
        pytest.param({"raw": {"text": "\x00"}}, "NUL", id="NUL in the payload"),
        pytest.param({"raw": {"n": float("nan")}}, "NUL", id="NaN in the payload"),
        pytest.param({"author": "\x00"}, "NUL", id="NUL in the name"),
    ],
)
def test_a_poisonous_post_is_rejected_and_the_others_are_stored(
    conn: Connection, source: int, poison: dict[str, Any], reason: str
) -> None:
    saved = save(conn, source, [comment(11), comment(12, **poison), comment(13)])
    assert saved == Saved(new=2, rejected=1)
    rows = conn.execute("SELECT reason FROM rejected_item WHERE source_id = %s", (source,)).fetchall()
    assert len(rows) == 1
    assert reason in rows[0][0]


def test_what_only_the_server_refuses_is_found_and_rejected(
    conn: Connection, source: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posts, "why_not", lambda post: None)
    batch = [comment(n) for n in range(11, 20)] + [comment(20, "\x00")] + [comment(n) for n in range(21, 25)]
    assert save(conn, source, batch) == Saved(new=13, rejected=1)


def test_strange_but_honest_texts_are_stored_as_they_are(conn: Connection, source: int) -> None:
    text = "\u200fمرحبا 🤬👨‍👩‍👧 ё\u0301 " + "ж" * 90_000
    assert save(conn, source, [comment(11, text)]) == Saved(new=1)
    assert stored(conn, "-1_11")["text"] == text


def test_account_ids_are_hashed_also_inside_the_payload(conn: Connection, source: int) -> None:
    raw = {
        "from_id": 501,
        "owner_id": -1,
        "reply_to_user": 777,
        "attachments": [{"photo": {"user_id": "888"}}],
        "thread": {"count": 501},
    }
    save(conn, source, [comment(11, raw=raw)])
    assert stored(conn, "-1_11")["author_key"] == "hash:501"
    row = conn.execute("SELECT body FROM payload").fetchone()
    assert row == (
        {
            "from_id": "hash:501",
            "owner_id": -1,
            "reply_to_user": "hash:777",
            "attachments": [{"photo": {"user_id": "hash:888"}}],
            "thread": {"count": 501},
        },
    )


def test_a_listed_account_answers_a_customer(conn: Connection, source: int) -> None:
    conn.execute("INSERT INTO official_account VALUES (%s, 'hash:900', 'Мария, поддержка')", (source,))
    save(conn, source, [comment(11)])
    reply = comment(12, "Проверим", author_id="900", parent_id="-1_11", reply_to="-1_11")
    again = comment(13, "Готово", author_id="900", parent_id="-1_11", reply_to="-1_12")
    assert save(conn, source, [reply, again], minutes=1) == Saved(new=2)
    assert (stored(conn, "-1_12")["kind"], stored(conn, "-1_12")["is_official"]) == ("answer", True)
    assert stored(conn, "-1_13")["is_official"] is True
    assert save(conn, source, [reply], minutes=2) == Saved(unchanged=1)


def test_two_sources_may_use_the_same_ids(conn: Connection, source: int) -> None:
    row = conn.execute(
        "INSERT INTO source (name, kind, added_at) VALUES ('Другое', 'vk', %s) RETURNING id", (NOON,)
    ).fetchone()
    assert row
    save(conn, source, [comment(11, "один")])
    assert save(conn, row[0], [comment(11, "другой")]) == Saved(new=1)


def test_a_source_that_does_not_exist_is_an_error_not_a_rejection(conn: Connection) -> None:
    with pytest.raises(BadInput, match="no source"):
        save(conn, 999_999, [comment(11)])


def test_a_check_moves_forward_only_and_wakes_nobody(conn: Connection, source: int) -> None:
    save(conn, source, [comment(11)])
    before = revision(conn)
    for minutes in (10, 5):
        posts.check_threads(conn, source, [ROOT], NOON + timedelta(minutes=minutes))
    row = conn.execute("SELECT checked_at, revision FROM thread").fetchone()
    assert row == (NOON + timedelta(minutes=10), before)


def test_one_complete_look_without_a_post_proves_nothing_two_do(conn: Connection, source: int) -> None:
    save(conn, source, [comment(11), comment(12)])
    before = revision(conn)
    assert posts.mark_gone(conn, source, ROOT, ["-1_11"], NOON + timedelta(minutes=1)) == 0
    assert (stored(conn, "-1_12")["gone_at"], revision(conn)) == (None, before)
    assert posts.mark_gone(conn, source, ROOT, ["-1_11"], NOON + timedelta(minutes=2)) == 1
    assert stored(conn, "-1_12")["gone_at"] == NOON + timedelta(minutes=2)
    assert stored(conn, "-1_11")["gone_at"] is None
    assert revision(conn) == before + 1


def test_a_post_seen_between_two_misses_is_not_gone(conn: Connection, source: int) -> None:
    save(conn, source, [comment(11), comment(12)])
    posts.mark_gone(conn, source, ROOT, ["-1_11"], NOON + timedelta(minutes=1))
    save(conn, source, [comment(12)], minutes=2)
    assert posts.mark_gone(conn, source, ROOT, ["-1_11"], NOON + timedelta(minutes=3)) == 0


def test_the_root_is_not_gone_because_its_comments_do_not_name_it(conn: Connection, source: int) -> None:
    root = comment(10, "Новость", kind=PostKind.POST, parent_id=None, root_id=None)
    save(conn, source, [root])
    for minutes in (1, 2):
        posts.mark_gone(conn, source, ROOT, [], NOON + timedelta(minutes=minutes))
    assert stored(conn, ROOT)["gone_at"] is None


def test_what_the_source_says_is_deleted_is_gone_at_once(conn: Connection, source: int) -> None:
    save(conn, source, [comment(11), comment(12)])
    assert posts.mark_posts_gone(conn, source, ["-1_11"], NOON) == 1
    assert posts.mark_posts_gone(conn, source, ["-1_11"], NOON) == 0


def test_a_waiting_thread_is_watched_however_old_and_a_quiet_one_is_not(
    conn: Connection, source: int
) -> None:
    save(conn, source, [comment(11), comment(21, root_id="-1_20", parent_id="-1_20")])
    conn.execute(
        """INSERT INTO conversation (thread_id, source_id, customer, opening_post_id, appeal, state, turn,
                                     first_seen_at, last_word_by, post_ids)
           SELECT thread_id, source_id, 'c', id, 'complaint', 'waiting_us', 'ours', %s, 'customer', ARRAY[id]
             FROM post WHERE external_id = '-1_11'""",
        (NOON,),
    )
    later = NOON + timedelta(days=40)
    assert posts.threads_to_watch(conn, source, recent_since=later, limit=9) == [ROOT]
    assert posts.threads_to_watch(conn, source, recent_since=NOON, limit=9) == [ROOT, "-1_20"]
    assert posts.thread_looks(conn, source, [ROOT, "-1_20"])[ROOT].is_open
