"""`vk.wall`: answers of wall.get and wall.getById (5.131 and 5.199): the posts in the answer's order."""

from crawlers.parsers.document import Doubts, Json, integer, moment
from crawlers.parsers.registry import Page, parser
from crawlers.parsers.vk_envelope import Answer, answer_of, asked_for, attachments, official_of, trimmed
from crawlers.parsers.vk_text import plain
from domain.posts import CrawledPost, Parsed, PostKind


@parser("vk.wall")
def parse_wall(page: Page) -> Parsed:
    doubts = Doubts()
    answer = answer_of(page.body, doubts)
    if answer is None:
        return doubts.nothing()
    official, asked_owner = official_of(page), asked_for(page.url)[0]
    posts: dict[str, CrawledPost] = {}
    for number, item in enumerate(answer.items):
        where = f"{answer.where}[{number}]"
        post = post_of(item, where, answer, official, asked_owner, doubts)
        if post and post.external_id in posts:
            doubts.skipped(where, f"{post.external_id} stands in the answer twice; the first was taken")
        elif post:
            posts[post.external_id] = post
    if answer.count is not None:
        doubts.count(answer.where, expected=answer.count, found=len(posts), reason="posts on the wall")
        if answer.count > len(answer.items):
            doubts.incomplete(
                answer.where, "the wall goes on beyond this page", expected=answer.count, found=len(posts)
            )
    return Parsed(tuple(posts.values()), tuple(doubts.found))


def post_of(
    item: Json, where: str, answer: Answer, official: frozenset[int], asked_owner: int | None, doubts: Doubts
) -> CrawledPost | None:
    """The post an item stands for; None, and a doubt, where it cannot be told from others."""
    if not isinstance(item, dict):
        doubts.skipped(where, "not an object")
        return None
    number = integer(item.get("id"))
    owner = integer(item.get("owner_id")) or asked_owner
    if not number or number < 0:
        doubts.skipped(f"{where}.id", "no id: the post cannot be told from others")
        return None
    if not owner:
        doubts.skipped(f"{where}.owner_id", "no owner: give the URL of the wall")
        return None
    author = integer(item.get("from_id"))
    published_at = moment(item.get("date"))
    is_deleted = item.get("deleted") is True
    text = item.get("text", "")
    if published_at is None:
        doubts.skipped(f"{where}.date", "no readable date: the post is kept without one")
    if not isinstance(text, str):
        doubts.skipped(f"{where}.text", "the text is not a string: the post is kept without it")
    return CrawledPost(
        kind=PostKind.POST,
        external_id=f"{owner}_{number}",
        author=answer.names.get(author) if author else None,
        author_id=str(author) if author else None,
        is_official=author is not None and ((author == owner and owner < 0) or author in official),
        text=plain(text) if isinstance(text, str) and not is_deleted else "",
        published_at=published_at,
        edited_at=moment(item.get("edited")),
        deleted=is_deleted,
        attachments=attachments(item),
        url=f"https://vk.com/wall{owner}_{number}",
        raw=trimmed(item),
    )
