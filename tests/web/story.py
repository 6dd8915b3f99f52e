# ruff: noqa: E501  # words of customers are as long as they are
"""A believable morning at Ромашка Банк, in every state the pages can show."""

from datetime import datetime, timedelta

from psycopg import Connection

from tests.web.seed import Word, add_alert, add_conversation, add_crawl, add_source, configure

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def tell(conn: Connection, now: datetime) -> int:
    """Returns the id of the conversation with the most to show."""
    configure(conn, now)
    vk = add_source(conn, now, "ВКонтакте")
    reviews = add_source(conn, now, "Отзывы, 2019–2024", "import")
    cards = add_source(
        conn, now, "Банки.ру", "banki", needs_person="Сайт просит решить капчу: откройте страницу отзывов и решите её."
    )  # fmt: skip
    add_crawl(conn, vk, now - 3 * MINUTE)
    add_crawl(conn, cards, now - 5 * HOUR)
    add_crawl(conn, cards, now - HOUR, "needs_person", "капча")
    long = _transfer(conn, now, vk)
    add_conversation(
        conn, now, vk,
        Word(text="Здравствуйте! Карту обещали доставить вчера, курьер не приехал и не позвонил. Что делать, мне завтра уезжать?",
             ago=50 * MINUTE, author="Игорь Савельев", seen_late=4 * MINUTE),
    )  # fmt: skip
    taken = add_conversation(
        conn, now, vk,
        Word(text="Почему в приложении третий день не открывается история операций? Крутится колесо и всё.",
             ago=3 * HOUR, author="Ольга Н.", attachments=["photo"]), appeal="question",
        voices=4,
    )  # fmt: skip
    add_alert(conn, now, taken, "taken", taken_by="Анна", taken_at=now - HOUR)
    add_conversation(
        conn,
        now,
        vk,
        Word(text="", ago=10 * MINUTE, author="Дмитрий", attachments=["sticker"]),
        appeal="none",
    )
    add_conversation(
        conn, now, vk, Word(text="Добрый день, а можно ли открыть вклад на ребёнка без визита в офис?",
                            ago=6 * MINUTE, author="Екатерина Белова"), appeal="question",
    )  # fmt: skip
    add_conversation(
        conn, now, cards,
        Word(text="Сняли 4 900 рублей за страховку, о которой я не просила. На горячей линии сорок минут музыки, потом сбросили. "
                  "В отделении сказали писать заявление, приняли его без номера и копии не дали. Верните деньги и уберите эту "
                  "страховку из договора, иначе пойду в суд и в Центробанк.",
             ago=4 * HOUR, author="Людмила Аркадьевна", rating=1, url="https://www.banki.ru/services/responses/1"),
        checked_ago=5 * HOUR - MINUTE,
    )  # fmt: skip
    add_conversation(
        conn, now, vk,
        Word(text="Перевод в другой банк завис, деньги списались.", ago=5 * HOUR, author="Руслан"),
        Word(text="Здравствуйте, Руслан! Проверяем перевод, ответим до вечера. Мария", ago=4 * HOUR, by="official",
             author="Ромашка Банк"),
        state="promised", promised_in=3 * HOUR,
    )  # fmt: skip
    for n in range(40):
        add_conversation(
            conn, now, reviews,
            Word(text=f"Отзыв {n + 1}: обслуживание долгое, очередь полтора часа, касса одна.", ago=(700 + n) * DAY,
                 seen_late=(690 + n) * DAY, author=None, rating=2, url=None, is_dated=n % 5 != 0),
            checked_ago=None,
        )  # fmt: skip
    return long


def _transfer(conn: Connection, now: datetime, vk: int) -> int:
    long = add_conversation(
        conn, now, vk,
        Word(text="Списали комиссию 390 рублей за перевод, хотя в тарифах ноль. Объясните!", ago=26 * HOUR, author="Марина Котова",
             seen_late=6 * MINUTE, earlier=["Списали комиссию 390 рублей за перевод"]),
        Word(text="Марина, здравствуйте! Напишите, пожалуйста, номер обращения в личные сообщения. С уважением, Ромашка Банк.",
             ago=25 * HOUR, by="official", author="Ромашка Банк"),
        Word(text="У меня то же самое, два раза за месяц", ago=24 * HOUR, by="other", author="Пётр Лисицын"),
        Word(text="Уберите это", ago=23 * HOUR, by="other", author="Аноним", gone_ago=20 * HOUR),
        Word(text="Написала вчера. Тишина. Обращение 55-1042. Сколько ещё ждать?", ago=2 * HOUR + 12 * MINUTE, seen_late=5 * MINUTE,
             attachments=["photo", "doc"]),
        voices=1,
        root=Word(text="Друзья! С 1 марта переводы по номеру телефона стали ещё выгоднее. Рассказываем в карточках, кому и сколько "
                       "можно перевести без комиссии.", ago=40 * HOUR, by="official", author="Ромашка Банк"),
    )  # fmt: skip
    alert = add_alert(conn, now - 30 * MINUTE, long)
    conn.execute(
        "INSERT INTO delivery (alert_id, channel, reason, snapshot, state, created_at, due_at, sent_at) "
        "VALUES (%s, 'smm', 'first', '{}', 'sent', %s, %s, %s)",
        (alert, now - 30 * MINUTE, now - 30 * MINUTE, now - 29 * MINUTE),
    )
    return long
