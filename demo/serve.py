"""Serve an ASGI app on a free loopback port from a thread: for the town's servers, in tests and the demo."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

EXTENSION = "otklik.abort"
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER on, zero seconds: close() sends RST


class _Server(uvicorn.Server):
    """Tells when it is up, so that nobody has to poll."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.settled = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.settled.set()

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            super().run(sockets=sockets)
        except SystemExit:  # uvicorn's way to say that the app refused to start; `started` stays false
            return
        finally:
            self.settled.set()


@contextlib.contextmanager
def serve(app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Yield the base URL (`http://127.0.0.1:PORT`) of a server that is up; stop it at the end.

    The app runs in another thread with its own event loop: whatever it shares with the caller needs a lock.
    WebSockets work. Raises RuntimeError when the app's lifespan refuses to start.
    """
    # Named as TCP, or asyncio would leave Nagle's algorithm on: 40 ms an answer.
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        server = _Server(_config(app))
        thread = threading.Thread(target=server.run, args=([listener],), name="demo-serve", daemon=True)
        thread.start()
        server.settled.wait()
        if not server.started:
            thread.join()
            raise RuntimeError("the app did not start")
        try:
            yield f"http://{host}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        _with_abort(app),
        log_config=None,
        log_level="critical",
        access_log=False,
        # The classic implementation warns that it is deprecated, and here warnings are errors.
        ws="websockets-sansio",
        timeout_graceful_shutdown=1,
    )


def _with_abort(app: ASGIApp) -> ASGIApp:
    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        # ASGI has no word for a reset, so we take the transport from uvicorn's own `send`.
        transport = getattr(getattr(send, "__self__", None), "transport", None)
        if scope["type"] in {"http", "websocket"} and transport is not None:
            scope.setdefault("extensions", {})[EXTENSION] = transport
        await app(scope, receive, send)

    return wrapped


async def abort_connection(scope: Scope, receive: Receive) -> None:
    """Reset the client's connection, as a falling server does; the caller then returns without an answer.

    Works for apps run by `serve`; elsewhere (a TestClient) it raises ConnectionResetError.
    """
    transport: Any = scope.get("extensions", {}).get(EXTENSION)  # Any: uvicorn does not publish its type
    if transport is None:
        raise ConnectionResetError("the emulator reset the connection")
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    transport.abort()
    # Until uvicorn has noticed, it would complain of an app that did not answer.
    while (await receive())["type"] != "http.disconnect":
        pass
