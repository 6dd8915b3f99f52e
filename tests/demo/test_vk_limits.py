"""Tokens, rates and quotas of the emulator, refused in VK's own words."""

from __future__ import annotations

import pytest

from demo.vk import Limits, TokenKind, VkTown
from demo.vk.testing import BANK_TOKEN, BANK_WALL, SERVICE_TOKEN, USER_TOKEN, Clock, ask, ok, romashka


class Ticks:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def refusal(body: dict) -> tuple[int, str]:
    return body["error"]["error_code"], body["error"]["error_msg"]


@pytest.fixture
def town() -> VkTown:
    return romashka(Clock())


@pytest.mark.parametrize(
    ("method", "token", "expected"),
    [
        ("wall.get", BANK_TOKEN, (27, "Group authorization failed: method is unavailable with group auth.")),
        (
            "wall.createComment",
            SERVICE_TOKEN,
            (28, "Application authorization failed: method is unavailable with service token."),
        ),
        (
            "execute",
            SERVICE_TOKEN,
            (28, "Application authorization failed: method is unavailable with service token."),
        ),
        ("execute", USER_TOKEN, (3, "Unknown method passed")),
        ("wall.Get", SERVICE_TOKEN, (3, "Unknown method passed")),
        ("wall.get", "stolen", (5, "User authorization failed: invalid access_token (4).")),
        ("wall.get", "", (5, "User authorization failed: no access_token passed.")),
    ],
)
def test_a_token_opens_only_its_own_doors(
    town: VkTown, method: str, token: str, expected: tuple[int, str]
) -> None:
    assert refusal(ask(town, method, token=token)) == expected


def test_a_revoked_token_is_no_token(town: VkTown) -> None:
    ok(town, "utils.getServerTime")
    town.revoke_token(SERVICE_TOKEN)
    assert refusal(ask(town, "utils.getServerTime"))[0] == 5


@pytest.mark.parametrize("version", ["", "5.10", "latest"])
def test_a_call_without_a_version_of_today_is_invalid(town: VkTown, version: str) -> None:
    assert refusal(ask(town, "utils.getServerTime", v=version))[0] == 8


def test_a_refusal_repeats_the_parameters_but_not_the_token(town: VkTown) -> None:
    def echoed() -> dict[str, str]:
        params = ask(town, "wall.get", owner_id="x")["error"]["request_params"]
        return {pair["key"]: pair["value"] for pair in params}

    assert echoed() == {"oauth": "1", "method": "wall.get", "v": "5.199", "owner_id": "x"}
    town.faults.echo_token = True
    assert echoed()["access_token"] == SERVICE_TOKEN


def test_a_full_second_refuses_more_until_it_has_passed() -> None:
    ticks = Ticks()
    town = romashka(Clock(), limits=Limits(ticks=ticks))
    codes = [ask(town, "utils.getServerTime").get("error", {}).get("error_code") for _ in range(5)]
    assert codes == [None, None, None, 6, 6]
    assert "response" in ask(town, "utils.getServerTime", token=USER_TOKEN), (
        "another token has its own second"
    )
    ticks.at = 0.99
    assert refusal(ask(town, "utils.getServerTime")) == (6, "Too many requests per second")
    ticks.at = 1.0
    ok(town, "utils.getServerTime")


def test_a_daily_quota_ends_with_the_towns_day() -> None:
    clock = Clock()
    town = romashka(clock, limits=Limits(per_second={}, per_day={"wall.get": 2}))
    for _ in range(2):
        ok(town, "wall.get", owner_id=BANK_WALL)
    assert refusal(ask(town, "wall.get", owner_id=BANK_WALL)) == (29, "Rate limit reached")
    ok(town, "utils.getServerTime")
    clock.forward(days=1)
    ok(town, "wall.get", owner_id=BANK_WALL)


def test_the_usual_limits_are_those_that_vk_publishes() -> None:
    usual = Limits()
    assert usual.per_second == {TokenKind.SERVICE: 3, TokenKind.USER: 3, TokenKind.COMMUNITY: 20}
    assert usual.per_day == {"wall.get": 5000, "wall.search": 1000, "newsfeed.search": 1000}
