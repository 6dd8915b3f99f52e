"""The Web API's front door: `/api/<method>`, by GET or POST, as a form or as JSON."""

import asyncio
import math

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from demo.serve import abort_connection

from . import chat, conversations, people
from .access import authorize
from .calls import Call, address, arguments
from .errors import SlackError
from .faults import Fault, Hang, Refuse, Reset, ServerError, Throttle
from .journal import Event
from .records import Json
from .town import SlackTown

METHODS = {
    "apps.connections.open": people.open_socket,
    "auth.test": people.auth_test,
    "chat.delete": chat.delete,
    "chat.getPermalink": chat.get_permalink,
    "chat.postEphemeral": chat.post_ephemeral,
    "chat.postMessage": chat.post_message,
    "chat.update": chat.update,
    "conversations.history": conversations.history,
    "conversations.info": conversations.info,
    "conversations.join": conversations.join,
    "conversations.list": conversations.list_channels,
    "conversations.open": conversations.open_direct,
    "conversations.replies": conversations.replies,
    "reactions.add": people.add_reaction,
    "users.info": people.user_info,
    "users.list": people.user_list,
    "users.lookupByEmail": people.user_by_email,
    "views.open": people.open_view,
}


class _Throttled(Exception):
    """Too fast: HTTP 429, unlike all other refusals."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds


async def answer(request: Request) -> Response:
    """One call: the ordered misfortune first, then the rules in Slack's order."""
    town: SlackTown = request.app.state.town
    method = request.path_params["method"]
    fault = town.faults.take(method)
    try:
        if isinstance(fault, Hang | Reset) and not fault.after_doing:
            return await _lost(request, fault)
        if isinstance(fault, Refuse):
            raise SlackError(fault.error)
        if isinstance(fault, Throttle):
            raise _Throttled(fault.retry_after)
        if isinstance(fault, ServerError):
            raise SlackError("internal_error")
        body = await _do(town, method, request)
    except SlackError as refusal:
        body = refusal.body()
    except _Throttled as too_fast:
        _log(town, method, "ratelimited")
        return _too_many(too_fast.seconds)
    _log(town, method, body.get("error"))
    return await _delivered(request, body, fault)


async def _do(town: SlackTown, method: str, request: Request) -> Json:
    if method not in METHODS:
        raise SlackError("unknown_method", req_method=method)
    args = await arguments(request)
    app = authorize(town, method, request.headers.get("authorization", ""), args)
    if wait := town.limiter.wait(method, app.id, str(args.get("channel", "")), town.now()):
        raise _Throttled(wait)
    return METHODS[method](Call(town, app, args, address(request)))


async def _delivered(request: Request, body: Json, fault: Fault | None) -> Response:
    if isinstance(fault, Hang | Reset):
        return await _lost(request, fault)
    if isinstance(fault, ServerError):
        return HTMLResponse("<html><body><h1>Server Error</h1></body></html>", fault.status)
    scopes = ",".join(sorted(request.app.state.town.app.scopes))
    return JSONResponse(body, headers={"X-OAuth-Scopes": scopes})


async def _lost(request: Request, fault: Hang | Reset) -> Response:
    """Keep the caller waiting until it gives up, or cut the line."""
    if isinstance(fault, Reset):
        await abort_connection(request.scope, request.receive)
    else:
        await _until_gone(request, fault.seconds)
    return Response(status_code=504)


async def _until_gone(request: Request, seconds: float) -> None:
    await request.body()

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    try:
        await asyncio.wait_for(gone(), seconds)
    except TimeoutError:
        return


def _too_many(seconds: float) -> Response:
    headers = {"Retry-After": str(math.ceil(seconds))}
    return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers)


def _log(town: SlackTown, method: str, error: object) -> None:
    town.journal.write(Event("call", town.now(), details={"method": method, "error": error}))
