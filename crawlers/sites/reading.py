"""One look at a list of reviews, page by page, without any of the network: what to store, where to go on.

Safe to be killed at any moment: every page is stored as it comes, and the bookmark moves only after the whole
look (by the caller). A review is a thread of its own; where its page shows answers, the page was the look.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from crawlers.look import Look
from crawlers.parsers import parse
from crawlers.sites.site import GOES_ON, Site, Turn, told_total
from db import crawls, posts
from domain.errors import BotChallenge
from domain.posts import CrawledPost, DiagnosticEvent, Parsed, PostKind
from domain.sources import CrawlOutcome

#: Below the bookmark the list is read so much further: reviews appear late, after a check by the site.
OVERLAP = timedelta(days=3)
#: Reviews whose conversation is open are read again after so long, for the answer that came late ...
RECHECK = timedelta(hours=6)
#: ... while they are no older than this.
LATE_ANSWERS = timedelta(days=30)
#: Open conversations asked for at most.
OPEN_LIMIT = 500
#: A list that shrank between two pages is stepped back in at most so often.
STEPS_BACK = 3


@dataclass
class SiteReading:
    look: Look
    site: Site
    #: addresses of the pages so far, in order
    urls: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    #: how many reviews the last page said there are
    total: int | None = None
    steps_back: int = 0
    is_at_end: bool = False
    is_at_limit: bool = False
    #: what could not be read, in words
    doubts: list[str] = field(default_factory=list)
    #: what is odd but known, in words
    remarks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.urls.append(self.site.first(self.look.source.settings))
        self.kept_from = self._history_floor()
        self.floor = self._floor()

    def take(self, url: str, body: bytes, asked_at: datetime) -> str | None:
        """Store one page; the address of the next one, or None when the list was read as far as wanted.

        `asked_at`: just before the page was asked for. Raises BotChallenge for a page in the way of the page,
        psycopg errors.
        """
        look, options = self.look, self.look.source.settings
        official = options.get("staff", ())
        parsed = parse(self.site.parser, body, url=url, fetched_at=look.clock(), official=official)
        self._doubt(parsed)
        self.seen |= {post.external_id for post in parsed.posts if post.kind is not PostKind.ANSWER}
        self._store(Parsed(self._wanted(parsed.posts), parsed.diagnostics), asked_at)
        before, self.total = self.total, told_total(parsed)
        if before is not None and self.total is not None and self.total < before:
            if back := self._step_back():
                return back
            self.doubts.append("список сокращался, пока его читали")
        if self._is_below_floor(parsed.posts):
            return None
        return self._next(Turn(options, url, len(self.urls), len(self.seen), body, parsed))

    def end(self) -> None:
        """Judge the look, once the last page was taken."""
        run = self.look.run
        self._doubt_counts()
        run.outcome = CrawlOutcome.PARTIAL if self.doubts else CrawlOutcome.COMPLETE
        run.reason = "; ".join(dict.fromkeys([*self.doubts, *self.remarks]))[:500]
        if self.doubts and not self.seen and self.total is None:
            run.outcome = CrawlOutcome.FAILED

    def _history_floor(self) -> datetime:
        days = int(self.look.source.settings.get("history_days", 30))
        return self.look.run.started_at - timedelta(days=days)

    def _floor(self) -> datetime:
        """The list is read down to here: below the bookmark, now and then to the oldest that still waits."""
        look, now = self.look, self.look.run.started_at
        if look.source.bookmark is None:
            return self.kept_from
        floor = look.source.bookmark - OVERLAP
        with look.transaction() as conn:
            roots = posts.threads_to_watch(conn, look.source.id, recent_since=now, limit=OPEN_LIMIT)
            known = posts.thread_looks(conn, look.source.id, roots).values()
        waiting = [
            one.last_post_at
            for one in known
            if one.is_open
            and one.checked_at is not None
            and one.checked_at < now - RECHECK
            and one.last_post_at is not None
            and one.last_post_at > now - LATE_ANSWERS
        ]
        return min([floor, *waiting])

    def _doubt(self, parsed: Parsed) -> None:
        refused = [d for d in parsed.diagnostics if d.event is DiagnosticEvent.REFUSED]
        if refused and not parsed.posts:
            raise BotChallenge(f"вместо отзывов капча или отказ: {refused[0].reason[:200]}")
        broken = [
            d for d in parsed.diagnostics if d.event is DiagnosticEvent.INCOMPLETE and d.reason != GOES_ON
        ]
        if broken or refused:
            page, reason = len(self.urls), (broken or refused)[0].reason[:200]
            self.doubts.append(f"страница {page} прочитана не вся: {reason}")

    def _wanted(self, found: tuple[CrawledPost, ...]) -> tuple[CrawledPost, ...]:
        """About the company; new enough, or known to us: what is older was there before we came."""
        found = self.site.wanted(self.look.source.settings, found)
        roots = {post.thread_id: post for post in found if post.root_id is None}
        with self.look.transaction() as conn:
            known = posts.thread_looks(conn, self.look.source.id, sorted(roots))
        old = {root for root, post in roots.items() if root not in known and self._is_old(post)}
        return tuple(post for post in found if post.thread_id not in old)

    def _is_old(self, post: CrawledPost) -> bool:
        return post.published_at is not None and post.published_at < min(self.kept_from, self.floor)

    def _store(self, parsed: Parsed, at: datetime) -> None:
        shown = [
            post.external_id
            for post in parsed.posts
            if post.kind is PostKind.REVIEW and post.answered is not None
        ]
        with self.look.transaction() as conn:
            self.look.save_in(conn, parsed, seen_at=at)
            posts.check_threads(conn, self.look.source.id, shown, at)

    def _step_back(self) -> str | None:
        """The page before this one: what was taken out of the list made others slip over to it, unseen."""
        if len(self.urls) < 2 or self.steps_back >= STEPS_BACK:
            return None
        self.steps_back += 1
        self.urls.pop()
        return self.urls[-1]

    def _is_below_floor(self, found: tuple[CrawledPost, ...]) -> bool:
        """Whether this page, newest first, ends below the floor. In any other order nothing can be told."""
        times = [post.published_at for post in found if post.root_id is None and post.published_at]
        return bool(times) and times[-1] < self.floor and times == sorted(times, reverse=True)

    def _next(self, turn: Turn) -> str | None:
        url = self.site.following(turn)
        if url is None or url in self.urls:
            self.is_at_end = True
            return None
        if len(self.urls) >= int(self.look.source.settings.get("pages", 40)):
            self.is_at_limit = True
            return None
        self.urls.append(url)
        return url

    def _doubt_counts(self) -> None:
        """No calm by mistake: nothing where something should be, less than was told, further than allowed."""
        if not self.seen and self.total:
            self.doubts.append(f"ни одного отзыва, а сайт говорит, что их {self.total}: сайт изменился?")
        elif not self.seen and self._has_known():
            self.doubts.append("ни одного отзыва, а раньше они здесь были: сайт изменился?")
        elif self.is_at_end and self.total is not None and len(self.seen) < self.total:
            self._doubt_shortage(f"сайт не показывает отзывов: {self.total - len(self.seen)}")
        if self.is_at_limit and self.look.source.bookmark is not None:
            self.doubts.append(f"прочитано страниц: {len(self.urls)}, и это не всё новое; увеличьте pages")

    def _doubt_shortage(self, words: str) -> None:
        """Twice the same: the site counts reviews that it shows to nobody. A new shortage: we missed some."""
        with self.look.transaction() as conn:
            before = crawls.last_ended(conn, self.look.source.id)
        is_known = before is not None and words in before.reason.split("; ")
        (self.remarks if is_known else self.doubts).append(words)

    def _has_known(self) -> bool:
        always = datetime(1970, 1, 1, tzinfo=UTC)
        with self.look.transaction() as conn:
            return bool(posts.threads_to_watch(conn, self.look.source.id, recent_since=always, limit=1))
