"""How Stripe says no."""

from copy import deepcopy
from http import HTTPStatus
from typing import Any

DOCUMENTATION = "https://stripe.com/docs/error-codes/"


class ApiError(Exception):
    """An error object of Stripe's API: type, message, and code, param or decline code if any."""

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        param: str = "",
        status: HTTPStatus = HTTPStatus.BAD_REQUEST,
        kind: str = "invalid_request_error",
        also: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error: dict[str, Any] = {"message": message, "type": kind}
        if code:
            self.error |= {"code": code, "doc_url": DOCUMENTATION + code.replace("_", "-")}
        if param:
            self.error["param"] = param
        self.error |= also or {}


def missing(noun: str, asked: str, *, param: str = "id") -> ApiError:
    return ApiError(
        f"No such {noun}: '{asked}'",
        code="resource_missing",
        param=param,
        status=HTTPStatus.NOT_FOUND,
    )


def not_here(name: str) -> ApiError:
    """Stripe knows it, this stand-in does not: better refused than silently passed over."""
    return ApiError(
        f"The stand-in does not do this: {name}.", code="stand_in_unsupported", param=name
    )


def unexpected_state(
    intent: dict[str, Any], *, verb: str, done: str, allowed: tuple[str, ...]
) -> ApiError:
    """The step does not fit where the intent stands; Stripe sends the intent along."""
    noun = "SetupIntent" if intent["object"] == "setup_intent" else "PaymentIntent"
    return ApiError(
        f"You cannot {verb} this {noun} because it has a status of {intent['status']}. "
        f"Only a {noun} with one of the following statuses may be {done}: {', '.join(allowed)}.",
        code=f"{intent['object']}_unexpected_state",
        also={intent["object"]: deepcopy(intent)},
    )
