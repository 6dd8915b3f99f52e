"""What is wrong with the company's answers in a set of conversations, each finding with its evidence."""

from collections.abc import Sequence

from domain.answers import AnswerKind
from domain.conversations import Conversation
from domain.moves import Why
from domain.policy import Policy
from domain.vices import Finding, Vice, templates, vices


def judge(conversations: Sequence[Conversation], policy: Policy) -> dict[str, list[Finding]]:
    """Findings of every answer by its external id; likeness is sought among all answers given here.

    An answer for several customers is judged once, by the worst that it is.
    """
    found: dict[str, list[Finding]] = {}
    pairs = [(talk.customer, answer) for talk in conversations for answer in talk.answers]
    alike = templates(pairs)
    for talk in conversations:
        broken = {step.post for step in talk.moves if step.because == Why.PROMISE_BROKEN}
        for answer in talk.answers:
            mine = found.setdefault(answer.id, [])
            more = vices(answer, target=policy.answer_within, jargon=policy.jargon)
            if answer.id in alike:
                more.append(alike[answer.id])
            if answer.post in broken and answer.kind is AnswerKind.HOLDING:
                more.append(Finding(Vice.BROKEN_PROMISE, answer.body.strip()))
            mine += [finding for finding in more if finding.code not in {f.code for f in mine}]
    return found
