"""The pages a person sees: the list of channels, a channel, and the press of a button."""

from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response

from .calls import address, root
from .cast import ANNA, CAST
from .interactivity import press as carry_press
from .page_views import Views, colour_of
from .payloads import Press
from .records import Channel
from .town import SlackTown

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
#: Customers' text is hostile: even if some got through as HTML, it could load and run nothing.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-refresh'; connect-src 'self';"
        " img-src http: https: data:; form-action 'self'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",
}


async def home(request: Request) -> Response:
    return _page(request, "home.html", None)


async def channel(request: Request) -> Response:
    town: SlackTown = request.app.state.town
    found = town.channels.get(request.path_params["channel"])
    if found is None:
        return PlainTextResponse("Нет такого канала", 404)
    return _page(request, "channel.html", found)


async def permalink(request: Request) -> Response:
    digits = str(request.path_params["ts"])
    ts = f"{digits[:-6]}.{digits[-6:]}"
    return RedirectResponse(f"{root(request)}/c/{request.path_params['channel']}#m{ts}", 303)


async def press(request: Request) -> Response:
    """A button's form. Answers JSON to who asks for it: `{"via": …, "failure": …}`."""
    town: SlackTown = request.app.state.town
    channel_id, ts = request.path_params["channel"], request.path_params["ts"]
    async with request.form() as form:
        fields = {key: value for key, value in form.items() if isinstance(value, str)}
    user = CAST.get(fields.get("user", ""), fields.get("user") or ANNA)
    if town.find(channel_id, ts) is None or user not in town.members:
        return PlainTextResponse("Нет такого сообщения или человека", 404)
    action, block, value = fields.get("action_id", ""), fields.get("block_id"), fields.get("value")
    pressed = Press(channel_id, ts, action, user, block, value)
    outcome = await carry_press(town, pressed, address(request))
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"via": outcome.via, "failure": outcome.failure})
    query = {"as": user} | ({"thread": fields["thread"]} if fields.get("thread") else {})
    return RedirectResponse(f"{root(request)}/c/{channel_id}?{urlencode(query)}#m{ts}", 303)


def _page(request: Request, template: str, shown: Channel | None) -> HTMLResponse:
    town: SlackTown = request.app.state.town
    viewer = request.query_params.get("as", ANNA)
    viewer = viewer if viewer in town.members else ANNA
    views = Views(town, viewer)
    html = _TEMPLATES.get_template(template).render(
        root=root(request), town=town, views=views, viewer=viewer,
        cast=CAST, shown=shown, colour_of=colour_of,
        channels=[c for c in town.channels.values() if not c.is_im],
        directs=[c for c in town.channels.values() if c.is_im],
        feed=views.feed(shown) if shown else [],
        thread=request.query_params.get("thread", ""), revision=len(town.journal),
    )  # fmt: skip
    return HTMLResponse(html, headers=_HEADERS)
