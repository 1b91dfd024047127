"""Which columns of the cards a request needs, read off its selections before they are fetched."""

from collections.abc import Iterator

from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode
from strawberry.types.base import StrawberryObjectDefinition

from accounts.graphql.info import Info
from catalog.graphql.types import Product


def names_below(info: Info) -> set[str]:
    """Every field name anywhere below the field being resolved, fragments unfolded."""
    raw = info._raw_info  # noqa: SLF001
    fragments = raw.fragments

    def walk(selections: SelectionSetNode | None, seen: frozenset[str]) -> Iterator[str]:
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                yield node.name.value
                yield from walk(node.selection_set, seen)
            elif isinstance(node, InlineFragmentNode):
                yield from walk(node.selection_set, seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                name = node.name.value
                yield from walk(fragments[name].selection_set, seen | {name})

    return {name for node in raw.field_nodes for name in walk(node.selection_set, frozenset())}


def _detail_fields() -> frozenset[str]:
    """Fields of Product that are resolved from the detail of its card."""
    definition: StrawberryObjectDefinition = Product.__strawberry_definition__  # type: ignore[attr-defined]
    return frozenset(
        _camel(field.python_name) for field in definition.fields if field.base_resolver is not None
    )


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


DETAIL_FIELDS = _detail_fields()


def needs_detail(names: set[str]) -> bool:
    return not names.isdisjoint(DETAIL_FIELDS)
