"""Hand-written conversations (tests/data/conversations) and properties that hold for any thread."""

import re
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.conversations import Conversation, Decision, Rules
from domain.deadlines import Clocks, Facts, deadlines
from domain.errors import NotAllowed
from domain.moves import MOVES, Move, State, Why, move, replay
from domain.policy import Calendar, Policy
from domain.posts import PostKind
from domain.quality import judge
from domain.reading import derive
from domain.threads import Said
from domain.verdicts import Appeal

DATA = Path(__file__).parents[1] / "data" / "conversations"
#: midnight in Moscow, Monday 2 March 2026
MONDAY = datetime(2026, 3, 1, 21, 0, tzinfo=UTC)
APPEALS = {
    "жалоба": Appeal.COMPLAINT,
    "вопрос": Appeal.QUESTION,
    "похвала": Appeal.PRAISE,
    "предложение": Appeal.SUGGESTION,
}
LINE = re.compile(
    r"(?P<at>(?:\+\d+д )?\d\d:\d\d) (?P<id>\w+)(?: !удалено (?P<gone>\d\d:\d\d))? (?P<who>[^>({:]+?)"
    r"(?: > (?P<to>\w+))?(?: \((?P<appeal>\w+)\))?(?: \{(?P<shown>[\w, ]+)\})?:(?P<text>.*)"
)


def moment(text: str) -> datetime:
    days, clock = re.fullmatch(r"(?:\+(\d+)д )?(\d\d:\d\d)", text).groups()  # type: ignore[union-attr]
    hours, minutes = map(int, clock.split(":"))
    return MONDAY + timedelta(days=int(days or 0), hours=hours, minutes=minutes)


def read_thread(case: dict[str, Any], now: datetime) -> list[Said]:
    lines = [line for line in case["thread"].splitlines() if line.strip()]
    found = [LINE.fullmatch(line.strip()) for line in lines]
    assert all(found), f"непонятная строка: {lines[found.index(None)]}"
    posts = [match.groupdict() for match in found if match]
    tops: dict[str, str] = {}
    for post in sorted(posts, key=lambda p: bool(p["to"])):
        tops[post["id"]] = tops.get(post["to"], post["to"]) if post["to"] else post["id"]
    return [said(n, post, tops, case, now) for n, post in enumerate(posts, 1)]


def said(n: int, post: dict[str, str], tops: dict[str, str], case: dict[str, Any], now: datetime) -> Said:
    root, who = case.get("root", "company"), post["who"]
    is_root = root in ("wall", "review") and post["id"] == "1"
    kind = {"wall": PostKind.POST, "review": PostKind.REVIEW}[root] if is_root else PostKind.COMMENT
    parent = tops[post["id"]] if post["to"] else None if is_root else "стена"
    return Said(
        id=n,
        external_id=post["id"],
        kind=kind,
        author=None if who == "?" else who,
        name=None if who == "?" else who.partition("#")[0] + ("" if who.startswith("Ромашка") else " Лис"),
        is_official=who.startswith("Ромашка"),
        text=post["text"].strip(),
        appeal=APPEALS[post["appeal"]] if post["appeal"] else Appeal.NONE,
        is_corrected=post["id"] in case.get("corrected", ()),
        parent=parent,
        reply_to=post["to"],
        published_at=moment(post["at"]),
        first_seen_at=min(moment(post["at"]), now) + timedelta(0),
        gone_at=moment(post["gone"]) if post["gone"] else None,
        attachments=tuple(filter(None, (post["shown"] or "").replace(" ", "").split(","))),
        answered=case.get("answered"),
    )


def read_case(case: dict[str, Any]) -> tuple[list[Conversation], list[Clocks]]:
    now = moment(case.get("now", "12:00"))
    checked = case.get("checked", case.get("now", "12:00"))
    rules = Rules(
        policy=Policy(),
        calendar=Calendar(),
        now=now,
        checked_at=None if checked == "никогда" else moment(checked),
        names=("Ромашка",),
    )
    posts = read_thread(case, now)
    ids = {post.external_id: post.id for post in posts}
    closed = case.get("closed")
    decisions = (
        [Decision(closed["who"], closed["by"], closed["because"], moment(closed["at"]), ids[closed["upto"]])]
        if closed
        else []
    )
    talks = derive(posts, rules, decisions)
    return talks, [deadlines(facts(talk, rules), rules.policy, rules.calendar, now) for talk in talks]


def facts(talk: Conversation, rules: Rules) -> Facts:
    return Facts(
        state=talk.state,
        appeal=talk.appeal.value,
        waiting_since=talk.waiting.dated_at if talk.waiting else None,
        waiting_seen_at=talk.waiting.first_seen_at if talk.waiting else None,
        promised_until=talk.promised_until,
        is_answered=talk.first_answer_at is not None,
        checked_at=rules.checked_at if talk.is_checkable else None,
    )


