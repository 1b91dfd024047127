"""Who lives with whom in the demonstration, drawn from a seed out of the simulation's files."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from django.utils.text import slugify

from kernel.animals import Condition, Species
from shop.demo.lives import BEGINS, ENDS
from shop.demo.people import (
    BREEDS,
    FIRST_NAMES,
    MAIL_HOSTS,
    NAME_BEGINNINGS,
    NAME_ENDINGS,
    PET_NAMES,
    PHONE_RANGES,
    STREETS,
)

_SHARED, _WANT_MAIL, _FEMALE = 0.08, 0.4, 0.5
_DEATHS, _ARCHIVED = 40, 15
_QUIET = timedelta(days=60)
_FOODS = frozenset({"FOOD", "DIETETIC_FOOD"})
_MEALS = frozenset({"dry", "wet"})


@dataclass(slots=True)
class Owner:
    """A client of the simulation, with the names and contacts that it lacks."""

    key: str
    joined: date
    postal_code: str
    city: str
    first_name: str
    last_name: str
    street: str
    phone: str
    email: str = ""
    wants_mail: bool = False


@dataclass(slots=True)
class Animal:
    """An animal of the simulation, with what it lacks; `meals` are the foods ordered for it."""

    key: str
    owners: list[Owner]
    name: str
    species: Species
    size_class: str
    breed: str
    is_female: bool
    is_neutered: bool
    born_on: date
    weight_g: int
    condition: Condition | None
    is_overweight: bool
    chip: str
    orders: list[date]
    meals: list[tuple[date, str]]
    died_on: date | None = None
    archived_on: date | None = None

    @property
    def last_order(self) -> date:
        return max(self.orders, default=BEGINS)


def households(
    folder: Path, draw: Random, *, most: int | None = None
) -> tuple[list[Owner], list[Animal]]:
    """The owners and animals of a folder, the first `most` owners of them."""
    owners = _owners(read(folder, "sim_owners.csv")[:most], draw)
    orders, meals = _orders(folder)
    animals = [
        _animal(row, owners[row["owner_id"]], draw, orders=orders, meals=meals)
        for row in read(folder, "sim_pets.csv")
        if row["owner_id"] in owners
    ]
    _pair(list(owners.values()), animals)
    _write_mail(owners.values())
    _close_files(animals, draw)
    return list(owners.values()), animals


def foods(folder: Path) -> dict[tuple[str, str], list[str]]:
    """Plain complete foods for adults, by species and size of dog; cats' and rabbits' have none."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in read(folder, "products.csv"):
        is_meal = row["form"] in _MEALS and "/alimentation" in row["category"]
        if (
            row["regulatory_class"] != "FOOD"
            or not is_meal
            or row["life_stage"] not in ("", "adult")
        ):
            continue
        for species in row["species"].split("|"):
            for size in (
                (row["size_class"],)
                if row["size_class"]
                else ("", "mini", "medium", "maxi", "giant")
            ):
                found[species, size].append(row["product_id"])
    return found


def read(folder: Path, name: str) -> list[dict[str, str]]:
    """The rows of a file of the simulation."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _orders(folder: Path) -> tuple[dict[str, list[date]], dict[str, list[tuple[date, str]]]]:
    """The days of each animal's orders, and the foods among them, as they came."""
    days = {
        row["order_id"]: date.fromisoformat(row["date"]) for row in read(folder, "sim_orders.csv")
    }
    eaten = {
        row["product_id"]
        for row in read(folder, "products.csv")
        if row["regulatory_class"] in _FOODS and row["form"] in _MEALS
    }
    orders: dict[str, list[date]] = defaultdict(list)
    meals: dict[str, list[tuple[date, str]]] = defaultdict(list)
    for row in read(folder, "sim_order_lines.csv"):
        orders[row["pet_id"]].append(days[row["order_id"]])
        if row["product_id"] in eaten:
            meals[row["pet_id"]].append((days[row["order_id"]], row["product_id"]))
    return orders, meals


