"""A list kept in order of (date, id): what the pages of the API are cut from."""

from __future__ import annotations

from bisect import bisect_left
from typing import Generic, Protocol, TypeVar

Key = tuple[int, ...]


class Dated(Protocol):
    """Anything with a place in time."""

    @property
    def key(self) -> Key:
        """(unix seconds, id): the id settles two items of one second."""
        ...


T = TypeVar("T", bound=Dated)


class Ordered(Generic[T]):
    """Oldest first. Finding a place costs log n; adding at the end, the usual case, costs nothing more."""

    def __init__(self) -> None:
        self._keys: list[Key] = []
        self._items: list[T] = []

    def __len__(self) -> int:
        return len(self._items)

    def add(self, item: T) -> None:
        place = bisect_left(self._keys, item.key)
        self._keys.insert(place, item.key)
        self._items.insert(place, item)

    def discard(self, item: T) -> bool:
        """Take the item out; False when it was not there."""
        place = bisect_left(self._keys, item.key)
        if place == len(self._keys) or self._keys[place] != item.key:
            return False
        del self._keys[place], self._items[place]
        return True

    def place(self, key: Key, *, newest_first: bool = False) -> int:
        """Where an item with this key stands, or would stand had it not gone away."""
        before = bisect_left(self._keys, key)
        if not newest_first:
            return before
        is_here = before < len(self._keys) and self._keys[before] == key
        return len(self._keys) - before - (1 if is_here else 0)

    def at(self, index: int, *, newest_first: bool = False) -> T:
        return self._items[-1 - index] if newest_first else self._items[index]

    def page(self, offset: int, count: int, *, newest_first: bool = False) -> list[T]:
        """The `count` items after `offset`. What lies before a negative offset's zero is cut, as in VK."""
        start, end = max(offset, 0), max(offset + count, 0)
        if newest_first:
            size = len(self._items)
            return self._items[max(size - end, 0) : max(size - start, 0)][::-1]
        return self._items[start:end]
