"""Documents drawn from a schema: aliases, fragments, directives, variables, wrong values."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from graphql import (
    GraphQLEnumType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_input_object_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)
from hypothesis import strategies as st

_DEEPEST = 6


class Drawn(NamedTuple):
    text: str
    variables: dict[str, Any]


@st.composite
def documents(draw, schema: GraphQLSchema, *, words: Sequence[str], roots: Sequence[str] = ()):
    """A query whose texts and ids are of `words`; only of `roots`, where some are named."""
    return _Writer(draw, schema, words).document(roots)


class _Writer:
    def __init__(self, draw, schema: GraphQLSchema, words: Sequence[str]) -> None:
        self.draw, self.schema, self.words = draw, schema, words
        self.fragments: list[str] = []
        self.declared: list[str] = []
        self.variables: dict[str, Any] = {}
        self.names = iter(range(10**6))

    def document(self, roots: Sequence[str]) -> Drawn:
        query = self.schema.query_type
        assert query is not None
        allowed = [name for name in query.fields if not roots or name in roots]
        chosen = [self.pick(allowed) for _ in range(self.number(1, 2))]
        body = " ".join(self.field(query, name, _DEEPEST) for name in chosen)
        declared = f"({', '.join(self.declared)})" if self.declared else ""
        text = " ".join([f"query Drawn{declared} {{ {body} }}", *self.fragments])
        return Drawn(text, self.variables)

    def pick(self, among: Sequence[Any]) -> Any:
        return self.draw(st.sampled_from(list(among)))

    def number(self, least: int, most: int) -> int:
        return self.draw(st.integers(least, most))

    def once_in(self, times: int) -> bool:
        return self.number(1, times) == times

    def selections(self, kind, depth: int) -> str:
        return " ".join(self.selection(kind, depth) for _ in range(self.number(1, 4)))

    def selection(self, kind, depth: int) -> str:
        fields = [] if not hasattr(kind, "fields") else list(kind.fields)
        if depth == 0:
            fields = [name for name in fields if self.is_plain(kind.fields[name])]
        if not fields or self.once_in(12):
            return "__typename"
        if depth and self.once_in(6):
            return self.fragment(kind, depth)
        return self.field(kind, self.pick(fields), depth)

    def is_plain(self, field) -> bool:
        needed = any(is_required_argument(each) for each in field.args.values())
        return is_leaf_type(get_named_type(field.type)) and not needed

    def field(self, kind, name: str, depth: int) -> str:
        field = kind.fields[name]
        given = self.arguments(field)
        alias = f"a{next(self.names)}: " if given or self.once_in(3) else ""
        returned = get_named_type(field.type)
        below = "" if is_leaf_type(returned) else f" {{ {self.below(returned, depth)} }}"
        return f"{alias}{name}{given}{self.directives()}{below}"

    def below(self, kind, depth: int) -> str:
        if is_abstract_type(kind) and self.once_in(2):
            parts = [
                f"... on {each.name} {{ {self.selections(each, max(depth - 1, 0))} }}"
                for each in self.schema.get_possible_types(kind)
                if self.once_in(2)
            ]
            return " ".join(["__typename", *parts])
        return self.selections(kind, max(depth - 1, 0))

    def fragment(self, kind, depth: int) -> str:
        body = self.selections(kind, depth - 1)
        if self.once_in(2):
            condition = self.pick(["", f"on {kind.name}"])
            return f"... {condition} {self.directives()} {{ {body} }}"
        name = f"F{next(self.names)}"
        self.fragments.append(f"fragment {name} on {kind.name} {{ {body} }}")
        return f"...{name} {self.directives()}"

    def directives(self) -> str:
        if not self.once_in(8):
            return ""
        return f" @{self.pick(['skip', 'include'])}(if: {self.condition()})"

    def condition(self) -> str:
        if self.once_in(2):
            return self.pick(["true", "false"])
        return self.variable("Boolean!", self.pick([True, False]))

    def arguments(self, field) -> str:
        given = [
            f"{name}: {self.given(each.type)}"
            for name, each in field.args.items()
            if is_required_argument(each) or self.once_in(3)
        ]
        return f"({', '.join(given)})" if given else ""

    def given(self, kind) -> str:
        value = self.value(kind, 2)
        if self.once_in(3):
            return self.variable(str(kind), value)
        return self.literal(kind, value)

    def variable(self, kind: str, value: Any) -> str:
        name = f"v{next(self.names)}"
        self.declared.append(f"${name}: {kind}")
        if not self.once_in(25):
            self.variables[name] = value
        return f"${name}"

    def value(self, kind, depth: int) -> Any:
        if self.once_in(40):
            return self.pick([None, "wrong", 3, True, [], {}])
        if not is_non_null_type(kind) and self.once_in(10):
            return None
        kind = get_nullable_type(kind)
        if is_list_type(kind):
            return [self.value(kind.of_type, depth) for _ in range(self.number(0, 2))]
        if is_input_object_type(kind):
            return {
                name: self.value(each.type, depth - 1)
                for name, each in kind.fields.items()
                if is_required_input_field(each) or (depth > 0 and self.once_in(4))
            }
        return self.leaf(kind)

    def leaf(self, kind) -> Any:
        if isinstance(kind, GraphQLEnumType):
            return self.pick(list(kind.values))
        if kind.name == "Boolean":
            return self.pick([True, False])
        if kind.name == "Int":
            return self.number(-1, 40)
        return self.pick(self.words)

    def literal(self, kind, value: Any) -> str:
        """A value as it is written in a document: names of enums bare, keys unquoted."""
        kind = get_nullable_type(kind)
        if isinstance(value, list):
            inner = kind.of_type if is_list_type(kind) else kind
            return f"[{', '.join(self.literal(inner, each) for each in value)}]"
        if isinstance(value, dict):
            known = kind.fields if is_input_object_type(kind) else {}
            pairs = (
                f"{name}: {self.literal(known[name].type if name in known else kind, each)}"
                for name, each in value.items()
            )
            return f"{{{', '.join(pairs)}}}"
        if isinstance(get_named_type(kind), GraphQLEnumType) and isinstance(value, str):
            return value
        return json.dumps(value)
