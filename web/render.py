"""From a page's context to HTML: escaping always on, times in the reader's zone, links to the web only."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from domain.excerpts import moment, number, quote, readable
from domain.russian import plural, span

HERE = Path(__file__).parent
STATIC = HERE / "static"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What every page shows around its own matter."""

    title: str
    brand: str
    now: datetime
    zone: tzinfo
    #: which entry of the menu is on
    section: str
    #: who acts; empty: has not said yet
    who: str
    #: path and query of this page, to come back to
    here: str
    #: what just happened, in words of ours
    notice: str = ""


def page(template: str, context: object, status: int = 200) -> HTMLResponse:
    """`context` is the page's dataclass; the template sees it as `page`."""
    return HTMLResponse(_ENV.get_template(template).render(page=context), status)


def when(at: datetime | None, frame: Frame, *, empty: str = "время неизвестно") -> Markup:
    """A moment as people say it, the exact one on hover."""
    if at is None:
        return Markup('<span class="soft">{}</span>').format(empty)
    local = at.astimezone(frame.zone)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.isoformat(), f"{local:%d.%m.%Y, %H:%M:%S} {_zone(local)}", moment(at, frame.now, frame.zone)
    )


def _zone(local: datetime) -> str:
    name = local.tzname() or ""
    return name if name.isalpha() else f"UTC{name}"


def web_link(url: str | None) -> str | None:
    """The address if a browser may be sent there; customers and sources may write anything."""
    url = readable(url or "")
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def ago(at: datetime, frame: Frame) -> str:
    return f"{span(max(frame.now - at, timedelta(0)))} назад"


def _asset(name: str) -> str:
    """Address of a file of ours; changes with its content, so that browsers may keep it."""
    return f"/static/{name}?v={_VERSIONS[name]}"


def _versions() -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest()[:12] for path in STATIC.iterdir()}


_VERSIONS = _versions()


def _environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    tools: dict[str, Any] = {"when": when, "ago": ago, "plural": plural, "asset": _asset}  # Any: functions
    env.globals.update(tools)
    env.filters.update(
        {"readable": readable, "quote": quote, "span": span, "number": number, "web_link": web_link}
    )
    return env


_ENV = _environment()
