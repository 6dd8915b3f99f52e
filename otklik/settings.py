"""The one place that reads the environment: `OTKLIK_…`, secrets also from files named by `…_FILE`."""

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, HttpUrl, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.errors import BadConfig

PREFIX = "OTKLIK_"


class Settings(BaseSettings):
    """How this installation runs. What it watches stands in `otklik.toml`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    #: folder for the embedded database, the hashing key, logs
    data: Path = Path(".otklik")
    #: the company's file; the demonstration town runs while it does not exist
    config: Path = Path("otklik.toml")
    #: a PostgreSQL 16+ with pgvector; empty: the embedded server
    database_url: SecretStr | None = None
    #: where people reach the pages; links in messages start with it
    public_url: HttpUrl | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8090
    prefect_port: Annotated[int, Field(ge=1, le=65535)] = 8091
    town_port: Annotated[int, Field(ge=1, le=65535)] = 8092
    #: folder of the model in charge; empty: the bundled one, or the word list where there is none
    model: Path | None = None
    model_threads: Annotated[int, Field(ge=1, le=64)] = 1
    log: Literal["console", "json"] = "console"
    vk_token: SecretStr | None = None
    vk_url: HttpUrl = HttpUrl("https://api.vk.ru/method/")
    slack_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_url: HttpUrl = HttpUrl("https://slack.com/api/")


def load(environ: dict[str, str] | None = None) -> Settings:
    """Read the settings once. Raises BadConfig naming the variable that is wrong and what it may be."""
    env = dict(os.environ if environ is None else environ)
    values = _with_secret_files({k: v for k, v in env.items() if k.startswith(PREFIX) and v != ""})
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    # Variables for tools beside the service (schema checks, data of tests) may carry the prefix too.
    unknown = sorted(
        k for k in values if k not in known and k not in {"OTKLIK_VK_SCHEMA", "OTKLIK_TEST_DATA"}
    )
    if unknown:
        raise BadConfig(f"{unknown[0]}: такой настройки нет; есть: {', '.join(sorted(known))}")
    try:
        return Settings(**{k.removeprefix(PREFIX).lower(): v for k, v in values.items() if k in known})  # type: ignore[arg-type]  # pydantic parses the texts
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper()
        raise BadConfig(
            f"{name}: значение не подходит ({first['msg']}); все настройки: docs/settings.md"
        ) from error


def _with_secret_files(values: dict[str, str]) -> dict[str, str]:
    """`OTKLIK_VK_TOKEN_FILE=/run/secrets/vk` stands for the secret in that file."""
    out = {}
    for name, value in values.items():
        if not name.endswith("_FILE"):
            out[name] = value
            continue
        try:
            out[name.removesuffix("_FILE")] = Path(value).read_text("utf-8").strip()
        except OSError as error:
            raise BadConfig(f"{name}: файл {value} не читается: {error.strerror}") from error
    return out
