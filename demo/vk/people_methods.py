"""groups.getById, users.get, utils.resolveScreenName, utils.getServerTime."""

from __future__ import annotations

from demo.vk import shapes
from demo.vk.errors import VkError, bad_parameter
from demo.vk.items import Community, Json, unix
from demo.vk.limits import TokenKind
from demo.vk.params import Call
from demo.vk.wall_methods import OBJECTS_SINCE

MOST_GROUPS, MOST_USERS = 500, 1000


def groups_get_by_id(call: Call) -> Json | list[Json]:
    """Without ids a community token asks about itself."""
    names = call.listed("group_ids") or call.listed("group_id")
    if not names and call.token.kind is TokenKind.COMMUNITY:
        names = [str(-call.token.owner_id)]
    if not names:
        raise bad_parameter("group_ids is undefined")
    if len(names) > MOST_GROUPS:
        raise bad_parameter(f"group_ids should be less or equal to {MOST_GROUPS}")
    groups = [shapes.group(_community(call, name), call.listed("fields")) for name in names]
    return {"groups": groups, "profiles": []} if call.version >= OBJECTS_SINCE else groups


def _community(call: Call, name: str) -> Community:
    found = call.town.directory.community(name)
    if found is None:
        raise VkError(125) if name.isdecimal() else bad_parameter("group_ids is undefined")
    return found


def users_get(call: Call) -> list[Json]:
    """Strangers are left out without a word. Without ids a user token asks about itself."""
    names = call.listed("user_ids")
    if not names and call.token.kind is TokenKind.USER:
        names = [str(call.token.owner_id)]
    if len(names) > MOST_USERS:
        raise bad_parameter(f"user_ids should be less or equal to {MOST_USERS}")
    found = (call.town.directory.user(name) for name in names)
    return [shapes.user(it, call.listed("fields")) for it in found if it is not None]


def resolve_screen_name(call: Call) -> Json | list[Json]:
    """An unknown name is an empty list, not an error."""
    owner_id = call.town.directory.resolve(call.required("screen_name"))
    if owner_id is None:
        return []
    if owner_id > 0:
        return {"type": "user", "object_id": owner_id}
    kind = call.town.directory.communities[-owner_id].kind
    return {"type": kind, "object_id": -owner_id, "group_id": -owner_id}


def get_server_time(call: Call) -> int:
    return unix(call.town.now())
