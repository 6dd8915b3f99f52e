"""Settings, logs, wiring and the command line: the packages that know every class."""

__version__ = "0.1.0"
