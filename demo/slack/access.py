"""Who may call what: tokens, their kinds and their scopes."""

from collections.abc import Mapping

from .errors import SlackError
from .records import Json, SlackApp
from .town import SlackTown

CONNECT = "connections:write"

#: Scopes of which one is enough; an empty tuple asks for a valid token only.
SCOPES: Mapping[str, tuple[str, ...]] = {
    "apps.connections.open": (CONNECT,),
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": ("channels:history", "groups:history"),
    "conversations.info": ("channels:read", "groups:read"),
    "conversations.join": ("channels:join",),
    "conversations.list": ("channels:read", "groups:read"),
    "conversations.open": ("im:write",),
    "conversations.replies": ("channels:history", "groups:history"),
    "reactions.add": ("reactions:write",),
    "users.info": ("users:read",),
    "users.list": ("users:read",),
    "users.lookupByEmail": ("users:read.email",),
}


def authorize(town: SlackTown, method: str, header: str, args: Json) -> SlackApp:
    """The app behind the token; raises as Slack words it: not_authed, invalid_auth, missing_scope …"""
    is_bearer = header.startswith("Bearer ")
    token = header.removeprefix("Bearer ").strip() if is_bearer else str(args.get("token") or "")
    app = town.app
    if not token:
        raise SlackError("not_authed")
    if token not in {app.bot_token, app.app_token}:
        raise SlackError("invalid_auth")
    if app.is_revoked:
        raise SlackError("token_revoked")
    # Socket Mode is opened with the app-level token, and that token opens nothing else.
    if (token == app.app_token) is not (method == "apps.connections.open"):
        raise SlackError("not_allowed_token_type")
    require(app, method, token == app.app_token)
    return app


def require(app: SlackApp, method: str, is_app_level: bool = False) -> None:
    wanted = SCOPES.get(method, ())
    held = {CONNECT} if is_app_level else app.scopes
    if wanted and not held & set(wanted):
        raise missing_scope(app, wanted[0])


def missing_scope(app: SlackApp, needed: str) -> SlackError:
    return SlackError("missing_scope", needed=needed, provided=",".join(sorted(app.scopes)))
