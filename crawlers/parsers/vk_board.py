"""`vk.board`: answers of board.getComments (one topic) and board.getTopics (the list of topics).

Comments tell neither the community nor the topic: both are in the URL of the call or of the page. Whom a
comment answers is written into its text: `[id5:bp-77_3|Анна]` is the author of comment 3 of community 77.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from crawlers.parsers.document import Doubts, Json, integer, moment
from crawlers.parsers.formats.values import at
from crawlers.parsers.registry import Page, parser
from crawlers.parsers.vk_envelope import Answer, answer_of, attachments, official_of, trimmed
from crawlers.parsers.vk_text import addressee, plain
from domain.posts import CrawledPost, Parsed, PostKind

_TOPIC = re.compile(r"(?:topic|board)-?(\d{1,19})(?:_(\d{1,19}))?")
_REFERENCE = re.compile(r"\s*\[(?:id|club|public|event)\d{1,19}:bp-(\d{1,19})_(\d{1,19})\|")


@dataclass(frozen=True, slots=True)
class _Board:
    owner: int
    topic: int | None
    answer: Answer
    official: frozenset[int]
    #: a customer began the topic, as far as this answer shows
    is_customers: bool


@parser("vk.board")
def parse_board(page: Page) -> Parsed:
    doubts = Doubts()
    answer = answer_of(page.body, doubts)
    if answer is None:
        return doubts.nothing()
    group, topic = _asked_for(page.url)
    group = group or _only_group(answer)
    if group is None:
        if answer.items:
            doubts.skipped(answer.where, "nothing here tells whose board it is: give the URL of the topic")
        return doubts.nothing()
    board = _Board(-group, topic, answer, official_of(page) | {-group}, _is_customers(answer, page.url))
    posts: dict[str, CrawledPost] = {}
    for number, item in enumerate(answer.items):
        where = f"{answer.where}[{number}]"
        post = _post(item, where, board, posts, doubts)
        if post and post.external_id in posts:
            doubts.skipped(where, f"{post.external_id} stands in the answer twice; the first was taken")
        elif post:
            posts[post.external_id] = post
    if answer.count is not None:
        doubts.count(answer.where, expected=answer.count, found=len(posts), reason="posts on the board")
        if answer.count > len(answer.items):
            doubts.incomplete(
                answer.where, "the board goes on beyond this page", expected=answer.count, found=len(posts)
            )
    return Parsed(tuple(posts.values()), tuple(doubts.found))


def _asked_for(url: str | None) -> tuple[int | None, int | None]:
    if not url:
        return None, None
    try:
        query = parse_qs(urlsplit(url).query)
    except ValueError:
        query = {}
    group, topic = integer(at(query.get("group_id"), 0)), integer(at(query.get("topic_id"), 0))
    if group is None and (found := _TOPIC.search(url)):
        group, topic = int(found[1]), int(found[2]) if found[2] else None
    return abs(group) if group else None, topic


def _only_group(answer: Answer) -> int | None:
    """The community of an extended answer, where it names just one."""
    groups = [number for number in answer.names if number < 0]
    return -groups[0] if len(groups) == 1 else None


def _is_customers(answer: Answer, url: str | None) -> bool:
    """Whether the topic's first comment is here and a user wrote it: then the company speaks to that user."""
    first = at(answer.items, 0)
    is_start = not integer(at(first, "real_offset")) and "offset=" not in (url or "").replace("offset=0", "")
    author = integer(at(first, "from_id"))
    return is_start and author is not None and author > 0


def _post(
    item: Json, where: str, board: _Board, before: dict[str, CrawledPost], doubts: Doubts
) -> CrawledPost | None:
    if not isinstance(item, dict):
        doubts.skipped(where, "not an object")
        return None
    number = integer(item.get("id"))
    if not number or number < 0:
        doubts.skipped(f"{where}.id", "no id: the post cannot be told from others")
        return None
    if "title" in item and "text" not in item:
        return _topic(item, where, number, board, doubts)
    published_at, text = moment(item.get("date")), item.get("text", "")
    if published_at is None:
        doubts.skipped(f"{where}.date", "no readable date: the comment is kept without one")
    if not isinstance(text, str):
        doubts.skipped(f"{where}.text", "the text is not a string: kept without it")
        text = ""
    author = integer(item.get("from_id"))
    is_official = author in board.official
    root = f"{board.owner}_{board.topic}" if board.topic else None
    said_to = _said_to(text, board)
    speaks = is_official and _speaks_to_customer(text, said_to, board, before)
    is_deleted = item.get("deleted") is True
    url = f"https://vk.com/topic{board.owner}_{board.topic}?post={number}" if board.topic else None
    return CrawledPost(
        kind=PostKind.ANSWER if speaks else PostKind.COMMENT,
        external_id=f"{board.owner}_{number}",
        parent_id=root,
        root_id=root,
        reply_to=said_to,
        author=board.answer.names.get(author) if author else None,
        author_id=str(author) if author else None,
        is_official=is_official,
        text="" if is_deleted else plain(text),
        published_at=published_at,
        deleted=is_deleted,
        attachments=attachments(item),
        url=url,
        raw=trimmed(item),
    )


def _said_to(text: str, board: _Board) -> str | None:
    found = _REFERENCE.match(text)
    return f"{board.owner}_{found[2]}" if found and int(found[1]) == -board.owner else None


def _speaks_to_customer(
    text: str, said_to: str | None, board: _Board, before: dict[str, CrawledPost]
) -> bool:
    if said_to in before and said_to is not None:
        return not before[said_to].is_official
    named = addressee(text)
    if named:
        return named not in board.official
    return board.is_customers and bool(before)


def _topic(item: dict[str, Json], where: str, number: int, board: _Board, doubts: Doubts) -> CrawledPost:
    author, published_at = integer(item.get("created_by")), moment(item.get("created"))
    if published_at is None:
        doubts.skipped(f"{where}.created", "no readable date: the topic is kept without one")
    title, opening = (
        item.get(key) if isinstance(item.get(key), str) else "" for key in ("title", "first_comment")
    )
    counts = {
        key: n for key in ("comments", "is_closed", "is_fixed") if (n := integer(item.get(key))) is not None
    }
    return CrawledPost(
        kind=PostKind.POST,
        external_id=f"{board.owner}_{number}",
        author=board.answer.names.get(author) if author else None,
        author_id=str(author) if author else None,
        is_official=author in board.official,
        text=plain("\n\n".join(part for part in (title, opening) if part)),
        published_at=published_at,
        url=f"https://vk.com/topic{board.owner}_{number}",
        raw=trimmed(item) | counts,
    )
