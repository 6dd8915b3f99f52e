"""The town's Slack: an emulator of the Web API, of buttons that call back, and of the page people look at."""

from .app import create_app
from .cast import ANNA, BORIS, CAST, GENERAL, GLEB, LEADERS, OLD, SMM, SUPPORT, VERA
from .faults import Hang, Refuse, Reset, ServerError, Throttle
from .limits import SLACK_RATES, UNLIMITED, Rate
from .records import Channel, Member, Message, SlackApp
from .signing import signed_headers
from .town import SlackTown

__all__ = [
    "ANNA", "BORIS", "CAST", "GENERAL", "GLEB", "LEADERS", "OLD", "SLACK_RATES", "SMM", "SUPPORT",
    "UNLIMITED", "VERA", "Channel", "Hang", "Member", "Message", "Rate", "Refuse", "Reset", "ServerError",
    "SlackApp", "SlackTown", "Throttle", "create_app", "signed_headers",
]  # fmt: skip
