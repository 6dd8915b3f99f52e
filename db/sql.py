"""Named queries: `db/queries/<topic>.sql`, each under `-- name:` and a sentence of intent."""

import re
from functools import cache
from typing import LiteralString, cast

from db.connect import here

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


@cache
def queries(topic: str) -> dict[str, LiteralString]:
    """The queries of one topic by name. Raises ValueError when a name stands twice."""
    parts = _NAME.split(here("queries", f"{topic}.sql").read_text("utf-8"))
    names, bodies = parts[1::2], parts[2::2]
    if len(set(names)) != len(names):
        raise ValueError(f"queries/{topic}.sql names a query twice")
    # The files are ours and are read whole: they are literals in all but where they stand.
    return {name: cast(LiteralString, body.strip()) for name, body in zip(names, bodies, strict=True)}
