"""The site over HTTP: robots.txt, the list in JSON as banki.ru has it, the same list as marked-up pages."""

import asyncio
import gzip
import json
import time
from collections.abc import AsyncIterator
from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from demo.sites.state import MOSCOW, Review, SiteTown

LIST = "/services/responses/list/ajax/"
PAGES = "/otzyvy/"
FEED = "/feed.xml"
COOKIE = "seen"
_WALL = """<!doctype html><html><body><form action="/checkcaptcha">Подтвердите, что запросы отправляли вы,
а не робот</form></body></html>"""


def create_app(town: SiteTown) -> Starlette:
    """The site of this town. Several may run in one process, each with its own."""
    site = _Site(town)
    routes = [
        Route("/robots.txt", site.robots),
        Route(LIST, site.listing),
        Route(PAGES, site.pages),
        Route(FEED, site.feed),
    ]
    return Starlette(routes=routes)


class _Site:
    def __init__(self, town: SiteTown) -> None:
        self.town = town

    async def robots(self, request: Request) -> Response:
        self._note(request)
        moods = self.town.moods
        return PlainTextResponse(moods.robots, moods.robots_status)

    async def listing(self, request: Request) -> Response:
        """The list as banki.ru gives it: `page` from 1, `bank` the code."""
        number = _number(request)
        if trouble := self._trouble(request, number):
            return trouble
        if request.query_params.get("bank") != self.town.code:
            return JSONResponse({"data": [], "total": 0, "hasMorePages": False})
        body = json.dumps(self._page(number), ensure_ascii=False).encode()
        if self.town.moods.cuts_page == number:
            body = body[: len(body) // 2]
        return Response(body, media_type="application/json")

    async def pages(self, request: Request) -> Response:
        number = _number(request)
        if trouble := self._trouble(request, number):
            return trouble
        shown, total = self._shown(number)
        more = f'<a rel="next" href="{PAGES}?page={number + 1}">Дальше</a>'
        articles = "".join(_article(review) for review in shown)
        last = number * self.town.page_size >= total
        return HTMLResponse(
            f"<!doctype html><html><body>{articles}{'' if last else more}</body></html>",
        )

    async def feed(self, request: Request) -> Response:
        if trouble := self._trouble(request, 1):
            return trouble
        items = "".join(_item(review) for review in self._shown(1)[0])
        return Response(
            f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Форум</title>'
            f"{items}</channel></rss>",
            media_type="application/rss+xml",
        )

    def _note(self, request: Request) -> None:
        with self.town.locked():
            self.town.asked[request.url.path] += 1
            self.town.times.append(time.monotonic())
            self.town.agents.add(request.headers.get("user-agent", ""))

    def _trouble(self, request: Request, number: int) -> Response | None:
        """What comes instead of the page, if anything."""
        self._note(request)
        moods = self.town.moods
        if moods.sends_to:
            return RedirectResponse(moods.sends_to, 302)
        if moods.wants_cookie and COOKIE not in request.cookies:
            again = RedirectResponse(str(request.url), 302)
            again.set_cookie(COOKIE, "1")
            return again
        if moods.refusals > 0:
            moods.refusals -= 1
            headers = {"Retry-After": moods.retry_after} if moods.retry_after is not None else {}
            return PlainTextResponse("позже", moods.refusal_status, headers)
        self.town.pages_asked.append(number)
        if moods.wall_from_page is not None and number >= moods.wall_from_page:
            return HTMLResponse(_WALL)
        if moods.drips:
            return StreamingResponse(_drops(), media_type="application/json")
        if moods.bomb_bytes:
            body = gzip.compress(b" " * moods.bomb_bytes)
            return Response(body, headers={"Content-Encoding": "gzip"}, media_type="application/json")
        return None

    def _shown(self, number: int) -> tuple[list[Review], int]:
        """The reviews of a page and how many there are; afterwards one may be taken down."""
        town = self.town
        reviews = town.newest_first()
        start = (number - 1) * town.page_size
        if town.moods.remove_after_page == number:
            town.moods.remove_after_page = None
            town.remove(reviews[0].number)
        return reviews[start : start + town.page_size], len(reviews)

    def _page(self, number: int) -> dict[str, object]:
        shown, total = self._shown(number)
        if self.town.moods.hides_all:
            shown = []
        has_more = number * self.town.page_size < total
        total += self.town.moods.counts_too_many
        data = [_row(review, self.town) for review in shown]
        return {"data": data, "total": total, "hasMorePages": has_more}


def _number(request: Request) -> int:
    value = request.query_params.get("page", "1")
    return max(1, int(value)) if value.isdecimal() and len(value) < 7 else 1


def _row(review: Review, town: SiteTown) -> dict[str, object]:
    return {
        "id": review.number,
        "dateCreate": f"{review.at.astimezone(MOSCOW):%Y-%m-%d %H:%M:%S}",
        "title": review.title,
        "text": f"<p>{escape(review.text)}</p>",
        "grade": review.grade,
        "isCountable": True,
        "resolutionIsApproved": None,
        "agentAnswerText": review.answer,
        "commentCount": 0,
        "userName": review.author,
        "company": {
            "id": 1,
            "code": town.code,
            "name": town.name,
            "url": f"/services/responses/bank/{town.code}/",
        },
    }


def _article(review: Review) -> str:
    return (
        '<div itemscope itemtype="https://schema.org/Review">'
        f'<meta itemprop="identifier" content="{review.number}">'
        f'<meta itemprop="datePublished" content="{review.at.isoformat()}">'
        f'<span itemprop="author">{escape(review.author)}</span>'
        f'<p itemprop="reviewBody">{escape(review.text)}</p></div>'
    )


def _item(review: Review) -> str:
    return (
        f"<item><guid>{review.number}</guid><title>{escape(review.title)}</title>"
        f"<description>{escape(review.text)}</description>"
        f"<pubDate>{review.at:%a, %d %b %Y %H:%M:%S %z}</pubDate></item>"
    )


async def _drops() -> AsyncIterator[bytes]:
    """Never ends by itself: the client has to give up."""
    while True:
        yield b" "
        await asyncio.sleep(0.1)
