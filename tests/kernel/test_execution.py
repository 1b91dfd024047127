"""Compiled selections answer what the plain executor answers, to the byte, errors included."""

import dataclasses
import decimal
import json
from enum import Enum, StrEnum
from typing import Annotated, Any

import pytest
import strawberry
from graphql import ExecutionResult, GraphQLError, execute_sync, parse, validate
from graphql.pyutils import Undefined
from hypothesis import given, settings
from hypothesis import strategies as st
from strawberry.extensions import FieldExtension
from strawberry.permission import BasePermission
from strawberry.scalars import JSON
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types import Info

from kernel.graphql import execution
from kernel.graphql.execution import CompiledExecutor
from tests.kernel.random_documents import documents


@strawberry.enum
class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@strawberry.enum
class Size(Enum):
    SMALL = 1
    LARGE = 2


@strawberry.interface
class Named:
    name: str


@strawberry.type
class Wheel(Named):
    spokes: int | None

    @strawberry.field
    def path(self, info: Info) -> list[str]:
        """Where the field stands, and what it was asked for."""
        info.context.asked.append(str(info.path.as_list()))
        names = [node.name.value for node in info._raw_info.field_nodes]
        return [*map(str, info.path.as_list()), str(info.return_type), *names]


@strawberry.input
class Wanted:
    colour: Colour
    words: list[str] = strawberry.field(default_factory=list)
    deeper: "Wanted | None" = None


@strawberry.type
class Part(Named):
    price: decimal.Decimal
    colour: Colour | None
    size: Size
    count: int
    is_new: bool
    tags: list[str | None]
    grid: list[list[int]] | None
    extra: JSON | None
    inner: "Part | None"
    things: list["Thing | None"]
    other: Named | None

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        return isinstance(obj, Part)

    @strawberry.field
    def loud(self, times: int = 1) -> str:
        return self.name.upper() * times

    @strawberry.field
    def worn(self, info: Info) -> bool | None:
        info.context.asked.append(str(info.path.as_list()))
        raise GraphQLError("Nobody knows.", extensions={"code": "WORN"})

    @strawberry.field
    def broken(self) -> int:
        raise ValueError(f"{self.name} is broken.")

    @strawberry.field
    def wanted(self, like: Wanted, size: Size = Size.SMALL) -> str:
        return f"{like!r} {size}"

    @strawberry.field
    def counted(self) -> list[int]:
        return (number for number in range(3))  # type: ignore[return-value]


Thing = Annotated[Part | Wheel, strawberry.union("Thing")]


def part(name: str = "a", **facts: Any) -> Part:
    plain: dict[str, Any] = {
        "price": decimal.Decimal("1.20"),
        "colour": Colour.RED,
        "size": Size.LARGE,
        "count": 3,
        "is_new": True,
        "tags": ["x", None],
        "grid": [[1, 2], []],
        "extra": {"a": [1, None]},
        "inner": None,
        "things": [],
        "other": None,
    }
    return Part(name=name, **plain | facts)


def odd_part(field: str, value: Any) -> Part:
    made = part("odd")
    setattr(made, field, value)
    return made


WHEEL = Wheel(name="w", spokes=12)
FULL = part("full", inner=part("b"), things=[WHEEL, None, part("c")], other=WHEEL)
ODD = [
    None,
    Undefined,
    "text",
    7,
    2**40,
    True,
    ValueError("as a value"),
    GraphQLError("as a value too"),
    [],
    [None],
    (1, 2),
    {"a": 1},
    Colour.BLUE,
    Size.SMALL,
    WHEEL,
    [WHEEL, "text"],
    object,
]
THINGS: list[Part | Wheel] = [FULL, WHEEL]
FIELDS = [each.name for each in dataclasses.fields(Part) if each.init]


@strawberry.type
class Query:
    parts: list[Part] = strawberry.field(resolver=lambda: [FULL, part("d", colour=None)])
    wheel: Wheel = strawberry.field(resolver=lambda: WHEEL)
    named: list[Named] = strawberry.field(resolver=lambda: [WHEEL, part("e")])
    things: list[Thing] | None = strawberry.field(resolver=lambda: THINGS)

    @strawberry.field
    def part(self, name: str, first: int = 3) -> Part | None:
        return part(name, count=first) if first >= 0 else None

    @strawberry.field
    def odd(self, info: Info) -> Part | None:
        return info.context.odd

    @strawberry.field
    def needed_odd(self, info: Info) -> list[Part]:
        return [FULL, info.context.odd, FULL]


@dataclasses.dataclass
class Context:
    """An odd part, and what resolvers noted of being asked."""

    odd: Any = None
    asked: list[str] = dataclasses.field(default_factory=list)


SCHEMA = strawberry.Schema(query=Query, types=[Wheel, Part])


