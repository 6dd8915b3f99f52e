"""Are these blocks what Slack would take? Written from its documentation, not from its SDK's models.

The two are compared by a test. Unknown fields and unknown types are refused, as Slack refuses them.
"""

from .elements import IMAGE, PRESSABLE, TYPED, element, picture_url
from .parts import (
    Check,
    Complaints,
    anything,
    boolean,
    complain,
    kind_of,
    listed,
    plain,
    shape,
    string,
    text,
)
from .records import Json

MESSAGE_BLOCKS, MODAL_BLOCKS = 50, 100
MARKDOWN_TOTAL = 12_000

_PICTURE: dict[str, Check] = {"image": IMAGE}


def _context_element(value: object, at: str, complaints: Complaints) -> None:
    if kind_of(value) in {"plain_text", "mrkdwn"}:
        text(3000)(value, at, complaints)
    else:
        element(_PICTURE)(value, at, complaints)


def _block(required: tuple[str, ...] = (), **fields: Check) -> Check:
    return shape({"block_id": string(255), **fields}, required)


BLOCKS: dict[str, Check] = {
    "section": _block(
        text=text(3000), fields=listed(text(2000), 10), expand=boolean,
        accessory=element(PRESSABLE | _PICTURE),
    ),
    "header": _block(("text",), text=plain(150)),
    "divider": _block(),
    "image": _block(
        ("alt_text",), image_url=picture_url, alt_text=string(2000), title=plain(2000), slack_file=anything
    ),
    "context": _block(("elements",), elements=listed(_context_element, 10)),
    "actions": _block(("elements",), elements=listed(element(PRESSABLE), 25)),
    "input": _block(
        ("label", "element"), label=plain(2000), element=element(PRESSABLE | TYPED), hint=plain(2000),
        optional=boolean, dispatch_action=boolean,
    ),
    "rich_text": _block(("elements",), elements=listed(anything, 1000)),
    "markdown": _block(("text",), text=string(MARKDOWN_TOTAL)),
}  # fmt: skip


def complaints_about(blocks: object, *, most: int = MESSAGE_BLOCKS, at: str = "/blocks") -> list[str]:
    """Everything Slack would find wrong, as it words it; an empty list lets the blocks through."""
    complaints: Complaints = []
    listed(_one_block, most, least=0)(blocks, at, complaints)
    if isinstance(blocks, list):
        known = [block for block in blocks if isinstance(block, dict)]
        _check_ids(known, at, complaints)
        _check_markdown(known, at, complaints)
    return complaints


def _one_block(value: object, at: str, complaints: Complaints) -> None:
    kind = kind_of(value)
    if kind not in BLOCKS:
        complain(complaints, at, f"unsupported type: {kind}")
        return
    BLOCKS[kind](value, at, complaints)
    if kind == "section" and isinstance(value, dict) and not {"text", "fields"} & value.keys():
        complain(complaints, at, "must define either text or fields")


def _check_ids(blocks: list[Json], at: str, complaints: Complaints) -> None:
    """A block_id names one block of the message, an action_id one element of its block."""
    seen: set[object] = set()
    for i, block in enumerate(blocks):
        if isinstance(block_id := block.get("block_id"), str):
            if block_id in seen:
                complain(complaints, f"{at}/{i}/block_id", f'block_id "{block_id}" already exists')
            seen.add(block_id)
        ids = (element.get("action_id") for element in interactive(block))
        actions = [action for action in ids if isinstance(action, str)]
        if len(actions) != len(set(actions)):
            complain(complaints, f"{at}/{i}/elements", "action_id already exists in this block")


def _check_markdown(blocks: list[Json], at: str, complaints: Complaints) -> None:
    total = sum(len(str(block.get("text", ""))) for block in blocks if block.get("type") == "markdown")
    if total > MARKDOWN_TOTAL:
        complain(complaints, at, f"markdown blocks must be less than {MARKDOWN_TOTAL + 1} characters in all")


def interactive(block: Json) -> list[Json]:
    """The elements of a block that a person can press, pick or type into."""
    elements = block.get("elements")
    inside = [*(elements if isinstance(elements, list) else []), block.get("accessory"), block.get("element")]
    known = PRESSABLE | TYPED
    return [element for element in inside if isinstance(element, dict) and kind_of(element) in known]