def _owners(rows: Sequence[Mapping[str, str]], draw: Random) -> dict[str, Owner]:
    lines = draw.sample(range(1000 * len(PHONE_RANGES)), len(rows))
    return {
        row["owner_id"]: Owner(
            key=row["owner_id"],
            joined=date.fromisoformat(row["joined"]),
            postal_code=row["postal_code"],
            city=row["city"],
            first_name=draw.choice(FIRST_NAMES),
            last_name=draw.choice(NAME_BEGINNINGS) + draw.choice(NAME_ENDINGS),
            street=f"{draw.randint(1, 60)} {draw.choice(STREETS)}",
            phone=f"{PHONE_RANGES[line // 1000]}{line % 1000:03}",
            wants_mail=draw.random() < _WANT_MAIL,
        )
        for row, line in zip(rows, lines, strict=True)
    }


def _animal(
    row: Mapping[str, str],
    owner: Owner,
    draw: Random,
    *,
    orders: Mapping[str, list[date]],
    meals: Mapping[str, list[tuple[date, str]]],
) -> Animal:
    species, size = Species(row["species"]), row["size_class"]
    has_chip = draw.random() < {Species.DOG: 0.97, Species.CAT: 0.85}.get(species, 0)
    return Animal(
        key=row["pet_id"],
        owners=[owner],
        name=draw.choice(PET_NAMES),
        species=species,
        size_class=size,
        breed=_drawn(BREEDS[f"{species} {size}".strip()], draw),
        is_female=draw.random() < _FEMALE,
        is_neutered=row["neutered"] == "1",
        born_on=date.fromisoformat(row["birth"]),
        weight_g=round(float(row["weight_kg"]) * 1000),
        condition=Condition(row["condition"]) if row["condition"] else None,
        is_overweight=row["overweight"] == "1",
        # French, of carnivores (250 26); a serial of its own for each animal.
        chip=f"250269{int(row['pet_id']) * 7919 + 100_000_000:09}" if has_chip else "",
        orders=orders.get(row["pet_id"], []),
        meals=meals.get(row["pet_id"], []),
    )


def _drawn(weighted: Sequence[str], draw: Random) -> str:
    """One of `name:weight`."""
    split = [each.split(":") for each in weighted]
    return draw.choices([name for name, _ in split], [int(weight) for _, weight in split])[0]


def _pair(owners: Sequence[Owner], animals: Sequence[Animal]) -> None:
    """Make couples of owners of one commune until 8 % of the animals have two guardians."""
    of: dict[str, list[Animal]] = defaultdict(list)
    for animal in animals:
        of[animal.owners[0].key].append(animal)
    left = round(_SHARED * len(animals))
    for one, other in _neighbours(owners):
        if left <= 0:
            return
        other.last_name, other.street = one.last_name, one.street
        for animal in of[one.key][:left]:
            animal.owners.append(other)
            left -= 1


def _neighbours(owners: Sequence[Owner]) -> Iterator[tuple[Owner, Owner]]:
    waiting: dict[tuple[str, str], Owner] = {}
    for owner in owners:
        commune = (owner.postal_code, owner.city)
        other = waiting.pop(commune, None)
        if other is None:
            waiting[commune] = owner
        else:
            yield other, owner


def _write_mail(owners: Iterable[Owner]) -> None:
    """Addresses under .example, which reach nobody; a number tells namesakes apart."""
    taken: Counter[str] = Counter()
    for place, owner in enumerate(owners):
        name = f"{slugify(owner.first_name)}.{slugify(owner.last_name)}"
        taken[name] += 1
        tail = str(taken[name]) if taken[name] > 1 else ""
        owner.email = f"{name}{tail}@{MAIL_HOSTS[place % len(MAIL_HOSTS)]}"


def _close_files(animals: Sequence[Animal], draw: Random) -> None:
    """Deaths among the old, and files put aside: none of them is ordered for afterwards."""
    quiet = [each for each in animals if each.last_order < ENDS - _QUIET]
    oldest = sorted(quiet, key=lambda each: (each.born_on, each.key))
    share = min(1.0, len(animals) / 2087)
    dead = draw.sample(oldest[: max(len(oldest) // 3, 1)], round(_DEATHS * share))
    for animal in dead:
        animal.died_on = _after(animal.last_order, draw)
    others = [each for each in quiet if each.died_on is None]
    for animal in draw.sample(others, round(_ARCHIVED * share)):
        animal.archived_on = _after(animal.last_order, draw)


def _after(day: date, draw: Random) -> date:
    begins = max(day, BEGINS + _QUIET) + timedelta(days=1)
    return begins + timedelta(days=draw.randint(0, (ENDS - begins).days))
