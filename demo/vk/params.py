"""The parameters of one call, read as VK reads them: text that should have been a number is error 100."""

from __future__ import annotations

from dataclasses import dataclass

from demo.vk.errors import bad_parameter
from demo.vk.limits import Token
from demo.vk.state import VkTown


@dataclass(frozen=True)
class Call:
    """What a method's handler gets: who asks what of whom."""

    town: VkTown
    token: Token
    version: tuple[int, int]
    params: dict[str, str]

    def text(self, name: str, default: str = "") -> str:
        return self.params.get(name, default)

    def required(self, name: str) -> str:
        if not self.params.get(name):
            raise bad_parameter(f"{name} is undefined")
        return self.params[name]

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in {"1", "true"}

    def integer(self, name: str, default: int | None = None) -> int:
        """Required when there is no default."""
        value = self.required(name) if default is None else self.text(name)
        try:
            return int(value) if value else default or 0
        except ValueError as error:
            raise bad_parameter(f"{name} not integer") from error

    def bounded(self, name: str, default: int, low: int, high: int) -> int:
        """Where VK's schema has a bound, VK refuses what lies beyond it."""
        value = self.integer(name, default)
        if value < low:
            raise bad_parameter(f"{name} should be greater or equal to {low}")
        if value > high:
            raise bad_parameter(f"{name} should be less or equal to {high}")
        return value

    def capped(self, name: str, default: int, high: int) -> int:
        """Where VK's schema has no bound, VK quietly gives fewer."""
        return min(self.bounded(name, default, 0, 2**31), high)

    def listed(self, name: str) -> list[str]:
        return [part.strip() for part in self.text(name).split(",") if part.strip()]

    def choice(self, name: str, options: tuple[str, ...]) -> str:
        """One of the options; the first is the default."""
        value = self.text(name) or options[0]
        if value not in options:
            raise bad_parameter(f"{name} is invalid")
        return value
