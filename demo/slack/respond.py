"""What an app may do by a response_url: replace or delete the message pressed, or add one."""

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from .calls import Call, address, arguments
from .chat import TEXT_LIMIT
from .content import read_attachments, read_blocks, read_metadata
from .errors import SlackError
from .records import Message
from .response_urls import ResponseUrl
from .town import SlackTown


async def respond(request: Request) -> Response:
    """Unlike the Web API this answers refusals with HTTP 4xx."""
    town: SlackTown = request.app.state.town
    used = town.response_urls.use(request.path_params["name"], town.now())
    if isinstance(used, str):
        return JSONResponse({"ok": False, "error": used}, 404)
    try:
        call = Call(town, town.app, await arguments(request), address(request))
        _act(call, used)
    except SlackError as refusal:
        return JSONResponse(refusal.body(), 410 if refusal.code == "channel_is_archived" else 400)
    return PlainTextResponse("ok")


def _act(call: Call, url: ResponseUrl) -> None:
    town, original = call.town, url.message
    if town.channels[original.channel].is_archived:
        raise SlackError("channel_is_archived")
    if call.flag("delete_original"):
        original.is_deleted = True
        town.record("delete", original, via="response_url")
        return
    text, blocks, attachments = call.text("text")[:TEXT_LIMIT], read_blocks(call), read_attachments(call)
    if not (text.strip() or blocks or attachments):
        raise SlackError("no_text")
    if call.flag("replace_original"):
        original.text, original.blocks, original.attachments = text, blocks, attachments
        original.edited_ts = town.next_ts()
        town.record("update", original, via="response_url", thread_ts=original.thread_ts)
        return
    town.add(Message(
        town.next_ts(), original.channel, town.app.bot_user_id, text, town.app.id, blocks, attachments,
        read_metadata(call), call.text("thread_ts") or original.thread_ts,
        ephemeral_for=None if call.text("response_type") == "in_channel" else url.user,
    ))  # fmt: skip
