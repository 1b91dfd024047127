"""Which parameters Stripe knows, read from the types of stripe-python: no list of ours to age."""

import re
import sys
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import stripe.params
from stripe import RequestOptions

from shop.stripe_stand_in.errors import ApiError

_INTEGER = re.compile(r"-?[0-9]{1,15}")
_OF_THE_CLIENT = set(RequestOptions.__annotations__)


@cache
def hints_of(params: type) -> dict[str, Any]:
    """The parameters of one call, or of one branch of it, each with its type."""
    own = {
        name: hint for name, hint in params.__annotations__.items() if name not in _OF_THE_CLIENT
    }
    bare = type(params.__name__, (), {"__annotations__": own})
    return get_type_hints(bare, globalns=vars(sys.modules[params.__module__]))


def check(call: str, given: dict[str, Any]) -> None:
    """Hold what was sent against `stripe.params.<call>Params`.

    Raises:
        ApiError: unknown, missing, or of another type, in Stripe's words.
    """
    check_branch(getattr(stripe.params, f"{call}Params"), given, within="")


def check_branch(params: type, given: dict[str, Any], *, within: str) -> None:
    hints = hints_of(params)
    unknown = [inside(within, name) for name in given if name not in hints]
    if unknown:
        noun = "parameter" if len(unknown) == 1 else "parameters"
        raise ApiError(
            f"Received unknown {noun}: {', '.join(unknown)}",
            code="parameter_unknown",
            param=unknown[0],
        )
    for name in sorted(params.__required_keys__ & set(hints)):  # type: ignore[attr-defined]
        if name not in given:
            raise ApiError(
                f"Missing required param: {inside(within, name)}.",
                code="parameter_missing",
                param=inside(within, name),
            )
    for name, value in given.items():
        check_value(hints[name], value, name=inside(within, name))


def inside(within: str, name: str) -> str:
    return f"{within}[{name}]" if within else name


def options_of(hint: Any) -> list[Any]:
    """The members of a union, however deep; anything else alone."""
    if get_origin(hint) in (Union, UnionType):
        return [each for member in get_args(hint) for each in options_of(member)]
    return [hint]


def check_value(hint: Any, value: Any, *, name: str) -> None:
    options = options_of(hint)
    if isinstance(value, dict):
        check_object(options, value, name=name)
    elif isinstance(value, list):
        check_list(options, value, name=name)
    else:
        check_word(options, value, name=name)


def check_object(options: list[Any], value: dict[str, Any], *, name: str) -> None:
    typed = [each for each in options if hasattr(each, "__required_keys__")]
    if typed:
        check_branch(typed[0], value, within=name)
    elif not any(get_origin(each) is dict for each in options):
        raise ApiError("Invalid hash", param=name)
    elif not all(isinstance(each, str) for each in value.values()):
        raise ApiError("Metadata values must be strings", param=name)


def check_list(options: list[Any], value: list[Any], *, name: str) -> None:
    lists = [each for each in options if get_origin(each) is list]
    if not lists:
        raise ApiError("Invalid array", param=name)
    for place, each in enumerate(value):
        check_value(get_args(lists[0])[0], each, name=f"{name}[{place}]")


def check_word(options: list[Any], value: str, *, name: str) -> None:
    words = [
        word for each in options if get_origin(each) is Literal for word in get_args(each) if word
    ]
    if int in options:
        if not _INTEGER.fullmatch(value):
            raise ApiError(
                f"Invalid integer: {value}", code="parameter_invalid_integer", param=name
            )
    elif bool in options:
        if value not in ("true", "false"):
            raise ApiError(f"Invalid boolean: {value}", param=name)
    elif words:
        if value not in words and value:
            raise ApiError(f"Invalid {name}: must be one of {', '.join(words)}", param=name)
    elif value and str not in options:
        raise ApiError("Invalid object", param=name)
