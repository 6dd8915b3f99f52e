"""A rich_text block as safe HTML (https://docs.slack.dev/reference/block-kit/blocks/rich-text-block)."""

from collections.abc import Iterable

from markupsafe import Markup, escape

from .emoji import emoji
from .mrkdwn import Names, link, mention
from .records import Json

_STYLES = {
    "bold": Markup("<b>{}</b>"), "italic": Markup("<i>{}</i>"), "strike": Markup("<s>{}</s>"),
    "code": Markup("<code>{}</code>"),
}  # fmt: skip
_WRAPS = {
    "rich_text_quote": Markup("<blockquote>{}</blockquote>"),
    "rich_text_preformatted": Markup("<pre>{}</pre>"),
}
_PLAIN, _ORDERED, _BULLETED = Markup("<div>{}</div>"), Markup("<ol>{}</ol>"), Markup("<ul>{}</ul>")


def rich_text(block: Json, names: Names) -> Markup:
    return _all(block.get("elements", []), names)


def _all(parts: Iterable[Json], names: Names) -> Markup:
    return Markup("").join(_part(part, names) for part in parts)


def _part(part: Json, names: Names) -> Markup:
    kind = str(part.get("type", ""))
    if kind == "rich_text_list":
        items = Markup("").join(Markup("<li>{}</li>").format(_part(e, names)) for e in part["elements"])
        return (_ORDERED if part.get("style") == "ordered" else _BULLETED).format(items)
    if "elements" in part:
        return _WRAPS.get(kind, _PLAIN).format(_all(part["elements"], names))
    return _styled(_leaf(part, kind, names), part.get("style"))


def _leaf(part: Json, kind: str, names: Names) -> Markup:
    if kind == "link":
        return link(str(part.get("url", "")), str(part.get("text") or part.get("url", "")))
    if kind == "emoji":
        return escape(emoji(str(part.get("name", ""))))
    if kind == "user":
        return mention(names(str(part.get("user_id"))) or str(part.get("user_id")))
    if kind == "broadcast":
        return mention(str(part.get("range")), is_broadcast=True)
    return Markup("<br>").join(str(part.get("text", "")).split("\n"))


def _styled(html: Markup, style: object) -> Markup:
    for name, wrap in _STYLES.items():
        if isinstance(style, dict) and style.get(name):
            html = wrap.format(html)
    return html
