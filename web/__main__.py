"""`python -m web`: serve the pages until told to stop."""

import sys

import uvicorn

from domain.errors import BadConfig
from otklik import logs, settings
from web.app import create_app


def main() -> int:
    try:
        found = settings.load()
    except BadConfig as error:
        print(error, file=sys.stderr)
        return 2
    logs.configure(found.log)
    uvicorn.run(
        create_app(found),
        host=found.host,
        port=found.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
