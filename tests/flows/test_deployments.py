"""`prefect.yaml` names flows that exist, and what `make run` starts is what it names."""

import importlib
from pathlib import Path

import yaml
from prefect import Flow

from flows.setup import DEPLOYMENTS, POOL

ROOT = Path(__file__).parents[2]
WANTED = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))["deployments"]


def flow_of(entrypoint: str) -> Flow[..., object]:
    path, _, name = entrypoint.partition(":")
    found = getattr(importlib.import_module(path.removesuffix(".py").replace("/", ".")), name)
    assert isinstance(found, Flow)
    return found


def test_every_deployment_is_started_by_make_run_and_no_other() -> None:
    assert {f"{flow_of(d['entrypoint']).name}/{d['name']}" for d in WANTED} == set(DEPLOYMENTS)


def test_every_schedule_runs_alone_and_on_our_pool() -> None:
    for deployment in WANTED:
        assert deployment["schedules"]
        assert deployment["concurrency_limit"] == {"limit": 1, "collision_strategy": "CANCEL_NEW"}
        assert deployment["work_pool"]["name"] == POOL


def test_every_flow_ends_by_itself() -> None:
    for deployment in WANTED:
        assert flow_of(deployment["entrypoint"]).timeout_seconds
