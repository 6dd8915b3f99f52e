"""One conversation whole."""

from datetime import timedelta

from parsel import Selector
from psycopg import Connection

from tests.conftest import NOON
from tests.web.conftest import Browser
from tests.web.seed import Word, add_alert, add_conversation, add_source, configure
from tests.web.story import tell

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def shown(browser: Browser, conversation: int) -> Selector:
    answer = browser.get(f"/conversations/{conversation}")
    assert answer.status_code == 200, answer.text
    return Selector(answer.text)


def text(part: Selector) -> str:
    return " ".join(" ".join(part.css("::text").getall()).split())


def test_posts_stand_in_order_with_their_roles(browser: Browser, db: Connection) -> None:
    page = shown(browser, tell(db, NOON))
    roles = page.css(".talk .role::text").getall()
    assert roles == ["о чём пишут", "клиент", "компания", "другой клиент", "другой клиент", "клиент"]
    assert (
        page.css(".waits .text::text").get()
        == "Написала вчера. Тишина. Обращение 55-1042. Сколько ещё ждать?"
    )


def test_deleted_and_edited_posts_say_so(browser: Browser, db: Connection) -> None:
    page = shown(browser, tell(db, NOON))
    assert "удалено из источника, заметили 1 марта 16:00" in text(page.css(".said-by.gone")[0])
    details = page.css("details")[0]
    assert details.css("summary::text").get() == "изменено: 1 прежняя редакция"
    assert details.css("blockquote::text").get() == "Списали комиссию 390 рублей за перевод"


def test_a_verdict_names_its_model_and_does_not_pose_as_a_probability(
    browser: Browser, db: Connection
) -> None:
    page = shown(browser, tell(db, NOON))
    verdict = "жалоба 0,83 (оценка, не вероятность), негатив — модель lexicon-1"
    assert verdict in page.css(".customer .verdict::text").getall()
    assert not page.css(".official .verdict")


def test_a_persons_correction_stands_above_the_models(browser: Browser, db: Connection) -> None:
    conversation = tell(db, NOON)
    db.execute(
        "INSERT INTO correction (post_id, version, appeal, by, at) "
        "SELECT opening_post_id, 2, 'question', 'Анна', %s FROM conversation WHERE id = %s",
        (NOON, conversation),
    )
    assert (
        shown(browser, conversation).css(".verdict summary::text").get() == "вопрос — так решил человек: Анна"
    )


def test_clocks_and_history_stand_beside(browser: Browser, db: Connection) -> None:
    page = shown(browser, tell(db, NOON))
    panel = text(page.css(".panel")[0])
    assert "ждёт нас просрочено следующий ответ Ждёт 2 ч 12 мин" in panel
    assert "У команды 2 ч 7 мин увидели 09:53 Срок был 10:48" in panel
    assert "Источник проверен 11:58" in panel
    assert [text(line) for line in page.css(".history li")] == [
        "1 марта 10:00 клиент пожаловался → ждёт нас",
        "11:30 Отклик поднял тревогу",
        "11:31 сообщено в канал «smm»",
    ]


def test_a_conversation_that_is_over_has_nothing_to_decide(browser: Browser, db: Connection) -> None:
    configure(db, NOON)
    source = add_source(db, NOON, "ВКонтакте")
    over = add_conversation(db, NOON, source, Word(text="Спасибо!", ago=HOUR), state="closed")
    page = shown(browser, over)
    assert not page.css(".acts")
    assert "Решать сейчас нечего: закончен." in text(page.css(".panel")[0])


def test_every_action_and_digest_is_in_the_history(browser: Browser, db: Connection) -> None:
    configure(db, NOON)
    source = add_source(db, NOON, "ВКонтакте")
    conversation = add_conversation(db, NOON, source, Word(text="Где деньги?", ago=HOUR))
    alert = add_alert(db, NOON, conversation, "taken", taken_by="Анна")
    db.execute(
        "INSERT INTO action (alert_id, verb, by, via, at, outcome)"
        " VALUES (%s, 'take', 'Анна', 'slack', %s, '')",
        (alert, NOON),
    )
    assert "12:00 Анна взял(а) в работу в Slack" in text(shown(browser, conversation).css(".history")[0])


def test_what_is_not_there_is_404(browser: Browser) -> None:
    for number in ("1", "0", "9" * 19, "9" * 5000, "abc", "1%00", "-1"):
        answer = browser.get(f"/conversations/{number}")
        assert answer.status_code == 404, number
        assert "Такой страницы нет" in answer.text
