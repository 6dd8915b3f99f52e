"""What follows no single conversation: digests, sources in trouble, alerts whose conversation is gone."""

from alerts import digests
from alerts.notify import Known
from alerts.run import Run
from db import alerts
from db.alerts import Alert
from domain.alerts import AlertKind, Level


def look(run: Run) -> None:
    """Bring all of them up to date: they are few, whatever the size of history."""
    troubles = alerts.troubled_sources(run.conn)
    standing = alerts.standing_alerts(run.conn)
    known_troubles = {a.source_id for a in standing if a.kind is AlertKind.SOURCE_TROUBLE}
    for source_id in troubles.keys() - known_troubles:
        standing.append(_begin_trouble(run, source_id, troubles[source_id]))
    known = run.known(standing)
    for alert in standing:
        if alert.kind is AlertKind.UNANSWERED:
            run.end(alert, "gone", known=known)
        elif alert.kind is AlertKind.SOURCE_TROUBLE:
            _follow_trouble(run, alert, troubles, known)
        else:
            _follow_digest(run, alert, known)


def _begin_trouble(run: Run, source_id: int, what: str) -> Alert:
    run.done.opened += 1
    return alerts.open_alert(
        run.conn,
        kind=AlertKind.SOURCE_TROUBLE,
        fingerprint=f"source:{source_id}",
        level=Level.NOTICE,
        source_id=source_id,
        facts={"trouble": what},
        now=run.now,
    )


def _follow_trouble(run: Run, alert: Alert, troubles: dict[int, str], known: Known) -> None:
    """Told once, however long it lasts; ended by a look that went well."""
    if alert.source_id in troubles:
        run.tell(run.wake(alert), known)
    else:
        run.end(alert, "solved", known=known)


def _follow_digest(run: Run, alert: Alert, known: Known) -> None:
    awake = run.wake(alert)
    if awake.state is alert.state and not digests.is_due(run.conn, alert, run.now):
        return
    counts = digests.recount(run.conn, alert, run.now)
    if counts.size and not counts.waiting + counts.unchecked:
        run.end(awake, "nothing_waits", known=known)
    elif counts.size:
        run.tell(awake, known, awake.snapshot(run.now, counts))
