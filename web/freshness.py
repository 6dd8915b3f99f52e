"""How fresh our picture of each source is, and what a person should do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.health import SourceHealth
from domain.freshness import Freshness
from web.words import OUTCOMES, source_kind


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
    tone, says, advice = _judge(source, now)
    return SourceView(
        name=source.name,
        kind=source_kind(source.kind),
        tone=tone,
        says=says,
        advice=advice,
        every=source.every,
        good_at=source.good_at,
        last_at=source.last_at,
        last_outcome=OUTCOMES.get(source.last_outcome or "", source.last_outcome or ""),
        last_reason=source.last_reason or "",
    )


def _judge(source: SourceHealth, now: datetime) -> tuple[str, str, str]:
    """Tone, what is so, what a person should do."""
    match source.freshness(now):
        case Freshness.NEEDS_PERSON:
            return "bad", "не читается, нужен человек", source.needs_person or ""
        case Freshness.IMPORTED:
            advice = "Второй раз сам не читается."
            if not source.settings.get("has_answers"):
                advice = "Ответов в нём не видно: обращения отсюда «не проверены»."
            return "idle", "загружен из файла", advice
        case Freshness.NEVER:
            advice = "Первый просмотр начнётся по расписанию; работает ли otklik run?"
            return "note", "ещё ни разу не читали", advice
        case Freshness.FIRST:
            return "note", "читаем впервые", ""
        case Freshness.NEVER_WHOLE:
            return "bad", "ни разу не прочитан целиком", _retry(source)
        case Freshness.SILENT:
            return "bad", "давно не читали", _retry(source)
        case Freshness.PARTIAL:
            return "note", "в последний раз прочитан не целиком", _retry(source)
        case Freshness.FRESH:
            return "good", "читается", ""


def _retry(source: SourceHealth) -> str:
    why = f"{source.last_reason.rstrip('.')}. " if source.last_reason else ""
    return f"{why}Отклик пробует сам; если не пройдёт, проверьте otklik run и otklik doctor."
