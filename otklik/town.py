"""What both sides of the demonstration town must know: addresses and keys that open nothing else."""

import secrets
from pathlib import Path

from otklik.settings import Settings

#: The town's own otklik.toml.
CONFIG = Path(__file__).parents[1] / "demo" / "otklik.toml"
VK_TOKEN = "town-service-token"  # noqa: S105  # opens nothing but the town
SLACK_TOKEN = "xoxb-town"  # noqa: S105


def environment(settings: Settings) -> dict[str, str]:
    """The settings of a process that works with the town instead of the real VK and Slack."""
    town = f"http://{settings.host}:{settings.town_port}"
    return {
        "OTKLIK_VK_URL": f"{town}/vk/method/",
        "OTKLIK_VK_TOKEN": VK_TOKEN,
        "OTKLIK_SLACK_URL": f"{town}/slack/api/",
        "OTKLIK_SLACK_TOKEN": SLACK_TOKEN,
        "OTKLIK_SLACK_SIGNING_SECRET": _kept_secret(settings.data / "town-signing-secret"),
    }


def _kept_secret(path: Path) -> str:
    """The same on every start, so that a button of yesterday's message still works."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(16), "utf-8")
    return path.read_text("utf-8")
