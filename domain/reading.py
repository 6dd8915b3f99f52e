"""From a thread's posts to conversations: one for each customer who speaks to the company.

A complaint, a question, a greeting or a wordless first contact opens one; official words answer it; the
customer's next word reopens it, unless it thanks, agrees or says nothing. Praise and suggestions make one
in which nobody waits. Other customers' words are kept in it, but neither answer nor reopen it. An answer
that was taken back answers nobody; a customer's unanswered words that are gone no longer wait.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from domain.conversations import Conversation, Decision, Rules
from domain.moves import State
from domain.posts import PostKind
from domain.talk import Talk
from domain.threads import Said, Thread

_EARLIEST = datetime.min.replace(tzinfo=UTC)


def derive(posts: Iterable[Said], rules: Rules, decisions: Sequence[Decision] = ()) -> list[Conversation]:
    """Conversations of one thread in the order in which they were opened. Equal input, equal output.

    Raises BadConfig for a calendar that never opens.
    """
    thread = Thread(posts, names=rules.names)
    reading = _Reading(thread, rules, decisions)
    for place, post in enumerate(thread.order):
        reading.read(place, post)
    found = reading.finish()
    return sorted(found, key=lambda c: (c.moves[0].at, c.opening.id))


class _Reading:
    """One pass over a thread: who speaks to whom."""

    def __init__(self, thread: Thread, rules: Rules, decisions: Sequence[Decision]) -> None:
        self.thread = thread
        self.rules = rules
        self.talks: dict[str, Talk] = {}
        #: external id of a post -> the customer in whose conversation it was put
        self.kept_in: dict[str, str] = {}
        self.decided: dict[int, list[Decision]] = {}
        for decision in decisions:
            self.decided.setdefault(self._place(decision), []).append(decision)
        #: customers' posts that are gone, the first to go last
        self.gone = sorted(
            (p for p in thread.posts if p.gone_at and not thread.is_official(p)),
            key=lambda p: p.gone_at or rules.now,
            reverse=True,
        )
        self.answered_reviews = {p.parent for p in thread.posts if p.parent and thread.is_official(p)}

    def _place(self, decision: Decision) -> int:
        """After which post of the thread the decision falls."""
        order = self.thread.order
        seen = [n for n, post in enumerate(order) if post.first_seen_at <= decision.at]
        return next((n for n, post in enumerate(order) if post.id == decision.upto), max(seen, default=-1))

    def read(self, place: int, post: Said) -> None:
        self._withdraw(post.said_at)
        if self.thread.is_official(post):
            self._official(post)
        elif not self._is_placeholder(post):
            self._customer(post)
        for decision in self.decided.get(place, ()):
            if talk := self.talks.get(decision.customer):
                talk.decide(decision)

    def finish(self) -> list[Conversation]:
        self._withdraw(self.rules.now)
        for talk in self.talks.values():
            talk.pass_time(self.rules.now, self.rules.checked_at)
        return [found for talk in self.talks.values() if (found := talk.result())]

    def _is_placeholder(self, post: Said) -> bool:
        """What a source shows in place of a deleted post: nobody's words."""
        return bool(post.gone_at) and not post.text and not post.attachments

    def _withdraw(self, upto: datetime) -> None:
        while self.gone and (gone_at := self.gone[-1].gone_at) and gone_at <= upto:
            post = self.gone.pop()
            if talk := self.talks.get(post.customer):
                talk.withdraw(gone_at)

    def _customer(self, post: Said) -> None:
        talk = self.talks.setdefault(post.customer, Talk(post.customer, self.rules))
        goes_on = bool(talk.opening) and not self.thread.speaks_to_a_person(post)
        if goes_on or self.thread.speaks_to_company(post):
            talk.hear(post, self.thread.body(post), self.thread.branch(post))
        elif talk.opening:
            talk.aside(post)
        if post.kind is PostKind.REVIEW:
            self._ask_source(talk, post)
        if talk.opening:
            self.kept_in[post.external_id] = talk.customer
        else:
            self._bystander(post)

    def _ask_source(self, talk: Talk, post: Said) -> None:
        """A review without an answer line: the source may know of one, or may not tell."""
        if post.external_id in self.answered_reviews:
            return
        if post.answered is None:
            talk.is_checkable = False
        elif post.answered:
            talk.report_answer(post)

    def _bystander(self, post: Said) -> None:
        """Keep another customer's word in the conversation below whose words it stands."""
        above, seen = self.thread.above(post), {post.external_id}
        while above and above.external_id not in seen:
            seen.add(above.external_id)
            if customer := self.kept_in.get(above.external_id):
                self.talks[customer].overhear(post)
                self.kept_in[post.external_id] = customer
                return
            above = self.thread.above(above)

    def _official(self, post: Said) -> None:
        if post.gone_at:
            return
        stands_below = self.thread.top(post) not in (None, post)
        branch = self.thread.branch(post) if stands_below else None
        body = self.thread.body(post)
        for customer in sorted(self._meant(post) & set(self.talks)):
            self.talks[customer].answer(post, body, branch)
            self.kept_in.setdefault(post.external_id, customer)

    def _meant(self, post: Said) -> set[str]:
        """Whom an official post answers: whom it replies to or calls, else who waits where it stands."""
        replied = self._replied_to(post)
        called = {self._namesake(people) for people in self.thread.called(post) if replied not in people}
        if replied:
            # One name that is not theirs is how they are called now, more are more people.
            return {replied} | (called if len(called) > 1 else set())
        if called:
            return called
        parent = self.thread.by_id.get(post.parent or "")
        if parent and not self.thread.is_official(parent):
            branch = self.thread.branch(post)
            return {t.customer for t in self.talks.values() if t.waits_in(branch)} or {parent.customer}
        return self._spoke_just_before(post)

    def _namesake(self, people: set[str]) -> str:
        """Of customers with one name whoever waits and spoke last; who never spoke yet comes last."""
        return max(
            sorted(people),
            key=lambda c: (
                c in self.talks and self.talks[c].state is State.WAITING_US,
                (c in self.talks and self.talks[c].last_at) or _EARLIEST,
            ),
        )

    def _replied_to(self, post: Said) -> str | None:
        """The customer an official reply is for; going on with our own words, whoever those were for."""
        replied, seen = self.thread.by_id.get(post.reply_to or ""), {post.external_id}
        while replied and self.thread.is_official(replied) and replied.external_id not in seen:
            seen.add(replied.external_id)
            if customer := self.kept_in.get(replied.external_id):
                return customer
            replied = self.thread.above(replied)
        return replied.customer if replied and not self.thread.is_official(replied) else None

    def _spoke_just_before(self, post: Said) -> set[str]:
        """In a thread without replies a word to nobody by name answers whoever spoke last and waits."""
        if post.kind is PostKind.POST or self.thread.has_replies:
            return set()
        before = self.thread.order[: self.thread.order.index(post)]
        last = next((p for p in reversed(before) if not self.thread.is_official(p)), None)
        talk = self.talks.get(last.customer) if last else None
        return {talk.customer} if talk and talk.state is State.WAITING_US else set()
