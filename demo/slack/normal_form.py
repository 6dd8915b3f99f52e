"""Blocks as Slack gives them back: with the ids and defaults that the sender left out."""

import copy
from itertools import count

from .blocks import interactive
from .records import Json


def normalized(blocks: list[Json]) -> list[Json]:
    """A copy in which every block has a block_id and every element an action_id."""
    result = copy.deepcopy(blocks)
    taken = {block.get("block_id") for block in result}
    fresh = (name for i in count() if (name := _name(i)) not in taken)
    for block in result:
        block.setdefault("block_id", next(fresh))
        for i, element in enumerate(interactive(block)):
            element.setdefault("action_id", f"{block['block_id']}{i}")
        _fill_texts(block)
    return result


def _name(i: int) -> str:
    """Five letters and digits, as Slack makes them; ours are the same at each run."""
    alphabet = "bcdfghjkmnpqrstvwxz23456789BCDFGHJKLMNPQRSTVWXZ"
    n, letters = i * 7919 + 104_729, ""
    for _ in range(5):
        n, digit = divmod(n, len(alphabet))
        letters += alphabet[digit]
    return letters


def _fill_texts(part: object) -> None:
    if isinstance(part, list):
        for item in part:
            _fill_texts(item)
    elif isinstance(part, dict):
        if isinstance(part.get("text"), str) and part.get("type") == "plain_text":
            part.setdefault("emoji", True)
        elif isinstance(part.get("text"), str) and part.get("type") == "mrkdwn":
            part.setdefault("verbatim", False)
        for item in part.values():
            _fill_texts(item)
