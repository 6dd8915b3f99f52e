"""Services for a flow run: the same as everywhere, from the environment the worker hands down."""

from contextlib import AbstractContextManager

from otklik import build, settings
from otklik.build import Services


def connected() -> AbstractContextManager[Services]:
    return build.services(settings.load())
