"""newsfeed.search."""

from __future__ import annotations

import re

from demo.vk.items import Json, Post, unix
from demo.vk.params import Call
from demo.vk.wall_methods import post_people, show_posts

PAGE, MOST_PAGE, MOST_RESULTS = 30, 200, 1000
DAY = 24 * 60 * 60
START_FROM = re.compile(r"(\d+)/(-?\d+)_(\d+)")


def search(call: Call) -> Json:
    """Posts with all the words, newest first; beyond the first 1000 there is no page.

    `next_from` is `<offset>/<owner>_<post>` of the last post shown: the next page goes on after that post,
    even if newer ones came meanwhile.
    """
    now = unix(call.town.now())
    start, end = call.integer("start_time", now - DAY), call.integer("end_time", now)
    found = call.town.index.find(call.text("q"), start, end)
    reachable = found[:MOST_RESULTS]
    offset = _offset(call.text("start_from"), reachable)
    page = reachable[offset : offset + call.bounded("count", PAGE, 0, MOST_PAGE)]
    answer: Json = {"items": show_posts(call, page), "count": len(reachable), "total_count": len(found)}
    after = offset + len(page)
    if page and after < len(reachable):
        answer["next_from"] = f"{after}/{page[-1].owner_id}_{page[-1].id}"
    return answer | post_people(call, page)


def _offset(start_from: str, found: list[Post]) -> int:
    match = START_FROM.fullmatch(start_from)
    if match is None:
        return 0
    said, owner_id, post_id = int(match[1]), int(match[2]), int(match[3])
    for place, post in enumerate(found):
        if (post.owner_id, post.id) == (owner_id, post_id):
            return place + 1
    return said
