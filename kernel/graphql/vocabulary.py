"""Vocabularies as GraphQL enums, every value described; the enums themselves stay plain Python."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import strawberry
from graphql import GraphQLEnumType

from kernel import animals, money, refusals, uploads
from kernel.animals import Language, label


def describe[E: StrEnum](
    enum: type[E], description: str, value: Callable[[E], str], *, name: str | None = None
) -> None:
    """Give an enum to GraphQL under its name, with a description of each value.

    Touches a strawberry internal (the values of an enum's definition), here and nowhere else.

    Raises:
        TypeError: a value has no description.
    """
    strawberry.enum(enum, name=name, description=description)
    definition: Any = enum.__strawberry_definition__  # type: ignore[attr-defined]
    for member, known in zip(enum, definition.values, strict=True):
        known.description = value(member)
        if not known.description:
            raise TypeError(f"{enum.__name__}.{member.name} has no description.")


def give_members(schema: strawberry.Schema) -> None:
    """Have inputs hold members of our enums: sorting a schema leaves only their bare values.

    Call it once, when the schema is built.
    """
    for name, kind in schema._schema.type_map.items():  # noqa: SLF001  (the schema as built)
        ours = getattr(schema.get_type_by_name(name), "wrapped_cls", None)
        if isinstance(kind, GraphQLEnumType) and ours is not None:
            for value in kind.values.values():
                value.value = ours(value.value)


def in_english(word: StrEnum) -> str:
    return label(word, Language.EN).capitalize() + "."


def in_words(word: StrEnum) -> str:
    return word.name.replace("_", " ").capitalize() + "."


describe(animals.Species, "An animal's species.", in_english)
describe(animals.LifeStage, "How old an animal is.", in_english)
describe(animals.SizeClass, "How heavy a dog grows.", in_english)
describe(animals.Condition, "What a food is made for: a condition or a way of life.", in_english)
describe(animals.IngredientGroup, "A family of ingredients, to do without.", in_english)
describe(
    animals.Language,
    "A language that the shop speaks.",
    {Language.FR: "French.", Language.EN: "English."}.__getitem__,
)
describe(money.Currency, "Currency of an amount.", lambda _currency: "Euro.")
describe(
    refusals.ErrorCode,
    "Why the shop refused, for machines; the message says it to people.",
    in_words,
)
describe(uploads.UploadPurpose, "What a file is for.", in_words)
