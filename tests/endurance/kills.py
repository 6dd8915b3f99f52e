"""Kill the stations at random moments of the town's story, and compare with a run nobody disturbed.

`make verify-kills` does it 30 times; the default tests do it a few times.
"""

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql
from rich.console import Console
from rich.progress import track

from db import embedded
from db.migrate import migrate
from demo.serve import serve
from demo.slack import SMM, UNLIMITED, SlackTown
from demo.slack import create_app as create_slack
from demo.story import Timetable, tell
from demo.vk import Limits, TokenKind, VkTown
from demo.vk import create_app as create_vk
from otklik import company, config
from otklik.identity import Identity
from otklik.town import CONFIG

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
#: Minutes of the story at which the stations are visited.
VISITS = (0, 2, 5, 7, 10, 13, 16, 26, 40, 80)
_TOKEN = "town-service-token"


#: What must be the same, without times and numbers that another run gives anew.
_KEPT: dict[str, LiteralString] = {
    "posts": "SELECT external_id, text, version, is_official, gone_at IS NOT NULL FROM post",
    "versions": "SELECT external_id, v.version, v.text FROM post_version v JOIN post p ON p.id = post_id",
    "verdicts": """SELECT external_id, v.version, appeal, model_id
                     FROM verdict v JOIN post p ON p.id = post_id""",
    "conversations": """SELECT root_external_id, customer, state, turn, appeal
                          FROM conversation JOIN thread ON thread.id = thread_id""",
    "alerts": "SELECT kind, level, state, count(*) FROM alert GROUP BY 1, 2, 3",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """What must be the same however often the stations were killed; `sent` are posts accepted by Slack."""

    posts: frozenset[tuple[object, ...]]
    versions: frozenset[tuple[object, ...]]
    verdicts: frozenset[tuple[object, ...]]
    conversations: frozenset[tuple[object, ...]]
    alerts: frozenset[tuple[object, ...]]
    cards: frozenset[str]
    sent: Counter[str]


@dataclass(frozen=True, slots=True)
class Result:
    undisturbed: Kept
    killed: Kept
    kills: int

    @property
    def lost(self) -> list[str]:
        """Whatever one run has and the other has not, by kind."""
        names = (*_KEPT, "cards")
        pairs = [(name, getattr(self.undisturbed, name), getattr(self.killed, name)) for name in names]
        out = [
            f"{name}: lost {sorted(map(str, a - b))}, odd {sorted(map(str, b - a))}"
            for name, a, b in pairs
            if a != b
        ]
        if missing := self.undisturbed.sent - self.killed.sent:
            out.append(f"messages: lost {dict(missing)}")
        return out

    @property
    def duplicates(self) -> int:
        """Messages Slack got more often than in the undisturbed run."""
        return (self.killed.sent - self.undisturbed.sent).total()


class Town:
    """The town's servers at a moment of the story, and a database the stations work on."""

    def __init__(self, url: str, data: Path) -> None:
        self.url, self.data = url, data
        self.now = START
        self.vk = VkTown(lambda: self.now, limits=Limits.none())
        self.vk.add_token(_TOKEN, TokenKind.SERVICE)
        tell(self.vk, Timetable(START))
        self.slack = SlackTown(rates=UNLIMITED, clock=lambda: self.now.timestamp())

    @contextmanager
    def open(self) -> Iterator[dict[str, str]]:
        """Serve; yields the environment of a station."""
        with psycopg.connect(self.url, autocommit=True) as conn, conn.transaction():
            hash_id = Identity.in_folder(self.data).hash_id
            company.apply(conn, config.load(CONFIG), hash_id=hash_id, now=START - timedelta(minutes=1))
        with serve(create_vk(self.vk)) as vk, serve(create_slack(self.slack)) as slack:
            yield os.environ | {
                "OTKLIK_DATA": str(self.data),
                "OTKLIK_DATABASE_URL": self.url,
                "OTKLIK_VK_URL": f"{vk}/method/",
                "OTKLIK_VK_TOKEN": _TOKEN,
                "OTKLIK_SLACK_URL": f"{slack}/api/",
                "OTKLIK_SLACK_TOKEN": self.slack.app.bot_token,
            }

    def kept(self) -> Kept:
        with psycopg.connect(self.url) as conn:

            def rows(query: LiteralString) -> frozenset[tuple[object, ...]]:
                return frozenset(conn.execute(query).fetchall())

            sent = Counter(
                ("under a card: " if event.details["thread_ts"] else "card: ") + _without_numbers(event.text)
                for event in self.slack.journal.of("post")
            )
            cards = frozenset(_without_numbers(m.text) for m in self.slack.messages(SMM) if not m.thread_ts)
            return Kept(**{name: rows(query) for name, query in _KEPT.items()}, cards=cards, sent=sent)


def _without_numbers(text: str) -> str:
    """The words of a message: its times and counts are those of the very second it was composed in."""
    return re.sub(r"(\d+ (ч|мин|дн\w+|день)\s?)+|меньше минуты|\d+", "#", text)


def visit(env: dict[str, str], at: datetime, kill_after_s: float | None) -> float | None:
    """One station process, killed `kill_after_s` after it is ready; how long it worked, None if killed."""
    command = [sys.executable, "-m", "tests.endurance.station", at.isoformat()]
    log = Path(env["OTKLIK_DATA"]) / "station.log"
    with (
        log.open("a") as err,
        subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=err, text=True) as process,
    ):
        assert process.stdout
        assert process.stdout.readline() == "ready\n", f"it did not start: {log.read_text()[-2000:]}"
        began = time.monotonic()
        try:
            process.wait(kill_after_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return None
        assert process.returncode == 0, f"{at}: {log.read_text()[-3000:]}"
        return time.monotonic() - began


def undisturbed(url: str, data: Path) -> tuple[Kept, list[float]]:
    """The whole story; also how long each visit worked, which tells where kills can land."""
    town, lengths = Town(url, data), []
    with town.open() as env:
        for minutes in _visits("Без помех"):
            town.now = START + timedelta(minutes=minutes)
            lengths.append(visit(env, town.now, None) or 0.0)
        return town.kept(), lengths


def disturbed(
    url: str, data: Path, kills: int, lengths: list[float], chance: random.Random
) -> tuple[Kept, int]:
    """The same story with so many kills spread over its visits; returns how many really hit."""
    town, hits = Town(url, data), 0
    with town.open() as env:
        for number, minutes in enumerate(_visits("С помехами")):
            town.now = START + timedelta(minutes=minutes)
            wanted = kills * (number + 1) // len(VISITS)
            misses = 0
            while hits < wanted and misses < 3:
                # A visit whose work is done already ends before its moment comes.
                is_hit = visit(env, town.now, chance.uniform(0.0, 0.9 * lengths[number])) is None
                hits, misses = hits + is_hit, misses + (not is_hit)
            visit(env, town.now, None)
        return town.kept(), hits


def _visits(says: str) -> Iterable[float]:
    return track(VISITS, description=says, transient=True, console=Console(stderr=True))


def compare(new_database: Callable[[], str], folder: Path, kills: int, seed: int) -> Result:
    """Both runs, each on a database of its own; the folder's key hashes accounts alike in both."""
    calm, lengths = undisturbed(new_database(), folder)
    killed, hits = disturbed(new_database(), folder, kills, lengths, random.Random(seed))
    return Result(calm, killed, hits)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, embedded.server(Path(name), "zero") as base:
        numbers = count(1)

        def new_database() -> str:
            database = f"story_{next(numbers)}"
            with psycopg.connect(base, autocommit=True) as conn:
                conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
            url = base.replace("/zero", f"/{database}", 1)
            with psycopg.connect(url, autocommit=True) as conn:
                migrate(conn)
            return url

        result = compare(new_database, Path(name), wanted.kills, wanted.seed)
    print(f"seed {wanted.seed}: killed {result.kills} times at work (asked: {wanted.kills})")
    for name in _KEPT:
        calm, killed = len(getattr(result.undisturbed, name)), len(getattr(result.killed, name))
        print(f"  {name}: {calm} undisturbed, {killed} killed")
    print(f"  messages: {result.undisturbed.sent.total()} undisturbed, {result.killed.sent.total()} killed")
    print(
        f"  duplicates: {result.duplicates} (at most {result.kills}); lost or different: {len(result.lost)}"
    )
    for line in result.lost:
        print("   ", line)
    raise SystemExit(1 if result.lost or result.duplicates > result.kills else 0)


if __name__ == "__main__":
    main()
