"""One customer's conversation while its thread is read in order: every rule of whose turn it is.

`domain.reading` decides who speaks to whom; here only the moves are made.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain import speech
from domain.answers import AnswerKind, Reading, read_answer
from domain.calendars import working_time_between
from domain.conversations import Conversation, Decision, Rules, Speaker
from domain.moves import Move, State, Why, move
from domain.threads import Said
from domain.verdicts import Appeal
from domain.vices import Answer
from domain.wants import reason

#: Words of one customer this close together are one breath: an answer to one of them answers all.
_BREATH = timedelta(minutes=15)
_WEIGHT = [Appeal.NONE, Appeal.PRAISE, Appeal.SUGGESTION, Appeal.QUESTION, Appeal.COMPLAINT]
_DRAWN = frozenset({"sticker", "graffiti"})


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the customer that waits, and the comment below which it stands."""

    post: Said
    branch: str
    asks: bool


@dataclass
class Talk:
    customer: str
    rules: Rules
    state: State | None = None
    opening: Said | None = None
    appeal: Appeal = Appeal.NONE
    posts: list[Said] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    voices: list[Said] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    #: words that wait; while a promise runs, the words it holds back
    waiting: list[_Word] = field(default_factory=list)
    #: words that wanted no answer and what we said to them all the same
    quiet: list[Said] = field(default_factory=list)
    unasked: list[tuple[Said, str]] = field(default_factory=list)
    first_answer_at: datetime | None = None
    promised_until: datetime | None = None
    last_word_by: Speaker = Speaker.CUSTOMER
    last_at: datetime | None = None
    is_checkable: bool = True

    # The customer speaks.

    def hear(self, post: Said, body: str, branch: str) -> None:
        """A word to the company; `body` is the text without the name it begins with."""
        self.pass_time(post.said_at, post.said_at)
        why = reason(post, body)
        if self.state is None:
            if why is None and not (self.unasked and not self._is_quiet(post, body)):
                self.quiet.append(post)
                return
            self._open(post, why or Why.WROTE_AGAIN)
        else:
            self.posts.append(post)
        self.last_word_by, self.last_at = Speaker.CUSTOMER, post.said_at
        self.appeal = max(self.appeal, post.appeal, key=_WEIGHT.index)
        self._take(post, body, _Word(post, branch, why in (Why.COMPLAINED, Why.ASKED)), why)

    def aside(self, post: Said) -> None:
        """The customer's own word to somebody else."""
        self.posts.append(post)
        self.last_word_by = Speaker.CUSTOMER

    def overhear(self, post: Said) -> None:
        """Another customer's word below this conversation's: kept and, when it says "me too", counted."""
        self.posts.append(post)
        self.last_word_by = Speaker.OTHER
        if speech.joins_in(post.text):
            self.voices.append(post)

    def _open(self, post: Said, why: Why) -> None:
        """With the first word that wants an answer; what we answered unasked before belongs to it."""
        if why is Why.WROTE_AGAIN:
            self.posts += self.quiet
            for official, body in self.unasked:
                self.posts.append(official)
                self._record(official, body, self._read(official, body))
            self.posts.sort(key=lambda p: p.said_at)
            self.first_answer_at = self.unasked[0][0].said_at
        self.posts.append(post)
        self.opening = next(p for p in self.posts if p.customer == self.customer)
        self._move(
            State.CLOSED if why is Why.NOTHING_ASKED else State.WAITING_US,
            "customer",
            why,
            post.said_at,
            post,
        )

    def _take(self, post: Said, body: str, word: _Word, why: Why | None) -> None:
        """What one more word of the customer changes."""
        if self.state is State.CLOSED:
            if self._opens_again(post, body, why):
                self._reopen(word)
        elif not word.asks and post is not self.opening and speech.is_solved(body):
            self._close(Why.SOLVED, post)
        elif self.state is State.WAITING_US:
            if why is not Why.NOTHING_ASKED:
                self.waiting.append(word)
        elif word.asks or not self._is_quiet(post, body):
            self._reopen(word)
        elif self._ends(post, body):
            self._close(Why.THANKED, post)

    def _opens_again(self, post: Said, body: str, why: Why | None) -> bool:
        """After praise alone only what wants an answer does; after a matter, any word that is not thanks."""
        if why is Why.NOTHING_ASKED:
            return False
        if why in (Why.COMPLAINED, Why.ASKED, Why.GREETED):
            return True
        asked = self._was_asked_back() or any(step.after is State.WAITING_US for step in self.moves)
        return asked and not self._is_quiet(post, body)

    def _is_quiet(self, post: Said, body: str) -> bool:
        """Thanks, praise, "ок", "написала в лс", an emoji or a sticker: nothing that wants an answer."""
        if speech.is_wordless(body):
            return not set(post.attachments) - _DRAWN
        if speech.is_acknowledgement(body):
            return not self._was_asked_back()
        return post.appeal is Appeal.PRAISE or speech.is_thanks(body) or speech.wrote_privately(body)

    def _ends(self, post: Said, body: str) -> bool:
        """Thanks end the matter, unless more was promised or is waited for."""
        if self.state is State.PROMISED or speech.waits_patiently(body):
            return False
        return speech.is_thanks(body) or post.appeal is Appeal.PRAISE

    def _was_asked_back(self) -> bool:
        """Our last word asked the customer something: then even "ок" tells us something."""
        return bool(self.answers) and self.answers[-1].kind is AnswerKind.DETAILS

    # The company speaks.

    def answer(self, post: Said, body: str, branch: str | None) -> None:
        """`branch` is None where the answer stands below no comment, and so answers all that waits."""
        if self.opening is None:
            self.unasked.append((post, body))
            return
        self.pass_time(post.said_at, post.said_at)
        reading = self._read(post, body)
        self.posts.append(post)
        self._record(post, body, reading)
        self.last_word_by, self.last_at = Speaker.OFFICIAL, post.said_at
        if reading.kind is AnswerKind.EMPTY and any(word.asks for word in self.waiting):
            return  # a sticker is no answer to a question
        self.first_answer_at = self.first_answer_at or post.said_at
        if self.state is not State.CLOSED:
            self._answered(post, reading, branch)

    def report_answer(self, post: Said) -> None:
        """The source says that the review has an answer and does not show it."""
        if self.state is State.WAITING_US:
            self.waiting = []
            self._move(State.WAITING_CUSTOMER, "official", Why.ANSWER_REPORTED, post.said_at, post)

    def _answered(self, post: Said, reading: Reading, branch: str | None) -> None:
        if self.state is State.WAITING_US and (left := self._left_open(branch)):
            self.waiting = left
            return
        if reading.kind is AnswerKind.HOLDING:
            self.promised_until = reading.promised_until
            self._move(State.PROMISED, "official", Why.PROMISED, post.said_at, post)
            return
        self.waiting, self.promised_until = [], None
        to = State.PRIVATE if reading.kind is AnswerKind.PRIVATE else State.WAITING_CUSTOMER
        if self.state is State.PRIVATE and reading.kind is not AnswerKind.DETAILS:
            return  # a word in public beside the private talk
        if to is not self.state:
            why = Why.WENT_PRIVATE if to is State.PRIVATE else Why.ANSWERED
            self._move(to, "official", why, post.said_at, post)

    def _left_open(self, branch: str | None) -> list[_Word]:
        """Words that an answer below another comment does not answer: matters of their own, said apart."""
        here = [word for word in self.waiting if word.branch == branch]
        if branch is None or not here:
            return []
        elsewhere = [word for word in self.waiting if word.branch != branch and word.asks]
        return [
            word
            for word in elsewhere
            if not any(abs(word.post.said_at - other.post.said_at) <= _BREATH for other in here)
            and not any(speech.are_alike(word.post.text, other.post.text) for other in here)
        ]

    def waits_in(self, branch: str) -> bool:
        return self.state is State.WAITING_US and any(word.branch == branch for word in self.waiting)

    def _read(self, post: Said, body: str) -> Reading:
        return read_answer(
            body,
            post.attachments,
            said_at=post.said_at,
            calendar=self.rules.calendar,
            promise_within=self.rules.policy.promise_within,
        )

    def _record(self, post: Said, body: str, reading: Reading) -> None:
        waits = self.waiting[0].post.dated_at if self.waiting else None
        self.answers.append(
            Answer(
                id=post.external_id,
                post=post.id,
                author=post.author,
                body=body,
                kind=reading.kind,
                waited=working_time_between(waits, post.said_at, self.rules.calendar) if waits else None,
                is_asked=any(word.asks for word in self.waiting),
                asked_before=tuple(self.answers),
            )
        )

    # Time, deletions, persons.

    def pass_time(self, now: datetime, seen_upto: datetime | None) -> None:
        """Let a promise run out and silence end the talk, as far as what was seen up to then proves it."""
        due = self.passes_at
        if due is None or seen_upto is None or min(now, seen_upto) <= due:
            return
        if self.state is State.PROMISED:
            self.promised_until = None
            if not self.waiting:  # promised without being asked: the promise itself is what waits
                last = [p for p in self.posts if p.customer == self.customer][-1]
                self.waiting = [_Word(last, "", False)]
            self._move(State.WAITING_US, "rule", Why.PROMISE_BROKEN, due, self._last_answer())
        else:
            self._move(State.CLOSED, "rule", Why.SILENT, due, self.posts[-1])

    @property
    def passes_at(self) -> datetime | None:
        if self.state is State.PROMISED:
            return self.promised_until
        if self.state in (State.WAITING_CUSTOMER, State.PRIVATE) and self.last_at:
            return self.last_at + self.rules.policy.silent_after
        return None

    def _last_answer(self) -> Said:
        """The post of our last answer."""
        return next(p for p in reversed(self.posts) if p.external_id == self.answers[-1].id)

    def withdraw(self, upto: datetime) -> None:
        """Words gone from the source by then no longer wait."""
        gone = [word.post for word in self.waiting if word.post.gone_at and word.post.gone_at <= upto]
        if not gone:
            return
        self.waiting = [word for word in self.waiting if word.post not in gone]
        if self.state is State.WAITING_US and not self.waiting:
            last = max(gone, key=lambda p: p.gone_at or upto)
            self._move(State.CLOSED, "customer", Why.WITHDRAWN, last.gone_at or upto, last)

    def decide(self, decision: Decision) -> None:
        """A person closed it; words that the person could not have seen still wait."""
        if self.opening is None:
            return
        unseen = [word for word in self.waiting if word.post.first_seen_at > decision.at]
        if unseen and self.state is State.WAITING_US:
            self.waiting = unseen
        elif self.state is not State.CLOSED:
            self.waiting, self.promised_until = [], None
            self._move(State.CLOSED, decision.by, decision.because, decision.at, self.posts[-1])

    def _reopen(self, word: _Word) -> None:
        self.waiting, self.promised_until = [word], None
        self._move(State.WAITING_US, "customer", Why.WROTE_AGAIN, word.post.said_at, word.post)

    def _close(self, why: Why, post: Said) -> None:
        self.waiting, self.promised_until = [], None
        self._move(State.CLOSED, "customer", why, post.said_at, post)

    def _move(self, to: State, by: str, because: str, at: datetime, post: Said) -> None:
        self.moves.append(move(self.state, to, by=by, because=str(because), at=at, post=post.id))
        self.state = to

    def result(self) -> Conversation | None:
        """None while nothing wanted an answer."""
        if self.opening is None or self.state is None:
            return None
        return Conversation(
            customer=self.customer,
            opening=self.opening,
            appeal=self.appeal,
            state=self.state,
            first_answer_at=self.first_answer_at,
            waiting=self.waiting[0].post if self.waiting else None,
            promised_until=self.promised_until,
            last_word_by=self.last_word_by,
            posts=tuple(self.posts),
            answers=tuple(self.answers),
            voices=tuple(self.voices),
            moves=tuple(self.moves),
            is_checkable=self.is_checkable,
            passes_at=self.passes_at,
        )
