"""The town: `python -m demo.town` serves VK and Slack on one port and tells the story.

Its VK is at /vk/method/, its Slack at /slack/. The story begins when the town is first started in a data
folder and goes on from there after a restart; Slack's messages are kept too.
"""

import argparse
import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route

from demo import memory, slack, vk
from demo.slack import SlackApp, SlackTown
from demo.story import Timetable, tell
from demo.vk import TokenKind, VkTown
from domain.clock import system_clock
from domain.errors import BadConfig
from otklik import settings
from otklik.settings import Settings
from otklik.town import VK_TOKEN


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--speed", type=float, default=1.0, help="how much faster than life the story goes on"
    )
    speed = parser.parse_args().speed
    found = settings.load()
    start = _start(found.data / "town.json")
    town = VkTown(system_clock)
    town.add_token(VK_TOKEN, TokenKind.SERVICE)
    tell(town, Timetable(start, speed))
    app = create_app(town, _slack(found), found.data / "town-slack.json")
    uvicorn.run(app, host=found.host, port=found.town_port, log_level="warning")


def _slack(found: Settings) -> SlackTown:
    """The workspace, with the keys that `otklik run` hands to both sides."""
    if not found.slack_token or not found.slack_signing_secret:
        raise BadConfig("the town is started by `otklik run`, which makes its keys")
    app = SlackApp(
        bot_token=found.slack_token.get_secret_value(),
        signing_secret=found.slack_signing_secret.get_secret_value(),
        request_url=f"http://{found.host}:{found.port}/slack/actions",
    )
    return SlackTown(app=app)


def create_app(town: VkTown, workspace: SlackTown, kept: Path | None = None) -> Starlette:
    """Both servers under one roof; with `kept`, Slack's messages survive a restart."""

    async def home(_request: Request) -> RedirectResponse:
        return RedirectResponse("/slack/")

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        if kept is None:
            yield
            return
        memory.restore(workspace, kept)
        keeping = asyncio.create_task(_keep_now_and_then(workspace, kept))
        yield
        keeping.cancel()
        memory.keep(workspace, kept)

    return Starlette(
        routes=[
            Route("/", home),
            Mount("/vk", vk.create_app(town)),
            Mount("/slack", slack.create_app(workspace)),
        ],
        lifespan=lifespan,
    )


async def _keep_now_and_then(workspace: SlackTown, kept: Path) -> None:
    while True:
        await asyncio.sleep(5)
        memory.keep(workspace, kept)


def _start(file: Path) -> datetime:
    """When the story began here."""
    try:
        return datetime.fromisoformat(json.loads(file.read_text("utf-8"))["started_at"])
    except (OSError, ValueError, KeyError):
        start = system_clock()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"started_at": start.isoformat()}), "utf-8")
        return start


if __name__ == "__main__":
    main()
