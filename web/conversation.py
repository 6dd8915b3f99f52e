"""One conversation whole: who said what in which order, what was judged, whose turn it is, what was done."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from db import conversations, pages
from db.pages import AlertRow, ConversationRow, PostRow
from domain.moves import Move
from domain.policy import Company
from web import words
from web.buttons import Form, form
from web.clocks import ClockView, clock_of
from web.frames import backstage, company_of, frame, row_id, told
from web.render import Frame, page

#: States in which there is something to decide.
OPEN = frozenset({"waiting_us", "promised"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A post as the page shows it. `role`: customer, other, official or topic (what is being discussed)."""

    post: PostRow
    role: str
    role_name: str
    name: str
    attachments: str
    is_waiting: bool
    verdicts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the history; `tone` tells moves, messages and people's actions apart."""

    at: datetime
    tone: str
    who: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationPage:
    frame: Frame
    row: ConversationRow
    appeal: str
    state: str
    name: str
    clock: ClockView
    clock_kind: str
    topic: Said | None
    posts: tuple[Said, ...]
    history: tuple[Event, ...]
    form: Form | None
    url: str | None


def conversation(request: Request) -> Response:
    number = row_id(request.path_params["id"])
    stage = backstage(request)
    with stage.connection() as conn:
        row = pages.conversation(conn, number) if number else None
        if row is None:
            raise HTTPException(404)
        shown = conversation_page(request, conn, row, stage.services.clock())
    return told(page("conversation.html", shown), shown.frame)


def conversation_page(
    request: Request, conn: Connection, row: ConversationRow, now: datetime
) -> ConversationPage:
    company = company_of(conn)
    around = frame(request, company, now, title=f"Разговор {row.id}", section="queue")
    posts = pages.conversation_posts(conn, row.id)
    alerts = pages.conversation_alerts(conn, row.id)
    parts = [post for post in posts if post.is_part]
    clock = clock_of(row, company or Company(version=0, brand=""), around)
    opening = next((post for post in parts if post.id == row.opening_post_id), None)
    return ConversationPage(
        frame=around,
        row=row,
        appeal=words.APPEALS.get(row.appeal, row.appeal),
        state=words.STATES.get(row.state, row.state),
        name=(opening.author if opening else None) or "Имя не указано",
        clock=clock,
        clock_kind=words.CLOCK_KINDS.get(clock.kind or "", ""),
        topic=next((_said(post, row) for post in posts if not post.is_part), None),
        posts=tuple(_said(post, row) for post in parts),
        history=tuple(sorted(_history(conn, row, alerts), key=lambda event: event.at)),
        form=_form(row, alerts, around),
        url=opening.url if opening else None,
    )


def _said(post: PostRow, row: ConversationRow) -> Said:
    role, role_name = _role(post, row)
    return Said(
        post=post,
        role=role,
        role_name=role_name,
        name=post.author or ("Компания" if role == "official" else "Имя не указано"),
        attachments=words.attachments(post.attachments),
        is_waiting=post.id == row.waiting_post_id,
        verdicts=() if post.is_official else tuple(_verdicts(post)),
    )


def _role(post: PostRow, row: ConversationRow) -> tuple[str, str]:
    if not post.is_part:
        return "topic", "о чём пишут"
    if post.is_official:
        return "official", "компания"
    if (post.author_key or f"post:{post.external_id}") == row.customer:
        return "customer", "клиент"
    return "other", "другой клиент"


def _verdicts(post: PostRow) -> Iterator[str]:
    """What was judged of the present wording: a person's word first, then the model in charge."""
    if post.correction:
        appeal = words.VERDICTS.get(post.correction["appeal"], post.correction["appeal"])
        yield f"{appeal} — так решил человек: {post.correction['by']}"
    for verdict in post.verdicts:
        appeal = words.VERDICTS.get(verdict["appeal"], verdict["appeal"])
        mood = words.SENTIMENTS.get(verdict["sentiment"], verdict["sentiment"])
        score = verdict["score"]
        sure = "" if score is None else f" {score:.2f}".replace(".", ",")
        kind = "" if score is None or verdict["calibrated"] else " (оценка, не вероятность)"
        yield f"{appeal}{sure}{kind}, {mood} — модель {verdict['model']}"


def _form(row: ConversationRow, alerts: Sequence[AlertRow], around: Frame) -> Form | None:
    if row.state not in OPEN:
        return None
    own = next((a for a in alerts if a.kind == "unanswered" and a.state != "resolved"), None)
    return form(
        around,
        conversation_id=row.id,
        appeal=row.appeal,
        alert_id=own.id if own else None,
        alert_state=own.state if own else None,
        taken_by=own.taken_by if own else None,
        snoozed_until=own.snoozed_until if own else None,
    )


def _history(conn: Connection, row: ConversationRow, alerts: Sequence[AlertRow]) -> Iterator[Event]:
    for step in conversations.moves(conn, row.id):
        yield Event(step.at, "move", "" if step.by in words.NOT_A_PERSON else step.by, _moved(step))
    for alert in alerts:
        if alert.kind == "unanswered":
            yield Event(alert.opened_at, "alert", "", "Отклик поднял тревогу")
    for done in pages.conversation_actions(conn, row.id):
        text = f"{words.VERBS.get(done.verb, done.verb)} {words.VIA.get(done.via, done.via)}"
        yield Event(done.at, "action", done.by, f"{text}. {done.outcome}" if done.outcome else text)
    for message in pages.conversation_messages(conn, row.id):
        yield Event(
            message.at,
            "message",
            "",
            f"{words.TOLD.get(message.reason, message.reason)} в канал «{message.channel}»",
        )


def _moved(step: Move) -> str:
    because = words.BECAUSE.get(step.because, step.because)
    return f"{because} → {words.STATES.get(step.after, step.after)}"
