"""What stands before the pages: headers, where a form may come from, which host name we answer to."""

from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()

#: Everything the pages need comes from ourselves; no inline script or style runs, nobody may frame us.
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": with it browsers name no origin when they send our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Guards:
    """Refuses forms of other sites, and foreign host names on a loopback address (DNS rebinding).

    A browser says where a request comes from (`Sec-Fetch-Site`, or `Origin` where pages are not served over
    HTTPS), and no page can change that: a request that says nothing did not come from a form of ours.
    `signed` are paths whose callers prove themselves by a signature.
    """

    def __init__(
        self, app: ASGIApp, *, host: str, public_url: str | None, signed: Collection[str] = ()
    ) -> None:
        self.app = app
        self.signed = frozenset(signed)
        self.public = _origin(public_url) if public_url else None
        names = _LOOPBACK | ({urlsplit(public_url).hostname or ""} if public_url else frozenset())
        self.hosts = names if host in _LOOPBACK else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope["path"] not in self.signed and (refusal := self._why_not(scope["method"], headers)):
            log.warning("request.refused", path=scope["path"], reason=refusal)
            await PlainTextResponse(refusal, 403)(scope, receive, _with_headers(send))
            return
        await self.app(scope, receive, _with_headers(send))

    def _why_not(self, method: str, headers: Headers) -> str | None:
        host = headers.get("host", "")
        if self.hosts is not None and _name(host) not in self.hosts:
            return "Страницы открыты не по своему адресу. Если адрес верный, задайте его в OTKLIK_PUBLIC_URL."
        if method in _SAFE or self._is_ours(headers, host):
            return None
        return "Форма отправлена с чужой страницы. Откройте Отклик заново и повторите."

    def _is_ours(self, headers: Headers, host: str) -> bool:
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        origin = headers.get("origin", "")
        return bool(origin) and (urlsplit(origin).netloc == host or origin == self.public)


def _name(host: str) -> str:
    """The host without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            _add(MutableHeaders(scope=message), HEADERS.items())
        await send(message)

    return sending


def _add(headers: MutableHeaders, more: Iterable[tuple[str, str]]) -> None:
    for name, value in more:
        headers.setdefault(name, value)
    # Pages hold customers' words: no shared cache keeps them. Files of ours say otherwise themselves.
    headers.setdefault("Cache-Control", "no-store")
