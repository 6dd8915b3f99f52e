"""Which buttons a conversation offers: the same words and rules as in messengers."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from domain.alerts import AlertKind, Level, State
from domain.messages import AlertView, Button, ConversationView, Moment
from domain.wording import compose
from web.render import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form of buttons. `key` makes one press one action, however often it is sent."""

    conversation_id: int
    alert_id: int | None
    buttons: tuple[Button, ...]
    #: who has it, or until when it sleeps
    note: str
    back: str
    key: str
    is_taken: bool = False


def form(
    frame: Frame,
    *,
    conversation_id: int,
    appeal: str,
    alert_id: int | None,
    alert_state: str | None,
    taken_by: str | None,
    snoozed_until: datetime | None,
) -> Form:
    """For a conversation that waits for us; without an alert it offers what an open one does."""
    state = State(alert_state) if alert_state else State.OPEN
    view = AlertView(
        id=alert_id or 0,
        kind=AlertKind.UNANSWERED,
        state=state,
        level=Level.NOTICE,
        opened_at=frame.now,
        taken_by=taken_by,
        snoozed_until=snoozed_until,
        conversation=ConversationView(appeal=appeal),
    )
    message = compose(view, Moment(frame.now, frame.zone))
    return Form(
        conversation_id=conversation_id,
        alert_id=alert_id,
        buttons=message.buttons,
        note=message.footnote,
        back=frame.here,
        key=secrets.token_urlsafe(12),
        is_taken=state is State.TAKEN,
    )
