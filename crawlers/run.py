"""`python -m crawlers.run --source NAME`: one look at one source, as a child process of whoever schedules it.

Prints one JSON line of statistics at the end. Exit status: 0 complete, 3 partial, 4 a person has to do
something, 1 failed. The parent (crawlers.children) holds the time-out.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable

import structlog
from psycopg import Connection
from psycopg_pool import ConnectionPool

from crawlers.look import Look
from crawlers.vk.crawl import crawl as crawl_vk
from db import crawls, sources
from db.connect import open_pool
from domain.clock import Clock, system_clock
from domain.errors import BadConfig, BadInput, OtklikError, Permanent, Retryable
from domain.sources import CrawlOutcome, CrawlRun, Source
from otklik import logs
from otklik.identity import Identity
from otklik.settings import PREFIX, Settings
from otklik.settings import load as load_settings

log = structlog.get_logger()

Crawl = Callable[[Look], None]


def _crawl_site(look: Look) -> None:
    # Imported when it is needed: Scrapy takes a second, and installs its reactor once a process.
    from crawlers.sites.crawl import crawl

    crawl(look)


#: How each kind of source is read; a kind is added here and to otklik/source_sections.py.
CRAWLS: dict[str, Crawl] = {
    "vk": crawl_vk,
    "banki": _crawl_site,
    "sravni": _crawl_site,
    "page": _crawl_site,
    "rss": _crawl_site,
    "appstore": _crawl_site,
}

EXIT = {
    CrawlOutcome.COMPLETE: 0,
    CrawlOutcome.FAILED: 1,
    CrawlOutcome.PARTIAL: 3,
    CrawlOutcome.NEEDS_PERSON: 4,
}


def run_once(
    name: str,
    *,
    settings: Settings,
    pool: ConnectionPool[Connection],
    clock: Clock,
    identity: Identity,
    sleep: Callable[[float], None] = time.sleep,
) -> CrawlRun:
    """Look at one source and leave a crawl row, whatever happens.

    Raises BadInput for an unknown source; psycopg errors when the database is gone (the row then stays
    "running" until the parent, or the next start, marks it).
    """
    with pool.connection() as conn:
        source = sources.by_name(conn, name)
        if source.kind not in CRAWLS:
            raise BadInput(f"источник «{name}» вида {source.kind} не читается из сети")
        began = clock()
        crawl_id = crawls.begin(conn, source.id, began)
    run = CrawlRun(source.id, began, signpost=began)
    hash_id = identity.of(source.kind)
    look = Look(source, settings, pool, crawl_id, run, clock, sleep, hash_id)
    _look(CRAWLS[source.kind], look)
    run.finished_at = clock()
    with pool.connection() as conn:
        _finish(conn, source, run, crawl_id)
    return run


def _look(crawl: Crawl, look: Look) -> None:
    """Run the crawl; its errors become the run's outcome and reason."""
    run = look.run
    try:
        crawl(look)
    except Permanent as error:
        run.outcome, run.reason = CrawlOutcome.NEEDS_PERSON, str(error)
    except OtklikError as error:
        run.outcome = CrawlOutcome.PARTIAL if run.got else CrawlOutcome.FAILED
        run.reason = str(error) + ("" if isinstance(error, Retryable) else f" ({type(error).__name__})")
    except Exception as error:
        # A mistake of ours: the row says so, the traceback is for us.
        run.outcome, run.reason = CrawlOutcome.FAILED, f"ошибка в программе: {type(error).__name__}"
        log.exception("crawl.broke", source=look.source.name)


def _finish(conn: Connection, source: Source, run: CrawlRun, crawl_id: int) -> None:
    """Row, bookmark and the call for a person in one transaction."""
    assert run.finished_at is not None
    crawls.finish(conn, crawl_id, run, run.finished_at)
    if run.outcome is CrawlOutcome.COMPLETE and run.signpost is not None:
        sources.move_bookmark(conn, source.id, run.signpost)
    if run.outcome is CrawlOutcome.NEEDS_PERSON:
        sources.set_needs_person(conn, source.id, run.reason)
    elif run.outcome in (CrawlOutcome.COMPLETE, CrawlOutcome.PARTIAL):
        sources.set_needs_person(conn, source.id, None)


def connected(loaded: Settings) -> ConnectionPool[Connection]:
    """A pool on the database the parent named: a child starts no server of its own."""
    if loaded.database_url is None:
        raise BadConfig(f"{PREFIX}DATABASE_URL is not set: start crawls by `otklik` or name the database")
    return open_pool(loaded.database_url.get_secret_value())


def stats(name: str, run: CrawlRun) -> str:
    counts = {key: getattr(run, key) for key in ("asked", "got", "new", "edited", "gone", "rejected")}
    told = {"source": name, "outcome": run.outcome.value, "reason": run.reason, **counts}
    return json.dumps(told, ensure_ascii=False)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m crawlers.run", description="One look at one source.")
    parser.add_argument("--source", required=True, help="its name in otklik.toml")
    name = parser.parse_args(arguments).source
    loaded = load_settings()
    logs.configure(loaded.log)
    with connected(loaded) as pool:
        identity = Identity.in_folder(loaded.data)
        run = run_once(name, settings=loaded, pool=pool, clock=system_clock, identity=identity)
    print(stats(name, run))
    return EXIT[run.outcome]


if __name__ == "__main__":
    sys.exit(main())
