"""The client through the library's own doors: retries bounded, tokens never told, refusals by what to do."""

import logging
import traceback
from collections.abc import Iterator

import pytest
from vk_api.exceptions import ApiError, ApiHttpError

from crawlers.vk.client import TRIES, TRIES_TOO_FAST, VkClient
from demo.serve import serve
from demo.vk import faults
from demo.vk.server import create_app
from demo.vk.state import VkTown
from demo.vk.testing import BANK_WALL, Clock, romashka
from domain import errors
from domain.errors import OtklikError

TOKEN = "vk1.a.very-secret-token"


class FreePace:
    """No pace; remembers what was stopped."""

    def __init__(self) -> None:
        self.stopped: dict[str, float] = {}

    def wait_turn(self, method: str) -> None:
        pass

    def stop(self, method: str, pause: object) -> None:
        self.stopped[method] = pause.total_seconds()  # type: ignore[attr-defined]


@pytest.fixture
def town() -> VkTown:
    town = romashka(Clock())
    town.add_token(TOKEN, "service")  # type: ignore[arg-type]  # the enum's value
    town.add_post(BANK_WALL, BANK_WALL, "Новость")
    return town


@pytest.fixture
def pace() -> FreePace:
    return FreePace()


@pytest.fixture
def client(town: VkTown, pace: FreePace) -> Iterator[VkClient]:
    with serve(create_app(town)) as url:
        client = VkClient(TOKEN, base_url=f"{url}/method/", pace=pace, sleep=lambda _: None, timeout=(5, 0.5))
        yield client
        client.http.close()


def wall(client: VkClient) -> object:
    return client.get_api().wall.get(owner_id=BANK_WALL)


def test_the_library_s_api_proxy_works_as_ever(client: VkClient) -> None:
    assert client.get_api().wall.get(owner_id=BANK_WALL)["count"] == 1
    assert client.method("utils.getServerTime", raw=True)["response"] > 0


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (5, errors.AuthExpired),
        (27, errors.AuthExpired),
        (28, errors.AuthExpired),
        (14, errors.BotChallenge),
        (17, errors.BotChallenge),
        (24, errors.BotChallenge),
        (15, errors.AccessDenied),
        (30, errors.AccessDenied),
        (212, errors.AccessDenied),
        (18, errors.Gone),
        (19, errors.Gone),
        (104, errors.Gone),
        (100, errors.BadConfig),
        (29, errors.QuotaSpent),
        (9, errors.RateLimited),
        (999, errors.Permanent),
    ],
)
def test_a_refusal_that_waiting_will_not_cure_is_raised_at_once(
    client: VkClient, town: VkTown, code: int, error: type[OtklikError]
) -> None:
    town.faults.queue("wall.get", faults.error(code))
    with pytest.raises(error) as caught:
        wall(client)
    assert isinstance(caught.value.__cause__, ApiError)
    assert client.asked == 1


@pytest.mark.parametrize(
    ("fault", "error", "tries"),
    [
        pytest.param(faults.error(6), errors.RateLimited, TRIES_TOO_FAST, id="too fast"),
        pytest.param(faults.error(10), errors.Unavailable, TRIES, id="trouble inside"),
        pytest.param(faults.HTML_502, errors.Unavailable, TRIES, id="a gateway"),
        pytest.param(faults.TRUNCATED, errors.Unavailable, TRIES, id="half an answer"),
        pytest.param(faults.RESET, errors.Unavailable, TRIES, id="torn"),
    ],
)
def test_retries_end(
    client: VkClient, town: VkTown, fault: faults.Fault, error: type[OtklikError], tries: int
) -> None:
    town.faults.sometimes("wall.get", fault, 1.0)
    with pytest.raises(error):
        wall(client)
    assert client.asked == tries


def test_a_server_that_does_not_answer_is_left_in_time(client: VkClient, town: VkTown) -> None:
    town.faults.queue("wall.get", faults.slow(30))
    assert wall(client)
    assert client.asked == 2


def test_flood_control_and_a_spent_day_are_remembered_for_all(
    client: VkClient, town: VkTown, pace: FreePace
) -> None:
    town.faults.queue("wall.get", faults.error(9))
    with pytest.raises(errors.RateLimited):
        wall(client)
    assert pace.stopped == {"wall.get": 3600}


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(faults.error(5, TOKEN), id="echoed in the message"),
        pytest.param(faults.error(15, request=TOKEN), id="echoed in a field"),
        pytest.param(faults.HTML_502, id="behind a gateway"),
        pytest.param(faults.RESET, id="in the request that failed"),
    ],
)
def test_the_token_is_told_nowhere(
    client: VkClient,
    town: VkTown,
    fault: faults.Fault,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    town.faults.echo_token = True
    town.faults.sometimes("wall.get", fault, 1.0)
    with pytest.raises(OtklikError) as caught:
        wall(client)
    printed = capsys.readouterr()
    told = "".join(traceback.format_exception(caught.value)) + caplog.text + printed.out + printed.err
    assert TOKEN not in told
    cause = caught.value.__cause__
    if isinstance(cause, ApiError):
        assert TOKEN not in str(cause.error) + str(cause.values)
    if isinstance(cause, ApiHttpError):
        assert TOKEN not in str(cause.values)
    assert TOKEN not in str(getattr(getattr(cause, "request", None), "body", ""))