def seen(talk: Conversation, clocks: Clocks, vices: list[str], wanted: dict[str, Any]) -> dict[str, Any]:
    """What is true of a conversation, in the words of a case and no more than it asks."""
    due = clocks.deciding.due_at if clocks.deciding else None
    facts: dict[str, Any] = {
        "who": talk.customer,
        "state": talk.state.value,
        "since": talk.waiting.dated_at if talk.waiting else None,
        "first": talk.first_answer_at,
        "until": talk.promised_until,
        "due": due,
        "clock": clocks.state.value,
        "because": talk.moves[-1].because,
        "voices": len(talk.voices),
        "vices": vices,
    }
    return {name: facts[name] for name in wanted}


def expected(wanted: dict[str, Any]) -> dict[str, Any]:
    times = {"since", "first", "until", "due"}
    return {k: (moment(v) if v else None) if k in times else v for k, v in wanted.items()}


CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted(DATA.glob("*.toml"))
    for case in tomllib.loads(path.read_text("utf-8"))["case"]
]


def test_there_are_enough_conversations() -> None:
    assert len(CASES) >= 60


@pytest.mark.parametrize("case", CASES)
def test_a_conversation_is_read_as_a_support_lead_reads_it(case: dict[str, Any]) -> None:
    talks, clocks = read_case(case)
    found = judge(talks, Policy())
    vices = [[f.code.value for answer in talk.answers for f in found[answer.id]] for talk in talks]
    got = {talk.customer: (talk, clock, mine) for talk, clock, mine in zip(talks, clocks, vices, strict=True)}
    assert sorted(got) == sorted(wanted["who"] for wanted in case["expect"])
    for wanted in case["expect"]:
        assert seen(*got[wanted["who"]], wanted) == expected(wanted)
    for talk in talks:
        assert replay(talk.moves) is talk.state


def test_a_move_outside_the_table_is_refused() -> None:
    with pytest.raises(NotAllowed):
        move(State.CLOSED, State.PRIVATE, by="official", because="x", at=MONDAY)
    with pytest.raises(NotAllowed):
        replay([Move(State.CLOSED, State.WAITING_US, "customer", Why.ASKED, MONDAY)])


def test_every_state_can_be_left_for_waiting_and_for_closed() -> None:
    for state in State:
        assert state is State.WAITING_US or State.WAITING_US in MOVES[state]
        assert state is State.CLOSED or State.CLOSED in MOVES[state]


TEXTS = st.sampled_from([
    "Карта не работает", "Спасибо!", "Анна, а у вас?", "Ромашка, ответьте", "👍", "", "ответим до завтра",
    "ответили в лс", "Анна, Борис, напишите номер заказа", "разобралась", "+1", "у меня тоже", "ок",
    "Здравствуйте", "верните деньги", ", : !", "‮Анна,", "@", "Анна", "ё" * 50,
])  # fmt: skip
NUMBERS = st.integers(1, 12).map(str)


@st.composite
def threads(draw: st.DrawFn) -> list[Said]:
    """Anything a source may send: loops, missing parents, no dates, two answers in a second, deletions."""
    posts = []
    for n in range(draw(st.integers(0, 12))):
        at = MONDAY + timedelta(minutes=draw(st.integers(0, 3000)))
        posts.append(
            Said(
                id=n,
                external_id=str(n + 1),
                kind=draw(st.sampled_from(PostKind)),
                author=draw(st.sampled_from(["а", "б", "в", None])),
                name=draw(st.sampled_from(["Анна", "Борис Лис", "Ромашка", "", " ", None])),
                is_official=draw(st.booleans()),
                text=draw(TEXTS),
                appeal=draw(st.sampled_from(Appeal)),
                parent=draw(st.none() | NUMBERS),
                reply_to=draw(st.none() | NUMBERS),
                published_at=draw(st.none() | st.just(at)),
                first_seen_at=at + timedelta(minutes=draw(st.integers(-60, 60))),
                gone_at=draw(st.none() | st.just(at + timedelta(hours=1))),
                attachments=draw(st.sampled_from([(), ("photo",), ("sticker",)])),
                answered=draw(st.none() | st.booleans()),
            )
        )
    return posts


RULES = Rules(
    policy=Policy(),
    calendar=Calendar(),
    now=MONDAY + timedelta(days=40),
    checked_at=MONDAY + timedelta(days=40),
)


@settings(max_examples=200, deadline=None)
@given(threads(), st.sampled_from(["а", "б"]), st.integers(0, 12))
def test_any_thread_is_read_to_the_same_end_and_its_moves_replay(
    posts: list[Said], customer: str, upto: int
) -> None:
    decision = Decision(customer, "Вера", "answered", MONDAY + timedelta(hours=5), upto)
    talks = derive(posts, RULES, [decision])
    assert talks == derive(posts, RULES, [decision])
    judge(talks, Policy())
    staff = {post.author for post in posts if post.is_official and post.author}
    for talk in talks:
        assert replay(talk.moves) is talk.state
        assert talk.customer not in staff
        assert talk.waiting or talk.state is not State.WAITING_US
        assert talk.waiting is None or talk.state in (State.WAITING_US, State.PROMISED)
        assert len({post.id for post in talk.posts}) == len(talk.posts)
        assert talk.opening.customer == talk.customer
    assert len({talk.customer for talk in talks}) == len(talks)
