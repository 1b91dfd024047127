import pytest
import strawberry

from kernel.graphql.extending import extend


def lower():
    @strawberry.type
    class Thing:
        name: str = "chair"

    return Thing


def test_an_upper_app_adds_a_field_to_a_type_of_a_lower_one():
    thing = lower()

    @extend(thing)
    @strawberry.field
    def loud(self) -> str:
        return self.name.upper()

    def found():
        return thing()

    found.__annotations__["return"] = thing
    query = strawberry.type(type("Query", (), {"thing": strawberry.field(resolver=found)}))

    answer = strawberry.Schema(query=query).execute_sync("{ thing { name loud } }")
    assert answer.data == {"thing": {"name": "chair", "loud": "CHAIR"}}


def test_a_field_is_not_added_twice_nor_to_what_is_no_type():
    thing = lower()

    @strawberry.field
    def name(self) -> str:
        return ""

    with pytest.raises(TypeError, match=r"Thing\.name already exists"):
        extend(thing)(name)
    with pytest.raises(TypeError, match="int is not a GraphQL type"):
        extend(int)(name)
