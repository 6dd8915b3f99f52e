"""Attachments as VK shows them, with addresses that lead nowhere (`.invalid`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from demo.vk.items import Json

FIRST_ID = 457_239_000  # where VK's own numbering of photos starts


def build(kinds: Iterable[str | Json], *, owner_id: int, item_id: int, date: int) -> list[Json]:
    """One attachment for each kind named (`photo`, `sticker` …); ready-made objects pass as they are."""
    made: list[Json] = []
    for number, kind in enumerate(kinds):
        if isinstance(kind, str):
            maker = MAKERS[kind]
            made.append({"type": kind, kind: maker(owner_id, FIRST_ID + item_id * 10 + number, date)})
        else:
            made.append(kind)
    return made


def _url(name: str) -> str:
    return f"https://example.invalid/{name}"


def _photo(owner_id: int, item_id: int, date: int) -> Json:
    sizes = [("s", 75, 56), ("m", 130, 98), ("x", 604, 453)]
    return {
        "album_id": -7,
        "date": date,
        "id": item_id,
        "owner_id": owner_id,
        "sizes": [
            {"type": t, "width": w, "height": h, "url": _url(f"{item_id}{t}.jpg")} for t, w, h in sizes
        ],
        "text": "",
        "has_tags": False,
    }


def _sticker(_owner_id: int, item_id: int, _date: int) -> Json:
    image = {"url": _url(f"sticker{item_id}.png"), "width": 128, "height": 128}
    return {
        "inner_type": "base_sticker_new",
        "sticker_id": item_id % 10_000,
        "product_id": 1,
        "images": [image],
        "images_with_background": [image],
        "is_allowed": True,
    }


def _audio_message(owner_id: int, item_id: int, _date: int) -> Json:
    return {
        "id": item_id,
        "owner_id": owner_id,
        "duration": 7,
        "waveform": [0, 4, 9, 17, 31, 12, 3],
        "link_mp3": _url(f"{item_id}.mp3"),
        "link_ogg": _url(f"{item_id}.ogg"),
    }


def _video(owner_id: int, item_id: int, date: int) -> Json:
    image = [{"url": _url(f"video{item_id}.jpg"), "width": 320, "height": 240, "with_padding": 1}]
    return {
        "id": item_id,
        "owner_id": owner_id,
        "title": "Видео",
        "date": date,
        "duration": 42,
        "image": image,
        "type": "video",
        "views": 1,
    }


def _doc(owner_id: int, item_id: int, date: int) -> Json:
    return {
        "id": item_id,
        "owner_id": owner_id,
        "title": "Выписка.pdf",
        "size": 10_240,
        "ext": "pdf",
        "date": date,
        "type": 1,
        "url": _url(f"doc{item_id}"),
    }


def _link(_owner_id: int, item_id: int, _date: int) -> Json:
    return {
        "url": _url(f"page{item_id}"),
        "title": "Страница",
        "caption": "example.invalid",
        "description": "",
    }


MAKERS: dict[str, Callable[[int, int, int], Json]] = {
    "photo": _photo,
    "sticker": _sticker,
    "audio_message": _audio_message,
    "video": _video,
    "doc": _doc,
    "link": _link,
}
