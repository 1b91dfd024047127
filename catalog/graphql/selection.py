"""Which columns of the cards a request needs, read off its selections before they are fetched."""

from strawberry.types.base import StrawberryObjectDefinition

from catalog.graphql.eaters import NEEDING_DETAIL
from catalog.graphql.types import Product


def _detail_fields() -> frozenset[str]:
    """Fields of Product that are resolved from the detail of its card."""
    definition: StrawberryObjectDefinition = Product.__strawberry_definition__  # type: ignore[attr-defined]
    return frozenset(
        _camel(field.python_name) for field in definition.fields if field.base_resolver is not None
    )


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


DETAIL_FIELDS = _detail_fields() | NEEDING_DETAIL


def needs_detail(names: set[str]) -> bool:
    return not names.isdisjoint(DETAIL_FIELDS)
