"""What grouping costs as history grows: `python -m benchmarks.problems_cost [10000 100000 …]`.

A database of its own holds so many complaints made of our corpus's terms. Printed: the cost of placing one
more complaint at each size, as a ratio to the first, and a careful pass over all of them at the last.
"""

import random
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import psycopg
from psycopg import Connection

from db import embedded
from db.migrate import migrate
from db.problems import Problems
from domain.problems.complaints import Bag
from triage.problems.careful import careful
from triage.problems.places import add, telling
from triage.problems.space import Space, background, learn

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
#: Complaints placed to take the median of.
_SAMPLE = 60
#: Id of the one more, above all ids stored.
_NEW = 1_000_000_000


def bags(count: int, seed: int) -> list[Bag]:
    """Complaints that share terms as real ones do: a known one with some of another's terms."""
    chance, known = random.Random(seed), background()
    found = []
    for _ in range(count):
        (terms, weights, _), (others, more, _) = chance.sample(known, 2)
        both = {t: w for t, w in zip(others, more, strict=True) if chance.random() < 0.3}
        both |= {t: w for t, w in zip(terms, weights, strict=True) if chance.random() < 0.8}
        kept = tuple(sorted(both))
        found.append(Bag(kept, tuple(both[t] for t in kept), (1,) * len(kept)))
    return found


def fill(conn: Connection, space: Space, first: int, count: int) -> None:
    """Complaints as they lie after grouping, most of them in problems of a dozen."""
    made = bags(count, first)
    start = NOW - timedelta(days=300)
    with conn.transaction():
        conn.execute(
            """INSERT INTO post (id, source_id, thread_id, external_id, kind, text,
                                 first_seen_at, last_seen_at)
               OVERRIDING SYSTEM VALUE
               SELECT n, t.source_id, t.id, 'p' || n, 'comment', '', %s, %s
                 FROM thread t, generate_series(%s::int, %s::int) AS n""",
            (NOW, NOW, first, first + count - 1),
        )
        conn.execute(
            """INSERT INTO problem (id, since, opened_at) OVERRIDING SYSTEM VALUE
               SELECT n, %s, %s FROM generate_series(%s::int, %s::int) AS n""",
            (NOW, NOW, first // 12 + 1, (first + count) // 12),
        )
        with conn.cursor().copy(
            """COPY complaint (post_id, version, terms, weights, spots, author, at, voice, grouped_at)
               FROM STDIN"""
        ) as copy:
            for i, bag in enumerate(made):
                at = start + timedelta(days=280) * (i / count)
                number = first + i
                row = (
                    number,
                    1,
                    list(bag.terms),
                    list(bag.weights),
                    list(bag.spots),
                    f"a{number}",
                    at,
                    number,
                    at,
                )
                copy.write_row(row)
        with conn.cursor().copy("COPY complaint_term (term, post_id) FROM STDIN") as copy:
            for i, bag in enumerate(made):
                for term in telling(space, bag)[0]:
                    copy.write_row((term, first + i))
        conn.execute(
            """INSERT INTO problem_member (post_id, problem_id, role, score, by, at)
               SELECT post_id, 1 + post_id %% (SELECT max(id) FROM problem), 'main', 0.5, 'rule', %s
                 FROM complaint WHERE post_id >= %s AND post_id %% 4 > 0""",
            (NOW, first),
        )
    conn.execute("ANALYZE")


def place_some(conn: Connection, space: Space, seed: int) -> float:
    """Median seconds to place one complaint; nothing of it stays."""
    took = []
    for bag in bags(_SAMPLE, seed):
        with conn.transaction(force_rollback=True):
            conn.execute(
                """INSERT INTO post (id, source_id, thread_id, external_id, kind, text,
                                     first_seen_at, last_seen_at)
                   OVERRIDING SYSTEM VALUE
                   SELECT %s, source_id, id, 'new', 'comment', '', %s, %s FROM thread""",
                (_NEW, NOW, NOW),
            )
            started = time.perf_counter()
            add(Problems(conn, now=NOW), space, _NEW, bag, author="new", at=NOW, now=NOW)
            took.append(time.perf_counter() - started)
    return median(took)


def main(arguments: Sequence[str]) -> int:
    sizes = [int(text) for text in arguments] or [10_000, 100_000]
    space = learn(bags(8_000, 1))
    with (
        tempfile.TemporaryDirectory() as folder,
        embedded.server(Path(folder), "bench") as url,
        psycopg.connect(url, autocommit=True) as conn,
    ):
        measure(conn, space, sizes)
    return 0


def measure(conn: Connection, space: Space, sizes: Sequence[int]) -> None:
    migrate(conn)
    conn.execute("INSERT INTO source (name, kind, added_at) VALUES ('x', 'vk', %s)", (NOW,))
    conn.execute("INSERT INTO thread (source_id, root_external_id) SELECT id, '1' FROM source")
    conn.execute(f"ALTER TABLE problem ALTER COLUMN id RESTART WITH {_NEW}")
    stored, first = 0, 0.0
    for size in sizes:
        fill(conn, space, stored + 1, size - stored)
        stored = size
        place_some(conn, space, 2)
        took = place_some(conn, space, 3)
        first = first or took
        print(f"{size} stored: one complaint {1000 * took:.1f} ms, x{took / first:.2f}", flush=True)
    started = time.perf_counter()
    with conn.transaction():
        _, revised = careful(Problems(conn, now=NOW), now=NOW)
    print(f"careful pass over {revised.complaints}: {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
