"""History and floods: many conversations become few messages, and none of them is lost."""

from datetime import timedelta

from psycopg import Connection
from psycopg_pool import ConnectionPool

from domain.clock import FixedClock
from domain.messages import Verb
from domain.posts import CrawledPost, PostKind
from tests.alerts.desk import DAY, HOUR, MINUTE, Desk


def reviews(desk: Desk, numbers: range, *, days_ago: int = 400) -> list[CrawledPost]:
    return [
        CrawledPost(
            kind=PostKind.REVIEW,
            external_id=f"r{n}",
            author_id=f"a{n}",
            text=f"Жалоба номер {n}: деньги не пришли, поддержка молчит. Подробности.",
            rating=1 + n % 3,
            published_at=desk.clock() - timedelta(days=days_ago) + timedelta(hours=n),
        )
        for n in numbers
    ]


def imported(pool: ConnectionPool[Connection], clock: FixedClock) -> Desk:
    return Desk(pool, clock, kind="import", added_at=clock())


def settle(desk: Desk) -> None:
    desk.build()
    desk.decide()
    desk.deliver()


def test_an_import_of_old_complaints_is_one_message(
    pool: ConnectionPool[Connection], clock: FixedClock
) -> None:
    desk = imported(pool, clock)
    praise = CrawledPost(kind=PostKind.REVIEW, external_id="p", author_id="p", text="Спасибо, отличный банк")
    desk.store([*reviews(desk, range(300)), praise])
    settle(desk)
    message = desk.card.message
    assert message.subject == "Загружена история: 301 запись, в них 300 жалоб — Загрузка, Ромашка ВК"
    assert "Без ответа: 0, не проверено, есть ли ответ: 300" in message.essence
    assert len(message.items) == 3
    assert all("оценка 1" in item.note for item in message.items)
    assert [b.label for b in message.buttons] == ["Беру", "Разобрали", "Отложить до завтра"]


def test_it_waits_until_the_load_is_through(pool: ConnectionPool[Connection], clock: FixedClock) -> None:
    desk = imported(pool, clock)
    desk.sql("INSERT INTO crawl (source_id, started_at) VALUES (%s, %s)", desk.source, clock())
    desk.store(reviews(desk, range(10)))
    settle(desk)
    assert desk.cards == []
    desk.store(reviews(desk, range(10, 30)))
    desk.sql("UPDATE crawl SET outcome = 'complete', finished_at = %s", clock())
    clock.tick(MINUTE)
    settle(desk)
    assert "30 жалоб" in desk.card.message.subject


def test_a_load_that_never_ends_is_told_all_the_same(
    pool: ConnectionPool[Connection], clock: FixedClock
) -> None:
    desk = imported(pool, clock)
    desk.sql("INSERT INTO crawl (source_id, started_at) VALUES (%s, %s)", desk.source, clock())
    desk.store(reviews(desk, range(10)))
    settle(desk)
    clock.tick(11 * MINUTE)
    settle(desk)
    assert "10 жалоб" in desk.card.message.subject


def test_the_same_file_again_says_nothing(pool: ConnectionPool[Connection], clock: FixedClock) -> None:
    desk = imported(pool, clock)
    for _ in range(2):
        desk.store(reviews(desk, range(20)))
        settle(desk)
        clock.tick(HOUR)
    assert (len(desk.cards), desk.card.replies) == (1, [])


def test_more_history_updates_the_open_digest_and_calls_when_it_doubled(
    pool: ConnectionPool[Connection], clock: FixedClock
) -> None:
    desk = imported(pool, clock)
    desk.store(reviews(desk, range(20)))
    settle(desk)
    clock.tick(HOUR)
    desk.store(reviews(desk, range(20, 25)))
    settle(desk)
    assert "25 жалоб" in desk.card.message.subject
    assert desk.card.replies == []
    clock.tick(HOUR)
    desk.store(reviews(desk, range(25, 60)))
    settle(desk)
    ((_, text, _),) = desk.card.replies
    assert text == "Добавились ещё обращения: теперь 60 обращений, из них ждут разбора 60"


def test_after_it_was_sorted_the_next_load_is_a_digest_of_its_own(
    pool: ConnectionPool[Connection], clock: FixedClock
) -> None:
    desk = imported(pool, clock)
    desk.store(reviews(desk, range(20)))
    settle(desk)
    assert desk.press(Verb.ANSWERED).words == "Закрыто: разобрано"
    clock.tick(DAY)
    desk.store(reviews(desk, range(20, 27)))
    settle(desk)
    assert len(desk.cards) == 2
    assert desk.cards[1].message.subject.startswith("Загружена история: 7 записей, в них 7 жалоб")
    assert desk.sql("SELECT count(*) FROM conversation WHERE state = 'waiting_us'") == [(27,)]


