"""What a shopper asks of a list, and its reading into a wish."""

import strawberry

from catalog.shelf import Facet, Wish
from catalog.vocabulary import Availability, Form
from kernel.animals import Condition, IngredientGroup, LifeStage, SizeClass, Species
from kernel.graphql.payloads import ClientMistake

_MOST_NESTED = 4
_MOST_PARTS = 20


@strawberry.input(description="A slug, or one of several; an empty list matches nothing.")
class SlugFilter:
    eq: str | None = strawberry.field(default=None, description="This one.")
    in_: list[str] | None = strawberry.field(default=None, name="in", description="One of these.")


@strawberry.input(description="A species, or one of several.")
class SpeciesFilter:
    eq: Species | None = strawberry.field(default=None, description="This one.")
    in_: list[Species] | None = strawberry.field(
        default=None, name="in", description="One of these."
    )


@strawberry.input(description="A life stage, or one of several.")
class LifeStageFilter:
    eq: LifeStage | None = strawberry.field(default=None, description="This one.")
    in_: list[LifeStage] | None = strawberry.field(
        default=None, name="in", description="One of these."
    )


@strawberry.input(description="A size, or one of several.")
class SizeClassFilter:
    eq: SizeClass | None = strawberry.field(default=None, description="This one.")
    in_: list[SizeClass] | None = strawberry.field(
        default=None, name="in", description="One of these."
    )


@strawberry.input(description="A form, or one of several.")
class FormFilter:
    eq: Form | None = strawberry.field(default=None, description="This one.")
    in_: list[Form] | None = strawberry.field(default=None, name="in", description="One of these.")


@strawberry.input(description="A condition, or one of several.")
class ConditionFilter:
    eq: Condition | None = strawberry.field(default=None, description="This one.")
    in_: list[Condition] | None = strawberry.field(
        default=None, name="in", description="One of these."
    )


@strawberry.input(description="An availability, or one of several; of any pack sold online.")
class AvailabilityFilter:
    eq: Availability | None = strawberry.field(default=None, description="This one.")
    in_: list[Availability] | None = strawberry.field(
        default=None, name="in", description="One of these."
    )


@strawberry.input(description="Families of ingredients that must all be absent.")
class WithoutFilter:
    in_: list[IngredientGroup] = strawberry.field(name="in", description="All of these.")


@strawberry.input(description="A stretch of prices, both ends included.")
class PriceRange:
    min_cents: int | None = strawberry.field(default=None, description="From, in cents.")
    max_cents: int | None = strawberry.field(default=None, description="Up to, in cents.")


@strawberry.input(description="The price of the cheapest pack sold online.")
class PriceFilter:
    range: PriceRange | None = strawberry.field(default=None, description="Within these bounds.")
    bracket: list[str] | None = strawberry.field(
        default=None, description="In one of the brackets of the facet, such as `10-25`."
    )


@strawberry.input(description="What products must be; all that is given must hold.")
class ProductWhere:
    brand: SlugFilter | None = strawberry.field(default=None, description="Its brand.")
    category: SlugFilter | None = strawberry.field(
        default=None, description="Its category, or one above it."
    )
    species: SpeciesFilter | None = strawberry.field(default=None, description="For whom.")
    life_stage: LifeStageFilter | None = strawberry.field(default=None, description="What age.")
    size_class: SizeClassFilter | None = strawberry.field(default=None, description="What size.")
    form: FormFilter | None = strawberry.field(default=None, description="What kind of thing.")
    condition: ConditionFilter | None = strawberry.field(default=None, description="For what.")
    availability: AvailabilityFilter | None = strawberry.field(
        default=None, description="Whether it can be bought."
    )
    without_ingredient: WithoutFilter | None = strawberry.field(
        default=None,
        description="What it must not contain; foods of unknown composition never match.",
    )
    price: PriceFilter | None = strawberry.field(default=None, description="How much.")
    reduced: bool | None = strawberry.field(default=None, description="Whether a cut is on.")
    and_: list["ProductWhere"] | None = strawberry.field(
        default=None, name="and", description="All of these must hold too."
    )
    or_: list["ProductWhere"] | None = strawberry.field(
        default=None,
        name="or",
        description="One of these must hold; an empty list matches nothing.",
    )
    not_: "ProductWhere | None" = strawberry.field(
        default=None, name="not", description="This must not hold."
    )


_CHOICES = {
    Facet.BRAND: "brand",
    Facet.CATEGORY: "category",
    Facet.SPECIES: "species",
    Facet.LIFE_STAGE: "life_stage",
    Facet.SIZE_CLASS: "size_class",
    Facet.FORM: "form",
    Facet.CONDITION: "condition",
    Facet.AVAILABILITY: "availability",
}


def wish_of(where: ProductWhere | None, *, depth: int = 0) -> Wish:
    """The wish that a filter stands for.

    Raises:
        ClientMistake: nested more than four deep, or more than twenty parts beside one another.
    """
    if where is None:
        return Wish()
    parts = [*(where.and_ or ()), *(where.or_ or ())]
    if depth >= _MOST_NESTED or len(parts) > _MOST_PARTS:
        raise ClientMistake("TOO_EXPENSIVE", "`where` is nested or repeated too much.")
    choices = {
        facet: values
        for facet, name in _CHOICES.items()
        if (values := _values(getattr(where, name))) is not None
    }
    if where.without_ingredient is not None:
        choices[Facet.WITHOUT_INGREDIENT] = [str(e) for e in where.without_ingredient.in_]
    price = where.price
    if price is not None and price.bracket is not None:
        choices[Facet.PRICE] = price.bracket
    bounds = price.range if price is not None else None
    return Wish(
        choices=choices,
        price_cents=(bounds.min_cents, bounds.max_cents) if bounds else (None, None),
        reduced=where.reduced,
        other=[wish_of(each, depth=depth + 1) for each in where.and_ or ()],
        any_of=None
        if where.or_ is None
        else [wish_of(each, depth=depth + 1) for each in where.or_],
        none_of=[wish_of(where.not_, depth=depth + 1)] if where.not_ is not None else (),
    )


type _Choice = (
    SlugFilter
    | SpeciesFilter
    | LifeStageFilter
    | SizeClassFilter
    | FormFilter
    | ConditionFilter
    | AvailabilityFilter
)


def _values(chosen: _Choice | None) -> list[str] | None:
    """Values of which one must hold; None when nothing was asked."""
    if chosen is None or (chosen.eq is None and chosen.in_ is None):
        return None
    several = None if chosen.in_ is None else [str(each) for each in chosen.in_]
    if chosen.eq is None:
        return several
    one = str(chosen.eq)
    return [one] if several is None or one in several else []
