"""One visit of the stations at one moment of the story, as a process that may be killed at any point.

`python -m tests.endurance.station AT`: looks at the source, then works until nothing waits. Prints "ready"
when all is loaded and connected (so that a kill lands in the work and not in Python's imports) and "done".
"""

import sys
import time
from datetime import datetime, timedelta

from alerts.slack import SlackMessenger
from crawlers.run import run_once
from domain.policy import ChannelKind
from domain.sources import CrawlOutcome
from otklik import build, logs, settings
from otklik.build import Services
from otklik.stations import work_until_idle

SOURCE = "ВКонтакте"


def look(services: Services) -> None:
    """Look until a look was complete, as the next minute's would be; a slow machine may need a second one."""
    for _ in range(5):
        run = run_once(
            SOURCE,
            settings=services.settings,
            pool=services.pool,
            clock=services.clock,
            identity=services.identity,
            sleep=lambda _: None,
        )
        if run.outcome is CrawlOutcome.COMPLETE:
            return
    raise AssertionError(f"five looks, none complete: {run.reason}")


def main() -> None:
    at, began = datetime.fromisoformat(sys.argv[1]), time.monotonic()
    found = settings.load()
    logs.configure("json")
    with build.services(found, clock=lambda: at + timedelta(seconds=time.monotonic() - began)) as services:
        assert found.slack_token
        # Neither side counts seconds here: what is measured is what survives, not how long it takes.
        slack = SlackMessenger(
            found.slack_token.get_secret_value(), base_url=str(found.slack_url), sleep=lambda _: None
        )
        services.__dict__["messengers"] = {ChannelKind.SLACK: slack}
        assert services.classifier.model_id
        print("ready", flush=True)
        look(services)
        work_until_idle(services)
    print("done", flush=True)


if __name__ == "__main__":
    main()
