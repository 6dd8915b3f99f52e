"""The HTTP side: one route, VK's envelope around every answer, and the faults."""

from __future__ import annotations

import asyncio
import json

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from demo.serve import abort_connection
from demo.vk.api import answer, without_secrets
from demo.vk.faults import Kind
from demo.vk.state import VkTown

HTML = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center><hr>nginx</body></html>"


def create_app(town: VkTown) -> Starlette:
    """An ASGI app that answers as api.vk.com does for this town."""

    async def method(request: Request) -> Response:
        params = await _params(request)
        return await _respond(town, request, request.path_params["name"], params)

    return Starlette(routes=[Route("/method/{name}", method, methods=["GET", "POST"])])


async def _params(request: Request) -> dict[str, str]:
    """Query and form together; a token in the header counts where neither holds one."""
    params = dict(request.query_params)
    if request.method == "POST":
        async with request.form() as form:
            params |= {name: value for name, value in form.items() if isinstance(value, str)}
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        params.setdefault("access_token", token.strip())
    return params


async def _respond(town: VkTown, request: Request, name: str, params: dict[str, str]) -> Response:
    town.note_call(name, params.get("access_token", ""), without_secrets(params))
    fault = town.faults.take(name)
    if fault is not None and fault.kind is Kind.RESET:
        await abort_connection(request.scope, request.receive)
        return Response()
    if fault is not None and fault.kind is Kind.HTML:
        title = "502 Bad Gateway" if fault.code >= 500 else "Технические работы"
        return HTMLResponse(HTML.format(title), status_code=fault.code)
    if fault is not None and fault.kind is Kind.SLOW:
        await _dawdle(request, fault.seconds)
    body = answer(town, name, params, fault)
    if fault is not None and fault.kind is Kind.TRUNCATED:
        # HTTP is content with it: only a reader of the JSON sees that the end is missing.
        whole = json.dumps(body, ensure_ascii=False).encode()
        return Response(whole[: len(whole) // 2], media_type="application/json")
    return JSONResponse(body)


async def _dawdle(request: Request, seconds: float) -> None:
    """Wait, but no longer than the client does: a server that stops should not wait for a fault."""

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    try:
        await asyncio.wait_for(gone(), seconds)
    except TimeoutError:
        return
