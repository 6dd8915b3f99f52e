"""Every minute: look at the sources whose turn it is, each in a child process under a hard time-out."""

from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import ThreadPoolTaskRunner

from crawlers.children import crawl_source, due_sources
from flows.services import connected

#: A look that takes longer is ended; the next one goes on where it stopped.
LOOK_S = 600


@task(cache_policy=NO_CACHE)
def look_at(source: str) -> str:
    """One look at one source; returns its outcome. The schedule is the retry."""
    return str(crawl_source(source, timeout_s=LOOK_S).outcome)


#: A few at once: each waits mostly for the other side. Any: Prefect's own generic does not resolve here.
_RUNNER: Any = ThreadPoolTaskRunner(max_workers=3)


@flow(name="crawl", timeout_seconds=1800, task_runner=_RUNNER)
def crawl() -> dict[str, str]:
    """Look at what is due; returns source -> outcome."""
    with connected() as services, services.pool.connection() as conn:
        names = due_sources(conn, services.clock())
    looks = {name: look_at.submit(name) for name in names}
    return {name: look.result() for name, look in looks.items()}
