"""Columns are guessed from their names, and a person may say otherwise."""

import pytest

from crawlers.imports.columns import guess
from domain.errors import BadInput


@pytest.mark.parametrize(
    ("columns", "mapping"),
    [
        (("Дата", "Продукт", "Отзыв"), {"date": "Дата", "product": "Продукт", "text": "Отзыв"}),
        (("created_at", "text", "stars"), {"date": "created_at", "text": "text", "rating": "stars"}),
        (("Текст отзыва", "Ответ компании"), {"text": "Текст отзыва", "answer": "Ответ компании"}),
        (("ID", "Автор", "Оценка", "Комментарий"),
         {"id": "ID", "author": "Автор", "rating": "Оценка", "text": "Комментарий"}),
    ],
)  # fmt: skip
def test_usual_names_are_understood(columns: tuple[str, ...], mapping: dict[str, str]) -> None:
    assert guess(columns) == mapping


def test_a_person_overrides_the_guess() -> None:
    assert guess(("Отзыв", "Суть"), ["text=Суть"]) == {"text": "Суть"}


def test_a_person_may_leave_a_field_out() -> None:
    assert guess(("Отзыв", "Автор"), ["author="]) == {"text": "Отзыв"}


@pytest.mark.parametrize("override", ["нечто=Отзыв", "text=Нет такого"])
def test_an_override_of_nothing_is_refused(override: str) -> None:
    with pytest.raises(BadInput):
        guess(("Отзыв",), [override])


def test_no_text_is_refused_with_advice() -> None:
    with pytest.raises(BadInput, match="--column text="):
        guess(("Номер", "Сумма"))
