"""The schema as a contract."""

from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
)

from kernel.refusals import ErrorCode, Refusal
from shop.schema import schema

BUILT = schema._schema
TYPES = [kind for name, kind in BUILT.type_map.items() if not name.startswith("__")]
FIELDED = [
    kind
    for kind in TYPES
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType)
]
#: Lists bounded by what they hold, not by `first`: parts of one thing, or a fixed vocabulary.
BOUNDED = {
    "AccountMe",
    "Address",
    "AddressWarning",
    "ApprovalConnection",
    "Article",
    "ArticleConnection",
    "ArticleContent",
    "ArticleDraft",
    "ArticleEdge",
    "ArticleGroup",
    "Attribute",
    "Brand",
    "Cart",
    "CartLine",
    "CartNotReadyError",
    "Category",
    "Client",
    "ClientConnection",
    "ComparedField",
    "DeliveryDay",
    "DeliveryOption",
    "ErasurePreview",
    "Facet",
    "GuestOrder",
    "HistoryConnection",
    "LotSentConnection",
    "Me",
    "Order",
    "OrderBasics",
    "OrderConnection",
    "OrderLine",
    "OutOfStockError",
    "Pet",
    "Place",
    "PriceChangedError",
    "PlainError",
    "Product",
    "ProductConnection",
    "ProductEdge",
    "ProductGroup",
    "Query",
    "Message",
    "MessageConnection",
    "PublicQuestionConnection",
    "QuestionConnection",
    "QuestionInbox",
    "RationEstimate",
    "RefundPreview",
    "ReviewConnection",
    "ReviewInQueue",
    "ReviewQueue",
    "RevisionConnection",
    "ServiceToken",
    "ServiceTokenConnection",
    "SharedCart",
    "SharedCartLine",
    "Shop",
    "Suitability",
    "SuggestionReason",
    "Totals",
    "UserError",
    "Variant",
    "Video",
    "VideoGroup",
    "VideoHit",
}


def test_schema_graphql_is_up_to_date():
    committed = (Path(__file__).parent.parent / "schema.graphql").read_text()
    assert committed == schema.as_str() + "\n"


def test_everything_is_described():
    bare = [kind.name for kind in TYPES if not kind.description and not kind.name.startswith("__")]
    for kind in FIELDED:
        for name, field in kind.fields.items():
            bare += [] if field.description else [f"{kind.name}.{name}"]
            for argument, found in getattr(field, "args", {}).items():
                bare += [] if found.description else [f"{kind.name}.{name}({argument})"]
    for kind in TYPES:
        if isinstance(kind, GraphQLEnumType):
            bare += [f"{kind.name}.{n}" for n, v in kind.values.items() if not v.description]
    scalars = {
        "Boolean",
        "Date",
        "DateTime",
        "Decimal",
        "Float",
        "ID",
        "Int",
        "JSON",
        "String",
        "Time",
        "UUID",
        "Query",
        "Mutation",
        "Me",
    }
    assert sorted(set(bare) - scalars) == []


def test_money_is_never_a_float():
    floats = [
        f"{kind.name}.{name}"
        for kind in FIELDED
        for name, field in kind.fields.items()
        if get_named_type(field.type).name == "Float"
    ]
    assert floats == []


def test_every_list_says_how_it_is_bounded():
    unbounded = []
    for kind in TYPES:
        if not isinstance(kind, GraphQLObjectType):
            continue
        for name, field in kind.fields.items():
            is_list = isinstance(get_nullable_type(field.type), GraphQLList)
            payload = kind.name.endswith("Payload")
            if is_list and not payload and kind.name not in BOUNDED:
                unbounded.append(f"{kind.name}.{name}")
    assert unbounded == []


def mutations():
    return BUILT.mutation_type.fields.items()


@pytest.mark.parametrize(("name", "field"), list(mutations()), ids=[n for n, _f in mutations()])
def test_a_mutation_takes_one_input_and_answers_with_a_payload(name, field):
    assert list(field.args) == ["input"]
    payload = BUILT.type_map[name[0].upper() + name[1:] + "Payload"]
    assert str(field.type) == f"{payload.name}!"
    assert str(payload.fields["userErrors"].type) == "[UserError!]!"


def refusals(kind=Refusal):
    for child in kind.__subclasses__():
        yield child
        yield from refusals(child)


def test_every_error_code_is_used_and_every_refusal_has_one():
    used = {refusal.code for refusal in refusals()}
    assert used == set(ErrorCode)
