"""Bring a Prefect server to the state `make run` wants: `python -m flows.setup`.

The same with Prefect's own commands: `prefect work-pool create otklik --type process` and
`prefect deploy --all`; what is more here is cleaning up after a run that was killed.
"""

import hashlib
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.states import Crashed
from prefect.variables import Variable

import otklik

POOL = "otklik"
DEPLOYMENTS = ("crawl/scheduled", "pipeline/scheduled", "watch/scheduled")
_ROOT = Path(__file__).parents[1]


def main() -> None:
    """Pool, deployments, no leftovers, and a first run of each at once: the scheduler looks once a minute."""
    with get_client(sync_client=True) as client:
        with suppress(ObjectAlreadyExists):
            client.create_work_pool(WorkPoolCreate(name=POOL, type="process"))
        _end_leftovers(client)
        _deploy(client)
        for name in DEPLOYMENTS:
            client.create_flow_run_from_deployment(client.read_deployment_by_name(name).id)


def _end_leftovers(client: SyncPrefectClient) -> None:
    """Runs of a worker that is gone would hold their deployment's only slot; late ones are of no use."""
    for run in _runs(client, StateType.RUNNING, StateType.PENDING, StateType.CANCELLING):
        client.set_flow_run_state(run.id, Crashed(message="its worker was stopped"), force=True)
    late = FlowRunFilterExpectedStartTime.model_validate({"before_": datetime.now(UTC)})
    for run in _runs(client, StateType.SCHEDULED, expected=late):
        client.delete_flow_run(run.id)


def _runs(
    client: SyncPrefectClient, *states: StateType, expected: FlowRunFilterExpectedStartTime | None = None
) -> list[FlowRun]:
    wanted = FlowRunFilterState(type=FlowRunFilterStateType(any_=list(states)))
    found = FlowRunFilter(state=wanted, expected_start_time=expected)
    return client.read_flow_runs(flow_run_filter=found, limit=200)


def _deploy(client: SyncPrefectClient) -> None:
    """`prefect deploy --all`, unless this very version in this very folder is deployed already."""
    digest = hashlib.sha256(
        f"{otklik.__version__} {_ROOT} {(_ROOT / 'prefect.yaml').read_text('utf-8')}".encode()
    ).hexdigest()
    if Variable.get("otklik_deployed") == digest and _are_deployed(client):
        return
    subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"],
        cwd=_ROOT,
        check=True,
        timeout=120,
    )
    Variable.set("otklik_deployed", digest, overwrite=True)


def _are_deployed(client: SyncPrefectClient) -> bool:
    try:
        return all(client.read_deployment_by_name(name) for name in DEPLOYMENTS)
    except ObjectNotFound:
        return False


if __name__ == "__main__":
    main()