def test_a_first_crawl_tells_the_old_in_a_digest_and_the_new_by_itself(
    pool: ConnectionPool[Connection], clock: FixedClock
) -> None:
    desk = Desk(pool, clock, added_at=clock())
    for n in range(5):
        desk.comment(
            f"Старая жалоба номер {n}, никто не ответил.", author=f"c{n}", at=clock() - (20 + n) * DAY
        )
    answered = desk.comment("Старая жалоба, на которую ответили вовремя.", author="c9", at=clock() - 30 * DAY)
    desk.comment(
        "Здравствуйте! Всё исправили, деньги вернули на счёт.",
        official=True,
        to=answered,
        at=clock() - 29 * DAY,
    )
    desk.comment("Новая жалоба: не работает вход в приложение.", author="c5", at=clock() - 3 * HOUR)
    desk.run()
    single, digest = desk.cards
    assert single.message.subject.startswith("Жалоба без ответа 3 ч")
    assert "6 жалоб" not in single.text
    assert "в них 7 жалоб" in digest.message.subject
    assert "Без ответа: 5, с ответом или закончено: 2" in digest.message.essence


def test_an_old_customer_who_writes_again_is_no_history(
    pool: ConnectionPool[Connection], clock: FixedClock
) -> None:
    desk = Desk(pool, clock, added_at=clock())
    old = desk.comment("Старая жалоба, никто не ответил на неё.", at=clock() - 20 * DAY)
    desk.run()
    desk.comment("Добрый день, мы всё исправили, проверьте.", official=True, to=old)
    desk.run()
    clock.tick(MINUTE)
    desk.comment("Ничего не исправлено, всё по-прежнему не работает.", to=old)
    clock.tick(65 * MINUTE)
    desk.run()
    assert desk.cards[-1].message.subject.startswith("Жалоба без ответа 1 ч 5 мин")


def test_a_flood_becomes_single_cards_and_one_digest(desk: Desk) -> None:
    desk.policy(pings_an_hour=4)
    for n in range(15):
        desk.comment(f"Жалоба номер {n}: приложение не открывается.", author=f"c{n}")
    desk.clock.tick(65 * MINUTE)
    desk.run()
    desk.run()
    *singles, digest = desk.cards
    assert len(singles) == 4
    assert digest.message.subject.startswith("Сразу много: ещё 11 обращений одним сообщением")
    assert "ждут ответа 11" in digest.message.essence


def test_what_a_flood_digest_told_is_told_singly_when_a_day_passed(desk: Desk) -> None:
    desk.policy(pings_an_hour=2)
    for n in range(4):
        desk.comment(f"Жалоба номер {n}: приложение не открывается.", author=f"c{n}")
    desk.clock.tick(65 * MINUTE)
    desk.run()
    desk.clock.tick(DAY + MINUTE)
    desk.run()
    assert len(desk.cards) == 5
    singles = [card for card in desk.cards if card.message.subject.startswith("Жалоба без ответа")]
    assert len({card.message.alert_id for card in singles}) == 4


def test_answers_move_the_counts_and_end_the_digest(desk: Desk) -> None:
    desk.policy(pings_an_hour=0)
    numbers = [desk.comment(f"Жалоба номер {n}: не открывается.", author=f"c{n}") for n in range(3)]
    desk.clock.tick(65 * MINUTE)
    desk.run()
    assert "ждут ответа 3" in desk.card.text
    for number in numbers[:2]:
        desk.comment("Здравствуйте, исправили, спасибо за сигнал.", official=True, to=number)
    desk.clock.tick(11 * MINUTE)
    desk.run()
    assert "ждут ответа 1" in desk.card.text
    desk.comment("Здравствуйте, исправили, спасибо за сигнал.", official=True, to=numbers[2])
    desk.clock.tick(11 * MINUTE)
    desk.run()
    assert desk.sql("SELECT count(*) FROM alert WHERE state <> 'resolved'") == [(0,)]
    assert [text for _, text, _ in desk.card.replies] == ["Никто больше не ждёт"]


def test_a_source_that_needs_a_person_is_told_once_and_its_recovery_too(desk: Desk) -> None:
    desk.sql("UPDATE source SET needs_person = 'Токен ВКонтакте отозван: получите новый'")
    for _ in range(3):
        desk.run()
        desk.clock.tick(2 * DAY)
    assert desk.card.message.subject == "Источник не читается — ВКонтакте, Ромашка ВК"
    assert desk.card.message.essence == "Токен ВКонтакте отозван: получите новый"
    assert desk.card.replies == []
    desk.sql("UPDATE source SET needs_person = NULL")
    desk.run()
    assert desk.card.message.subject == "Источник снова читается — ВКонтакте, Ромашка ВК"


def test_deciding_looks_only_at_what_is_due(pool: ConnectionPool[Connection], clock: FixedClock) -> None:
    desk = imported(pool, clock)
    desk.store(reviews(desk, range(450)))
    desk.build()
    assert desk.decide().looked_at == 450
    assert desk.decide().looked_at == 0
