"""A support desk for tests: one company, one source, real stations, and a messenger that remembers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from psycopg import Connection
from psycopg_pool import ConnectionPool

from alerts.decide import Decided, decide
from alerts.deliver import Delivered, deliver_due
from alerts.messenger import CannotTell, Ref
from db import posts as stored_posts
from domain.clock import FixedClock
from domain.errors import Gone
from domain.messages import Message, plain
from domain.policy import Channel, ChannelKind, Company, Policy
from domain.posts import CrawledPost, PostKind
from triage.actions import Outcome, act
from triage.conversations import build_conversations, time_passed

SMM = Channel(name="смм", kind=ChannelKind.CONSOLE, target="C0SMM00001")
LEADERS = Channel(name="руководство", kind=ChannelKind.CONSOLE, target="C0LEADERS1")
COMPANY = Company(version=1, brand="Ромашка Банк", channels=(SMM,))
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MODEL = "по-словам"


@dataclass
class Card:
    """A message as it stands, with its thread."""

    channel: str
    key: str
    message: Message
    replies: list[tuple[str, str, bool]] = field(default_factory=list)
    edits: int = 0
    is_deleted: bool = False

    @property
    def text(self) -> str:
        return plain(self.message)


class Remembering:
    """A messenger in memory. `before` and `after` are called around each effect, and may raise."""

    def __init__(self, *, can_tell: bool = True) -> None:
        self.cards: list[Card] = []
        self.can_tell = can_tell
        self.calls: list[str] = []

    def before(self, call: str) -> None:
        """Replaced by tests."""

    def after(self, call: str) -> None:
        """Replaced by tests."""

    def post(self, channel: Channel, message: Message, key: str) -> Ref:
        self._begin("post")
        self.cards.append(Card(channel.name, key, message))
        self.after("post")
        return {"number": len(self.cards) - 1}

    def update(self, ref: Ref, message: Message) -> None:
        self._begin("update")
        card = self.cards[ref["number"]]
        if card.is_deleted:
            raise Gone
        card.message, card.edits = message, card.edits + 1
        self.after("update")

    def reply(self, ref: Ref, text: str, key: str, *, is_loud: bool) -> None:
        self._begin("reply")
        self.cards[ref["number"]].replies.append((key, text, is_loud))
        self.after("reply")

    def find(self, channel: Channel, key: str, *, since: datetime, under: Ref | None = None) -> Ref | None:
        self._begin("find")
        if not self.can_tell:
            raise CannotTell
        if under is not None:
            return under if key in [k for k, *_ in self.cards[under["number"]].replies] else None
        for number, card in enumerate(self.cards):
            if (card.channel, card.key) == (channel.name, key) and not card.is_deleted:
                return {"number": number}
        return None

    def _begin(self, call: str) -> None:
        self.calls.append(call)
        self.before(call)


class Desk:
    """Says, builds, decides, delivers and presses, on the clock's time."""

    def __init__(
        self,
        pool: ConnectionPool[Connection],
        clock: FixedClock,
        *,
        company: Company = COMPANY,
        kind: str = "vk",
        added_at: datetime | None = None,
    ) -> None:
        self.pool, self.clock, self.company = pool, clock, company
        self.messenger = Remembering()
        with pool.connection() as conn:
            row = conn.execute(
                "INSERT INTO source (name, kind, added_at) VALUES ('Ромашка ВК', %s, %s) RETURNING id",
                [kind, added_at or clock() - 7 * DAY],
            ).fetchone()
            assert row
            self.source = int(row[0])
        self.root = CrawledPost(
            kind=PostKind.POST, external_id="1_1", author_id="-1", is_official=True, text="Новости банка",
            published_at=clock() - 30 * DAY,
        )  # fmt: skip
        self._number = 10

    def policy(self, **changes: object) -> None:
        policy = Policy(**changes)  # type: ignore[arg-type]  # the fields of Policy
        self.company = Company(
            version=2, brand=self.company.brand, channels=self.company.channels, policy=policy
        )

    # --- customers and answers

    def comment(
        self,
        text: str,
        *,
        author: str | None = "7",
        at: datetime | None = None,
        official: bool = False,
        to: str | None = None,
    ) -> str:
        """Store one comment under the wall post; returns its id."""
        self._number += 1
        number = f"1_{self._number}"
        post = CrawledPost(
            kind=PostKind.COMMENT,
            external_id=number,
            parent_id=to or "1_1",
            reply_to=to,
            root_id="1_1",
            author_id="-1" if official else f"{author}{self._number}" if author is None else author,
            author="Ромашка" if official else f"Клиент {author}",
            is_official=official,
            text=text,
            published_at=at or self.clock(),
            url=f"https://vk.com/wall1_1?reply={self._number}",
        )
        self.store([self.root, post])
        return number

    def store(self, posts: Sequence[CrawledPost], *, seen_at: datetime | None = None) -> None:
        with self.pool.connection() as conn:
            stored_posts.save(
                conn, self.source, posts, seen_at=seen_at or self.clock(), hash_id=lambda name: f"#{name}"
            )
            _judge(conn)

    def check(self, at: datetime | None = None) -> None:
        """A look that could have shown every reply."""
        self.sql("UPDATE thread SET checked_at = %s", at or self.clock())

    # --- stations

    def build(self) -> None:
        build_conversations(self.pool, self.company, now=self.clock(), limit=10_000)
        time_passed(self.pool, self.company, now=self.clock())

    def decide(self) -> Decided:
        return decide(self.pool, self.company, now=self.clock())

    def deliver(self) -> Delivered:
        return deliver_due(self.pool, {ChannelKind.CONSOLE: self.messenger}, self.company, clock=self.clock)

    def run(self) -> None:
        """One pass of everything after a look at the source just now."""
        self.check()
        self.build()
        self.decide()
        self.deliver()

    def press(
        self, verb: str, *, by: str = "Анна", alert: int | None = None, key: str | None = None
    ) -> Outcome:
        with self.pool.connection() as conn:
            return act(
                conn, self.company, alert_id=alert or self.cards[-1].message.alert_id, verb=verb, by=by,
                via="slack", now=self.clock(), event_key=key,
            )  # fmt: skip

    # --- what came of it

    @property
    def cards(self) -> list[Card]:
        return self.messenger.cards

    @property
    def card(self) -> Card:
        assert len(self.cards) == 1, [card.text for card in self.cards]
        return self.cards[0]

    def sql(self, query: str, *values: object) -> list[tuple[object, ...]]:
        with self.pool.connection() as conn:
            cur = conn.execute(query, values)  # type: ignore[call-overload]  # a test's own literals
            return cur.fetchall() if cur.description else []


def _judge(conn: Connection) -> None:
    """Stand in for the classify station: questions have a question mark, thanks are praise."""
    conn.execute(
        """INSERT INTO verdict (post_id, version, model_id, sentiment, appeal, sentiment_scores,
                                appeal_scores, calibrated, at)
           SELECT id, version, %(model)s, 'neutral',
                  CASE WHEN text LIKE '%%?' THEN 'question' WHEN text ILIKE 'спасибо%%' THEN 'praise'
                       ELSE 'complaint' END, '{}', '{}', false, first_seen_at
             FROM post WHERE NOT is_official AND kind <> 'answer' AND judged_by IS NULL
           ON CONFLICT DO NOTHING""",
        {"model": MODEL},
    )
    conn.execute(
        "UPDATE post SET judged_by = %s WHERE NOT is_official AND kind <> 'answer' AND judged_by IS NULL",
        [MODEL],
    )
