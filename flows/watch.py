"""Every ten minutes: watch the watcher. The run fails, visibly, when something needs a person."""

from prefect import flow

from flows.services import connected
from otklik.doctor import examine


@flow(name="watch", timeout_seconds=120)
def watch() -> None:
    """Examine the installation; raises if anything needs a person."""
    with connected() as services:
        findings = examine(services)
    urgent = [finding for finding in findings if finding.needs_person]
    for finding in urgent:
        print(finding.line)  # shown in the run's log
    if urgent:
        raise RuntimeError(f"{len(urgent)} findings need a person: run `otklik doctor`")
