"""Which column is what: guessed from its name, shown to the person, overridable."""

import re
from collections.abc import Iterable, Mapping, Sequence

from domain.errors import BadInput

#: field -> names people give the column, first the likelier; compared without case, spaces and punctuation
NAMES: Mapping[str, tuple[str, ...]] = {
    "text": ("текст", "отзыв", "текстотзыва", "комментарий", "сообщение", "text", "review", "body", "content",
             "message", "comment", "описание", "жалоба"),
    "date": ("дата", "датаотзыва", "датапубликации", "дата и время", "date", "publishedat", "createdat",
             "created", "published", "время", "time", "datetime", "timestamp"),
    "id": ("id", "ид", "номеротзыва", "номер", "externalid", "reviewid", "идентификатор", "postid"),
    "author": ("автор", "имя", "клиент", "пользователь", "author", "user", "username", "name", "authorname"),
    "author_id": ("authorid", "userid", "idавтора", "idпользователя", "idклиента"),
    "rating": ("оценка", "рейтинг", "балл", "звезды", "rating", "grade", "stars", "score", "mark"),
    "title": ("заголовок", "тема", "title", "subject", "header"),
    "answer": ("ответ", "ответкомпании", "официальныйответ", "ответбанка", "answer", "reply", "response",
               "companyanswer", "companyresponse"),
    "answer_date": ("датаответа", "answerdate", "replydate", "answeredat", "repliedat", "responsedate"),
    "url": ("ссылка", "адрес", "url", "link", "permalink"),
    "product": ("продукт", "товар", "услуга", "рубрика", "категория", "product", "category", "service"),
    "city": ("город", "регион", "филиал", "city", "region", "branch"),
}  # fmt: skip


def guess(columns: Sequence[str], overrides: Iterable[str] = ()) -> dict[str, str]:
    """Field -> column. `overrides` as `field=column`; an empty column means: do not take this field.

    Raises BadInput when an override names no field or no column, or no column holds the text.
    """
    by_name = {_plain(column): column for column in reversed(columns) if column}
    found: dict[str, str] = {}
    for field, names in NAMES.items():
        column = next((by_name[_plain(name)] for name in names if _plain(name) in by_name), None)
        if column is not None and column not in found.values():
            found[field] = column
    for override in overrides:
        field, _, column = (part.strip() for part in override.partition("="))
        if field not in NAMES:
            raise BadInput(f"Нет поля «{field}»; есть {', '.join(NAMES)}")
        if column and column not in columns:
            raise BadInput(f"В файле нет столбца «{column}»; есть {', '.join(f'«{c}»' for c in columns)}")
        found = {f: c for f, c in found.items() if f != field and c != column}
        if column:
            found[field] = column
    if "text" not in found:
        listed = ", ".join(f"«{column}»" for column in columns)
        raise BadInput(f"Не понял, где текст: столбцы {listed}; подскажите: --column text=Столбец")
    return found


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.lower().replace("ё", "е"))