def told(result: ExecutionResult) -> str:
    errors = [each.formatted for each in result.errors or ()]
    return json.dumps({"data": result.data, "errors": errors}, default=str)


def both(text: str, variables: dict[str, Any] | None = None, odd: Any = None) -> list[Any]:
    """What plain and compiled execution answer, and what their resolvers noted."""
    document = parse(text)
    found = []
    for executor in (StrawberryGraphQLCoreExecutionContext, CompiledExecutor, CompiledExecutor):
        context = Context(odd)
        result = execute_sync(
            SCHEMA._schema,
            document,
            context_value=context,
            variable_values=variables,
            executor_class=executor,
        )
        found.append((told(result), context.asked))
    return found


@settings(max_examples=150, deadline=None)
@given(documents(SCHEMA._schema, words=["a", "b"]), st.sampled_from(FIELDS), st.sampled_from(ODD))
def test_any_document_is_answered_as_the_plain_executor_answers_it(drawn, field, value):
    if validate(SCHEMA._schema, parse(drawn.text)):
        return
    plain, first, again = both(drawn.text, drawn.variables, odd_part(field, value))
    assert first == plain
    assert again == plain


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("field", FIELDS)
def test_an_odd_value_is_answered_or_refused_as_by_the_plain_executor(field, value):
    below = {"things": " { __typename }", "other": " { name }", "inner": " { name }"}
    selected = f"{field_name(field)}{below.get(field, '')}"
    odd = odd_part(field, value)
    plain, first, again = both(f"{{ odd {{ {selected} }} neededOdd {{ {selected} }} }}", odd=odd)
    assert first == plain
    assert again == plain


def field_name(python_name: str) -> str:
    return SCHEMA.config.name_converter.apply_naming_config(python_name)


@pytest.mark.parametrize("kept", [True, False])
def test_directives_and_arguments_follow_the_variables_of_each_request(kept):
    text = """query($kept: Boolean!, $times: Int!) {
        parts { loud(times: $times) count @include(if: $kept) ...f @skip(if: $kept) } }
        fragment f on Part { isNew }"""
    for times in (1, 2):
        plain, first, again = both(text, {"kept": kept, "times": times})
        assert first == again == plain
        part = json.loads(first[0])["data"]["parts"][0]
        assert part == {"loud": "FULL" * times} | ({"count": 3} if kept else {"isNew": True})


def test_a_resolver_is_asked_once_even_where_the_answer_has_errors():
    plain, first, again = both("{ parts { worn loud } wheel { path } }")
    assert first == again == plain
    assert first[1] == ["['parts', 0, 'worn']", "['parts', 1, 'worn']", "['wheel', 'path']"]
    codes = [each["extensions"]["code"] for each in json.loads(first[0])["errors"]]
    assert codes == ["WORN", "WORN"]


def test_what_is_plain_never_comes_to_graphql_core(monkeypatch):
    def refused(*_given: object) -> None:
        raise AssertionError

    monkeypatch.setattr(StrawberryGraphQLCoreExecutionContext, "complete_value", refused)
    document = parse("{ parts { name grid tags things { __typename ... on Part { count } } } }")
    for _time in range(2):
        found = execute_sync(SCHEMA._schema, document, executor_class=CompiledExecutor)
        assert found.errors is None
        assert found.data["parts"][0] == {
            "name": "full",
            "grid": [[1, 2], []],
            "tags": ["x", None],
            "things": [{"__typename": "Wheel"}, None, {"__typename": "Part", "count": 3}],
        }


class Nobody(BasePermission):
    message = "Not for you."

    def has_permission(self, *_given: Any, **_named: Any) -> bool:
        return False


class Louder(FieldExtension):
    def resolve(self, next_: Any, source: Any, info: Info, **given: Any) -> Any:
        return next_(source, info, **given).upper()


def test_extensions_and_permissions_of_fields_without_a_resolver_hold():
    @strawberry.type
    class Guarded:
        said: str = strawberry.field(extensions=[Louder()])
        hidden: str | None = strawberry.field(permission_classes=[Nobody])

    @strawberry.type
    class Root:
        guarded: Guarded = strawberry.field(resolver=lambda: Guarded(said="a", hidden="b"))

    schema = strawberry.Schema(query=Root, execution_context_class=CompiledExecutor)
    found = schema.execute_sync("{ guarded { said hidden } }")
    assert found.data == {"guarded": {"said": "A", "hidden": None}}
    assert [each.message for each in found.errors] == ["Not for you."]


def test_documents_alike_do_not_share_what_was_compiled_of_them():
    execution._steps_of.cache_clear()
    for text in ("{ parts { name } }", "{ parts { name } }", "{ parts { count } }"):
        execute_sync(SCHEMA._schema, parse(text), executor_class=CompiledExecutor)
    assert execution._steps_of.cache_info().currsize == 3
    assert execution._steps_of.cache_info().maxsize == 128
