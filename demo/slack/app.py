"""The ASGI app: Web API, Socket Mode, response URLs, and the pages a person sees."""

from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute

from . import pages, respond, web_api
from .town import SlackTown


def create_app(state: SlackTown) -> Starlette:
    """Serve this town; its state stays with the caller, to look into and to turn switches on."""
    app = Starlette(routes=[
        Route("/api/{method}", web_api.answer, methods=["GET", "POST"]),
        Route("/actions/{team}/{name}", respond.respond, methods=["POST"]),
        WebSocketRoute("/socket", state.sockets.serve),
        Route("/", pages.home),
        Route("/c/{channel}", pages.channel),
        Route("/c/{channel}/{ts}/press", pages.press, methods=["POST"]),
        Route("/archives/{channel}/p{ts:int}", pages.permalink),
    ])  # fmt: skip
    app.state.town = state
    return app
