"""One call of a Web API method: its arguments, read the way Slack reads them."""

import json
from dataclasses import dataclass
from json import JSONDecodeError

from starlette.requests import Request

from .errors import SlackError
from .records import Channel, Json, SlackApp
from .town import SlackTown


@dataclass(frozen=True)
class Call:
    """What a method gets. `base_url` is how the caller reached us, with a slash at its end."""

    town: SlackTown
    app: SlackApp
    args: Json
    base_url: str

    def text(self, name: str, default: str = "") -> str:
        value = self.args.get(name)
        return default if value is None else str(value)

    def need(self, name: str, error: str) -> str:
        if not (value := self.text(name)):
            raise SlackError(error)
        return value

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in {"1", "true"}

    def given(self, name: str) -> bool:
        return self.args.get(name) is not None

    def json(self, name: str, error: str) -> object:
        """An argument that is JSON: forms carry it as a string, JSON bodies either way."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except JSONDecodeError as e:
            raise SlackError(error) from e

    def limit(self, default: int, most: int) -> int:
        try:
            value = int(self.text("limit", str(default)))
        except ValueError as e:
            raise SlackError("invalid_limit") from e
        if not 0 <= value <= most:
            raise SlackError("invalid_limit")
        return value or default

    def channel(self, *, by_name: bool = False) -> Channel:
        """The channel named by the argument; a private one is invisible to a bot outside it."""
        wanted = self.need("channel", "channel_not_found")
        found = self.town.channels.get(wanted)
        if found is None and by_name:
            names = (c for c in self.town.channels.values() if c.name == wanted.removeprefix("#"))
            found = next(names, None)
        if found is None or (found.is_private and self.app.bot_user_id not in found.members):
            raise SlackError("channel_not_found")
        return found


def address(request: Request) -> str:
    """How the caller reached this app, with a slash at its end; the app may be mounted under a path."""
    # Not `request.base_url`: that is the outermost app's.
    return f"{request.url.scheme}://{request.url.netloc}{root(request)}/"


def root(request: Request) -> str:
    """The path this app is mounted under, "" for none."""
    return str(request.scope.get("root_path", ""))


async def arguments(request: Request) -> Json:
    """Query, form and JSON together; what the body says wins."""
    args: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        try:
            body = json.loads(await request.body() or b"{}")
        except ValueError as e:
            raise SlackError("invalid_json") from e
        if not isinstance(body, dict):
            raise SlackError("json_not_object")
        return args | body
    async with request.form() as form:
        return args | {key: value for key, value in form.items() if isinstance(value, str)}
