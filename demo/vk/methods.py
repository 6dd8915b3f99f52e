"""The table of methods: who may call each (as VK's schema says), and what answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from demo.vk import board_methods, comment_methods, people_methods, search_methods, wall_methods
from demo.vk.errors import VkError
from demo.vk.limits import TokenKind
from demo.vk.params import Call

SERVICE, USER, COMMUNITY = TokenKind.SERVICE, TokenKind.USER, TokenKind.COMMUNITY


@dataclass(frozen=True)
class Method:
    answer: Callable[[Call], object]
    tokens: frozenset[TokenKind]


def _execute(_call: Call) -> object:
    """VKScript is not spoken here; a service token is refused before it gets this far."""
    raise VkError(3)


METHODS = {
    name: Method(answer, frozenset(tokens))
    for name, answer, tokens in (
        ("wall.get", wall_methods.get, (USER, SERVICE)),
        ("wall.getById", wall_methods.get_by_id, (USER, SERVICE)),
        ("wall.getComments", comment_methods.get_comments, (USER, SERVICE)),
        ("wall.getComment", comment_methods.get_comment, (USER,)),
        ("wall.createComment", wall_methods.create_comment, (USER, COMMUNITY)),
        ("groups.getById", people_methods.groups_get_by_id, (USER, COMMUNITY, SERVICE)),
        ("users.get", people_methods.users_get, (USER, COMMUNITY, SERVICE)),
        ("utils.resolveScreenName", people_methods.resolve_screen_name, (USER, COMMUNITY, SERVICE)),
        ("utils.getServerTime", people_methods.get_server_time, (USER, COMMUNITY, SERVICE)),
        ("newsfeed.search", search_methods.search, (USER, SERVICE)),
        ("board.getTopics", board_methods.get_topics, (USER, SERVICE)),
        ("board.getComments", board_methods.get_comments, (USER, SERVICE)),
        ("execute", _execute, (USER, COMMUNITY)),
    )
}
