"""Slack's mrkdwn as safe HTML (https://docs.slack.dev/messaging/formatting-message-text).

Whatever is not markup is escaped; a link goes only to a scheme Slack knows. Broadcasts (`<!channel>`)
get a loud class of their own, so that one leaked from a customer's text is noticed.
"""

import re
from collections.abc import Callable

from markupsafe import Markup, escape

from .emoji import EMOJI

#: Gives the visible name of a user or channel id, or None.
Names = Callable[[str], str | None]

#: A bare address ends before punctuation and before an escaped bracket.
_ADDRESS = r"https?://(?:(?!&[lg]t;)[^\s<>|`])+(?<![.,;:!?)\]])"
_TOKEN = re.compile(rf"`([^`\n]+)`|<([^<>\n]+)>|({_ADDRESS})|:([a-z0-9_+\-]+):")
_MARKS = [
    (re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]*[^\s*])\*(?![\w*])"), r"<b>\1</b>"),
    (re.compile(r"(?<![\w_])_(?=[^\s_])([^_\n]*[^\s_])_(?![\w_])"), r"<i>\1</i>"),
    (re.compile(r"(?<![\w~])~(?=[^\s~])([^~\n]*[^\s~])~(?![\w~])"), r"<s>\1</s>"),
]
#: Stand-ins for finished pieces while marks are looked for; taken out of the text first.
_OPEN, _CLOSE = "\ue000", "\ue001"
_PIECE = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_QUOTE = re.compile(r"^(?:&gt;|>) ?")
_SCHEMES = ("http://", "https://", "mailto:", "tel:", "slack://")


def mrkdwn(text: str, names: Names) -> Markup:
    """A whole text: code blocks, quotes, lines."""
    clean = text.replace(_OPEN, "").replace(_CLOSE, "").replace("\r\n", "\n")
    parts: list[Markup] = []
    for i, part in enumerate(re.split(r"```(.+?)```", clean, flags=re.DOTALL)):
        if i % 2:
            parts.append(Markup("<pre>{}</pre>").format(entities(part.strip("\n"))))
        else:
            parts.append(_lines(part.strip("\n") if i else part, names))
    return Markup("").join(parts)


def plain(text: str) -> Markup:
    """A plain_text object: emoji are drawn, nothing else is."""
    pieces = re.split(r":([a-z0-9_+\-]+):", entities(text))
    shown = "".join(EMOJI.get(piece, f":{piece}:") if i % 2 else piece for i, piece in enumerate(pieces))
    return _breaks(shown)


def entities(text: str) -> str:
    """Undo the three entities of Slack's escaping, and only these."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def mention(name: str, *, is_broadcast: bool = False) -> Markup:
    kind = "mention broadcast" if is_broadcast else "mention"
    return Markup('<span class="{}">@{}</span>').format(kind, name)


def link(address: str, label: str) -> Markup:
    if not address.startswith(_SCHEMES):
        return escape(label)
    opened = Markup('<a href="{}" rel="noopener noreferrer" target="_blank">').format(address)
    return opened + label + Markup("</a>")


def _lines(text: str, names: Names) -> Markup:
    """Lines after `>` are one quote; after `>>>` the rest of the text is."""
    html, quote = Markup(""), list[str]()
    plain_lines: list[str] = []
    rest_is_quote = False

    def flush() -> Markup:
        out = _inline("\n".join(plain_lines), names) if plain_lines else Markup("")
        if quote:
            out += Markup("<blockquote>{}</blockquote>").format(_inline("\n".join(quote), names))
        plain_lines.clear()
        quote.clear()
        return out

    for line in text.split("\n"):
        if not rest_is_quote and re.match(r"(?:&gt;|>){3}", line):
            rest_is_quote, line = True, re.sub(r"^(?:&gt;|>){3} ?", "", line)
        elif not rest_is_quote and not _QUOTE.match(line):
            html += flush() if quote else Markup("")
            plain_lines.append(line)
            continue
        quote.append(line if rest_is_quote else _QUOTE.sub("", line))
    return html + flush()


def _inline(text: str, names: Names) -> Markup:
    pieces: list[Markup] = []

    def keep(match: re.Match[str]) -> str:
        pieces.append(_piece(match, names))
        return f"{_OPEN}{len(pieces) - 1}{_CLOSE}"

    html = str(escape(entities(_TOKEN.sub(keep, text))))
    for pattern, replacement in _MARKS:
        html = pattern.sub(replacement, html)
    html = html.replace("\n", "<br>")
    return Markup(_PIECE.sub(lambda match: str(pieces[int(match[1])]), html))  # noqa: S704 - escaped above


def _piece(match: re.Match[str], names: Names) -> Markup:
    code, angle, bare, name = match.groups()
    if code is not None:
        return Markup("<code>{}</code>").format(entities(code))
    if angle is not None:
        return _angle(entities(angle), names)
    if bare is not None:
        return link(entities(bare), entities(bare))
    return escape(EMOJI.get(name, f":{name}:"))


def _angle(inside: str, names: Names) -> Markup:
    """What stands between angle brackets: a mention, a date, a link, or nothing Slack knows."""
    target, _, label = inside.partition("|")
    if target in {"!channel", "!here", "!everyone"}:
        return mention(target[1:], is_broadcast=True)
    if target.startswith("!subteam^"):
        return mention((label or target.removeprefix("!subteam^")).removeprefix("@"), is_broadcast=True)
    if target.startswith("!date^"):
        return escape(label or target)
    if target.startswith("@"):
        return mention(names(target[1:]) or label or target[1:])
    if target.startswith("#"):
        return Markup('<span class="mention">#{}</span>').format(names(target[1:]) or label or target[1:])
    if target.startswith(_SCHEMES):
        return link(target, label or target.removeprefix("mailto:"))
    return escape(f"<{inside}>")


def _breaks(text: str) -> Markup:
    return Markup("<br>").join(text.split("\n"))
