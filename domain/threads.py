"""A tree of posts in one place, flattened in order of time, and who in it speaks to whom."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from domain import speech
from domain.posts import PostKind
from domain.verdicts import Appeal


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One post of a thread with what is known of it. `id` is any number of the caller's own.

    `appeal` is a person's correction or else the model's verdict; of official posts it is not asked.
    """

    id: int
    external_id: str
    kind: PostKind = PostKind.COMMENT
    #: key of the account; None where the source hides it
    author: str | None = None
    name: str | None = None
    is_official: bool = False
    text: str = ""
    appeal: Appeal = Appeal.NONE
    #: a person said what it is: no rule looks for more in it
    is_corrected: bool = False
    parent: str | None = None
    reply_to: str | None = None
    published_at: datetime | None = None
    first_seen_at: datetime
    gone_at: datetime | None = None
    attachments: tuple[str, ...] = ()
    #: reviews: whether the source says that there is an answer; None: it does not say
    answered: bool | None = None

    @property
    def said_at(self) -> datetime:
        """Publication; first sight where that is unknown or, by a wrong clock, later."""
        return min(self.published_at or self.first_seen_at, self.first_seen_at)

    @property
    def dated_at(self) -> datetime | None:
        """Publication, never later than first sight; None when the source gave no date."""
        return self.said_at if self.published_at else None

    @property
    def customer(self) -> str:
        """Who it is as a customer; where the source hides authors each post stands for itself."""
        return self.author if self.author is not None else f"post:{self.external_id}"


#: So many mentions at the beginning of one text are followed.
_MOST_CALLED = 10


