"""The one place that knows every class: settings in, ready services out. Nothing connects at import."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from psycopg import Connection
from psycopg_pool import ConnectionPool

from alerts.console import ConsoleMessenger
from alerts.deliver import Messenger
from alerts.slack import SlackMessenger
from classifiers.load import load as load_classifier
from db import embedded
from db.connect import open_pool
from db.migrate import migrate
from domain.clock import Clock, system_clock
from domain.errors import BadConfig
from domain.policy import ChannelKind, Company
from domain.verdicts import Classifier
from otklik import company
from otklik.identity import Identity
from otklik.settings import Settings


@dataclass(frozen=True)
class Services:
    """What entry points work with. The model is loaded when first asked for: the pages never need it."""

    settings: Settings
    #: of the database in use; a child process gets it through the environment
    url: str
    pool: ConnectionPool[Connection]
    clock: Clock

    @cached_property
    def classifier(self) -> Classifier:
        return load_classifier(self.settings.model, self.settings.model_threads)

    @cached_property
    def identity(self) -> Identity:
        return Identity.in_folder(self.settings.data)

    @property
    def company(self) -> Company:
        """As applied now; read anew each time, so that `otklik apply` needs no restart.

        Raises BadConfig before the first `apply`.
        """
        with self.pool.connection() as conn:
            found = company.in_force(conn)
        if found is None:
            raise BadConfig("Ещё ничего не настроено: заполните otklik.toml и примените его: otklik apply")
        return found

    @cached_property
    def messengers(self) -> dict[ChannelKind, Messenger]:
        """Slack only where there is a token; the console always."""
        found: dict[ChannelKind, Messenger] = {ChannelKind.CONSOLE: ConsoleMessenger()}
        if self.settings.slack_token:
            found[ChannelKind.SLACK] = SlackMessenger(
                self.settings.slack_token.get_secret_value(), base_url=str(self.settings.slack_url)
            )
        return found


@contextmanager
def database(settings: Settings, name: str = embedded.COMPANY) -> Iterator[str]:
    """URL of the database in use: the one in the settings, else the embedded one, started if need be."""
    if settings.database_url:
        yield settings.database_url.get_secret_value()
    else:
        with embedded.server(settings.data, name) as url:
            yield url


@contextmanager
def services(settings: Settings, *, clock: Clock = system_clock) -> Iterator[Services]:
    """Connected services on a migrated database, closed at the end."""
    with database(settings, database_name(settings)) as url, open_pool(url) as pool:
        with pool.connection() as conn:
            conn.commit()
            conn.autocommit = True
            migrate(conn)
            conn.autocommit = False
        yield Services(settings, url, pool, clock)


def database_name(settings: Settings) -> str:
    """The town's database while there is no otklik.toml, the company's from then on."""
    return embedded.COMPANY if is_company(settings.config) else embedded.TOWN


def is_company(config: Path) -> bool:
    return config.exists()
