"""The town's story: read from `story.toml`, told to the town's VK by a clock."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from demo.vk import VkTown

STORY = Path(__file__).with_name("story.toml")


@dataclass(frozen=True, slots=True)
class Timetable:
    """Turns the story's minutes into moments.

    What lies before the start keeps its distance; what comes live is compressed by `speed`: the service
    that watches keeps real time, so a faster town just has its next hour sooner.
    """

    start: datetime
    speed: float = 1.0

    def moment(self, minutes: float) -> datetime:
        return self.start + timedelta(minutes=minutes if minutes <= 0 else minutes / self.speed)


def tell(town: VkTown, timetable: Timetable, file: Path = STORY) -> int:
    """Put the whole story into the town; what is yet to come shows up as its clock gets there.

    Returns the community's owner_id. Raises KeyError for a name the story has not told of yet.
    """
    story = tomllib.loads(file.read_text("utf-8"))
    community = story["community"]
    owner = town.add_community(community["id"], community["name"], screen_name=community["screen_name"])
    for user in story["user"]:
        town.add_user(user["id"], user["first_name"], user["last_name"])
    names: dict[str, int] = {}
    for what, event in sorted(_events(story), key=lambda pair: float(pair[1]["at"])):
        at = timetable.moment(float(event["at"]))
        _TELL[what](town, owner, names, event, at)
    return owner


def _events(story: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(what, event) for what in _TELL for event in story.get(what, [])]


def _post(town: VkTown, owner: int, names: dict[str, int], event: dict[str, Any], at: datetime) -> None:
    more = {key: event[key] for key in ("views", "likes", "attachments") if key in event}
    names[event["id"]] = town.add_post(owner, event["by"] or owner, event["text"], at, **more)


def _comment(town: VkTown, owner: int, names: dict[str, int], event: dict[str, Any], at: datetime) -> None:
    more = {key: event[key] for key in ("likes", "attachments") if key in event}
    said_to = names[event["reply_to"]] if "reply_to" in event else None
    post = names[event["post"]]
    text, by = event["text"], event["by"] or owner
    names[event.get("id", "")] = town.add_comment(owner, post, by, text, at, reply_to=said_to, **more)


def _edit(town: VkTown, owner: int, names: dict[str, int], event: dict[str, Any], at: datetime) -> None:
    town.edit_comment(owner, names[event["comment"]], event["text"], at)


def _delete(town: VkTown, owner: int, names: dict[str, int], event: dict[str, Any], at: datetime) -> None:
    town.delete_comment(owner, names[event["comment"]], at)


#: In the order in which events of one moment are told.
_TELL: dict[str, Callable[[VkTown, int, dict[str, int], dict[str, Any], datetime], None]] = {
    "post": _post,
    "comment": _comment,
    "edit": _edit,
    "delete": _delete,
}
