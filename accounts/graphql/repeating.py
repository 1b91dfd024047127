"""Mutations that come twice, because a phone lost the answer, are carried out once."""

import dataclasses
import uuid
from collections.abc import Callable
from typing import Any, ClassVar, Protocol

from accounts.graphql.info import Info
from accounts.idempotency import Answer, once


class Repeatable(Protocol):
    """An input that may carry a key of its caller's own; a strawberry input is a dataclass."""

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]

    @property
    def idempotency_key(self) -> uuid.UUID | None: ...


KEY = "A key of the caller's own: the same request with the same key is carried out once."


def carried_out_once(info: Info, given: Repeatable, run: Callable[[], Answer]) -> Answer:
    """Run a mutation once for the key of its input, and give what it answered then.

    Raises:
        IdempotencyConflict: the key came before with another request.
    """
    return once(
        actor=info.context.viewer.actor,
        key=given.idempotency_key,
        request=[type(given).__name__, dataclasses.asdict(given)],
        at=info.context.at,
        run=run,
    )
