"""What Prefect's server says of the next runs, asked over its HTTP API: no need to load Prefect for it."""

import os
from datetime import UTC, datetime

import requests

from otklik.findings import Finding, Level
from otklik.settings import Settings


def examine(settings: Settings) -> Finding:
    """The next run of each schedule; a note where no server answers, since `make run` may simply be off."""
    api = os.environ.get("PREFECT_API_URL") or f"http://{settings.host}:{settings.prefect_port}/api"
    wanted = {
        "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
        "sort": "EXPECTED_START_TIME_ASC",
        "limit": 20,
    }
    try:
        answer = requests.post(f"{api}/flow_runs/filter", json=wanted, timeout=3)
        flows = requests.post(f"{api}/flows/filter", json={}, timeout=3)
        answer.raise_for_status()
        flows.raise_for_status()
        names = {flow["id"]: flow["name"] for flow in flows.json()}
        runs = [(names.get(run["flow_id"], "?"), run["next_scheduled_start_time"]) for run in answer.json()]
    except (requests.RequestException, ValueError, KeyError, TypeError):
        return Finding(
            Level.NOTE, "Расписания", f"сервер Prefect не отвечает ({api}); otklik run поднимет его"
        )
    first: dict[str, str] = {}
    for name, at in runs:
        first.setdefault(name, at)
    if not first:
        return Finding(Level.PERSON, "Расписания", "сервер Prefect работает, но запусков впереди нет")
    return Finding(Level.OK, "Расписания", ", ".join(f"{name} {_when(at)}" for name, at in first.items()))


def _when(at: str) -> str:
    moment = datetime.fromisoformat(at.replace("Z", "+00:00"))
    seconds = (moment - datetime.now(UTC)).total_seconds()
    return "сейчас" if seconds < 1 else f"через {seconds:.0f} с"
