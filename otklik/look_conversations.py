"""`otklik conversations`: the conversations in one saved response, one JSON object a line."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TextIO

from domain.conversations import Conversation, Rules
from domain.policy import Calendar, Policy
from domain.posts import CrawledPost, Parsed, PostKind
from domain.quality import judge
from domain.reading import derive
from domain.threads import Said
from domain.verdicts import Appeal, Classifier, SourceKind, Text
from domain.vices import Finding
from otklik.look_parse import REFUSED, diagnostic_line, status

#: a parser that was told already of which kind the response is
Parse = Callable[[bytes], Parsed]

#: "now" of a response without a single date
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
_SOURCE_KINDS = {PostKind.POST: SourceKind.POST, PostKind.REVIEW: SourceKind.REVIEW}


def run(
    parse: Parse,
    classifier: Classifier,
    body: bytes,
    *,
    at: datetime | None,
    official: Collection[str],
    out: TextIO,
    err: TextIO,
) -> int:
    """Print the conversations to `out` and what could not be seen to `err`; returns the exit status.

    `at` is "now", by default the newest time in the response; what was published later is left out.
    0 complete, 3 something was skipped or incomplete, 4 the answer is a refusal.
    """
    parsed = parse(body)
    for diagnostic in parsed.diagnostics:
        err.write(json.dumps(diagnostic_line(diagnostic), ensure_ascii=False) + "\n")
    if (code := status(parsed)) == REFUSED:
        return code
    posts = parsed.posts
    newest = max((post.published_at for post in posts if post.published_at), default=_NO_TIME)
    now = at or newest
    posts = tuple(p for p in posts if p.published_at is None or p.published_at <= now)
    unseen = _cut(posts, is_complete=parsed.is_complete)
    appeals = _appeals(posts, classifier)
    found: list[tuple[str, Conversation]] = []
    for root, thread in _threads(posts).items():
        said = [_said(p, n, appeals, now, official) for n, p in thread]
        found += [(root, talk) for talk in _derive(said, unseen, now)]
    found.sort(key=lambda pair: pair[1].opening.id)
    findings = judge([talk for _, talk in found], Policy())
    for root, talk in found:
        line = _line(root, talk, findings, checked=_is_whole(talk, unseen))
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
    return code


def _derive(said: Sequence[Said], unseen: set[str], now: datetime) -> list[Conversation]:
    """Conversations of one thread; silence and broken promises only where all replies are here."""
    rules = Rules(policy=Policy(), calendar=Calendar(), now=now, checked_at=now)
    cut = {talk.customer: talk for talk in derive(said, replace(rules, checked_at=None))}
    return [talk if _is_whole(talk, unseen) else cut[talk.customer] for talk in derive(said, rules)]


def _is_whole(talk: Conversation, unseen: set[str]) -> bool:
    return talk.is_checkable and not unseen & {post.external_id for post in talk.posts}


def _threads(posts: Sequence[CrawledPost]) -> dict[str, list[tuple[int, CrawledPost]]]:
    """Posts by the root they hang under, numbered as in the response."""
    out: dict[str, list[tuple[int, CrawledPost]]] = {}
    for number, post in enumerate(posts):
        out.setdefault(post.thread_id, []).append((number, post))
    return out


def _cut(posts: Sequence[CrawledPost], *, is_complete: bool) -> set[str]:
    """Posts below which the response holds, or may hold, back replies, and what stands below them."""
    above = {post.external_id: post.parent_id for post in posts}
    below = Counter(post.parent_id for post in posts)
    cut = {p.external_id for p in posts if _says_more(p, below) or (not is_complete and _may_have_more(p))}
    return cut | {post for post, parent in above.items() if parent in cut}


def _says_more(post: CrawledPost, below: Mapping[str | None, int]) -> bool:
    """The source counts more replies than stand here."""
    count = _count(post)
    return count is not None and count > below[post.external_id]


def _may_have_more(post: CrawledPost) -> bool:
    """A comment whose replies the source lists beside it, not below it: another page may hold them."""
    return _count(post) is None and post.parent_id == post.root_id and post.kind is not PostKind.REVIEW


def _count(post: CrawledPost) -> int | None:
    for name in ("thread", "comments"):
        inner = post.raw.get(name)
        if isinstance(inner, dict) and isinstance(inner.get("count"), int):
            return int(inner["count"])
    return None


def _appeals(posts: Sequence[CrawledPost], classifier: Classifier) -> dict[str, Appeal]:
    asked = [post for post in posts if not post.is_official and post.text]
    texts = [Text(post.text, _SOURCE_KINDS.get(post.kind, SourceKind.COMMENT)) for post in asked]
    verdicts = classifier.classify(texts) if texts else []
    return {post.external_id: verdict.appeal for post, verdict in zip(asked, verdicts, strict=True)}


def _said(
    post: CrawledPost, number: int, appeals: Mapping[str, Appeal], now: datetime, official: Collection[str]
) -> Said:
    return Said(
        id=number,
        external_id=post.external_id,
        kind=post.kind,
        author=post.author_id,
        name=post.author,
        is_official=post.is_official or post.kind is PostKind.ANSWER or post.author_id in official,
        text=post.text,
        appeal=appeals.get(post.external_id, Appeal.NONE),
        parent=post.parent_id,
        reply_to=post.reply_to,
        published_at=post.published_at,
        first_seen_at=now,
        gone_at=now if post.deleted else None,
        attachments=post.attachments,
        answered=post.answered,
    )


def _line(
    root: str, talk: Conversation, findings: Mapping[str, Sequence[Finding]], *, checked: bool
) -> dict[str, Any]:
    return {
        "root_id": root,
        "customer": talk.customer,
        "state": talk.state.value,
        "turn": talk.turn.value,
        "checked": checked,
        "opened_at": _iso(talk.opened_at),
        "first_answer_at": _iso(talk.first_answer_at),
        "last_word_by": talk.last_word_by.value,
        "posts": [post.external_id for post in talk.posts],
        "answers": [
            {
                "id": answer.id,
                "vices": [
                    {"code": f.code.value, "evidence": f.evidence} for f in findings.get(answer.id, ())
                ],
            }
            for answer in talk.answers
        ],
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
