"""Stripe's form encoding: `metadata[order]=7&expand[]=latest_charge`."""

import re
from typing import Any
from urllib.parse import parse_qsl

from shop.stripe_stand_in.errors import ApiError

MOST_DEEP = 8
_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_FREE = "metadata"


def decode(text: str) -> dict[str, Any]:
    """Nested dicts, lists and strings, as the brackets of the names say.

    Raises:
        ApiError: brackets that do not close, or a value that is both a word and a branch.
    """
    found: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        match = _KEY.fullmatch(name)
        steps = match and [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
        if not steps or len(steps) > MOST_DEEP:
            raise ApiError(f"Invalid request: {name[:40]}")
        put(found, steps, value)
    return {name: listed(name, value) for name, value in found.items()}


def put(branch: dict[str, Any], steps: list[str], value: str) -> None:
    for step in steps[:-1]:
        branch = branch.setdefault(step or str(len(branch)), {})
        if not isinstance(branch, dict):
            raise ApiError("Invalid request: a parameter is both a value and an object.")
    branch[steps[-1] or str(len(branch))] = value


def listed(name: str, value: Any) -> Any:
    """Branches named by numbers are lists; metadata keep the names that they were given."""
    if not isinstance(value, dict) or name == _FREE:
        return value
    if all(key.isdecimal() for key in value):
        return [listed(name, each) for each in value.values()]
    return {key: listed(key, each) for key, each in value.items()}
