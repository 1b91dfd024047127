"""Ids of things across the whole API."""

import base64
from uuid import UUID

import strawberry
from strawberry.relay import GlobalID

_LONGEST_KEY = 18


@strawberry.interface(description="A thing with an id of its own.")
class Node:
    id: strawberry.ID = strawberry.field(description="The id, unique across the whole API.")


def global_id(kind: str, key: int | UUID) -> strawberry.ID:
    return strawberry.ID(base64.b64encode(f"{kind}:{key}".encode()).decode())


def key_of(given: GlobalID, kind: str) -> int | None:
    """The primary key in an id of a kind; None for an id of another kind or a made-up one."""
    if (
        given.type_name != kind
        or not given.node_id.isdecimal()
        or len(given.node_id) > _LONGEST_KEY
    ):
        return None
    return int(given.node_id)


def uuid_of(given: GlobalID, kind: str) -> UUID | None:
    """The random key in an id of a kind; None for an id of another kind or a made-up one."""
    if given.type_name != kind:
        return None
    try:
        return UUID(given.node_id)
    except ValueError:
        return None
