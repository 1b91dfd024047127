"""A small clinic whose pets were bought things, by rows of orders."""

from datetime import timedelta
from typing import Any

from catalog.models import Variant
from kernel.animals import Language
from orders.models import Order, OrderLine, OrderLinePet
from pets.models import Pet
from pets.reading import PetsRead
from recommendations import training
from recommendations.models import ModelVersion
from recommendations.serving import Shelves, ShelvesRead
from tests.builders import NOW, Pack, pet_of, published
from tests.orders.builders import Bought, order_of
from tests.orders.world import reading

#: Born long enough ago to be grown.
BORN = NOW.date() - timedelta(days=4 * 365)


def food(slug: str, **facts: Any) -> Variant:
    """A food on show with one pack."""
    product = published(slug, Pack(sku=slug.upper(), stock=50), name=slug.capitalize(), **facts)
    return Variant.objects.get(product=product)


def bought(guardian: Any, *variants: Variant, days_ago: int = 10, **facts: Any) -> Order:
    """A paid order of a person; for no pet until it is attributed."""
    when = NOW - timedelta(days=days_ago)
    lines = [Bought(name=each.product.slug, fields={"variant": each}) for each in variants]
    person = getattr(guardian, "person", guardian)
    return order_of(*lines, person=person, placed_at=when, **{"paid_at": when, **facts})


def for_pet(order: Order, pet: Pet, share: int = 100, origin: str = "owner") -> Order:
    OrderLinePet.objects.bulk_create(
        OrderLinePet(line=line, pet=pet, share_percent=share, origin=origin)
        for line in OrderLine.objects.filter(order=order)
    )
    return order


def had(pet: Pet, *variants: Variant, days_ago: int = 10, **facts: Any) -> Order:
    """The pet's guardian bought this for the pet."""
    person = pet.guardians.get().person
    return for_pet(bought(person, *variants, days_ago=days_ago, **facts), pet)


def grown(guardian: Any, name: str = "Rex", **facts: Any) -> Pet:
    return pet_of(guardian, name, **{"born_on": BORN, "adult_weight_g": 20_000, **facts})


def trained(at=NOW) -> ModelVersion:
    version = training.train(at=at)
    assert version.refused_because == ""
    return version


def shelves_of(pet: Pet, at=NOW) -> Shelves:
    pet = Pet.objects.select_related("breed").get(pk=pet.pk)
    read = PetsRead([pet], on=at.date())
    return ShelvesRead(read, reading(at)).of(pet)


def slugs(shown: Any) -> list[str]:
    return [each.card.brief["slug"] for each in shown]


LANGUAGES = tuple(Language)
