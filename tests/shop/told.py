"""What the configured handlers write, whatever loggers let through."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from shop.logs import JsonLines


class Told(io.StringIO):
    """The standard error as an operator reads it, in JSON."""

    def lines(self):
        return [json.loads(line) for line in self.getvalue().splitlines()]

    def answers(self):
        """Each request as (route, status, operation, errors)."""
        return [
            (each["route"], each["status"], each.get("operation"), each.get("errors", []))
            for each in self.lines()
            if each["logger"] == "shop.access"
        ]


@contextmanager
def everything_told() -> Iterator[Told]:
    """All loggers at DEBUG, told by the shop's own handler in JSON."""
    console = logging.getHandlerByName("console")
    assert isinstance(console, logging.StreamHandler)
    known = [logging.getLogger(name) for name in list(logging.root.manager.loggerDict)]
    levels = {each: each.level for each in [logging.root, *known]}
    told, formatter = Told(), console.formatter
    before = console.setStream(told)
    console.setFormatter(JsonLines())
    for each in levels:
        each.setLevel(logging.DEBUG)
    try:
        yield told
    finally:
        for each, level in levels.items():
            each.setLevel(level)
        console.setFormatter(formatter)
        console.setStream(before)
