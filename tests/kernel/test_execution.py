"""The quick way through a document answers what the plain executor answers."""

import decimal
from enum import StrEnum

import pytest
import strawberry
from graphql import execute_sync, parse

from kernel.graphql.execution import LeafReader, read_attributes_directly


@strawberry.enum
class Colour(StrEnum):
    RED = "red"


@strawberry.type
class Part:
    name: str
    price: decimal.Decimal
    colour: Colour | None
    count: int

    @strawberry.field
    def loud(self) -> str:
        return self.name.upper()


@strawberry.type
class Query:
    @strawberry.field
    def parts(self) -> list[Part]:
        return [
            Part(name="a", price=decimal.Decimal("1.20"), colour=Colour.RED, count=3),
            Part(name="b", price=decimal.Decimal("0.00"), colour=None, count=0),
        ]

    @strawberry.field
    def broken(self) -> Part | None:
        return Part(name="c", price=decimal.Decimal(1), colour=None, count="many")  # type: ignore[arg-type]

    @strawberry.field
    def hollow(self) -> Part | None:
        return Part(name=None, price=decimal.Decimal(1), colour=None, count=1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "query",
    [
        "{ parts { name price colour count loud } }",
        "{ parts { same: name ... on Part { colour } ...f } } fragment f on Part { count }",
        "{ parts { name @skip(if: true) price @include(if: true) __typename } }",
        "{ broken { name count } }",
        "{ hollow { name } parts { name } }",
    ],
)
def test_answers_and_errors_are_those_of_the_plain_executor(query):
    plain = strawberry.Schema(query=Query)
    quick = strawberry.Schema(query=Query, execution_context_class=LeafReader)
    expected = execute_sync(plain._schema, parse(query))
    read_attributes_directly(quick._schema)
    found = execute_sync(quick._schema, parse(query), executor_class=LeafReader)
    assert found.data == expected.data
    assert [each.formatted for each in found.errors or ()] == [
        each.formatted for each in expected.errors or ()
    ]
