"""Texts a reader takes for the same are the same for a model."""

import pytest

from classifiers.grams import Grams, hashed
from classifiers.normalise import MAX_CHARS, normalise


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        pytest.param("Ёлка", "елка", id="case and ё"),
        pytest.param("нe рaбoтaeт", "не работает", id="Latin look-alikes"),
        pytest.param("не\u200b раб\u00adотает", "не работает", id="zero-width and soft hyphen"),
        pytest.param("да\x00 нет", "да нет", id="NUL"),
        pytest.param("<p>Добрый&nbsp;день</p>", "добрый день", id="HTML"),
        pytest.param("[id12|Анна], привет", "@ , привет", id="a VK mention"),
        pytest.param("см. https://a.ru/b?c=1 тут", "см. url тут", id="a link"),
        pytest.param("kogda pochinite", "когда почините", id="transliteration"),
        pytest.param("thank you for the help", "thank you for the help", id="English stays"),
        pytest.param("карта Visa Gold", "карта visa gold", id="foreign words in a Russian text stay"),
        pytest.param("ааааааа!!!!!!", "ааа!!!", id="long runs"),
        pytest.param("ВЕРНИТЕ ДЕНЬГИ", "⇧ верните деньги", id="shouting is kept as a mark"),
        pytest.param("1250 рублей", "0000 рублей", id="numbers"),
        pytest.param("5 < 6 и 7 > 3", "0 < 0 и 0 > 0", id="a comparison is no tag"),
        pytest.param("\ud800", "", id="a lone surrogate"),
    ],
)
def test_normalise(text: str, clean: str) -> None:
    assert normalise(text) == clean


def test_normalising_twice_changes_nothing() -> None:
    for text in ("нe рaбoтaeт ВООБЩЕЕЕЕЕ", "kogda pochinite", "[id1|Ю] 100 руб"):
        assert normalise(normalise(text)).replace("⇧ ", "") == normalise(text).replace("⇧ ", "")


def test_a_page_of_any_length_is_cut() -> None:
    assert len(normalise("слово " * 100_000)) <= MAX_CHARS + 2


def test_pieces_of_a_text_do_not_depend_on_its_neighbours() -> None:
    grams = Grams(buckets=2**16, min_chars=2, max_chars=4, words=2)
    texts = ["не работает", "", "🙂", "верните деньги", "не работает"]
    together = hashed(texts, grams)
    for text, found in zip(texts, together, strict=True):
        assert found.tolist() == hashed([text], grams)[0].tolist()
    assert 0 not in {int(x) for row in together for x in row}


def test_word_order_is_seen_by_pairs_of_words_alone() -> None:
    single, pairs = (Grams(buckets=2**20, min_chars=2, max_chars=2, words=n) for n in (1, 2))
    a, b = "не надо ждать", "ждать не надо"
    assert set(hashed([a], single)[0]) == set(hashed([b], single)[0])
    assert set(hashed([a], pairs)[0]) != set(hashed([b], pairs)[0])
