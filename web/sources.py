"""How every source fares: when it was last read well, and what a person should do."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from db import health
from db.health import Waiting
from web.frames import backstage, company_of, frame, told
from web.freshness import SourceView, sources_view
from web.render import Frame, page


@dataclass(frozen=True, slots=True)
class SourcesPage:
    frame: Frame
    sources: tuple[SourceView, ...]
    waiting: Waiting


def sources(request: Request) -> Response:
    stage = backstage(request)
    with stage.connection() as conn:
        now = stage.services.clock()
        around = frame(request, company_of(conn), now, title="Источники", section="sources")
        shown = SourcesPage(around, sources_view(health.sources(conn), now), health.waiting(conn, now))
    return told(page("sources.html", shown), around)