class Thread:
    """Posts of one thread, with `names` the company answers to beside its accounts' own."""

    def __init__(self, posts: Iterable[Said], *, names: Iterable[str] = ()) -> None:
        self.posts = list(posts)
        self.by_id = {post.external_id: post for post in self.posts}
        self._staff = {post.author for post in self.posts if post.is_official and post.author}
        self.names = {
            name
            for name in (*names, *(p.name for p in self.posts if self.is_official(p)))
            if name and name.strip()
        }

    def is_official(self, post: Said) -> bool:
        """Speaks for the company; an account that does so once always does."""
        return post.is_official or post.author in self._staff

    @cached_property
    def order(self) -> list[Said]:
        """By time, what is replied to before the reply, then as the source had it."""
        times: dict[str, datetime] = {}
        depths: dict[str, int] = {}
        known = self._lower_bounds()
        for post in self.posts:
            for link in self._not_in(times, post):
                over = self.above(link)
                name, above = link.external_id, over.external_id if over else ""
                times[name] = max(known[name], times.get(above, known[name]))
                depths[name] = depths.get(above, -1) + 1
        place = {post.external_id: n for n, post in enumerate(self.posts)}
        return sorted(
            self.by_id.values(),
            key=lambda p: (times[p.external_id], depths[p.external_id], place[p.external_id]),
        )

    def _not_in(self, done: Container[str], post: Said) -> list[Said]:
        """The post and what stands above it up to something done, from the top down; a loop is cut."""
        chain: dict[str, Said] = {}
        here: Said | None = post
        while here and here.external_id not in done and here.external_id not in chain:
            chain[here.external_id] = here
            here = self.above(here)
        return list(reversed(chain.values()))

    def _lower_bounds(self) -> dict[str, datetime]:
        """When each was said; one without a date cannot be later than a dated word below it."""
        out = {post.external_id: post.said_at for post in self.posts}
        for post in self.posts:
            above = self.above(post)
            if above and above.published_at is None and post.published_at:
                out[above.external_id] = min(out[above.external_id], post.said_at)
        return out

    @cached_property
    def has_replies(self) -> bool:
        """Whether the source tells what replies to what; a flat list of comments does not."""
        return any(
            (up := self.above(post)) is not None and up.kind is not PostKind.POST for post in self.posts
        )

    def above(self, post: Said) -> Said | None:
        """The very post it replies to, else the one it stands under; None when neither was seen."""
        return self.by_id.get(post.reply_to or "") or self.by_id.get(post.parent or "")

    def branch(self, post: Said) -> str:
        """The comment right under the root (or the review) below which the post stands."""
        here, seen = post, {post.external_id}
        while (up := self.by_id.get(here.parent or "")) and up.kind is not PostKind.POST:
            if up.external_id in seen:
                break
            seen.add(up.external_id)
            here = up
        if here is post and post.parent is None and (target := self.by_id.get(post.reply_to or "")):
            return target.external_id  # a flat source that still names what is replied to
        return here.external_id

    def top(self, post: Said) -> Said | None:
        return self.by_id.get(self.branch(post))

    def called(self, post: Said) -> list[set[str]]:
        """Customers whom the text calls by name at its beginning, those of one name together.

        "Анна, Борис, добрый день" calls both; which Анна, the name alone does not tell.
        """
        found: list[set[str]] = []
        text = post.text
        for _ in range(_MOST_CALLED):
            name, rest = self._leading_name(text)
            if name is None:
                break
            if people := self._people.get(name):
                found.append(people)
            text = rest
        return found

    def body(self, post: Said) -> str:
        """The text without the mentions it begins with."""
        text = post.text
        for _ in range(_MOST_CALLED):
            name, text = self._leading_name(text)
            if name is None:
                break
        return text

    def calls_company(self, text: str) -> bool:
        return speech.calls(text, self.names) or self._leading_name(text)[0] in self.names

    def _leading_name(self, text: str) -> tuple[str | None, str]:
        """The known name a text begins by calling, and the text after it."""
        first = speech.first_word(text)
        for name in self._names_by_first.get(first, ()):
            if speech.starts_with_name(text, name):
                return name, speech.without_name(text, name)
        return None, text

    @cached_property
    def _people(self) -> dict[str, set[str]]:
        """Public names of customers, with who bears them."""
        found: dict[str, set[str]] = {}
        for post in self.posts:
            if post.name and post.name.strip() and not self.is_official(post):
                found.setdefault(post.name, set()).add(post.customer)
        return found

    @cached_property
    def _names_by_first(self) -> dict[str, list[str]]:
        """Known names by their first word, the longest first."""
        found: dict[str, list[str]] = {}
        for name in sorted({*self.names, *self._people}, key=lambda n: (-len(n), n)):
            found.setdefault(speech.first_word(name), []).append(name)
        return found

    def speaks_to_company(self, post: Said) -> bool:
        """Whether a customer's post is meant for the company rather than for another customer.

        Under the company's post everybody speaks to the company. Under another customer's comment only
        those do who reply to us, call us, ask for what only we can do or bring a matter of their own.
        """
        replied = self.by_id.get(post.reply_to or "")
        if replied and self.is_official(replied):
            return True
        if self.calls_company(post.text):
            return True
        if self.speaks_to_a_person(post):
            return speech.asks_company(post.text)
        host = self._host(post)
        if host is None or host == post.customer:
            return True
        return speech.asks_company(post.text) or self._brings_own_matter(post)

    def speaks_to_a_person(self, post: Said) -> bool:
        """Replies to another customer by name, or to a reply inside a branch."""
        replied = self.by_id.get(post.reply_to or "")
        if (replied and self.is_official(replied)) or self.calls_company(post.text):
            return False
        if replied and replied.customer != post.customer:
            inside = self.branch(replied) != replied.external_id
            if inside or (replied.name and speech.starts_with_name(post.text, replied.name)):
                return True
        if any(people != {post.customer} for people in self.called(post)):
            return True
        # What it replies to was not seen: the mention is all there is to go by.
        return bool(post.reply_to and replied is None and speech.named_first(post.text))

    def _host(self, post: Said) -> str | None:
        """The customer under whose words the post stands; None right under the company's."""
        top = self.top(post)
        if top is None or top is post:
            top = self.by_id.get(post.parent or "")
        return None if top is None or self.is_official(top) else top.customer

    def _brings_own_matter(self, post: Said) -> bool:
        if speech.talks_to_people(post.text) or speech.is_wordless(post.text):
            return False
        if speech.joins_in(post.text) and not speech.is_request(post.text) and "?" not in post.text:
            return False
        if post.appeal in (Appeal.COMPLAINT, Appeal.QUESTION):
            return True
        body = self.body(post)
        return speech.is_greeting(body) or speech.is_question(body) or speech.is_request(body)
