"""The queue: who waits for us, longest first, and how much is late or unknown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from psycopg import Connection
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from db import health, pages
from db.pages import COUNT_LIMIT, Cursor, QueueRow, SourceName, Tab
from domain.deadlines import ClockState
from domain.excerpts import number, quote
from domain.policy import Company
from domain.russian import span
from web import words
from web.buttons import Form, form
from web.clocks import ClockView, clock_of
from web.frames import backstage, company_of, frame, row_id, told
from web.freshness import SourceView, sources_view
from web.render import Frame, page
from web.ruler import ruler

PAGE = 30
_QUOTE = 360
_FILTERS = {
    ClockState.BREACH: "просрочено",
    ClockState.WARNING: "скоро срок",
    ClockState.OK: "в срок",
    ClockState.NOT_CHECKED: "нет свежей проверки",
    ClockState.NONE: "без срока",
}


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str
    is_on: bool
    count: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One conversation in the list."""

    row: QueueRow
    clock: ClockView
    name: str
    appeal: str
    source: str
    quote: str
    attachments: str
    form: Form


@dataclass(frozen=True, slots=True)
class Empty:
    """What an empty list means."""

    tone: str
    head: str
    text: str
    link: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class QueuePage:
    frame: Frame
    tab: Tab
    tiles: tuple[Link, ...]
    clocks: tuple[Link, ...]
    sources: tuple[Link, ...]
    cards: tuple[Card, ...]
    next_url: str | None
    first_url: str | None
    empty: Empty | None
    troubles: tuple[SourceView, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; anything it cannot mean is left out."""

    tab: Tab
    source_id: int | None
    clock: str | None
    after: Cursor | None

    def url(self, **changes: object) -> str:
        """The address of this list with something else; a change of the list begins it anew."""
        now = {"tab": self.tab, "source": self.source_id, "clock": self.clock} | changes
        if now["tab"] is not Tab.LIVE:
            now["clock"] = None
        kept = {k: str(v) for k, v in now.items() if v is not None and v is not Tab.LIVE}
        return f"/?{urlencode(kept)}" if kept else "/"


def asked(params: QueryParams) -> Asked:
    tab = Tab(params["tab"]) if params.get("tab") in list(Tab) else Tab.LIVE
    clock = params.get("clock") if params.get("clock") in list(ClockState) and tab is Tab.LIVE else None
    return Asked(tab, row_id(params.get("source")), clock, _cursor(params.get("after", "")))


def _cursor(text: str) -> Cursor | None:
    at, _, last = text.partition("~")
    last_id = row_id(last)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return Cursor(moment, last_id) if moment.tzinfo and last_id else None


def queue(request: Request) -> Response:
    services = backstage(request)
    with services.connection() as conn:
        shown = queue_page(request, conn, services.services.clock())
    return told(page("queue.html", shown), shown.frame)


def queue_page(request: Request, conn: Connection, now: datetime) -> QueuePage:
    """Everything the page shows, in one transaction. Raises BadConfig for a calendar that never opens."""
    company = company_of(conn)
    around = frame(request, company, now, title="Очередь", section="queue")
    wanted = asked(request.query_params)
    company = company or Company(version=0, brand="")
    names = pages.sources(conn)
    measure = ruler(company, names, now)
    rows = pages.queue(
        conn,
        wanted.tab,
        measure,
        limit=PAGE + 1,
        after=wanted.after,
        source_id=wanted.source_id,
        clock=wanted.clock,
    )
    by_clock = pages.clock_counts(conn, measure, source_id=wanted.source_id)
    counts = {tab: pages.count(conn, tab, source_id=wanted.source_id) for tab in Tab}
    views = sources_view(health.sources(conn), now)
    cards = tuple(_card(row, company, around) for row in rows[:PAGE])
    return QueuePage(
        frame=around,
        tab=wanted.tab,
        tiles=_tiles(wanted, counts, by_clock),
        clocks=_clocks(wanted, by_clock) if wanted.tab is Tab.LIVE else (),
        sources=_sources(wanted, names),
        cards=cards,
        next_url=_next(wanted, rows),
        first_url=wanted.url() if wanted.after else None,
        empty=None if cards else empty_state(wanted, views, around, is_set_up=bool(names)),
        troubles=tuple(view for view in views if view.tone == "bad"),
    )


def _card(row: QueueRow, company: Company, around: Frame) -> Card:
    return Card(
        row=row,
        clock=clock_of(row, company, around),
        name=row.author or "Имя не указано",
        appeal=words.APPEALS.get(row.appeal, row.appeal),
        source=row.source_name,
        quote=quote(row.text or "", _QUOTE),
        attachments=words.attachments(row.attachments),
        form=form(
            around,
            conversation_id=row.id,
            appeal=row.appeal,
            alert_id=row.alert_id,
            alert_state=row.alert_state,
            taken_by=row.taken_by,
            snoozed_until=row.snoozed_until,
        ),
    )


def _count(n: int) -> str:
    return f"{number(COUNT_LIMIT)}+" if n > COUNT_LIMIT else number(n)


def _tiles(wanted: Asked, counts: Mapping[Tab, int], by_clock: Mapping[str, int]) -> tuple[Link, ...]:
    """The figures on top; each leads to what it counts."""
    live = wanted.tab is Tab.LIVE
    late = wanted.clock == ClockState.BREACH
    breach = by_clock.get(ClockState.BREACH, 0)
    return (
        Link("ждут нас", wanted.url(tab=Tab.LIVE, clock=None), live and not late, _count(counts[Tab.LIVE])),
        Link(
            "просрочено",
            wanted.url(tab=Tab.LIVE, clock=ClockState.BREACH.value),
            live and late,
            _count(breach),
            "breach" if breach else "",
        ),
        Link(
            "обещали ответить",
            wanted.url(tab=Tab.PROMISED),
            wanted.tab is Tab.PROMISED,
            _count(counts[Tab.PROMISED]),
        ),
        Link(
            "не проверено",
            wanted.url(tab=Tab.UNCHECKED),
            wanted.tab is Tab.UNCHECKED,
            _count(counts[Tab.UNCHECKED]),
        ),
    )


def _clocks(wanted: Asked, by_clock: Mapping[str, int]) -> tuple[Link, ...]:
    return (
        Link("все", wanted.url(clock=None), wanted.clock is None),
        *(
            Link(label, wanted.url(clock=state.value), wanted.clock == state, _count(n), state.value)
            for state, label in _FILTERS.items()
            if (n := by_clock.get(state, 0)) or wanted.clock == state
        ),
    )


def _sources(wanted: Asked, names: Sequence[SourceName]) -> tuple[Link, ...]:
    """Nothing to choose from while there is one source."""
    if len(names) < 2:
        return ()
    everywhere = Link("все источники", wanted.url(source=None), wanted.source_id is None)
    return (everywhere, *(Link(s.name, wanted.url(source=s.id), wanted.source_id == s.id) for s in names))


def _next(wanted: Asked, rows: Sequence[QueueRow]) -> str | None:
    if len(rows) <= PAGE:
        return None
    last = rows[PAGE - 1]
    return wanted.url(after=f"{last.place_at.isoformat()}~{last.id}")


def empty_state(wanted: Asked, views: Sequence[SourceView], around: Frame, *, is_set_up: bool) -> Empty:
    """Says whether nobody waits, or nobody looked: these two are never told alike."""
    if not is_set_up:
        return Empty(
            "note", "Пока не за чем следить", "Опишите источники в otklik.toml и примените: otklik apply."
        )
    if wanted.after or wanted.clock or wanted.source_id is not None:
        return Empty(
            "quiet", "Здесь больше никого", "С такими условиями никто не ждёт.", ("Показать всех", "/")
        )
    if wanted.tab is Tab.PROMISED:
        return Empty("quiet", "Обещаний нет", "Никому не обещали ответить позже.")
    if wanted.tab is Tab.UNCHECKED:
        return Empty("quiet", "Всё проверено", "Нет обращений, про которые неизвестно, ответили ли на них.")
    watched = [view for view in views if view.is_watched]
    seen = [view.good_at for view in watched if view.good_at]
    if not seen:
        return Empty(
            "note",
            "Ещё ничего не читали" if watched else "Живых источников нет",
            "Никто не ждёт только потому, что никто не смотрел."
            if watched
            else "Есть только загруженное из файлов: оно во вкладке «не проверено».",
            ("Источники", "/sources"),
        )
    unseen = [view for view in watched if view.tone == "bad" or not view.good_at]
    if unseen:
        names = ", ".join(f"«{view.name}»" for view in unseen)
        return Empty(
            "note",
            "Из того, что видно, никто не ждёт",
            f"Но видно не всё: {names}.",
            ("Что с ними", "/sources"),
        )
    checked = "источник проверен" if len(watched) == 1 else "источники проверены"
    return Empty("good", "Никто не ждёт", f"Все ответы на месте; {checked} {span(_age(around, seen))} назад.")


def _age(around: Frame, seen: Sequence[datetime]) -> timedelta:
    """Age of the oldest of the looks: the picture is as fresh as its oldest part."""
    return max(around.now - min(seen), timedelta(0))
