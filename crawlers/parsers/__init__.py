"""Parsers: pure functions from the bytes of one response to posts and diagnostics.

A new kind is one module in this package with a function under `@parser("site.kind")`
(see `registry`); nothing else has to know of it.
"""

from crawlers.parsers.registry import KINDS, Parser, kinds, parse, parser

__all__ = ["KINDS", "Parser", "kinds", "parse", "parser"]
