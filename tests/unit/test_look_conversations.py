"""`otklik conversations` on a saved response: the contract's fields, and a real thread read by hand."""

import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawlers import parsers
from domain.posts import CrawledPost, Diagnostic, DiagnosticEvent, Parsed, PostKind
from domain.verdicts import Appeal, Sentiment, Text, Verdict
from otklik.look_conversations import run

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class ByMark:
    """A classifier that takes what ends in a question mark for a question, and "!" for a complaint."""

    model_id = "по-знаку"

    def classify(self, texts: Sequence[Text]) -> list[Verdict]:
        return [self._verdict(item.text) for item in texts]

    def _verdict(self, text: str) -> Verdict:
        appeal = {"?": Appeal.QUESTION, "!": Appeal.COMPLAINT}.get(text[-1:], Appeal.NONE)
        return Verdict(sentiment=Sentiment.NEUTRAL, appeal=appeal, model_id=self.model_id)


def look(parsed: Parsed, at: datetime | None = None) -> tuple[int, list[dict[str, Any]], str]:
    out, err = io.StringIO(), io.StringIO()
    code = run(lambda _: parsed, ByMark(), b"", at=at, official=(), out=out, err=err)
    return code, [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue()


def comment(number: str, text: str, minute: int, **changes: Any) -> CrawledPost:
    facts: dict[str, Any] = {
        "kind": PostKind.COMMENT, "external_id": number, "root_id": "стена", "parent_id": "стена",
        "author": "Анна", "author_id": "1", "text": text, "published_at": NOON.replace(minute=minute),
        "raw": {"thread": {"count": 0}},
    }  # fmt: skip
    return CrawledPost(**{**facts, **changes})


def reply(number: str, text: str, minute: int, to: str) -> CrawledPost:
    ours = {"kind": PostKind.ANSWER, "author": "Ромашка", "author_id": "-7", "is_official": True}
    return comment(number, text, minute, parent_id=to, reply_to=to, **ours)


def test_a_line_has_the_fields_of_the_contract() -> None:
    code, lines, _ = look(Parsed((comment("1", "Карта не работает!", 0), reply("2", "Анна, нет", 5, "1"))))
    assert code == 0
    assert lines == [{
        "root_id": "стена",
        "customer": "1",
        "state": "waiting_customer",
        "turn": "customer",
        "checked": True,
        "opened_at": "2026-03-02T09:00:00+00:00",
        "first_answer_at": "2026-03-02T09:05:00+00:00",
        "last_word_by": "official",
        "posts": ["1", "2"],
        "answers": [{"id": "2", "vices": [{"code": "monosyllabic", "evidence": "нет"}]}],
    }]  # fmt: skip


def test_where_replies_are_held_back_no_answer_is_claimed_missing() -> None:
    cut = Diagnostic(event=DiagnosticEvent.INCOMPLETE, reason="cut")
    more = comment("1", "Карта не работает!", 0, raw={"thread": {"count": 12}})
    whole = comment("3", "А когда?", 5, author_id="2", author="Борис")
    code, lines, err = look(Parsed((more, whole), (cut,)))
    assert (code, [line["checked"] for line in lines]) == (3, [False, True])
    assert json.loads(err)["event"] == "incomplete"


def test_a_review_whose_source_does_not_tell_is_not_checked() -> None:
    facts = {"kind": PostKind.REVIEW, "root_id": None, "parent_id": None, "raw": {}}
    told = comment("1", "Ужас!", 0, answered=False, **facts)
    silent = comment("2", "Ужас!", 0, author_id="2", answered=None, **facts)
    reported = comment("3", "Ужас!", 0, author_id="3", answered=True, **facts)
    _, lines, _ = look(Parsed((told, silent, reported)))
    assert [(line["state"], line["checked"]) for line in lines] == [
        ("waiting_us", True), ("waiting_us", False), ("waiting_customer", True),
    ]  # fmt: skip


def test_now_is_the_newest_time_or_what_is_asked_for() -> None:
    thread = Parsed((comment("1", "Карта не работает!", 0), reply("2", "Анна, проверили, работает", 5, "1")))
    assert look(thread, NOON.replace(minute=3))[1][0]["state"] == "waiting_us"
    assert look(thread, NOON.replace(month=4))[1][0]["state"] == "closed"


def test_a_refusal_is_no_empty_success() -> None:
    refused = Diagnostic(event=DiagnosticEvent.REFUSED, reason="captcha")
    assert look(Parsed((), (refused,)))[0] == 4


def test_a_real_busy_thread_is_read_as_by_hand(shared: Path) -> None:
    """The appeals are given by hand here, so that only the reading of the thread is judged."""
    body = (shared / "samples/vk/wall.getComments__threads_part.json").read_bytes()
    parsed = parsers.parse("vk.comments", body)
    by_id = {post.external_id.partition("_")[2]: post.text for post in parsed.posts}
    complaints = {"2128219", "2126274", "2125959", "2125689", "2125502", "2129739", "2125443", "2125428"}
    complaints |= {"2126278", "2125528", "2125781", "2125477", "2125637"}
    questions = {"2126846", "2126437", "2125512", "2125795"}
    appeals = {by_id[n]: Appeal.COMPLAINT for n in complaints} | {
        by_id[n]: Appeal.QUESTION for n in questions
    }
    appeals |= {by_id[n]: Appeal.PRAISE for n in ("2125601", "2125474", "2125515")}

    class ByHand(ByMark):
        def _verdict(self, text: str) -> Verdict:
            appeal = appeals.get(text, Appeal.NONE)
            return Verdict(sentiment=Sentiment.NEUTRAL, appeal=appeal, model_id=self.model_id)

    out = io.StringIO()
    code = run(lambda b: parsed, ByHand(), body, at=None, official=(), out=out, err=io.StringIO())
    assert code == 3
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    got = {line["customer"].removeprefix("9000000"): (line["state"], line["checked"]) for line in lines}
    assert got == {
        "04": ("waiting_us", True),
        "07": ("waiting_customer", True),
        "15": ("waiting_customer", True),
        "19": ("waiting_us", True),  # spoke again after our answer
        "24": ("waiting_us", True),
        "27": ("waiting_customer", True),  # we asked first; answered in the end
        "33": ("waiting_us", True),
        "36": ("waiting_us", True),
        "40": ("closed", True),  # praise
        "42": ("waiting_us", False),  # the thread goes on beyond what is inlined
        "44": ("waiting_us", True),
        "45": ("waiting_us", True),  # named another customer, asked for what only we can give
        "49": ("closed", True),
        "50": ("private", True),
        "51": ("closed", True),  # thanked
        "58": ("waiting_us", True),
    }
