"""One server for many towns, one after another: a server for each test would take most of its time."""

from starlette.types import Receive, Scope, Send

from .app import create_app
from .town import SlackTown


class Stage:
    """An ASGI app that plays whichever town was put on last."""

    def __init__(self) -> None:
        self._app = create_app(SlackTown())

    def put_on(self, town: SlackTown) -> None:
        self._app = create_app(town)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
