"""Account ids never lie in the database: only their keyed hash, the key in the data folder alone."""

import hmac
import os
import secrets
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from hashlib import sha256
from pathlib import Path

from domain.errors import BadConfig

KEY_FILE = "identity.key"
KEY_BYTES = 32


class Identity:
    """Hashes ids with this installation's key; equal ids of one platform give equal hashes."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def hash_id(self, source_kind: str, account_id: str) -> str:
        """32 hex characters. Kinds of one platform (`vk`, `vk.wall`) share their accounts."""
        platform = source_kind.partition(".")[0]
        return hmac.new(self._key, f"{platform}:{account_id}".encode(), sha256).hexdigest()[:32]

    def of(self, source_kind: str) -> Callable[[str], str]:
        """The hash for one source, as the store takes it."""
        return partial(self.hash_id, source_kind)

    @classmethod
    def in_folder(cls, data: Path) -> "Identity":
        """The key of this installation, made at the first start. Safe when two processes start at once.

        Raises BadConfig when the file is there but is no key: another would make strangers of known people.
        """
        path = data / KEY_FILE
        if not path.exists():
            _create(path)
        key = path.read_bytes()
        if len(key) != KEY_BYTES:
            raise BadConfig(
                f"{path} is no key ({len(key)} bytes instead of {KEY_BYTES}): put the right file back; "
                "a new one would forget who is who"
            )
        return cls(key)


def _create(path: Path) -> None:
    """Written aside, then linked into place: never half a key, and the first of two processes wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{KEY_FILE}.")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(name, path)
    finally:
        os.unlink(name)
