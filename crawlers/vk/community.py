"""Which wall is meant: a community as people write it in `otklik.toml`."""

import re

from crawlers.parsers.document import integer
from crawlers.vk.client import VkClient
from domain.errors import BadConfig

_LINK = re.compile(r"^(?:https?://)?(?:m\.)?vk\.(?:com|ru)/", re.IGNORECASE)
_NUMBER = re.compile(r"(?:club|public|event|-)?(\d{1,19})")


def owner_id_of(client: VkClient, community: str) -> int:
    """Negative owner id of `club123`, `-123`, `123`, a short name or a link.

    Raises BadConfig when there is no such community; otherwise as `VkClient.fetch`.
    """
    name = _LINK.sub("", community.strip()).strip("/@ ")
    if found := _NUMBER.fullmatch(name):
        return -int(found[1])
    if not name:
        raise BadConfig("у источника не указано сообщество: допишите community в otklik.toml")
    answer = client.fetch("utils.resolveScreenName", {"screen_name": name}).response
    # An unknown name answers with an empty list instead of an object.
    kind = answer.get("type") if isinstance(answer, dict) else None
    number = integer(answer.get("object_id")) if isinstance(answer, dict) else None
    if kind not in {"group", "page", "event"} or not number:
        raise BadConfig(f"ВКонтакте нет сообщества «{name}»: проверьте community в otklik.toml")
    return -number
