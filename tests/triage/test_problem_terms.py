"""From a text to terms, and from terms to similarity."""

import numpy as np
import pytest

from tests.triage.texts import CAUSES
from triage.problems import concepts
from triage.problems.bags import bag, passages
from triage.problems.concepts import Concepts
from triage.problems.space import Space, learn
from triage.problems.words import MAX_SENTENCES, sentences


def test_different_words_for_one_thing_meet_in_a_concept() -> None:
    one, other = bag("Кэшбек не пришёл"), bag("КЕШБЭК так и не начислили")
    assert {"@кэшбэк", "@не начислили"} <= set(one.terms) & set(other.terms)


def test_a_negation_belongs_to_the_next_words_only() -> None:
    found = concepts.load()
    assert "не начислили" not in found.find(
        ["не", "было", "времени", "и", "вчера", "пришли"], ["не", "быть", "время", "и", "вчера", "прийти"]
    )


def test_what_is_said_first_weighs_most() -> None:
    found = bag("Страховку навязали. Всё было долго. Ещё раз приходил. Потом звонил. В конце забрал чек.")
    weights = dict(zip(found.terms, found.weights, strict=True))
    assert weights["@страховка"] > weights["@чек"]


def test_a_line_that_is_no_concept_is_refused() -> None:
    with pytest.raises(ValueError, match="no concept"):
        Concepts("thing без двоеточия")


@pytest.mark.parametrize(
    "text",
    ["", "   \n", "\x00\x01", "👍👍👍", "\ud800", "!!!???", "а" * 200_000, "не " * 50_000, "(" * 20_000,
     "слово. " * 20_000, "1 000 000 рублей", "ё" * 500 + "\u202e" + "qwerty"],
)  # fmt: skip
def test_hostile_texts_become_bags_of_bounded_size(text: str) -> None:
    found = bag(text)
    assert len(found.terms) == len(found.weights) == len(found.spots) < 8_000
    assert max(found.spots, default=1).bit_length() <= MAX_SENTENCES
    assert sum(1 for _ in sentences(text)) <= MAX_SENTENCES


def test_a_short_text_has_no_passages_and_a_long_one_overlapping_ones() -> None:
    assert passages(bag("Кэшбэк не пришёл. Поддержка молчит.")) == []
    parts = passages(
        bag("Кэшбэк не пришёл. Баллов нет. Жду месяц. Очередь в отделении. Одно окно. Два часа.")
    )
    assert len(parts) > 1
    assert "@кэшбэк" in parts[0].terms
    assert "@очередь" in parts[-1].terms
    assert "@кэшбэк" not in parts[-1].terms


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [text for texts in CAUSES.values() for text in texts]


@pytest.fixture(scope="module")
def space(texts: list[str]) -> Space:
    return learn([bag(text) for text in texts])


def test_complaints_of_one_cause_are_more_alike_than_others(space: Space, texts: list[str]) -> None:
    cause = np.repeat(np.arange(5), 5)
    found = space.similarities(space.cloud(bag(text) for text in texts))
    same = cause[:, None] == cause[None, :]
    np.fill_diagonal(same, False)
    others = cause[:, None] != cause[None, :]
    assert found[same].mean() > 0.25 > 0.08 > found[others].mean()


def test_one_against_many_is_the_same_as_the_whole_table(space: Space, texts: list[str]) -> None:
    cloud = space.cloud(bag(text) for text in texts)
    table = space.similarities(cloud)
    alone = space.similarity_to(cloud.take(np.array([7])), cloud)
    assert np.allclose(table[7], alone, atol=1e-5)


def test_a_space_survives_being_stored(space: Space, texts: list[str]) -> None:
    again = Space.from_bytes(space.to_bytes())
    bags = [bag(text) for text in texts]
    before, after = space.similarities(space.cloud(bags)), again.similarities(again.cloud(bags))
    assert np.allclose(before, after, atol=2e-3)


def test_a_text_of_unknown_words_is_like_nothing(space: Space, texts: list[str]) -> None:
    cloud = space.cloud([bag("абырвалг глокая куздра"), *(bag(text) for text in texts)])
    assert space.similarities(cloud)[0, 1:].max() < 0.2
