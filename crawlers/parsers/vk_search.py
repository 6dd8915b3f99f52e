"""`vk.search`: answers of newsfeed.search and wall.search: other people's posts that name the brand.

Posts of many walls: being the wall's own community makes nobody official here, only `--official` does.
Wall.search and old answers hold comments, too (post_type "reply"). Comments below the posts are not searched.
"""

from dataclasses import replace

from crawlers.parsers.document import Doubts, integer, json_of
from crawlers.parsers.formats.values import at, string
from crawlers.parsers.registry import Page, parser
from crawlers.parsers.vk_envelope import answer_of, official_of
from crawlers.parsers.vk_wall import post_of
from domain.posts import CrawledPost, Parsed, PostKind


@parser("vk.search")
def parse_search(page: Page) -> Parsed:
    doubts = Doubts()
    answer = answer_of(page.body, doubts)
    if answer is None:
        return doubts.nothing()
    official = official_of(page)
    posts: dict[str, CrawledPost] = {}
    for number, item in enumerate(answer.items):
        where = f"{answer.where}[{number}]"
        post = post_of(item, where, answer, official, None, doubts)
        if post and post.external_id in posts:
            doubts.skipped(where, f"{post.external_id} stands in the answer twice; the first was taken")
        elif post:
            is_official = post.author_id is not None and int(post.author_id) in official
            posts[post.external_id] = _as_said(replace(post, is_official=is_official), item)
    _tell_count(page, len(answer.items), len(posts), answer.where, doubts)
    return Parsed(tuple(posts.values()), tuple(doubts.found))


def _as_said(post: CrawledPost, item: object) -> CrawledPost:
    """A comment that search found, under its post."""
    root = integer(at(item, "post_id"))
    if at(item, "post_type") != "reply" or not root:
        return post
    owner = post.external_id.rpartition("_")[0]
    parent = f"{owner}_{root}"
    url = f"https://vk.com/wall{parent}?reply={post.external_id.rpartition('_')[2]}"
    return replace(post, kind=PostKind.COMMENT, parent_id=parent, root_id=parent, url=url)


def _tell_count(page: Page, listed: int, found: int, where: str, doubts: Doubts) -> None:
    """`count` stops at 1,000; `total_count` is all there is; `next_from` says that there is more."""
    document = json_of(page.body, Doubts())
    inner = at(document, "response") or document
    total = integer(at(inner, "total_count"))
    total = integer(at(inner, "count")) if total is None else total
    if total is not None:
        doubts.count(where, expected=total, found=found, reason="posts the search knows of")
    following = string(at(inner, "next_from"))
    if following or (total is not None and total > listed):
        reason = "the search goes on beyond this page"
        doubts.incomplete(
            where, f"{reason}: start_from" if following else reason, expected=total, found=found
        )
