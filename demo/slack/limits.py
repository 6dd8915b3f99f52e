"""Rate limits as token buckets, on the town's own clock."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """So many calls a second on average, `burst` of them at once."""

    per_second: float
    burst: int
    by_channel: bool = False


#: https://docs.slack.dev/apis/web-api/rate-limits: 1 message a second per channel, tier 3 is 50 a minute.
#: The sizes of the bursts are ours: Slack only says that short ones are tolerated.
SLACK_RATES: Mapping[str, Rate] = {
    "chat.postMessage": Rate(1.0, 4, by_channel=True),
    "chat.update": Rate(50 / 60, 50),
    "chat.delete": Rate(50 / 60, 50),
    "conversations.history": Rate(50 / 60, 50),
    "conversations.replies": Rate(50 / 60, 50),
}
UNLIMITED: Mapping[str, Rate] = {}


class RateLimiter:
    def __init__(self, rates: Mapping[str, Rate]) -> None:
        self.rates = rates
        self._buckets: dict[tuple[str, str, str], tuple[float, float]] = {}

    def wait(self, method: str, app: str, channel: str, now: float) -> float:
        """Seconds until such a call is welcome; 0 lets it through and counts it."""
        rate = self.rates.get(method)
        if rate is None:
            return 0.0
        key = (method, app, channel if rate.by_channel else "")
        tokens, at = self._buckets.get(key, (float(rate.burst), now))
        tokens = min(float(rate.burst), tokens + max(0.0, now - at) * rate.per_second)
        if tokens < 1.0:
            self._buckets[key] = (tokens, now)
            return (1.0 - tokens) / rate.per_second
        self._buckets[key] = (tokens - 1.0, now)
        return 0.0
