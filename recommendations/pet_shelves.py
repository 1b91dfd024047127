"""The shelves of pets, computed: for all of them in a training, for one when something changed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Prefetch

from catalog.models import Product, Variant
from catalog.product_facts import product_facts
from catalog.suitability import ProductFacts, unsuitable
from catalog.vocabulary import Path, ProductStatus
from clinic.details import PARIS
from kernel.animals import Species
from pets.facts import facts_of
from pets.health import PetFacts, life_stage_of, size_of
from pets.models import Guardian, Pet
from recommendations import artefacts, blend, histories
from recommendations.blend import BlendOptions
from recommendations.histories import Purchase
from recommendations.known import CANDIDATES, Known
from recommendations.models import ModelVersion, PetShelf
from recommendations.popularity import Kind

#: Purchases that a shelf of repeats looks back on.
_MOST_REPEATS: Final = 30
_HALF: Final = 0.5

type Packs = Mapping[int, Sequence[ProductFacts]]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A product that a pet had: when (days, the oldest first), the last pack and how many."""

    product: int
    score: float
    variant: int
    packs: int
    share: float
    days: list[str]


def kind_of(facts: PetFacts) -> Kind:
    """The kind of a pet, the widest word first; what is not known is an empty word."""
    return (
        facts.species,
        life_stage_of(facts) or "",
        size_of(facts) or "",
        " ".join(sorted(facts.conditions)),
    )


def weights_of(
    purchases: Iterable[Purchase], options: BlendOptions, *, at: datetime
) -> dict[int, float]:
    """The decayed weight of each product that a pet had."""
    found: dict[int, float] = defaultdict(float)
    for each in purchases:
        days = (at - each.at).total_seconds() / 86_400
        found[each.product_id] += each.share * blend.weight_after(days, options)
    return dict(found)


def packs_on_show(keys: Sequence[int] | None = None) -> dict[int, list[ProductFacts]]:
    """What the filters must know of each pack on show, by the product's key; of all, or of some."""
    active = Prefetch("variants", Variant.objects.filter(is_active=True))
    products = Product.objects.filter(status=ProductStatus.PUBLISHED).prefetch_related(active)
    if keys is not None:
        products = products.filter(pk__in=keys)
    return {
        product.pk: [product_facts(product, variant) for variant in product.variants.all()]
        for product in products
    }


@dataclass(frozen=True, slots=True)
class Household:
    """Who lives with each pet: the species, and the other pets of its own."""

    species: Mapping[int, frozenset[Species]]
    others: Mapping[int, Sequence[int]]


def households(pets: Sequence[Pet]) -> Household:
    """In one statement: all pets that live with anyone who looks after one of these."""
    people = Guardian.objects.filter(pet__in=pets).values("person")
    rows = Guardian.objects.filter(person__in=people, pet__died_on__isnull=True)
    homes: dict[int, dict[int, str]] = defaultdict(dict)
    of_pet: dict[int, set[int]] = defaultdict(set)
    for person, pet, species in rows.values_list("person_id", "pet_id", "pet__species"):
        homes[person][pet] = species
        of_pet[pet].add(person)
    wanted = {pet.pk: pet.species for pet in pets}
    near = {key: {k: v for p in of_pet[key] for k, v in homes[p].items()} for key in wanted}
    return Household(
        {key: frozenset(Species(each) for each in near[key].values()) for key in wanted},
        {
            key: sorted(k for k, v in near[key].items() if v == wanted[key] and k != key)
            for key in wanted
        },
    )


def suits(facts: PetFacts, household: frozenset[Species], packs: Sequence[ProductFacts]) -> bool:
    """Whether nothing speaks against some pack of a product, of a suggestion."""
    return any(not unsuitable(facts, household, each, Path.SUGGESTION) for each in packs)


def repeats_of(purchases: Sequence[Purchase], weights: Mapping[int, float]) -> list[Repeat]:
    """What a pet had, the most and latest first; ties to the lower key."""
    by_product: dict[int, list[Purchase]] = defaultdict(list)
    for each in purchases:
        by_product[each.product_id].append(each)
    most = max(weights.values(), default=0) or 1
    found = [
        Repeat(
            product=key,
            score=round(weights[key] / most, 6),
            variant=rows[-1].variant_id,
            packs=rows[-1].packs,
            share=rows[-1].share,
            days=sorted({each.at.astimezone(PARIS).date().isoformat() for each in rows}),
        )
        for key, rows in by_product.items()
    ]
    return sorted(found, key=lambda each: (-each.score, each.product))[:_MOST_REPEATS]


@dataclass(frozen=True, slots=True)
class Bench:
    """All that the shelves of some pets are computed from."""

    model: Known
    packs: Callable[[Sequence[int]], Packs]
    facts: Mapping[int, PetFacts]
    homes: Household
    purchases: Mapping[int, Sequence[Purchase]]


def bench_for(
    pets: Sequence[Pet],
    model: Known,
    packs: Callable[[Sequence[int]], Packs] = packs_on_show,
    *,
    at: datetime,
) -> Bench:
    """What is known of some pets and of those that live with them."""
    homes = households(pets)
    keys = {pet.pk for pet in pets} | {key for each in homes.others.values() for key in each}
    bought: dict[int, list[Purchase]] = defaultdict(list)
    for each in histories.purchases(sorted(keys), before=at):
        bought[each.pet_id].append(each)
    facts = facts_of(pets, on=at.astimezone(PARIS).date())
    return Bench(model, packs, facts, homes, bought)


def shelf_of(pet_id: int, bench: Bench, *, at: datetime) -> dict[str, Any]:
    """The two shelves of a pet as they are stored; empty of a pet that is not served."""
    facts, model = bench.facts[pet_id], bench.model
    if not facts.is_served:
        return {"again": [], "fresh": [], "popular": [], "group": []}
    mine = bench.purchases.get(pet_id, ())
    own = weights_of(mine, model.options, at=at)
    lent = [each for key in bench.homes.others[pet_id] for each in bench.purchases.get(key, ())]
    borrowed = {} if own else weights_of(lent, model.options, at=at)
    near = bench.homes.species[pet_id]
    kind = kind_of(facts)
    found = model.fresh(own, kind, borrowed=borrowed)
    popular = [key for key in model.favourites(kind) if key not in own]
    packs = bench.packs([*(each.product for each in found), *popular])
    fresh = [each for each in found if suits(facts, near, packs.get(each.product, ()))]
    liked = [key for key in popular if suits(facts, near, packs.get(key, ()))]
    return {
        "again": [asdict(each) for each in repeats_of(mine, own)],
        "fresh": [asdict(each) for each in fresh[:CANDIDATES]],
        "popular": liked[:CANDIDATES],
        "group": list(model.names[model.group_of(kind)]),
    }


def refresh(pet_id: int, *, at: datetime) -> bool:
    """Compute one pet's shelves anew with the model that serves; False when none does."""
    version = ModelVersion.objects.filter(is_serving=True).first()
    pet = Pet.objects.select_related("breed").filter(pk=pet_id).first()
    if version is None or pet is None:
        return False
    model = artefacts.model_of(version)
    bench = bench_for([pet], model, at=at)
    known = {**shelf_of(pet_id, bench, at=at), "computed_at": at}
    PetShelf.objects.update_or_create(version=version, pet=pet, defaults=known)
    return True
