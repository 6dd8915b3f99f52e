"""Forms: who acts, and the buttons of a conversation. No accounts yet: a name is what a person says it is."""

from collections.abc import Mapping
from dataclasses import dataclass

from psycopg import Connection, Rollback
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from db import actions, alerts, pages
from db.pages import ConversationRow
from domain.alerts import AlertKind, Level
from domain.deadlines import ClockState
from domain.messages import Verb
from domain.policy import Company
from triage.actions import Outcome, Result, act
from web.clocks import ClockView, clock_of
from web.frames import (
    backstage,
    clean_name,
    company_of,
    frame,
    local_path,
    name_of,
    remember_name,
    row_id,
    say,
)
from web.render import Frame, page

#: Forms are a few short fields: nothing larger is read.
_LIMITS: Mapping[str, int] = {"max_fields": 10, "max_files": 0, "max_part_size": 10_000}
_LEVELS = {
    ClockState.BREACH: Level.BREACH,
    ClockState.WARNING: Level.WARNING,
    ClockState.NOT_CHECKED: Level.UNCHECKED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    conversation_id: int
    alert_id: int | None
    verb: str
    by: str
    back: str
    key: str


@dataclass(frozen=True, slots=True)
class NamePage:
    """Asks who acts before doing what was asked."""

    frame: Frame
    press: Press


async def name(request: Request) -> Response:
    """Remember who sits at this browser."""
    async with request.form(**_LIMITS) as fields:
        who, back = clean_name(_text(fields, "name")), local_path(_text(fields, "back"))
    response = RedirectResponse(back, 303)
    is_secure = request.url.scheme == "https"
    remember_name(response, who, is_secure=is_secure)
    say(response, f"Запомнили: {who}" if who else "Имя забыто", is_secure=is_secure)
    return response


async def press(request: Request) -> Response:
    """A button of a conversation. Sent twice, it acts once."""
    async with request.form(**_LIMITS) as fields:
        pressed = Press(
            conversation_id=row_id(request.path_params["id"]) or 0,
            alert_id=row_id(_text(fields, "alert")),
            verb=_text(fields, "verb"),
            by=clean_name(_text(fields, "name")) or name_of(request),
            back=local_path(_text(fields, "back")),
            key=_text(fields, "key")[:100],
        )
    if pressed.verb not in list(Verb) or not pressed.conversation_id or not pressed.key.isprintable():
        raise HTTPException(400)
    return await run_in_threadpool(_respond, request, pressed)


def _respond(request: Request, pressed: Press) -> Response:
    stage = backstage(request)
    now = stage.services.clock()
    with stage.connection() as conn:
        company = company_of(conn)
        around = frame(request, company, now, title="Кто отвечает?", section="queue")
        if not pressed.by:
            return page("name.html", NamePage(around, pressed), 400)
        outcome = act_on(conn, company or Company(version=0, brand=""), pressed, around)
    response = RedirectResponse(pressed.back, 303)
    is_secure = request.url.scheme == "https"
    remember_name(response, pressed.by, is_secure=is_secure)
    say(response, outcome.words, is_secure=is_secure)
    return response


def act_on(conn: Connection, company: Company, pressed: Press, around: Frame) -> Outcome:
    """Do what was pressed. A conversation nobody was alerted of yet gets an alert first, so that what people
    do is recorded in one place; it comes to nothing if the press does.
    """
    key = f"web:{pressed.key}" if pressed.key else None
    if key and (past := actions.of_event(conn, key)):
        return Outcome(Result.REPEATED, past.outcome)
    outcome = Outcome(Result.IMPOSSIBLE, "Этого разговора больше нет")
    with conn.transaction() as transaction:
        pages.hold_conversation(conn, pressed.conversation_id)
        row = pages.conversation(conn, pressed.conversation_id)
        if row is None:
            return outcome
        alert_id = pressed.alert_id or _alert(conn, company, row, around)
        if alert_id is None:
            return Outcome(Result.TOO_LATE, "Разговор уже закончен")
        if not _is_about(conn, alert_id, row.id):
            return Outcome(Result.IMPOSSIBLE, "Эта кнопка от другого разговора: обновите страницу")
        outcome = act(
            conn,
            company,
            alert_id=alert_id,
            verb=pressed.verb,
            by=pressed.by,
            via="web",
            now=around.now,
            event_key=key,
        )
        if not outcome.is_done and pressed.alert_id is None:
            raise Rollback(transaction)
    return outcome


def _alert(conn: Connection, company: Company, row: ConversationRow, around: Frame) -> int | None:
    """The unfinished alert of a conversation that waits, begun if need be; None when nobody waits."""
    if row.state not in ("waiting_us", "promised"):
        return None
    clock = clock_of(row, company, around)
    return alerts.open_alert(
        conn,
        kind=AlertKind.UNANSWERED,
        fingerprint=f"conversation:{row.id}",
        level=_LEVELS.get(ClockState(clock.state), Level.NOTICE),
        conversation_id=row.id,
        source_id=row.source_id,
        facts=_facts(row, clock),
        now=around.now,
    ).id


def _facts(row: ConversationRow, clock: ClockView) -> dict[str, object]:
    """As the alert rules store them: what a message says of the wait."""
    deciding = clock.deciding
    return {
        "waiting_since": (row.waiting_since or row.waiting_seen_at).isoformat(),
        "is_dated": row.waiting_since is not None,
        "due_at": deciding and deciding.due_at.isoformat(),
        "clock": clock.kind,
    }


def _is_about(conn: Connection, alert_id: int, conversation_id: int) -> bool:
    return any(
        a.id == alert_id and a.kind == "unanswered" for a in pages.conversation_alerts(conn, conversation_id)
    )


def _text(fields: FormData, name: str) -> str:
    value = fields.get(name, "")
    return value if isinstance(value, str) else ""
