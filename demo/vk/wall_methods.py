"""wall.get, wall.getById, wall.createComment."""

from __future__ import annotations

import re

from demo.vk import shapes
from demo.vk.errors import VkError, bad_parameter
from demo.vk.items import Comment, Community, Json, Post, User
from demo.vk.limits import TokenKind
from demo.vk.params import Call
from demo.vk.wall import Wall

WALL_FILTERS = ("all", "owner", "others", "donut", "postponed", "suggests", "archived")
FOR_EDITORS = {"postponed", "suggests", "archived"}
PAGE, MOST_POSTS = 20, 100
# From memory: since about this version the methods that answered with a list answer with an object.
OBJECTS_SINCE = (5, 139)
POST_NAME = re.compile(r"(-?\d+)_(\d+)(?:_\w+)?")
ATTACHMENT_NAME = re.compile(r"([a-z_]+?)(-?\d+)_(\d+)(?:_\w+)?")


def readable_wall(call: Call, owner_id: int) -> Wall:
    """The wall, or VK's refusal in the words that real clients have met."""
    owner = call.town.directory.owner(owner_id)
    if owner is None:
        raise VkError(15, "wall is disabled") if owner_id < 0 else VkError(113)
    if isinstance(owner, User):
        if owner.deactivated:
            raise VkError(18)
        if owner.is_closed and call.token.owner_id != owner_id:
            raise VkError(30)
    elif owner.deactivated:
        raise VkError(15, "group is blocked")
    elif owner.is_wall_disabled:
        raise VkError(15, "wall is disabled")
    elif owner.is_closed and not _speaks_for(call, owner):
        raise VkError(15, "this wall available only for community members")
    return call.town.wall(owner_id)


def _speaks_for(call: Call, community: Community) -> bool:
    return call.token.owner_id == -community.id or community.id in call.token.admin_of


def readable_post(call: Call, owner_id: int, post_id: int) -> tuple[Wall, Post]:
    wall = readable_wall(call, owner_id)
    post = wall.visible_post(post_id)
    if post is None or post.is_hidden:
        raise VkError(15, "post was not found check post_id param")
    return wall, post


def post_people(call: Call, posts: list[Post]) -> Json:
    """The `profiles` and `groups` of extended=1; nothing without it."""
    if not call.flag("extended"):
        return {}
    ids = [
        owner_id
        for post in posts
        for owner_id in (post.owner_id, post.from_id, post.extra.get("signer_id", 0))
    ]
    return shapes.people(call.town, ids, call.listed("fields"))


def show_posts(call: Call, posts: list[Post]) -> list[Json]:
    return [shapes.post(it, is_pinned=call.town.wall(it.owner_id).pinned is it) for it in posts]


def _whose(call: Call) -> int:
    if call.text("owner_id"):
        return call.integer("owner_id")
    if call.text("domain"):
        owner_id = call.town.directory.resolve(call.text("domain"))
        if owner_id is None:
            raise bad_parameter("owner_id is undefined")
        return owner_id
    if call.token.kind is TokenKind.USER:
        return call.token.owner_id
    raise bad_parameter("owner_id is undefined")


def get(call: Call) -> Json:
    wall = readable_wall(call, _whose(call))
    which = call.choice("filter", WALL_FILTERS)
    offset, count = call.bounded("offset", 0, 0, 2**31), call.capped("count", PAGE, MOST_POSTS)
    if which in FOR_EDITORS:
        raise VkError(15, "user should be group editor")
    if which == "donut":
        return {"count": 0, "items": []} | post_people(call, [])
    posts = [post for post in wall.page(which, offset, count) if not post.is_hidden]
    return {"count": wall.count(which), "items": show_posts(call, posts)} | post_people(call, posts)


def get_by_id(call: Call) -> Json | list[Json]:
    """Posts that cannot be seen are left out without a word."""
    call.required("posts")
    found: list[Post] = []
    for name in call.listed("posts")[:MOST_POSTS]:
        match = POST_NAME.fullmatch(name)
        if match is None:
            raise bad_parameter("posts is invalid")
        try:
            found.append(readable_post(call, int(match[1]), int(match[2]))[1])
        except VkError:
            continue
    items = show_posts(call, found)
    people = post_people(call, found)
    return items if call.version < OBJECTS_SINCE and not people else {"items": items} | people


def create_comment(call: Call) -> Json:
    """Repeated with the same `guid`, it answers with the comment it made the first time."""
    owner_id = call.integer("owner_id", call.token.owner_id)
    wall, post = readable_post(call, owner_id, call.integer("post_id"))
    if post.is_closed:
        raise VkError(213)
    key = (call.token.secret, owner_id, post.id, call.text("guid"))
    if key[3] and key in call.town.guids:
        return _created(wall, call.town.guids[key])
    author, said_to = _author(call), _said_to(call, wall, post)
    attachments: list[str | Json] = [_attachment(name) for name in call.listed("attachments")]
    attachments += ["sticker"] if call.integer("sticker_id", 0) else []
    if not call.text("message") and not attachments:
        raise bad_parameter("message is undefined")
    comment_id = call.town.add_comment(
        owner_id, post.id, author, call.text("message"), attachments=attachments, reply_to=said_to
    )
    call.town.settle()
    if key[3]:
        call.town.guids[key] = comment_id
    return _created(wall, comment_id)


def _created(wall: Wall, comment_id: int) -> Json:
    return {"comment_id": comment_id, "parents_stack": list(wall.comments[comment_id].parents)}


def _author(call: Call) -> int:
    """A community token speaks for its community; a user for himself, or with from_group for one he edits."""
    group_id = call.bounded("from_group", 0, 0, 2**31)
    if call.token.kind is TokenKind.COMMUNITY:
        if group_id and -group_id != call.token.owner_id:
            raise VkError(15, "user should be group editor")
        return call.token.owner_id
    if group_id and group_id not in call.token.admin_of:
        raise VkError(15, "user should be group editor")
    return -group_id or call.token.owner_id


def _said_to(call: Call, wall: Wall, post: Post) -> int | None:
    comment_id = call.integer("reply_to_comment", 0)
    if not comment_id:
        return None
    comment: Comment | None = wall.visible_comment(comment_id)
    if comment is None or comment.is_deleted or comment.post_id != post.id:
        raise bad_parameter("reply_to_comment is invalid")
    return comment.id


def _attachment(name: str) -> str:
    """`photo1_2` becomes a photo; a kind we do not draw is refused."""
    match = ATTACHMENT_NAME.fullmatch(name)
    if match is None or match[1] not in shapes.ATTACHMENT_KINDS:
        raise bad_parameter("attachments is invalid")
    return match[1]
