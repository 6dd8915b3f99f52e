"""The word list: honest about itself, right on the plain cases."""

import pytest

from classifiers.lexicon import Lexicon
from domain.verdicts import Text
from tests.classifiers.test_onnx_model import HOSTILE


@pytest.mark.parametrize(
    ("text", "sentiment", "appeal"),
    [
        ("Приложение опять не работает, верните деньги", "negative", "complaint"),
        ("Курьер не привёз заказ, поддержка молчит", "negative", "complaint"),
        ("Подскажите, до скольки вы работаете?", "neutral", "question"),
        ("Спасибо, очень вежливый менеджер!", "positive", "praise"),
        ("Добавьте, пожалуйста, тёмную тему", "neutral", "suggestion"),
        ("Завтра едем на дачу", "neutral", "none"),
        ("", "neutral", "none"),
    ],
)
def test_plain_cases(text: str, sentiment: str, appeal: str) -> None:
    verdict = Lexicon().classify([Text(text)])[0]
    assert (verdict.sentiment, verdict.appeal) == (sentiment, appeal)


def test_every_verdict_says_that_a_word_list_gave_it() -> None:
    verdict = Lexicon().classify([Text("ужас")])[0]
    assert verdict.model_id == "lexicon-1"
    assert not verdict.calibrated
    assert verdict.vector is None


def test_hostile_texts_get_an_answer() -> None:
    assert len(Lexicon().classify([Text(text) for text in HOSTILE])) == len(HOSTILE)
