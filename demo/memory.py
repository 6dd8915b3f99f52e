"""The town's Slack remembers: its messages, kept in a file, so that a restart does not empty the channels."""

import dataclasses
import json
import os
from pathlib import Path

from demo.slack import Message, SlackTown


def keep(workspace: SlackTown, file: Path) -> None:
    """Write all messages; the file is replaced whole, so a kill leaves the old one or the new one."""
    messages = [dataclasses.asdict(m) for m in workspace.all_messages()]
    half = file.with_suffix(".half")
    half.write_text(json.dumps(messages, ensure_ascii=False), "utf-8")
    os.replace(half, file)


def restore(workspace: SlackTown, file: Path) -> None:
    """Take the messages back; an absent or broken file means an empty workspace."""
    try:
        messages = [Message(**fields) for fields in json.loads(file.read_text("utf-8"))]
    except (OSError, ValueError, TypeError):
        return
    workspace.take_back(messages)
