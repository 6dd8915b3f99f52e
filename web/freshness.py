"""How fresh our picture of each source is, and what a person should do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.health import SourceHealth
from db.sources import EVERY_MINUTES
from web.words import OUTCOMES, source_kind

#: Misses in a row after which a source counts as silent, and the least time for that.
_MISSES, _LEAST = 4, timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """`tone`: good, note, bad or idle. `good_at`: end of the last complete look, None for never."""

    name: str
    kind: str
    tone: str
    says: str
    advice: str
    every: timedelta
    good_at: datetime | None
    last_at: datetime | None
    last_outcome: str
    last_reason: str

    @property
    def is_watched(self) -> bool:
        return self.tone != "idle"


def sources_view(sources: Sequence[SourceHealth], now: datetime) -> tuple[SourceView, ...]:
    """Those that need a person first."""
    order = ["bad", "note", "good", "idle"]
    return tuple(sorted((_view(source, now) for source in sources), key=lambda view: order.index(view.tone)))


def _view(source: SourceHealth, now: datetime) -> SourceView:
    every = timedelta(minutes=int(source.settings.get("every_minutes", EVERY_MINUTES)))
    tone, says, advice = _judge(source, every, now)
    return SourceView(
        name=source.name,
        kind=source_kind(source.kind),
        tone=tone,
        says=says,
        advice=advice,
        every=every,
        good_at=source.good_at,
        last_at=source.last_at,
        last_outcome=OUTCOMES.get(source.last_outcome or "", source.last_outcome or ""),
        last_reason=source.last_reason or "",
    )


def _judge(source: SourceHealth, every: timedelta, now: datetime) -> tuple[str, str, str]:
    """Never calls unseen what is merely quiet, nor quiet what was not seen."""
    if source.needs_person:
        return "bad", "не читается, нужен человек", source.needs_person
    if source.kind.partition(".")[0] == "import":
        return "idle", "загружен из файла", "Ответов в нём не видно: обращения отсюда «не проверены»."
    if source.last_at is None:
        return (
            "note",
            "ещё ни разу не читали",
            "Первый просмотр начнётся по расписанию; работает ли otklik run?",
        )
    if source.good_at is None:
        return "bad", "ни разу не прочитан целиком", _retry(source)
    if now - source.good_at > max(_MISSES * every, _LEAST):
        return "bad", "давно не читали", _retry(source)
    if source.last_outcome not in ("complete", "running"):
        return "note", "в последний раз прочитан не целиком", _retry(source)
    return "good", "читается", ""


def _retry(source: SourceHealth) -> str:
    why = f"{source.last_reason.rstrip('.')}. " if source.last_reason else ""
    return f"{why}Отклик пробует сам; если не пройдёт, проверьте otklik run и otklik doctor."
