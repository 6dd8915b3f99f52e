"""The web application: routes, guards, and what people see when something is wrong."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from db import pages
from domain.errors import BadConfig, Unavailable
from otklik import build
from otklik.settings import Settings
from web import acting, slack
from web.backstage import Backstage, Connect
from web.conversation import conversation
from web.frames import backstage
from web.guards import HEADERS, Guards
from web.queue import queue
from web.render import STATIC, page
from web.sources import sources

log = structlog.get_logger()

SLACK_PATH = "/slack/actions"


@dataclass(frozen=True, slots=True)
class NoticePage:
    """A page of one message; `refresh_s` makes the browser try again by itself."""

    title: str
    text: str
    refresh_s: int | None = None


_DOWN = "База недоступна, ждём"
_DOWN_READING = NoticePage(_DOWN, "Страница откроется сама, как только база ответит.", refresh_s=5)
_DOWN_ACTING = NoticePage(_DOWN, "Решение не записано. Вернитесь назад и нажмите ещё раз чуть позже.")
_REFUSALS: Mapping[int, NoticePage] = {
    400: NoticePage("Не понял запроса", "Вернитесь назад, обновите страницу и попробуйте ещё раз."),
    404: NoticePage("Такой страницы нет", "Возможно, разговор удалён или в адресе опечатка."),
    405: NoticePage("Так сюда не ходят", "Откройте очередь и начните оттуда."),
}
_BROKEN = NoticePage(
    "Что-то сломалось у нас", "Подробности записаны в журнал. Попробуйте ещё раз чуть позже."
)


def create_app(settings: Settings, connect: Connect | None = None) -> Starlette:
    """The pages over these settings; `connect` gives the services, by default those of the installation."""
    secret = settings.slack_signing_secret
    app = Starlette(
        routes=[
            Route("/", queue),
            Route("/conversations/{id}", conversation),
            Route("/conversations/{id}/act", acting.press, methods=["POST"]),
            Route("/sources", sources),
            Route("/name", acting.name, methods=["POST"]),
            Route(SLACK_PATH, slack.actions, methods=["POST"]),
            Route("/health", health),
            Mount("/static", _Static(directory=STATIC)),
        ],
        middleware=[
            Middleware(
                Guards,
                host=settings.host,
                public_url=str(settings.public_url) if settings.public_url else None,
                signed={SLACK_PATH, "/health"},
            )
        ],
        exception_handlers={
            Unavailable: _down,
            BadConfig: _misconfigured,
            HTTPException: _refused,
            Exception: _broken,
        },
        lifespan=_lifespan,
    )
    app.state.backstage = Backstage(connect or partial(build.services, settings))
    app.state.slack_secret = secret.get_secret_value() if secret else None
    return app


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    stage: Backstage = app.state.backstage
    stage.start()
    try:
        yield
    finally:
        await run_in_threadpool(stage.stop)


def health(request: Request) -> Response:
    """For load balancers and `otklik run`: 503 while the database does not answer."""
    try:
        with backstage(request).connection() as conn:
            pages.is_there(conn)
    except Unavailable:
        return JSONResponse({"database": "unavailable"}, 503)
    return JSONResponse({"database": "ok"})


def _down(request: Request, _error: Exception) -> Response:
    log.warning("page.without_database", path=request.url.path)
    response = page("notice.html", _DOWN_READING if request.method == "GET" else _DOWN_ACTING, 503)
    response.headers["Retry-After"] = "5"
    return response


def _misconfigured(_request: Request, error: Exception) -> Response:
    return page("notice.html", NoticePage("Настройки не подходят", str(error)), 503)


def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    notice = _REFUSALS.get(error.status_code, _REFUSALS[400])
    response = page("notice.html", notice, error.status_code)
    response.headers.update(error.headers or {})
    return response


def _broken(_request: Request, _error: Exception) -> Response:
    """The server logs the error itself. This answer passes outside the guards."""
    response = page("notice.html", _BROKEN, 500)
    response.headers.update(HEADERS)
    return response


class _Static(StaticFiles):
    """Our own files; their addresses change with their content."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:  # Any: as Starlette's own
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
