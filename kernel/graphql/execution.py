"""Leaves read straight off their objects: most of a list's answer is plain attributes.

graphql-core builds a resolve info, a path and two rounds of completion for every field. A field
without a resolver whose type is a scalar or an enum needs none of that: its attribute, serialised,
is the answer. Whatever is unusual (an error, a null where none may be) takes the usual way.

Touches internals of graphql-core and a mark that strawberry sets, here and nowhere else; a test
holds its answers against the plain executor's.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLSchema,
    get_nullable_type,
    is_leaf_type,
)
from graphql.pyutils import Path, Undefined
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

_LEAF = "kernel-leaf"

type Leaf = tuple[str, Callable[[Any], Any]]


def read_attributes_directly(schema: GraphQLSchema) -> None:
    """Mark the leaves of a schema, and have other fields without a resolver read theirs."""
    for kind in schema.type_map.values():
        if not isinstance(kind, GraphQLObjectType) or kind.name.startswith("__"):
            continue
        for field in kind.fields.values():
            if not getattr(field.resolve, "_is_default", False):
                continue
            name = field.extensions["strawberry-definition"].python_name
            field.resolve = _reader_of(name)
            returned = get_nullable_type(field.type)
            if is_leaf_type(returned):
                field.extensions[_LEAF] = (name, _serializer_of(returned))


def _reader_of(name: str) -> Callable[[object, object], object]:
    return lambda source, _info: getattr(source, name)


def _serializer_of(leaf: GraphQLLeafType) -> Callable[[Any], Any]:
    found: Callable[[Any], Any] = leaf.serialize
    return found


class LeafReader(StrawberryGraphQLCoreExecutionContext):
    """A synchronous executor that reads the leaves of plain objects without ceremony."""

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        grouped_field_set: Any,
        position_context: Any,
    ) -> dict[str, Any]:
        results: dict[str, Any] = {}
        fields = parent_type.fields
        for response_name, details in grouped_field_set.items():
            field = fields.get(details[0].node.name.value)
            leaf: Leaf | None = field.extensions.get(_LEAF) if field else None
            value = getattr(source_value, leaf[0], None) if leaf else None
            if leaf and value is not None:
                # What cannot be serialised is told with its path, on the usual way.
                with suppress(GraphQLError, TypeError, ValueError):
                    results[response_name] = leaf[1](value)
                    continue
            field_path = Path(path, response_name, parent_type.name)
            result = self.execute_field(
                parent_type, source_value, details, field_path, position_context
            )
            if result is not Undefined:
                results[response_name] = result
        return results
