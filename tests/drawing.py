"""Random documents over our own schema, for tests that compare two ways to answer one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
)
from hypothesis import strategies as st

type Draw = Callable[[st.SearchStrategy[Any]], Any]


class Drawing:
    """Draws queries of some root fields; `values` are literals to choose from, by argument."""

    def __init__(
        self,
        schema: GraphQLSchema,
        roots: Sequence[str],
        values: Mapping[str, Sequence[str]],
        *,
        without: Sequence[str] = (),
        most_depth: int = 4,
    ) -> None:
        self.schema = schema
        self.roots = sorted(roots)
        self.values = values
        self.without = frozenset(without)
        self.most_depth = most_depth

    def document(self, draw: Draw) -> str:
        """A query of one to three root fields, each under a name of its own."""
        query = self.schema.query_type
        assert query is not None
        chosen = draw(st.lists(st.sampled_from(self.roots), min_size=1, max_size=3))
        parts = [
            f"r{number}: {self._field(draw, name, query.fields[name], depth=1)}"
            for number, name in enumerate(chosen)
        ]
        return "{ %s }" % " ".join(parts)

    def _field(self, draw: Draw, name: str, field: GraphQLField, *, depth: int) -> str:
        given = []
        for argument, facts in sorted(field.args.items()):
            literals = list(self.values.get(argument, ()))
            kind = get_named_type(facts.type)
            if not literals and isinstance(kind, GraphQLEnumType):
                literals = sorted(kind.values)
            is_needed = isinstance(facts.type, GraphQLNonNull)
            if literals and (is_needed or draw(st.booleans())):
                given.append(f"{argument}: {draw(st.sampled_from(literals))}")
        arguments = "(%s)" % ", ".join(given) if given else ""
        return name + arguments + self._below(draw, get_named_type(field.type), depth=depth)

    def _below(self, draw: Draw, kind: Any, *, depth: int, apart: bool = False) -> str:
        """The selections under a field; `apart`, under names that no other type's fields have."""
        if is_leaf_type(kind):
            return ""
        if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType):
            parts = [
                f"... on {each.name}{self._below(draw, each, depth=depth, apart=True)}"
                for each in self.schema.get_possible_types(kind)
            ]
            return " { __typename %s }" % " ".join(parts)
        assert isinstance(kind, GraphQLObjectType)
        names = [name for name in sorted(kind.fields) if self._may_have(kind, name, depth=depth)]
        chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=5, unique=True))
        fields = [self._field(draw, name, kind.fields[name], depth=depth + 1) for name in chosen]
        if apart:
            aliases = (f"{kind.name.lower()}_{name}" for name in chosen)
            fields = [f"{alias}: {each}" for alias, each in zip(aliases, fields, strict=True)]
        return " { __typename %s }" % " ".join(fields)

    def _may_have(self, kind: GraphQLObjectType, name: str, *, depth: int) -> bool:
        field = kind.fields[name]
        if name in self.without or f"{kind.name}.{name}" in self.without:
            return False
        if depth >= self.most_depth and not is_leaf_type(get_named_type(field.type)):
            return False
        return all(
            argument in self.values or not isinstance(facts.type, GraphQLNonNull)
            for argument, facts in field.args.items()
        )
