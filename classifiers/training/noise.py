"""What people's thumbs do to texts: typos, lost punctuation, dropped words; the label stays."""

from random import Random

_NEIGHBOURS = {
    "а": "пвк", "е": "кнп", "и": "мтп", "о": "рлг", "н": "егт", "т": "ьио", "с": "чмв", "р": "пон",
    "в": "аыс",
    "л": "одш", "к": "уеа", "м": "сип", "д": "лжщ", "п": "арк", "у": "кцы", "я": "чф", "ы": "вфц",
    "з": "хщж",
}  # fmt: skip
_VOICED = {"о": "а", "а": "о", "е": "и", "и": "е", "тся": "ться", "ться": "тся"}


def spoiled(text: str, random: Random) -> str:
    """A normalised text as somebody else might have typed it; half of the texts stay as they are."""
    if random.random() < 0.5 or len(text) < 4:
        return text
    words = text.split(" ")
    if len(words) > 4 and random.random() < 0.5:
        words = [word for word in words if random.random() > 0.08] or words
    if random.random() < 0.4:
        place = random.randrange(len(words))
        words[place] = _mistyped(words[place], random)
    out = " ".join(words)
    if random.random() < 0.25:
        out = out.rstrip(".!?)( ") or out
    if random.random() < 0.15:
        out = out.replace(",", "")
    return out


def _mistyped(word: str, random: Random) -> str:
    if len(word) < 4:
        return word
    place = random.randrange(1, len(word) - 1)
    letter = word[place]
    way = random.randrange(5)
    if way == 0:
        return word[:place] + word[place + 1 :]
    if way == 1:
        return word[:place] + word[place + 1] + letter + word[place + 2 :]
    if way == 2:
        return word[:place] + letter + word[place:]
    if way == 3:
        return word[:place] + random.choice(_NEIGHBOURS.get(letter, letter)) + word[place + 1 :]
    return word[:place] + _VOICED.get(letter, letter) + word[place + 1 :]
