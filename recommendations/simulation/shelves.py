"""What can be bought in a simulation: a clinic's products and packs, as its files tell them."""

import csv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from kernel.money import Money

_FOODS: Final = frozenset({"dry", "wet"})
_ONLINE: Final = frozenset({"ok", "ok_ape", "ok_biocide", "vet_advice"})


@dataclass(frozen=True, slots=True)
class Pack:
    """`content` in grams, millilitres or pieces."""

    variant_id: str
    product_id: str
    content: int
    price: Money


@dataclass(frozen=True, slots=True)
class Sold:
    """A product that is sold online; `kcal_g` is 0 for what is not eaten."""

    product_id: str
    species: frozenset[str]
    form: str
    life_stage: str
    size_class: str
    condition: str
    is_diet: bool
    kcal_g: float
    packs: tuple[Pack, ...]


@dataclass(frozen=True)
class Catalogue:
    products: Sequence[Sold]

    @cached_property
    def by_form(self) -> dict[tuple[str, str], list[Sold]]:
        """Products by (species, form)."""
        found: dict[tuple[str, str], list[Sold]] = defaultdict(list)
        for each in self.products:
            for species in each.species:
                found[species, each.form].append(each)
        return found

    def foods(self, species: str, *, stage: str, size: str, condition: str) -> list[Sold]:
        """Foods that an animal like this is given: its diet where it has one, else plain food."""
        eaten = [each for form in sorted(_FOODS) for each in self.by_form[species, form]]
        if condition:
            diets = [each for each in eaten if each.is_diet and each.condition == condition]
            if diets:
                return diets
        plain = [each for each in eaten if not each.is_diet]
        fitting = [
            each
            for each in plain
            if each.life_stage in ("", stage) and each.size_class in ("", size)
        ]
        return fitting or plain


def read(folder: Path) -> Catalogue:
    """The products of `products.csv` that are sold online, with their packs of `variants.csv`."""
    packs: dict[str, list[Pack]] = defaultdict(list)
    for row in _rows(folder / "variants.csv"):
        content = int(row["net_quantity"]) * int(row["units_per_pack"])
        price = Money.parse(row["price_ttc"])
        packs[row["product_id"]].append(Pack(row["variant_id"], row["product_id"], content, price))
    return Catalogue(
        [
            Sold(
                product_id=row["product_id"],
                species=frozenset(row["species"].split("|")),
                form=row["form"],
                life_stage=row["life_stage"],
                size_class=row["size_class"],
                condition=row["condition"],
                is_diet=row["regulatory_class"] == "DIETETIC_FOOD",
                kcal_g=float(row["me_kcal_100g"] or 0) / 100,
                packs=tuple(packs[row["product_id"]]),
            )
            for row in _rows(folder / "products.csv")
            if row["online_sale"] in _ONLINE and packs[row["product_id"]]
        ]
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
