"""One look at a VK community: new posts of the wall, then the threads that may have changed.

Safe to be killed at any moment: every page is stored as it comes, a thread counts as checked only when it
was read to the end, and the bookmark moves only after the whole run (by the caller, to the time the run
began). What a killed run has read, the next one need not read again.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

import structlog

from crawlers.look import Look
from crawlers.vk.client import VkClient
from crawlers.vk.community import owner_id_of
from crawlers.vk.pace import SharedPace
from crawlers.vk.pages import PAGE, VkPage, fetch_page, pages
from crawlers.vk.thread import WallPost, read_thread
from db import posts
from db.posts import ThreadLook
from domain.errors import AccessDenied, AuthExpired, Gone
from domain.posts import CrawledPost, Parsed
from domain.sources import CrawlOutcome

log = structlog.get_logger()

#: How far back the first look goes where the source's settings do not say.
HISTORY_DAYS = 30
#: Below the bookmark the wall is read so much further: posts appear late (delayed ones, moderated ones).
OVERLAP = timedelta(days=2)
#: Threads whose last word is younger are read each time: an edited comment changes no count.
FRESH = timedelta(days=3)
#: The counts of these are asked for each time, wherever on the wall they stand.
WATCHED = timedelta(days=14)
#: Others are read again after so long even if nothing seems to have changed.
RECHECK = timedelta(hours=6)
#: Threads asked for beside the wall's newest, at most; quiet ones take turns through the day.
WATCH_LIMIT, TURNS = 500, 288
#: Calls a run: at three a second well within the time-out of a look. The next run goes on.
CALLS = 1200


def crawl(look: Look) -> None:
    """Read the community of `look.source`; fills `look.run`. Raises our errors for what stops the run."""
    if look.settings.vk_token is None:
        raise AuthExpired("нет ключа доступа VK: задайте OTKLIK_VK_TOKEN (или OTKLIK_VK_TOKEN_FILE)")
    token = look.settings.vk_token.get_secret_value()
    pace = SharedPace(look.pool, token, clock=look.clock, sleep=look.sleep)
    client = VkClient(
        token, base_url=str(look.settings.vk_url), pace=pace, clock=look.clock, sleep=look.sleep
    )
    try:
        read_community(look, client)
    finally:
        look.run.asked = client.asked
        client.http.close()


def read_community(look: Look, client: VkClient) -> None:
    owner_id = owner_id_of(client, str(look.source.settings.get("community", "")))
    on_wall = _read_wall(look, client, owner_id)
    watched = _read_watched(look, client, {post.root for post in on_wall})
    _read_threads(look, client, on_wall + watched)


def _read_wall(look: Look, client: VkClient, owner_id: int) -> list[WallPost]:
    """Store the wall down to below the bookmark; the posts on it whose threads are our business."""
    floor = _floor(look)
    asked, found = {"owner_id": owner_id, "extended": 1}, dict[str, WallPost]()
    at = look.clock()
    url = f"https://vk.com/wall{owner_id}"
    for page in pages(client, "vk.wall", "wall.get", asked, url=url):
        wanted = _worth_keeping(look, page, floor)
        look.run.asked = client.asked
        look.save(Parsed(wanted, page.parsed.diagnostics), seen_at=at)
        found |= {post.external_id: WallPost.of(post, at) for post in wanted}
        if any(_is_below(post, floor) for post in page.parsed.posts):
            break
        at = look.clock()
    return list(found.values())


def _floor(look: Look) -> datetime:
    """The wall is read down to here. The setting `history_days` counts for the first look only."""
    if look.source.bookmark:
        return look.source.bookmark - OVERLAP
    return look.run.started_at - timedelta(days=int(look.source.settings.get("history_days", HISTORY_DAYS)))


def _worth_keeping(look: Look, page: VkPage, floor: datetime) -> tuple[CrawledPost, ...]:
    """New enough, pinned, or known to us: what is older was there before we came, and is left alone."""
    with look.transaction() as conn:
        known = posts.thread_looks(conn, look.source.id, [p.external_id for p in page.parsed.posts])
    return tuple(p for p in page.parsed.posts if not _is_below(p, floor) or p.external_id in known)


def _is_below(post: CrawledPost, floor: datetime) -> bool:
    """The pinned post stands first whatever its date: it tells nothing of where the page is."""
    return post.published_at is not None and post.published_at < floor and not post.raw.get("is_pinned")


def _read_watched(look: Look, client: VkClient, seen: set[str]) -> list[WallPost]:
    """Posts further down whose threads may live: a hundred a call tell their counts, and who is gone."""
    now = look.run.started_at
    turn = int(now.timestamp() // 300) % TURNS
    with look.transaction() as conn:
        roots = posts.threads_to_watch(
            conn, look.source.id, recent_since=now - WATCHED, limit=WATCH_LIMIT, turn=turn, turns=TURNS
        )
    found: list[WallPost] = []
    for group in _groups([root for root in roots if root not in seen]):
        at = look.clock()
        found += [WallPost.of(post, at) for post in _posts_by_id(look, client, group)]
    return found


def _groups(roots: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """As many as VK takes in one call."""
    rest = iter(roots)
    while group := tuple(islice(rest, PAGE)):
        yield group


def _posts_by_id(look: Look, client: VkClient, roots: tuple[str, ...]) -> tuple[CrawledPost, ...]:
    """Store these posts as they are now; VK leaves out what is gone, and that is recorded."""
    at = look.clock()
    asked = {"posts": ",".join(roots), "extended": 1}
    page = fetch_page(client, "vk.wall", "wall.getById", asked, url=f"https://vk.com/wall{roots[0]}")
    shown = {post.external_id for post in page.parsed.posts}
    with look.transaction() as conn:
        look.save_in(conn, page.parsed, seen_at=at)
        missing = [root for root in roots if root not in shown]
        look.run.gone += posts.mark_posts_gone(conn, look.source.id, missing, at)
    return page.parsed.posts


def _read_threads(look: Look, client: VkClient, wall_posts: list[WallPost]) -> None:
    """Read what needs it, the most urgent first; what is left over makes the run partial."""
    with look.transaction() as conn:
        known = posts.thread_looks(conn, look.source.id, [post.root for post in wall_posts])
    todo = [post for post in wall_posts if _needs_reading(post, known.get(post.root), look.run.started_at)]
    todo.sort(key=lambda post: _urgency(post, known.get(post.root)))
    left = short = 0
    for post in todo:
        if client.asked >= CALLS:
            left += 1
        elif not _read_one(look, client, post, known.get(post.root)):
            short += 1
    look.run.outcome = CrawlOutcome.PARTIAL if left or short else CrawlOutcome.COMPLETE
    if left:
        look.run.reason = f"не прочитано обсуждений: {left}; продолжит следующий запуск"
    elif short:
        look.run.reason = f"обсуждений, показанных не полностью: {short}; перечитает следующий запуск"


def _needs_reading(post: WallPost, known: ThreadLook | None, now: datetime) -> bool:
    if known is None or known.is_open or post.comments is None or known.reported_count != post.comments:
        return True
    if known.last_post_at is not None and known.last_post_at >= now - FRESH:
        return True
    return known.checked_at is not None and known.checked_at < now - RECHECK


def _urgency(post: WallPost, known: ThreadLook | None) -> tuple[int, float]:
    """People who wait, then what changed, then the rest; within each, longest without a look first."""
    checked = known.checked_at.timestamp() if known and known.checked_at else 0.0
    if known is not None and known.is_open:
        return 0, checked
    return (1 if known is None or known.reported_count != post.comments else 2), checked


def _read_one(look: Look, client: VkClient, post: WallPost, known: ThreadLook | None) -> bool:
    """False when the thread fell short. A closed thread is no failure of the run: the others are read."""
    try:
        return read_thread(look, client, post, known)
    except (AccessDenied, Gone) as error:
        if _posts_by_id(look, client, (post.root,)):
            log.info("vk.thread_closed", source=look.source.name, root=post.root, error=str(error))
            with look.transaction() as conn:
                # Not checked, and not asked for again until the count changes.
                posts.note_look(conn, look.source.id, post.root, reported=post.comments, shortage=0)
        return True
