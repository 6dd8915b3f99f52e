"""One wording for texts that a reader takes for the same: the form every model of ours reads.

Lower case, ё as е, digits as 0, links and mentions as one word each, no markup, no invisible characters,
Latin letters that stand for Cyrillic ones put right, Russian in Latin letters turned back.
"""

import html
import re
import unicodedata

#: Longer texts are read from both ends: the beginning says what it is about, the end what is wanted.
MAX_CHARS = 12_000

#: Stands before a text most of which is in capitals.
CAPS = "⇧"

_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u180e"
    r"\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffc\ud800-\udfff]"
)
_TAG = re.compile(r"<(?:/?[a-zA-Z][^<>]{0,200}|!--[^<>]{0,200}--)>")
_LINK = re.compile(r"(?:https?://|www\.)\S{1,500}", re.IGNORECASE)
_VK_MENTION = re.compile(r"\[(?:id|club|public)\d{1,20}(?::[^|\]]{0,40})?\|([^\]]{1,100})\]")
_MENTION = re.compile(r"(?<![\w.])@\w{2,40}")
_DIGITS = re.compile(r"\d+")
_REPEAT = re.compile(r"([^0])\1{3,}", re.DOTALL)
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[a-z]")
_CYRILLIC = re.compile(r"[а-я]")

_LOOK_ALIKE = str.maketrans("abcehkmoptxyr", "авсенкмортхуг")
_LOOK_ALIKE_SET = frozenset("abcehkmoptxyr")
#: Words that tell English from Russian in Latin letters.
_ENGLISH = frozenset(
    ["the", "and", "is", "of", "to", "in", "you", "for", "it", "this", "that", "with", "not", "my", "your",
     "are", "was", "have", "be", "on", "at", "by", "we", "can", "an", "or", "from", "how", "what", "please",
     "hello", "thanks", "thank", "very", "good", "bad", "all", "just"]
)  # fmt: skip
_TRANSLIT = (
    ("shch", "щ"), ("sch", "щ"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"), ("sh", "ш"),
    ("yu", "ю"), ("ya", "я"), ("yo", "е"), ("ye", "е"), ("iy", "ий"), ("yy", "ый"), ("ju", "ю"), ("ja", "я"),
    ("a", "а"), ("b", "б"), ("c", "ц"), ("d", "д"), ("e", "е"), ("f", "ф"), ("g", "г"), ("h", "х"),
    ("i", "и"), ("j", "й"), ("k", "к"), ("l", "л"), ("m", "м"), ("n", "н"), ("o", "о"), ("p", "п"),
    ("q", "к"), ("r", "р"), ("s", "с"), ("t", "т"), ("u", "у"), ("v", "в"), ("w", "в"), ("x", "х"),
    ("y", "ы"), ("z", "з"),
)  # fmt: skip


def normalise(text: str) -> str:
    """The text as models read it; empty when nothing readable is in it. Takes bounded time at any length."""
    if len(text) > 2 * MAX_CHARS:  # cut early, so that cleaning is bounded too
        text = f"{text[:MAX_CHARS]} {text[-MAX_CHARS:]}"
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text.replace("\r", "\n")))
    if "&" in text:
        text = html.unescape(text)
    text = _TAG.sub(" ", text)
    text = _LINK.sub(" url ", text)
    text = _MENTION.sub(" @ ", _VK_MENTION.sub(r" @ ", text))
    is_loud = _is_loud(text)
    text = text.lower().replace("ё", "е")
    text = _DIGITS.sub(lambda run: "0" * min(len(run[0]), 4), text)
    text = _SPACE.sub(" ", _REPEAT.sub(r"\1\1\1", text)).strip()
    if len(text) > MAX_CHARS:
        text = f"{text[: MAX_CHARS // 2]} {text[-MAX_CHARS // 2 :]}"
    text = _cyrillic(text)
    return f"{CAPS} {text}" if is_loud else text


def _is_loud(text: str) -> bool:
    letters = [c for c in text[:1000] if c.isalpha()]
    return len(letters) >= 6 and sum(c.isupper() for c in letters) > 0.7 * len(letters)


def _cyrillic(text: str) -> str:
    """Put Latin letters inside Cyrillic words right, and read a text all in Latin letters as translit."""
    if not _LATIN.search(text):
        return text
    if _CYRILLIC.search(text):
        return _WORD.sub(lambda word: _mixed(word[0]), text)
    words = [w for w in _WORD.findall(text) if w != "url"]
    if len(words) < 2 or sum(w in _ENGLISH for w in words) * 8 > len(words):
        return text
    return _WORD.sub(lambda word: word[0] if word[0] == "url" else _from_translit(word[0]), text)


def _mixed(word: str) -> str:
    if not _CYRILLIC.search(word) or not _LATIN.search(word):
        return word
    latin = set(_LATIN.findall(word))
    return word.translate(_LOOK_ALIKE) if latin <= _LOOK_ALIKE_SET else word


def _from_translit(word: str) -> str:
    for latin, cyrillic in _TRANSLIT:
        if latin in word:
            word = word.replace(latin, cyrillic)
    return word
