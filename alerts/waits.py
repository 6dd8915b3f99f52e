"""Conversations that wait: each becomes, changes or ends an alert, or joins a digest of history."""

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from alerts import digests
from alerts.judge import (
    Judgement,
    began,
    is_another_wait,
    is_history,
    judge,
    wants_answer,
    why_over,
)
from alerts.notify import Known
from alerts.run import Run
from db import alerts
from db.alerts import Alert, Candidate
from domain.alerts import AlertKind, Level, State

#: Nothing is looked at more often, whatever a rule asks for.
_PAUSE = timedelta(minutes=1)


def look_at(run: Run, talks: Sequence[Candidate]) -> None:
    """Judge these conversations, write what follows, and say when each is looked at again."""
    open_ones = _still_open(run, talks)
    old = _set_history_aside(run, talks, open_ones)
    judged = {talk.id: _judge(run, talk, old) for talk in talks}
    for talk in talks:
        _begin_or_change(run, talk, judged[talk.id], open_ones)
    known = run.known(list(open_ones.values()))
    looks = {talk.id: judged[talk.id].next_look for talk in talks}
    # The worst and the oldest first: theirs are the messages of their own when a channel has had enough.
    for talk in sorted(talks, key=lambda t: (judged[t.id].level is not Level.BREACH, began(t), t.id)):
        if alert := open_ones.get(talk.id):
            looks[talk.id] = _follow(run, talk, alert, judged[talk.id], known)
    digests.add_overflow(run.notifier)
    soonest = run.now + _PAUSE
    alerts.set_look_at(run.conn, {key: at and max(at, soonest) for key, at in looks.items()})
    run.done.looked_at += len(talks)


def _still_open(run: Run, talks: Sequence[Candidate]) -> dict[int, Alert]:
    """Unfinished alerts by conversation, but those whose wait was answered before the present one began."""
    open_ones = alerts.open_alerts(run.conn, [talk.id for talk in talks])
    for talk in talks:
        alert = open_ones.get(talk.id)
        if alert and is_another_wait(talk, _since(alert)):
            run.end(open_ones.pop(talk.id), "answered")
    return open_ones


def _set_history_aside(run: Run, talks: Sequence[Candidate], open_ones: Mapping[int, Alert]) -> set[int]:
    """What waited before we came goes into its source's digest, once; returns the ids of all such."""
    old = [talk for talk in talks if talk.id not in open_ones and is_history(talk, run.company)]
    told = alerts.told_as_history(run.conn, [talk.id for talk in old])
    fresh: defaultdict[int, list[Candidate]] = defaultdict(list)
    for talk in old:
        if talk.id not in told and wants_answer(talk, run.company):
            fresh[talk.source_id].append(talk)
    for source_id, waiting in fresh.items():
        digests.add_history(run, source_id, waiting)
    return {talk.id for talk in old}


def _judge(run: Run, talk: Candidate, old: Container[int]) -> Judgement:
    """History is not judged and not looked at again: measuring years of waiting would only cost time."""
    return Judgement(None) if talk.id in old else judge(talk, run.company, run.now)


def _begin_or_change(run: Run, talk: Candidate, judgement: Judgement, open_ones: dict[int, Alert]) -> None:
    level, alert = judgement.level, open_ones.get(talk.id)
    if level is None:
        return
    facts = _facts(talk, judgement)
    if alert is None:
        open_ones[talk.id] = alerts.open_alert(
            run.conn,
            kind=AlertKind.UNANSWERED,
            fingerprint=f"conversation:{talk.id}",
            level=level,
            conversation_id=talk.id,
            source_id=talk.source_id,
            facts=facts,
            now=run.now,
        )
        run.done.opened += 1
    elif alert.level is not level or not facts.items() <= alert.facts.items():
        alerts.set_level(run.conn, alert.id, level=level, facts=facts, now=run.now)
        open_ones[talk.id] = replace(alert, level=level, facts=facts)


def _follow(run: Run, talk: Candidate, alert: Alert, judgement: Judgement, known: Known) -> datetime | None:
    """Tell what is new about one alert; returns when to look at its conversation again."""
    if judgement.level is None and _is_over(run, talk, alert):
        run.end(alert, *why_over(talk, _since(alert)), known)
        return judgement.next_look
    alert = run.wake(alert)
    reminder = run.tell(alert, known)
    back = alert.snoozed_until if alert.state is State.SNOOZED else None
    return min((at for at in (judgement.next_look, reminder, back) if at), default=None)


def _is_over(run: Run, talk: Candidate, alert: Alert) -> bool:
    """Not when only the look at the source is late: what was told still stands."""
    is_other_clock = talk.state == "promised" and alert.facts.get("clock") != "promise"
    return is_other_clock or not wants_answer(talk, run.company)


def _since(alert: Alert) -> datetime | None:
    since = alert.facts.get("waiting_since")
    return datetime.fromisoformat(since) if since else None


def _facts(talk: Candidate, judgement: Judgement) -> dict[str, object]:
    """What the message says of the wait, also after the conversation moved on."""
    return {
        "waiting_since": began(talk).isoformat(),
        "is_dated": talk.waiting_since is not None,
        "due_at": judgement.due_at and judgement.due_at.isoformat(),
        "clock": judgement.clock,
    }
