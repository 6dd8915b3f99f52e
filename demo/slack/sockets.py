"""Socket Mode: envelopes over a websocket, each to be acknowledged by its id.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from starlette.websockets import WebSocket, WebSocketDisconnect

from .records import Json

HOST = "applink-demo-1"


@dataclass(eq=False)
class Connection:
    socket: WebSocket
    app_id: str
    loop: asyncio.AbstractEventLoop

    async def send(self, frame: Json) -> None:
        try:
            await self.socket.send_text(json.dumps(frame))
        except (RuntimeError, WebSocketDisconnect):
            return  # gone in this very moment: the missing ack tells


class SocketHub:
    """The open connections; an envelope goes to one of them, in turn."""

    def __init__(self) -> None:
        #: So many of the next envelopes are sent twice, though acknowledged.
        self.duplicate_next = 0
        self._tickets: dict[str, str] = {}
        self._open: list[Connection] = []
        self._waiting: dict[str, asyncio.Event] = {}
        self._turn = count()

    @property
    def connections(self) -> int:
        return len(self._open)

    def ticket(self, app_id: str) -> str:
        """Admits one connection, once."""
        ticket = secrets.token_hex(16)
        self._tickets[ticket] = app_id
        return ticket

    async def serve(self, socket: WebSocket) -> None:
        """The websocket endpoint: hello, then acknowledgements until the client goes."""
        app_id = self._tickets.pop(socket.query_params.get("ticket", ""), None)
        if app_id is None:
            await socket.close(4001)
            return
        await socket.accept()
        connection = Connection(socket, app_id, asyncio.get_running_loop())
        self._open.append(connection)
        try:
            await connection.send(self._hello(app_id))
            while True:
                self._take(await socket.receive_text())
        except WebSocketDisconnect:
            return
        finally:
            self._open.remove(connection)

    async def deliver(self, payload: Json, timeout: float, sent: Callable[[str, int], None]) -> bool:
        """Send an envelope until it is acknowledged, twice at most; was it?

        `sent(envelope_id, attempt)` is told of each sending; the second goes to another connection, if any.
        """
        envelope: Json = {"envelope_id": secrets.token_hex(16), "payload": payload, "type": "interactive",
                          "accepts_response_payload": False}  # fmt: skip
        self._waiting[envelope["envelope_id"]] = acknowledged = asyncio.Event()
        try:
            for attempt in (1, 2):
                if await self._attempt(envelope, attempt, acknowledged, timeout, sent):
                    return True
            return False
        finally:
            del self._waiting[envelope["envelope_id"]]

    def disconnect(self, reason: str = "refresh_requested", *, close: bool | None = None) -> None:
        """Tell every client to go; callable from any thread.

        `warning` only announces the end, `refresh_requested` closes as well, unless `close` says otherwise.
        """
        closing = reason != "warning" if close is None else close
        for connection in list(self._open):
            asyncio.run_coroutine_threadsafe(_dismiss(connection, reason, closing), connection.loop)

    def drop(self) -> None:
        """Close every connection without a word, as a failing network does; callable from any thread."""
        for connection in list(self._open):
            asyncio.run_coroutine_threadsafe(connection.socket.close(1011), connection.loop)

    async def _attempt(
        self, envelope: Json, attempt: int, acknowledged: asyncio.Event, timeout: float,
        sent: Callable[[str, int], None],
    ) -> bool:  # fmt: skip
        if not self._open:
            return False
        connection = self._open[next(self._turn) % len(self._open)]
        twice = attempt == 1 and self.duplicate_next > 0
        self.duplicate_next -= twice
        for _ in range(1 + twice):
            await connection.send(envelope)
            sent(envelope["envelope_id"], attempt)
        try:
            await asyncio.wait_for(acknowledged.wait(), timeout)
        except TimeoutError:
            return False
        return True

    def _take(self, frame: str) -> None:
        """An acknowledgement; anything else is ignored, as Slack ignores it."""
        try:
            body = json.loads(frame)
        except ValueError:
            return
        if isinstance(body, dict) and (waiting := self._waiting.get(str(body.get("envelope_id")))):
            waiting.set()

    def _hello(self, app_id: str) -> Json:
        debug = {"host": HOST, "build_number": 1, "approximate_connection_time": 18_060}
        return {"type": "hello", "num_connections": self.connections, "debug_info": debug,
                "connection_info": {"app_id": app_id}}  # fmt: skip


async def _dismiss(connection: Connection, reason: str, closing: bool) -> None:
    await connection.send({"type": "disconnect", "reason": reason, "debug_info": {"host": HOST}})
    if closing:
        await connection.socket.close()
