"""One look at one source, as every kind of crawler works on it: store as you go, count, say how it ended."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection
from psycopg_pool import ConnectionPool

from db import crawls, posts
from domain.clock import Clock
from domain.posts import DiagnosticEvent, Parsed
from domain.sources import CrawlRun, Source
from otklik.settings import Settings


@dataclass(frozen=True)
class Look:
    """What a crawl function gets. It fills `run` and stores by `save`; errors of ours may escape it."""

    source: Source
    settings: Settings
    pool: ConnectionPool[Connection]
    crawl_id: int
    run: CrawlRun
    clock: Clock
    sleep: Callable[[float], None]
    #: the keyed hash of an account id of this source
    hash_id: Callable[[str], str]

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A short transaction; the counters so far are written with it, so that a kill leaves them behind."""
        with self.pool.connection() as conn:
            yield conn
            crawls.progress(conn, self.crawl_id, self.run)

    def save(self, parsed: Parsed, *, seen_at: datetime) -> None:
        """Store what a parser took from one answer, and note what it had to leave out."""
        with self.transaction() as conn:
            self.save_in(conn, parsed, seen_at=seen_at)

    def save_in(self, conn: Connection, parsed: Parsed, *, seen_at: datetime) -> None:
        """As `save`, inside the caller's transaction."""
        saved = posts.save(
            conn,
            self.source.id,
            parsed.posts,
            seen_at=seen_at,
            hash_id=self.hash_id,
            crawl_id=self.crawl_id,
        )
        left_out = [d for d in parsed.diagnostics if d.event is DiagnosticEvent.SKIPPED]
        for one in left_out:
            reason = f"{one.where}: {one.reason}"
            posts.reject(conn, self.source.id, None, reason, at=seen_at, crawl_id=self.crawl_id)
        self.run.got += len(parsed.posts)
        self.run.new += saved.new
        self.run.edited += saved.edited
        self.run.gone += saved.gone
        self.run.rejected += saved.rejected + len(left_out)
