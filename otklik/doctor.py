"""`otklik doctor`: one page of truth about this installation. Also run by a schedule."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import psycopg
from rich.console import Console
from rich.text import Text

from alerts.slack import SlackMessenger
from db import health, verdicts
from db.health import SourceHealth
from domain.errors import AuthExpired, OtklikError, Retryable
from domain.freshness import Freshness
from domain.policy import ChannelKind
from domain.russian import plural, span
from otklik import build, schedules
from otklik.build import Services
from otklik.findings import Finding, Level
from otklik.settings import Settings

#: Asks one outside service whether our key is good; says so in words, raises OtklikError if not.
Probe = Callable[[Services], Finding | None]


def report(settings: Settings, console: Console, probes: Sequence[Probe]) -> int:
    """Print the page; returns 1 when something needs a person."""
    try:
        with build.services(settings) as services:
            findings = [*examine(services, probes), schedules.examine(settings)]
    except (OtklikError, psycopg.Error) as error:
        findings = [Finding(Level.PERSON, "База", f"недоступна: {str(error).strip()}")]
    colours = {Level.OK: "green", Level.NOTE: "yellow", Level.PERSON: "bold red"}
    for finding in findings:
        console.print(Text(finding.line, style=colours[finding.level]))
    urgent = sum(finding.needs_person for finding in findings)
    if urgent:
        console.print(Text(f"\nЧеловек нужен в {plural(urgent, 'месте', 'местах', 'местах')}.", style="bold"))
    return 1 if urgent else 0


def examine(services: Services, probes: Sequence[Probe] = ()) -> list[Finding]:
    """Everything that can be seen from inside; asks outside services through `probes`."""
    now = services.clock()
    with services.pool.connection() as conn:
        findings = [
            _database(conn),
            _company(services),
            _model(services, conn),
            *(_source(source, now) for source in health.sources(conn)),
            *_waiting(health.waiting(conn, now), verdicts.waiting(conn, services.classifier.model_id)),
        ]
    return [*findings, *_probe(services, [_probe_slack, *probes])]


def _database(conn: psycopg.Connection) -> Finding:
    version = conn.info.server_version // 10_000
    migrations = plural(health.migrations(conn), "миграция", "миграции", "миграций")
    return Finding(Level.OK, "База", f"PostgreSQL {version}, {migrations}, последняя выполнена")


def _company(services: Services) -> Finding:
    try:
        company = services.company
    except OtklikError as error:
        return Finding(Level.PERSON, "Настройки", str(error))
    return Finding(Level.OK, "Настройки", f"{company.brand}, версия {company.version}")


def _model(services: Services, conn: psycopg.Connection) -> Finding:
    model = services.classifier.model_id
    if model.startswith("lexicon"):
        return Finding(
            Level.NOTE, "Модель", f"{model}: список слов, заметно слабее обученной модели (OTKLIK_MODEL)"
        )
    since = verdicts.model_in_charge(conn)
    return Finding(Level.OK, "Модель", f"{model}{f', судит с {since[1]:%d.%m.%Y}' if since else ''}")


def _source(source: SourceHealth, now: datetime) -> Finding:
    """Who needs a person says so; who was not seen for long is said to be unseen, never to be quiet."""
    subject = f"Источник «{source.name}»"
    seen = f"прочитан {span(now - source.good_at)} назад" if source.good_at else ""
    match source.freshness(now):
        case Freshness.NEEDS_PERSON:
            return Finding(Level.PERSON, subject, source.needs_person or "")
        case Freshness.IMPORTED:
            return Finding(Level.OK, subject, f"загружен из файла, {source.says_of_answers}")
        case Freshness.NEVER:
            return Finding(Level.NOTE, subject, "ещё ни разу не прочитан")
        case Freshness.FIRST:
            return Finding(Level.NOTE, subject, "читается впервые")
        case Freshness.NEVER_WHOLE:
            return Finding(Level.PERSON, subject, f"ни разу не прочитан целиком: {_why(source)}")
        case Freshness.SILENT:
            return Finding(
                Level.PERSON, subject, f"{seen}, должен каждые {span(source.every)}: {_why(source)}"
            )
        case Freshness.PARTIAL:
            return Finding(Level.NOTE, subject, f"{seen}; последний раз не до конца: {_why(source)}")
        case Freshness.FRESH:
            return Finding(Level.OK, subject, seen)


def _why(source: SourceHealth) -> str:
    return source.last_reason or f"исход последней попытки — {source.last_outcome}"


def _waiting(waiting: health.Waiting, unjudged: int) -> Iterator[Finding]:
    yield Finding(
        Level.OK if not unjudged else Level.NOTE,
        "Очередь модели",
        f"ждут {plural(unjudged, 'запись', 'записи', 'записей')}" if unjudged else "пуста",
    )
    yield Finding(
        Level.OK,
        "Разговоры",
        f"ждут нашего ответа: {waiting.conversations_waiting}"
        + (f", пересчитать: {waiting.threads_to_build}" if waiting.threads_to_build else ""),
    )
    if waiting.deliveries_overdue:
        late = plural(waiting.deliveries_overdue, "сообщение", "сообщения", "сообщений")
        yield Finding(Level.PERSON, "Доставка", f"{late} ждут дольше 10 минут: работает ли otklik run?")
    elif waiting.deliveries_due:
        yield Finding(Level.NOTE, "Доставка", f"на отправку: {waiting.deliveries_due}")
    else:
        yield Finding(Level.OK, "Доставка", "всё отправлено")
    if waiting.deliveries_failed:
        failed = plural(waiting.deliveries_failed, "сообщение", "сообщения", "сообщений")
        yield Finding(Level.PERSON, "Доставка", f"не доставлено {failed} за неделю: {waiting.failed_because}")
    if waiting.rejected:
        bad = plural(waiting.rejected, "запись", "записи", "записей")
        yield Finding(
            Level.NOTE,
            "Отклонено",
            f"{bad} за неделю; причины: таблица rejected_item, у файлов — *.rejected.csv рядом",
        )


def _probe_slack(services: Services) -> Finding | None:
    if not any(channel.kind is ChannelKind.SLACK for channel in services.company.channels):
        return None
    token = services.settings.slack_token
    if token is None:
        raise AuthExpired("Slack: ключа нет; задайте OTKLIK_SLACK_TOKEN или OTKLIK_SLACK_TOKEN_FILE")
    messenger = SlackMessenger(token.get_secret_value(), base_url=str(services.settings.slack_url))
    return Finding(Level.OK, "Ключ Slack", f"действует, рабочее пространство «{messenger.whoami()}»")


def _probe(services: Services, probes: Sequence[Probe]) -> Iterator[Finding]:
    for probe in probes:
        try:
            found = probe(services)
        except Retryable as error:
            yield Finding(Level.NOTE, "Связь", str(error))
        except OtklikError as error:
            yield Finding(Level.PERSON, "Ключ", str(error))
        else:
            if found:
                yield found
