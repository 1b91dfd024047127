"""What a row says of an animal, and what the shop's file says in the same words."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from kernel.animals import Species
from kernel.text_index.analysis import fold
from pets import identification
from pets.importing.histories import Body, Lasting
from pets.importing.reading import Row
from pets.importing.refusing import refusing
from pets.importing.words import ALLERGENS, CONDITIONS, SEXES, SPECIES, YES_NO
from pets.models import Breed, Identification, Pet
from pets.records import Particulars, check_day, check_weight, fill
from pets.vocabulary import IdentificationKind, Sex

_LONGEST_REFERENCE = 80
COLUMN_OF = {
    "name": "name",
    "breedText": "breed",
    "breedId": "breed",
    "bornOn": "birth_date",
    "identifications": "microchip",
}


class BreedNames:
    """Breeds by their names in either language, whatever their capitals and accents."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Breed] = {}
        self._keyed: dict[int, Breed] = {}
        for breed in Breed.objects.order_by("is_common", "-pk"):
            for name in (breed.slug.replace("-", " "), breed.name_en, breed.name_fr):
                self._found[breed.species, fold(name)] = breed
            self._keyed[breed.pk] = breed

    def keyed(self, key: int | None) -> Breed | None:
        return self._keyed.get(key) if key else None

    def named(self, species: Species, text: str) -> Breed | None:
        return self._found.get((species, fold(text))) if text else None


@dataclass(frozen=True, slots=True)
class Animal:
    """An animal as read. `said` holds, by column, what the row says as text or flags; `particulars`
    the same for `records.fill`, by column; what is empty is in neither.
    """

    row: Row
    reference: str
    client_reference: str
    said: Mapping[str, str | bool]
    particulars: Mapping[str, Particulars]
    died_on: date | None
    body: Body


def read_animal(row: Row, breeds: BreedNames, *, at: datetime) -> Animal:
    """Raises: RowRefused, for the first value that cannot be."""
    reference = row.needed("reference", longest=_LONGEST_REFERENCE)
    client = row.needed("client_reference", longest=_LONGEST_REFERENCE)
    row.needed("name")
    row.needed("species")
    species = row.word("species", SPECIES)
    assert species is not None  # noqa: S101  (needed above)
    particulars = _particulars(row, species, breeds)
    born_on, died_on = row.day("birth_date"), row.day("deceased_on")
    chip = _chip(row)
    breed = particulars.get("breed", {})
    kind = breed.get("breed")
    sex = particulars.get("sex", {}).get("sex")
    neutered = particulars.get("neutered", {}).get("is_neutered")
    said: dict[str, str | bool | None] = {
        "name": " ".join(row.text("name").split()),
        "species": str(species),
        "breed": kind.slug if kind else breed.get("breed_text"),
        "sex": str(sex) if sex else None,
        "neutered": neutered,
        "birth_date": born_on.isoformat() if born_on else None,
        "microchip": chip,
        "deceased_on": died_on.isoformat() if died_on else None,
    }
    animal = Animal(
        row=row,
        reference=reference,
        client_reference=client,
        said={column: value for column, value in said.items() if value not in (None, "")},
        particulars=particulars,
        died_on=died_on,
        body=_body(row),
    )
    check_days(animal, Pet(species=species, born_on=born_on), at=at)
    if animal.body.weight_g is not None:
        with refusing(row, {}):
            check_weight(species, animal.body.weight_g, path=["weight_kg"])
    return animal


def unsaved(animal: Animal, *, at: datetime) -> Pet:
    """A new file with all that the row says, checked as any other. Raises: RowRefused."""
    pet = Pet(species=animal.particulars["species"]["species"])
    with refusing(animal.row, COLUMN_OF):
        fill(pet, particulars_of(animal, animal.particulars), at=at)
    pet.died_on = animal.died_on
    return pet


def check_days(animal: Animal, pet: Pet, *, at: datetime) -> None:
    """Raises: RowRefused, for a weighing or a death to come, or before the animal was born."""
    for column, day in (("weighed_on", animal.body.weighed_on), ("deceased_on", animal.died_on)):
        if day is not None:
            with refusing(animal.row, {}):
                check_day(day, pet=pet, path=[column], at=at)


def particulars_of(animal: Animal, columns: Collection[str]) -> Particulars:
    """What the row says in some of its columns."""
    chosen = Particulars()
    for column, particulars in animal.particulars.items():
        if column in columns:
            chosen.update(particulars)
    return chosen


def said_here(pet: Pet, chip: Identification | None) -> dict[str, str | bool | None]:
    """What the shop's file says, in the words of `Animal.said`."""
    return {
        "name": pet.name,
        "species": pet.species,
        "breed": pet.breed.slug if pet.breed else pet.breed_text,
        "sex": pet.sex,
        "neutered": pet.is_neutered,
        "birth_date": pet.born_on.isoformat() if pet.born_on else "",
        "microchip": chip.value if chip else "",
        "deceased_on": pet.died_on.isoformat() if pet.died_on else "",
    }


def _particulars(row: Row, species: Species, breeds: BreedNames) -> dict[str, Particulars]:
    found: dict[str, Particulars] = {
        "name": {"name": row.text("name")},
        "species": {"species": species},
    }
    text = " ".join(row.text("breed").split())
    if text:
        breed = breeds.named(species, text)
        found["breed"] = {"breed": breed, "breed_text": "" if breed else text}
    sex: Sex | None = row.word("sex", SEXES)
    if sex is not None:
        found["sex"] = {"sex": sex}
    is_neutered = row.word("neutered", YES_NO)
    if is_neutered is not None:
        found["neutered"] = {"is_neutered": is_neutered}
    born_on = row.day("birth_date")
    if born_on is not None:
        found["birth_date"] = {"born_on": born_on}
    return found


def _chip(row: Row) -> str:
    text = row.text("microchip")
    if not text:
        return ""
    with refusing(row, COLUMN_OF):
        return identification.checked(IdentificationKind.MICROCHIP, text)


def _body(row: Row) -> Body:
    weight_g, weighed_on = row.grams("weight_kg"), row.day("weighed_on")
    if weight_g is not None and weighed_on is None:
        raise row.refused("weighed_on", "the day of the weighing")
    lasting: dict[str, list[Lasting]] = {
        "conditions": [*row.words("conditions", CONDITIONS)],
        "allergies": [*row.words("allergies", ALLERGENS)],
    }
    named = {column: codes for column, codes in lasting.items() if column in row.cells}
    return Body(weight_g=weight_g, weighed_on=weighed_on, lasting=named)
