"""The shelves: of pets, of products, of carts, of kinds of pets."""

from typing import Annotated

import strawberry

from accounts.graphql.info import Info
from accounts.graphql.selection import names_below
from catalog.graphql.making import reading_of
from catalog.graphql.selection import needs_detail
from catalog.graphql.types import Product
from kernel.animals import LifeStage, Species
from kernel.graphql.extending import extend
from kernel.graphql.payloads import ClientMistake, described
from orders.graphql.types import Cart
from pets.graphql.types import Pet
from recommendations import public_shelves, serving
from recommendations.eaters import suiting
from recommendations.graphql.types import OrderAgain, Suggestion, again_of, suggestion_of
from recommendations.serving import MOST_SHOWN, Shelves, ShelvesRead
from recommendations.vocabulary import Shelf

_USUALLY = 8
_FIRST = described(f"How many; {_USUALLY} if not given, at most {MOST_SHOWN}.")


def size(first: int | None) -> int:
    """Raises: ClientMistake, for less than 1 or more than a shelf holds."""
    if first is None:
        return _USUALLY
    if not 1 <= first <= MOST_SHOWN:
        raise ClientMistake("BAD_ARGUMENT", f"`first` must be from 1 to {MOST_SHOWN}.")
    return first


def _shelves(pet: Pet, info: Info) -> Shelves:
    """The shelves of a pet, read for all pets of the answer at once."""
    kept = info.context.kept
    whole = ("shelves", id(pet.read))
    if whole not in kept:
        kept[whole] = ShelvesRead(pet.read, reading_of(info))
    mine = ("shelf", id(pet.read), pet.row.pk)
    if mine not in kept:
        kept[mine] = kept[whole].of(pet.row)
    found: Shelves = kept[mine]
    return found


def _version(info: Info) -> int | None:
    kept = info.context.kept
    if "suggesting" not in kept:
        kept["suggesting"] = serving.serving_version()
    found: int | None = kept["suggesting"]
    return found


@extend(Pet)
@strawberry.field(
    description="What it had before, to be ordered again: the usual first. Nothing for an animal "
    "that died or was put aside, or whose guardian wants no suggestions."
)
def order_again(
    root: strawberry.Parent[Pet], info: Info, first: Annotated[int | None, _FIRST] = None
) -> list[OrderAgain]:
    reading = reading_of(info)
    return [again_of(each, reading) for each in _shelves(root, info).again[: size(first)]]


@extend(Pet)
@strawberry.field(
    description="What it never had and may like, with the reason; only what suits it. Nothing for "
    "an animal that died or was put aside, or whose guardian wants no suggestions."
)
def suggestions(
    root: strawberry.Parent[Pet], info: Info, first: Annotated[int | None, _FIRST] = None
) -> list[Suggestion]:
    reading = reading_of(info)
    return [suggestion_of(each, reading) for each in _shelves(root, info).fresh[: size(first)]]


@extend(Product)
@strawberry.field(
    description="What animals that have it have too; the same for everybody. Never what only an "
    "animal's own file could allow."
)
def bought_together(
    root: strawberry.Parent[Product], info: Info, first: Annotated[int | None, _FIRST] = None
) -> list[Suggestion]:
    info.context.answers_once()
    version, count = _version(info), size(first)
    if version is None:
        return []
    reading = reading_of(info)
    found = public_shelves.bought_together(
        [root.body],
        version,
        reading,
        shelf=Shelf.TOGETHER,
        first=count,
        with_detail=needs_detail(names_below(info)),
    )
    return [suggestion_of(each, reading) for each in found]


@extend(Cart)
@strawberry.field(
    description="What goes with what is in it; of a person with pets, only what suits one of them."
)
def add_ons(
    root: strawberry.Parent[Cart], info: Info, first: Annotated[int | None, _FIRST] = None
) -> list[Suggestion]:
    version, count = _version(info), size(first)
    if version is None:
        return []
    reading = reading_of(info)
    found = public_shelves.bought_together(
        [line.body for line in root.reckoned().lines if line.body is not None],
        version,
        reading,
        shelf=Shelf.ADD_ONS,
        first=MOST_SHOWN,
        with_detail=needs_detail(names_below(info)),
    )
    fitting = suiting(found, info.context.viewer, reading)
    return [suggestion_of(each, reading) for each in fitting[:count]]


@strawberry.type
class SuggestionsQuery:
    @strawberry.field(
        description="What is popular with a kind of animals, counted over all; for guests too."
    )
    def popular_products(
        self,
        info: Info,
        species: Annotated[Species, described("Of which species.")],
        life_stage: Annotated[LifeStage | None, described("How old; null for any.")] = None,
        first: Annotated[int | None, _FIRST] = None,
    ) -> list[Suggestion]:
        version, count = _version(info), size(first)
        if version is None:
            return []
        reading = reading_of(info)
        found = public_shelves.popular_with(
            version,
            reading,
            species=Species(species),
            life_stage=LifeStage(life_stage) if life_stage else None,
            first=count,
            with_detail=needs_detail(names_below(info)),
        )
        return [suggestion_of(each, reading) for each in found]
