"""The rest of the Web API: who am I, who are they, reactions, modals, opening Socket Mode."""

import re

from .blocks import MODAL_BLOCKS, complaints_about
from .calls import Call
from .conversations import cursor_of, next_page
from .errors import SlackError
from .journal import Event
from .records import Json, Member
from .wire import user_json

#: Seconds for which a press may still open a modal.
TRIGGER_LIFE = 3.0


def auth_test(call: Call) -> Json:
    town, app = call.town, call.app
    return {"ok": True, "url": call.base_url, "team": town.name, "user": app.name.lower(),
            "team_id": town.team_id, "user_id": app.bot_user_id, "bot_id": app.bot_id,
            "is_enterprise_install": False}  # fmt: skip


def user_info(call: Call) -> Json:
    member = call.town.members.get(call.need("user", "user_not_found"))
    return {"ok": True, "user": user_json(call.town, _known(member))}


def user_by_email(call: Call) -> Json:
    email = call.need("email", "users_not_found").lower()
    found = next((m for m in call.town.members.values() if m.email == email and not m.is_deleted), None)
    if found is None:
        raise SlackError("users_not_found")
    return {"ok": True, "user": user_json(call.town, found)}


def user_list(call: Call) -> Json:
    everybody = list(call.town.members.values())
    start, limit = cursor_of(call), call.limit(1000, 1000)
    page = [user_json(call.town, member) for member in everybody[start : start + limit]]
    now = int(call.town.now())
    return {"ok": True, "members": page, "cache_ts": now, **next_page(start + limit, len(everybody))}


def add_reaction(call: Call) -> Json:
    channel = call.channel()
    name = call.need("name", "no_reaction").strip(":")
    if not re.fullmatch(r"[a-z0-9_+'\-]+", name):
        raise SlackError("invalid_name")
    message = call.town.message(channel.id, call.need("timestamp", "no_item_specified"))
    users = message.reactions.setdefault(name, [])
    if call.app.bot_user_id in users:
        raise SlackError("already_reacted")
    users.append(call.app.bot_user_id)
    call.town.record("reaction", message, name=name)
    return {"ok": True}


def open_view(call: Call) -> Json:
    """Keep the modal for tests to look at; nobody fills it in."""
    town = call.town
    made = town.triggers.pop(call.need("trigger_id", "invalid_arguments"), None)
    if made is None:
        raise SlackError("invalid_trigger_id")
    if town.now() - made > TRIGGER_LIFE:
        raise SlackError("expired_trigger_id")
    view = call.json("view", "invalid_arguments")
    if complaints := _view_complaints(view):
        marked = [f"[ERROR] {complaint}" for complaint in complaints]
        raise SlackError("invalid_arguments", response_metadata={"messages": marked})
    stored: Json = {"id": f"V{len(town.modals) + 1:08d}", "team_id": town.team_id, "app_id": call.app.id}
    stored |= view if isinstance(view, dict) else {}
    town.modals.append(stored)
    town.journal.write(Event("modal", town.now(), details={"view": stored}))
    return {"ok": True, "view": stored}


def _view_complaints(view: object) -> list[str]:
    if not isinstance(view, dict) or view.get("type") not in {"modal", "home"}:
        return ["must be an object of type modal or home [json-pointer:/view]"]
    title = view.get("title")
    words = title.get("text") if isinstance(title, dict) else None
    found = complaints_about(view.get("blocks"), most=MODAL_BLOCKS, at="/view/blocks")
    if not isinstance(words, str) or not 1 <= len(words) <= 24:
        found.append("must be more than 0 and less than 25 characters [json-pointer:/view/title/text]")
    return found


def open_socket(call: Call) -> Json:
    ticket = call.town.sockets.ticket(call.app.id)
    address = re.sub("^http", "ws", call.base_url)
    return {"ok": True, "url": f"{address}socket?ticket={ticket}&app_id={call.app.id}"}


def _known(member: Member | None) -> Member:
    if member is None:
        raise SlackError("user_not_found")
    return member
