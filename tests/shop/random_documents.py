"""Random documents of a schema, with their variables: most of them valid, none of them kind."""

import json
import string
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLUnionType,
    OperationType,
    get_named_type,
    is_composite_type,
    is_leaf_type,
)

NASTY = (
    "",
    " ",
    "x" * 3000,
    "é🐕\u202e\u0301",
    "'; DROP TABLE x; --",
    "%s%n{0}{{}}",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "\r\nSet-Cookie: a=b",
    "1e999",
    "-0",
    "NaN",
    "٣",
    "a" * 254 + "@clients.example",
    "nobody@clients.example",
    "35000",
    "FR",
    "2026-02-30",
    "2026-11-22",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00Z",
    "2026-11-23T10:00:00+01:00",
    "00000000-0000-0000-0000-000000000000",
    "UHJvZHVjdDox",
    "UHJvZHVjdDotMQ==",
    "UHJvZHVjdDo5OTk5OTk5OTk5OTk5OTk5OTk=",
    "OTk=",
    "[]",
    "WzFd",
)
NUMBERS = (0, 1, 2, 3, 5, 24, 100, 101, -1, 10**6, 2**31 - 1, -(2**31))
SCALARS: dict[str, tuple[Any, ...]] = {
    "Boolean": (True, False),
    "Int": NUMBERS,
    "Float": (0, 1.5, -2.25, 1e300, 3),
    "Decimal": ("0", "1.5", "12", "-3", "1e999", "NaN", "Infinity", "0.000000001", 7),
    "Date": ("2026-11-22", "2020-02-29", "0001-01-01", "9999-12-31", "2026-13-01"),
    "DateTime": ("2026-11-22T12:00:00+00:00", "9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00Z"),
    "UUID": ("00000000-0000-4000-8000-000000000001", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
}


class Word(str):
    """A value of an enum: text among variables, a bare word in a document."""

    __slots__ = ()


@dataclass
class Written:
    """A document as it grows."""

    declared: list[str] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)
    aliases: int = 0


class Author:
    """Writes documents; `known` are words that may mean something: ids, slugs, tokens."""

    def __init__(
        self,
        schema: GraphQLSchema,
        random: Random,
        known: tuple[str, ...],
        *,
        is_kind: bool = False,
    ) -> None:
        self.schema = schema
        self.random = random
        self.known = known
        #: Whether all values fit their types, so that most documents are carried out.
        self.is_kind = is_kind

    def document(self, kind: str, root: str | None = None) -> tuple[str, dict[str, Any]]:
        """An operation of one root field, or of several where it is a query."""
        root_type = self.schema.get_root_type(OperationType(kind))
        assert root_type is not None
        fields = root_type.fields
        count = 1 if kind == "mutation" or root else self.random.choice((1, 1, 1, 2, 3))
        written = Written()
        roots = [root] if root else self.random.sample(sorted(fields), count)
        asked = [self.field(name, fields[name], 1, written) for name in roots]
        declared = f"({', '.join(written.declared)})" if written.declared else ""
        return f"{kind}{declared} {{ {' '.join(asked)} }}", written.variables

    def field(self, name: str, of: GraphQLField, depth: int, written: Written) -> str:
        given = []
        for key, argument in of.args.items():
            if isinstance(argument.type, GraphQLNonNull) or self.random.random() < 0.5:
                value = self.value(argument.type)
                if value is None and isinstance(argument.type, GraphQLNonNull):
                    continue
                given.append(f"{key}: {self.told(value, argument.type, written)}")
        called = name
        if self.random.random() < 0.05 and written.aliases < 25:
            written.aliases += 1
            called = f"{name}_{written.aliases}: {name}"
        arguments = f"({', '.join(given)})" if given else ""
        return f"{called}{arguments}{self.selection(get_named_type(of.type), depth, written)}"

    def told(self, value: Any, kind: Any, written: Written) -> str:
        """A value as a variable, or as a literal."""
        if self.random.random() < 0.4:
            return literal(value)
        name = f"v{len(written.declared)}"
        default = ""
        if self.random.random() < 0.2 and not isinstance(kind, GraphQLNonNull):
            default = f" = {literal(value)}"
        else:
            written.variables[name] = value
        written.declared.append(f"${name}: {kind}{default}")
        return f"${name}"

    def selection(self, kind: Any, depth: int, written: Written) -> str:
        if not is_composite_type(kind):
            return ""
        chosen = ["__typename"]
        if hasattr(kind, "fields"):
            chosen += self.fields_of(kind, depth, written)
        if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
            chosen += self.narrowed(kind, depth, written)
        return f" {{ {' '.join(chosen)} }}"

    def narrowed(self, kind: Any, depth: int, written: Written) -> list[str]:
        """Fields of some of the types that an interface or a union may be."""
        chosen = []
        for each in self.schema.get_possible_types(kind):
            if self.random.random() < 0.3:
                inside = " ".join(["__typename", *self.fields_of(each, depth, written, most=2)])
                chosen.append(f"... on {each.name} {{ {inside} }}")
        return chosen

    def fields_of(self, kind: Any, depth: int, written: Written, most: int = 5) -> list[str]:
        names = [
            name
            for name, each in kind.fields.items()
            if depth < 6 or is_leaf_type(get_named_type(each.type))
        ]
        wanted = [name for name in ("nodes", "edges", "hits", "userErrors") if name in names]
        names = self.random.sample(names, min(len(names), self.random.randint(1, most)))
        names = list(dict.fromkeys([*(wanted if self.random.random() < 0.8 else ()), *names]))
        return [self.field(name, kind.fields[name], depth + 1, written) for name in names]

    def value(self, kind: Any, depth: int = 0) -> Any:
        if isinstance(kind, GraphQLNonNull):
            return self.value(kind.of_type, depth)
        if not self.is_kind and self.random.random() < 0.03:
            return self.random.choice((None, 0, "", [], {}, "x", [[]], {"a": 1}, 1.5, True))
        if isinstance(kind, GraphQLList):
            return [self.value(kind.of_type, depth + 1) for _ in range(self.random.randint(0, 3))]
        if isinstance(kind, GraphQLInputObjectType):
            return {
                key: self.value(each.type, depth + 1)
                for key, each in kind.fields.items()
                if isinstance(each.type, GraphQLNonNull)
                or (self.random.random() < 0.4 and depth < 4)
            }
        return self.leaf(kind)

    def leaf(self, kind: Any) -> Any:
        if isinstance(kind, GraphQLEnumType):
            return Word(self.random.choice(sorted(kind.values)))
        pool = SCALARS.get(kind.name)
        if pool and (self.is_kind or self.random.random() < 0.95):
            return self.random.choice(pool)
        return self.random.choice(self.known if self.random.random() < 0.6 else NASTY)

    def spoilt(self, text: str) -> str:
        """A document with something lost, doubled, or put in."""
        begin = self.random.randrange(len(text))
        end = min(len(text), begin + self.random.randint(0, 8))
        put = "".join(self.random.choices(string.printable + "{}()$@:!\0\ud800é", k=end - begin))
        middle = self.random.choice(("", text[begin:end] * 2, put))
        return text[:begin] + middle + text[end:]


def literal(value: Any) -> str:
    """A value as it stands in a document."""
    if isinstance(value, Word):
        return str(value)
    if isinstance(value, dict):
        return "{%s}" % ", ".join(f"{key}: {literal(each)}" for key, each in value.items())
    if isinstance(value, list):
        return "[%s]" % ", ".join(map(literal, value))
    return json.dumps(value, ensure_ascii=False)
