"""Made-up answers in the shapes of VK's real ones."""

import json
from typing import Any

OWNER, POST = -77, 500
NOON = 1_772_442_000  # 2026-03-02 09:00 UTC


def comment(number: int, author: int = 901, text: str = "Не приходит код", **more: Any) -> dict[str, Any]:
    """A top comment with an empty thread."""
    item = {
        "id": number,
        "from_id": author,
        "date": NOON + number,
        "text": text,
        "post_id": POST,
        "owner_id": OWNER,
        "parents_stack": [],
        "thread": {"count": 0, "items": [], "can_post": True, "show_reply_button": True},
    }
    return item | more


def reply(
    number: int, top: int, author: int, said_to: int, to_user: int, text: str = "Ответ"
) -> dict[str, Any]:
    item = comment(number, author, text, parents_stack=[top], reply_to_comment=said_to, reply_to_user=to_user)
    del item["thread"]
    return item


def thread(top: dict[str, Any], *replies: dict[str, Any], count: int | None = None) -> dict[str, Any]:
    held = {"count": len(replies) if count is None else count, "items": list(replies)}
    return top | {"thread": top["thread"] | held}


def comments(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The answer as 5.199 gives it, counts right unless told otherwise."""
    total = sum(1 + len(item.get("thread", {}).get("items", ())) for item in items)
    inner = {
        "count": total,
        "items": list(items),
        "current_level_count": len(items),
        "can_post": True,
        "show_reply_button": True,
        "groups_can_post": True,
    }
    return {"response": inner | more}


def conversation() -> dict[str, Any]:
    """Two customers, an answer, a follow-up, names of all."""
    first = thread(
        comment(1, 901, "Банкомат съел карту"),
        reply(2, 1, OWNER, 1, 901, "[id901|Мария], уже едем"),
        reply(3, 1, 901, 2, OWNER, "[club77|Ромашка], жду &amp; надеюсь"),
        reply(4, 1, OWNER, 2, OWNER, "Мастер выехал"),
    )
    people = {
        "profiles": [
            {"id": 901, "first_name": "Мария", "last_name": "Лунина", "bdate": "1.2.1990", "sex": 1},
            {"id": 902, "first_name": "Пётр", "last_name": ""},
        ],
        "groups": [{"id": 77, "name": "Ромашка"}],
        "post_author_id": OWNER,
    }
    return comments(first, comment(5, 902, "Спасибо!"), **people)


def post(number: int, author: int = OWNER, text: str = "Новость", **more: Any) -> dict[str, Any]:
    item = {
        "id": number,
        "owner_id": OWNER,
        "from_id": author,
        "date": NOON + number,
        "text": text,
        "post_type": "post",
        "comments": {"count": 2, "can_post": 1},
        "attachments": [],
    }
    return item | more


def wall(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"response": {"count": len(items), "items": list(items)} | more}


def body(answer: Any) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode()
