"""A message's content as it arrives: blocks, attachments and metadata, each valid or refused."""

import json

from .blocks import complaints_about
from .calls import Call
from .errors import SlackError, invalid_blocks
from .normal_form import normalized
from .records import Json

METADATA_LIMIT = 16_000


def read_blocks(call: Call) -> list[Json]:
    """The valid blocks of a call, with ids filled in; none given is an empty list."""
    blocks = call.json("blocks", "invalid_blocks_format")
    if blocks is None:
        return []
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if complaints := complaints_about(blocks):
        raise invalid_blocks(complaints)
    if len(json.dumps(blocks, separators=(",", ":"))) > call.town.blocks_json_limit:
        raise SlackError("msg_blocks_too_long")
    return normalized(blocks)


def read_attachments(call: Call) -> list[Json]:
    attachments = call.json("attachments", "invalid_attachments")
    if attachments is None:
        return []
    if not isinstance(attachments, list) or not all(isinstance(a, dict) for a in attachments):
        raise SlackError("invalid_attachments")
    if len(attachments) > 100:
        raise SlackError("too_many_attachments")
    result: list[Json] = []
    for i, attachment in enumerate(attachments):
        if complaints := complaints_about(attachment.get("blocks", []), at=f"/attachments/{i}/blocks"):
            raise invalid_blocks(complaints)
        blocks = {"blocks": normalized(attachment["blocks"])} if attachment.get("blocks") else {}
        result.append({"id": i + 1, "fallback": "[no preview available]"} | attachment | blocks)
    return result


def read_metadata(call: Call) -> Json | None:
    metadata = call.json("metadata", "invalid_metadata_format")
    if not metadata:
        return None
    if not isinstance(metadata, dict) or set(metadata) - {"event_type", "event_payload", "entities"}:
        raise SlackError("invalid_metadata_format")
    kind, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(kind, str) or not kind or not isinstance(payload, dict):
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(metadata)) > METADATA_LIMIT:
        raise SlackError("metadata_too_large")
    return metadata
