"""What an operation may bring, told before it runs: its static cost, in objects."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    IntValueNode,
    NullValueNode,
    OperationDefinitionNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_operation_ast,
)

from kernel.graphql.merging import Asked, Selected, fragments_of, merged
from kernel.graphql.paging import DEFAULT_PAGE, LARGEST_PAGE
from kernel.graphql.shapes import INTROSPECTION

GUEST_COST: Final = 2000
OWNER_COST: Final = 5000
STAFF_COST: Final = 20000
_PAGE: Final = "first"


def cost(
    schema: GraphQLSchema,
    document: DocumentNode,
    variables: Mapping[str, Any] | None,
    operation_name: str | None,
) -> int:
    """Objects that an operation of a valid document may bring.

    A field that takes `first` counts its page (24 when not given, 100 when it is no number yet)
    times what stands below it; every other object counts one, a plain list of a card's as well.
    """
    operation = get_operation_ast(document, operation_name)
    root = schema.get_root_type(operation.operation) if operation else None
    if operation is None or root is None:
        return 0
    pricing = _Pricing(schema, document, _values(operation, variables or {}))
    return pricing.price([Selected(operation.selection_set, root.name)])


def _values(operation: OperationDefinitionNode, given: Mapping[str, Any]) -> dict[str, Any]:
    """What variables stand for: as given, else as the document says."""
    defaults = {
        each.variable.name.value: each.default_value
        for each in operation.variable_definitions or ()
    }
    return {**defaults, **given}


class _Pricing:
    """The price of selections; documents were measured before, so fragments cannot explode."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, values: Mapping[str, Any]
    ) -> None:
        self.schema = schema
        self.fragments = fragments_of(document)
        self.values = values

    def price(self, selected: Sequence[Selected]) -> int:
        return sum(
            self._price_of(asked)
            for asked in merged(selected, self.fragments).values()
            if asked[0].node.selection_set and asked[0].node.name.value not in INTROSPECTION
        )

    def _price_of(self, asked: Sequence[Asked]) -> int:
        """Of one field; types that exclude each other may each ask for it in their own way."""
        page, below = 1, []
        for each in asked:
            field = self._field(each)
            if field is None or each.node.selection_set is None:
                continue
            page = max(page, self._page(each.node) if _PAGE in field.args else 1)
            below.append(Selected(each.node.selection_set, get_named_type(field.type).name))
        return page * (1 + self.price(below))

    def _field(self, asked: Asked) -> GraphQLField | None:
        parent = self.schema.get_type(asked.parent or "")
        if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
            found: GraphQLField | None = parent.fields.get(asked.node.name.value)
            return found
        return None

    def _page(self, node: FieldNode) -> int:
        for each in node.arguments or ():
            if each.name.value == _PAGE:
                return _size(each.value, self.values)
        return DEFAULT_PAGE


def _size(given: object, values: Mapping[str, Any]) -> int:
    """A page's size: where it is left out, 24; where it is not a number, the largest."""
    if isinstance(given, VariableNode):
        return _size(values.get(given.name.value), {})
    if given is None or isinstance(given, NullValueNode):
        return DEFAULT_PAGE
    if isinstance(given, ValueNode):
        given = int(given.value) if isinstance(given, IntValueNode) else LARGEST_PAGE
    return max(1, min(given, LARGEST_PAGE)) if isinstance(given, int) else LARGEST_PAGE
