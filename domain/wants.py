"""What a customer's word wants of the company by itself: the model's verdict and the rules beside it."""

from domain import speech
from domain.moves import Why
from domain.threads import Said
from domain.verdicts import Appeal

#: Attachments that tell nothing by themselves: a page preview without a word is no first contact.
_BESIDE = frozenset({"link", "poll"})
_BY_APPEAL = {
    Appeal.COMPLAINT: Why.COMPLAINED,
    Appeal.QUESTION: Why.ASKED,
    Appeal.PRAISE: Why.NOTHING_ASKED,
    Appeal.SUGGESTION: Why.NOTHING_ASKED,
}


def reason(post: Said, body: str) -> Why | None:
    """Why this word opens a conversation; None when it opens none. `body` is the text without a mention."""
    if post.is_corrected:
        return _BY_APPEAL.get(post.appeal)
    if speech.is_wordless(body):
        if set(post.attachments) - _BESIDE:
            return Why.CAME_WORDLESS
        # Nothing but our name: somebody calls us.
        return Why.GREETED if not body.strip() and not speech.is_wordless(post.text) else None
    count = len(speech.words(body))
    if speech.is_thanks(body) and count <= 4:
        return Why.NOTHING_ASKED  # short thanks are thanks, whatever the model reads into them
    if speech.is_acknowledgement(body) and count <= 3:
        return None
    if post.appeal in _BY_APPEAL:
        return _BY_APPEAL[post.appeal]
    if speech.is_greeting(body):
        return Why.GREETED
    return Why.ASKED if speech.is_request(body) or speech.is_question(body) else None
