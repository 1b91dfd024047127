"""Keyset cursors and the bounds of lists."""

import base64
import binascii
import json
from collections.abc import Sequence

import strawberry

from kernel.graphql.payloads import ClientMistake

DEFAULT_PAGE = 24
LARGEST_PAGE = 100
_LONGEST_CURSOR = 1000


@strawberry.type(description="Where a page of a list stands.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more follow.")
    has_previous_page: bool = strawberry.field(description="Whether some came before.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first on the page.")
    end_cursor: str | None = strawberry.field(
        description="Cursor of the last on the page; give it as `after` for the next page."
    )


def page_info(cursors: Sequence[str], *, has_next: bool, after: str | None) -> PageInfo:
    """Where a page stands, by the cursors of what is on it and the one that it was asked after."""
    return PageInfo(
        has_next_page=has_next,
        has_previous_page=after is not None,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )


def page_size(first: int | None) -> int:
    """The number of things asked for.

    Raises:
        ClientMistake: less than 1 or more than 100.
    """
    if first is None:
        return DEFAULT_PAGE
    if not 1 <= first <= LARGEST_PAGE:
        raise ClientMistake("BAD_ARGUMENT", f"`first` must be from 1 to {LARGEST_PAGE}.")
    return first


type CursorValue = str | int


def cursor(*values: CursorValue) -> str:
    packed = json.dumps(values, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def read_cursor(text: str, *shape: type[CursorValue]) -> list[CursorValue]:
    """The values packed in a cursor, checked against the types expected.

    Raises:
        ClientMistake: not one of our cursors, or one of a list sorted otherwise.
    """
    if len(text) > _LONGEST_CURSOR:
        raise ClientMistake("BAD_CURSOR", "`after` is not a cursor of this list.")
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        raise ClientMistake("BAD_CURSOR", "`after` is not a cursor of this list.") from None
    if not isinstance(values, list) or [type(value) for value in values] != list(shape):
        raise ClientMistake("BAD_CURSOR", "`after` is not a cursor of this list.")
    return values
