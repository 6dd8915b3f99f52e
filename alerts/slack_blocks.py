"""A message as Block Kit, within Slack's limits and with nothing in it that Slack could take for markup.

Strangers' words stand only in rich_text elements, which Slack shows as they are: no bold, no mention, no link
comes out of them. The fallback `text` is read as markup, so it is escaped.
Limits: https://docs.slack.dev/reference/block-kit/blocks; the total was reported as about 13,200 characters
of JSON (slackapi/bolt-js issue 2509), and is counted here as the SDK sends it, with non-ASCII escaped.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from domain.excerpts import cut, readable
from domain.messages import Button, Item, Message, sign

Block = dict[str, Any]  # JSON in the shape Slack documents

HEADER_LIMIT = 150
URL_LIMIT = 3000
TOTAL_LIMIT = 10_000
#: Escaping may make five characters of one, and a message of over 4,000 cannot be edited.
TEXT_LIMIT = 700
_BUTTON_LIMIT, _CONTEXT_LIMIT, _PART_LIMIT = 75, 500, 600


def blocks(message: Message) -> list[Block]:
    """The message's blocks, shortened until they fit."""
    for version in _shorter_and_shorter(message):
        built = _build(version)
        if len(json.dumps(built)) <= TOTAL_LIMIT:
            break
    return built


def fallback(message: Message) -> str:
    """What notifications show; escaped, since Slack reads it as markup."""
    words = f"{sign(message.tone)} {message.subject}"
    return escaped(cut(f"{words}. {message.essence}" if message.essence else words, TEXT_LIMIT))


def reply_blocks(text: str) -> list[Block]:
    """A line in a thread, its quoted words safe."""
    return [_rich([_section(_text(cut(readable(text), 3 * _PART_LIMIT)))])]


def escaped(text: str) -> str:
    """Text in which Slack finds no mention, link or broadcast, and hardly any emphasis."""
    text = readable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # A word joiner keeps the sign and breaks what it would begin: emphasis, code, @here, :emoji:.
    for mark in "*_~`@:":
        text = text.replace(mark, f"{mark}\u2060")
    return text


def _shorter_and_shorter(message: Message) -> Iterator[Message]:
    """The message, then ever shorter versions; the last one fits whatever it is made of."""
    yield message
    for limit in (400, 200, 100, 50, 25):
        yield replace(
            message,
            subject=cut(message.subject, max(limit, 100)),
            essence=cut(message.essence, limit),
            quote=cut(message.quote, limit),
            facts=tuple(cut(fact, limit) for fact in message.facts[:6]),
            items=tuple(
                Item(cut(i.text, limit), cut(i.note, limit), _short(i.url)) for i in message.items[:3]
            ),
            question=cut(message.question, limit),
            url=_short(message.url),
            footnote=cut(message.footnote, limit),
        )


def _short(url: str | None) -> str | None:
    return url if url and len(url) <= 500 else None


def _build(message: Message) -> list[Block]:
    parts: list[Block] = []
    if message.essence:
        parts.append(_section(_text(cut(message.essence, _PART_LIMIT), is_bold=True)))
    if message.quote:
        parts.append({"type": "rich_text_quote", "elements": [_text(message.quote)]})
    parts += [_section(_text(cut(fact, _PART_LIMIT))) for fact in message.facts]
    if message.items:
        lines = [
            _section(
                _text(f"{cut(i.text, _PART_LIMIT)} ({cut(i.note, _PART_LIMIT)}) "), *_link(i.url, "Открыть")
            )
            for i in message.items
        ]
        parts.append({"type": "rich_text_list", "style": "bullet", "elements": lines})
    if link := _link(message.url):
        parts.append(_section(*link))
    if message.question:
        parts.append(_section(_text(cut(message.question, _PART_LIMIT), is_bold=True)))
    built: list[Block] = [
        {"type": "header", "text": _plain(f"{sign(message.tone)} {message.subject}", HEADER_LIMIT)}
    ]
    built += [_rich(parts)] if parts else []
    if message.buttons:
        built.append({"type": "actions", "elements": [_button(message, b) for b in message.buttons]})
    if message.footnote:
        built.append({"type": "context", "elements": [_plain(message.footnote, _CONTEXT_LIMIT)]})
    return built


def _button(message: Message, button: Button) -> Block:
    return {
        "type": "button",
        "text": _plain(button.label, _BUTTON_LIMIT),
        "action_id": f"otklik:{button.verb.value}",
        "value": str(message.alert_id),
    } | ({"style": "primary"} if button.is_main else {})


def _plain(text: str, limit: int) -> Block:
    # Slack does not parse plain text; angle brackets are swapped all the same: elsewhere it would.
    text = readable(text).replace("<", "‹").replace(">", "›").replace("\n", " ")
    return {"type": "plain_text", "text": cut(text, limit) or "—", "emoji": False}


def _rich(elements: list[Block]) -> Block:
    return {"type": "rich_text", "elements": elements}


def _section(*elements: Block) -> Block:
    return {"type": "rich_text_section", "elements": list(elements)}


def _text(text: str, *, is_bold: bool = False) -> Block:
    part: Block = {"type": "text", "text": readable(text) or "—"}
    return part | ({"style": {"bold": True}} if is_bold else {})


def _link(url: str | None, words: str = "Открыть обсуждение") -> list[Block]:
    """A link that leads where it says: only to the web, and never longer than Slack takes."""
    if not url or len(url) > URL_LIMIT or any(c.isspace() for c in url):
        return []
    try:
        parts = urlsplit(url)
    except ValueError:
        return []
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return []
    return [{"type": "link", "url": url, "text": words}]
