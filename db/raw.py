"""Account ids inside raw payloads: replaced by the keyed hash before anything is stored."""

from collections.abc import Callable
from typing import Any

#: Where sources write whose account it is. Negative numbers are communities, not people.
PERSON_KEYS = frozenset(
    {
        "from_id",
        "owner_id",
        "user_id",
        "signer_id",
        "created_by",
        "reply_to_user",
        "post_author_id",
        "author_id",
        "deleter_id",
    }
)


def without_ids(raw: Any, hash_id: Callable[[str], str]) -> Any:  # Any: JSON
    """A copy of the payload with people's account ids hashed as `author_id` is."""
    if isinstance(raw, dict):
        return {key: _hashed(key, value, hash_id) for key, value in raw.items()}
    if isinstance(raw, list):
        return [without_ids(item, hash_id) for item in raw]
    return raw


def _hashed(key: str, value: Any, hash_id: Callable[[str], str]) -> Any:  # Any: JSON
    if key not in PERSON_KEYS or isinstance(value, dict | list | bool) or not value:
        return without_ids(value, hash_id)
    text = str(value)
    return value if text.startswith("-") else hash_id(text)
