"""What a request says by itself: who asks, where from, what was just done; and the frame made of it."""

from datetime import datetime
from urllib.parse import quote, unquote

from psycopg import Connection
from starlette.requests import Request
from starlette.responses import Response

from domain.calendars import zone
from domain.excerpts import cut, readable
from domain.policy import Calendar, Company
from otklik import company as configured
from web.backstage import Backstage
from web.render import Frame

NAME_COOKIE, SAID_COOKIE = "otklik_name", "otklik_said"
_A_YEAR = 365 * 24 * 3600
#: Long enough to survive one redirect.
_A_MOMENT = 20
MAX_NAME = 60
#: PostgreSQL's bigint: what no row can have is not asked for.
_MAX_ID = 2**63 - 1


def backstage(request: Request) -> Backstage:
    found: Backstage = request.app.state.backstage
    return found


def company_of(conn: Connection) -> Company | None:
    """As applied now; None before the first `otklik apply`."""
    return configured.in_force(conn)


def frame(request: Request, company: Company | None, now: datetime, *, title: str, section: str) -> Frame:
    calendar = company.calendars[0] if company else Calendar()
    query = f"?{request.url.query}" if request.url.query else ""
    return Frame(
        title=title,
        brand=company.brand if company else "",
        now=now,
        zone=zone(calendar.zone),
        section=section,
        who=name_of(request),
        here=f"{request.url.path}{query}",
        notice=_cookie(request, SAID_COOKIE),
    )


def name_of(request: Request) -> str:
    return clean_name(_cookie(request, NAME_COOKIE))


def clean_name(name: str) -> str:
    """A name as colleagues will read it: one line, nothing unseen, not too long."""
    return cut(" ".join(readable(name).split()), MAX_NAME)


def remember_name(response: Response, name: str, *, is_secure: bool) -> None:
    response.set_cookie(
        NAME_COOKIE, quote(name), max_age=_A_YEAR, httponly=True, samesite="lax", secure=is_secure
    )


def say(response: Response, words: str, *, is_secure: bool) -> None:
    """Have the next page tell this once."""
    response.set_cookie(
        SAID_COOKIE, quote(words), max_age=_A_MOMENT, httponly=True, samesite="lax", secure=is_secure
    )


def told(response: Response, shown: Frame) -> Response:
    """The page that told it, without the cookie to tell it again."""
    if shown.notice:
        response.delete_cookie(SAID_COOKIE)
    return response


def row_id(text: str | None) -> int | None:
    """The id in an address or a form; None for what is none."""
    if not text or len(text) > 19 or not (text.isascii() and text.isdigit()):
        return None
    return int(text) if 0 < int(text) <= _MAX_ID else None


def _cookie(request: Request, name: str) -> str:
    return readable(unquote(request.cookies.get(name, "")))[:300]


def local_path(target: str) -> str:
    """Where to go back to: a path of ours, or the front page. Never another site."""
    is_ours = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if is_ours and len(target) < 2000 else "/"
