"""`vk.event`: what the Callback API sends, or the updates of a Bots Long Poll: one event or a list of
them.

An event tells no names. Deletions come without author and words, as placeholders. Private messages are not
read.
"""

from collections.abc import Iterator

from crawlers.parsers.document import Doubts, Json, integer, json_of, moment
from crawlers.parsers.registry import Page, parser
from crawlers.parsers.vk_envelope import Answer, attachments, official_of, refusal, trimmed
from crawlers.parsers.vk_text import addressee, plain
from crawlers.parsers.vk_wall import post_of
from domain.posts import CrawledPost, Diagnostic, DiagnosticEvent, Parsed, PostKind

#: prefix of the event -> key of the owner, key of what the comment stands under, its page
_COMMENTS = {
    "wall_reply": ("post_owner_id", "post_id", "wall{root}?reply={id}"),
    "board_post": ("topic_owner_id", "topic_id", "topic{root}?post={id}"),
    "market_comment": ("market_owner_id", "item_id", "market?w=product{root}"),
    "photo_comment": ("photo_owner_id", "photo_id", "photo{root}?reply={id}"),
    "video_comment": ("video_owner_id", "video_id", "video{root}?reply={id}"),
}
_VERBS = ("new", "edit", "restore", "delete")
_POSTS = ("wall_post_new", "wall_post_edit", "wall_repost")


@parser("vk.event")
def parse_event(page: Page) -> Parsed:
    doubts = Doubts()
    document = json_of(page.body, doubts)
    if document is None or (isinstance(document, dict) and refusal(document, doubts)):
        return doubts.nothing()
    posts: dict[str, CrawledPost] = {}
    heard = 0
    for event, where in _events(document, doubts):
        heard += 1
        post = _post(event, where, official_of(page), doubts)
        if post is not None:
            posts.pop(post.external_id, None)  # of several events about one post the last is its state
            posts[post.external_id] = post
    if heard and not posts and not doubts.found:
        reason = "the event carries no post"
        doubts.found.append(Diagnostic(event=DiagnosticEvent.COUNT, expected=0, found=0, reason=reason))
    return Parsed(tuple(posts.values()), tuple(doubts.found))


def _events(document: Json, doubts: Doubts) -> Iterator[tuple[dict[str, Json], str]]:
    listed, where = document, ""
    if isinstance(document, dict) and "updates" in document:
        listed, where = document["updates"], "updates"
    elif isinstance(document, dict) and "failed" in document:
        doubts.refused("failed", f"Long Poll wants a new start: failed {integer(document['failed'])}")
        return
    if isinstance(listed, dict):
        yield listed, ""
        return
    if not isinstance(listed, list):
        doubts.incomplete(where, "there is no event here: not what VK sends")
        return
    for number, event in enumerate(listed):
        if isinstance(event, dict):
            yield event, f"{where}[{number}]."
        else:
            doubts.skipped(f"{where}[{number}]", "not an object")


def _post(event: dict[str, Json], where: str, official: frozenset[int], doubts: Doubts) -> CrawledPost | None:
    kind, inner = event.get("type"), event.get("object")
    if not isinstance(kind, str):
        doubts.incomplete(f"{where}type", "no type of event: not what VK sends")
        return None
    prefix, _, verb = kind.rpartition("_")
    if kind not in _POSTS and (prefix not in _COMMENTS or verb not in _VERBS):
        return None
    if not isinstance(inner, dict):
        doubts.skipped(f"{where}object", "not an object")
        return None
    group = integer(event.get("group_id"))
    speakers = official | ({-group} if group and group > 0 else set())
    if kind in _POSTS:
        return post_of(inner, f"{where}object", Answer([], ""), speakers, -group if group else None, doubts)
    return _comment(inner, f"{where}object", prefix, verb, group, speakers, doubts)


def _comment(
    item: dict[str, Json],
    where: str,
    prefix: str,
    verb: str,
    group: int | None,
    official: frozenset[int],
    doubts: Doubts,
) -> CrawledPost | None:
    owner_key, root_key, address = _COMMENTS[prefix]
    number, under = integer(item.get("id")), integer(item.get(root_key))
    owner = integer(item.get(owner_key)) or integer(item.get("owner_id")) or (-group if group else None)
    if not number or number < 0 or not owner:
        doubts.skipped(f"{where}.id", "no id or no owner: the comment cannot be told from others")
        return None
    is_deleted = verb == "delete"
    published_at, text = moment(item.get("date")), item.get("text", "")
    if published_at is None and not is_deleted:
        doubts.skipped(f"{where}.date", "no readable date: the comment is kept without one")
    if not isinstance(text, str):
        doubts.skipped(f"{where}.text", "the text is not a string: kept without it")
        text = ""
    # In photo_comment_delete user_id is the author; deleter_id is whoever removed it.
    author = integer(item.get("user_id") if is_deleted else item.get("from_id"))
    root = f"{owner}_{under}" if under else None
    top = _first(item.get("parents_stack"))
    said_to = integer(item.get("reply_to_comment"))
    is_official = author in official
    named = integer(item.get("reply_to_user")) or addressee(text)
    speaks = is_official and (named not in official if named else bool(said_to or top))
    return CrawledPost(
        kind=PostKind.ANSWER if speaks else PostKind.COMMENT,
        external_id=f"{owner}_{number}",
        parent_id=f"{owner}_{top}" if top else root,
        root_id=root,
        reply_to=f"{owner}_{said_to}" if said_to else None,
        author_id=str(author) if author else None,
        is_official=is_official,
        text="" if is_deleted else plain(text),
        published_at=published_at,
        deleted=is_deleted,
        attachments=attachments(item),
        url=f"https://vk.com/{address.format(root=root, id=number)}" if root else None,
        raw=trimmed(item) | {"event": f"{prefix}_{verb}"},
    )


def _first(stack: Json) -> int | None:
    return integer(stack[0]) if isinstance(stack, list) and stack else None
