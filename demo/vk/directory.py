"""Who is who in the town, by id and by screen name."""

from __future__ import annotations

import re

from demo.vk.items import Community, User

BY_NUMBER = re.compile(r"(?:(id)|(club|public|event))?(\d+)")


class Directory:
    def __init__(self) -> None:
        self.users: dict[int, User] = {}
        self.communities: dict[int, Community] = {}
        self._owners: dict[str, int] = {}

    def add(self, owner: User | Community) -> int:
        """Register or replace; returns the owner_id: negative for a community."""
        if isinstance(owner, User):
            self.users[owner.id] = owner
            owner_id = owner.id
        else:
            self.communities[owner.id] = owner
            owner_id = -owner.id
        self._owners[owner.handle] = owner_id
        return owner_id

    def owner(self, owner_id: int) -> User | Community | None:
        return self.users.get(owner_id) if owner_id > 0 else self.communities.get(-owner_id)

    def resolve(self, name: str) -> int | None:
        """The owner_id behind a screen name, `id1` or `club1`; None for a stranger."""
        if name in self._owners:
            return self._owners[name]
        match = BY_NUMBER.fullmatch(name)
        if match is None or not (match[1] or match[2]):
            return None
        owner_id = int(match[3]) if match[1] else -int(match[3])
        return owner_id if self.owner(owner_id) else None

    def user(self, name: str) -> User | None:
        """By number or by screen name, as `user_ids` allows."""
        owner_id = int(name) if name.isdecimal() else self.resolve(name)
        return self.users.get(owner_id or 0)

    def community(self, name: str) -> Community | None:
        """By positive number or by screen name, as `group_ids` allows."""
        owner_id = -int(name) if name.isdecimal() else self.resolve(name)
        return self.communities.get(-(owner_id or 0))
