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
from otklik import build, logs, settings
from otklik.stations import work_until_idle

SOURCE = "ВКонтакте"


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
        run_once(
            SOURCE,
            settings=found,
            pool=services.pool,
            clock=services.clock,
            identity=services.identity,
            sleep=lambda _: None,
        )
        work_until_idle(services)
    print("done", flush=True)


if __name__ == "__main__":
    main()
