"""Russian as people read it in messages: plural forms and spans of time."""

from datetime import timedelta


def plural(n: int, one: str, few: str, many: str) -> str:
    """The number with the right form of the noun: 1 жалоба, 2 жалобы, 5 жалоб, 11 жалоб, 21 жалоба."""
    return f"{n} {form(n, one, few, many)}"


def form(n: int, one: str, few: str, many: str) -> str:
    """The form of the noun alone."""
    tail = abs(n) % 100
    if 11 <= tail <= 14:
        return many
    return {1: one, 2: few, 3: few, 4: few}.get(tail % 10, many)


def span(length: timedelta) -> str:
    """A length of time with its two greatest units: "2 ч 15 мин", "3 дня 4 ч", "меньше минуты"."""
    minutes = int(abs(length).total_seconds()) // 60
    days, hours = divmod(minutes // 60, 24)
    minutes %= 60
    parts = [plural(days, "день", "дня", "дней")] if days else []
    if hours:
        parts.append(f"{hours} ч")
    if minutes and not days:
        parts.append(f"{minutes} мин")
    return " ".join(parts) or "меньше минуты"


def working_span(length: timedelta) -> str:
    """Working time in hours and minutes, never in days: a working day has no fixed length."""
    minutes = int(abs(length).total_seconds()) // 60
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours} ч"] if hours else []
    if minutes:
        parts.append(f"{minutes} мин")
    return (" ".join(parts) + " рабочего времени") if parts else "меньше минуты рабочего времени"
