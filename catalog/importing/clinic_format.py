"""The clinic's own format: a folder of CSV files joined by product and variant ids."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from catalog.importing.reading import FileRefused, Problem, Row, RowRefused, rows
from catalog.importing.records import (
    PackRecord,
    PricePoint,
    ProductRecord,
    gtin,
    regulatory_class,
    unit,
)
from catalog.vocabulary import SITUATION_LABELS, EnergyOrigin, Form, Situation
from kernel.animals import Condition, IngredientGroup, LifeStage, SizeClass, Species

SOURCE = "clinic"
_SITUATIONS: Mapping[str, Situation] = {
    french: situation for situation, (french, _english) in SITUATION_LABELS.items()
}
_CONSTITUENTS = {
    "protein": "protein_pct",
    "fat": "fat_pct",
    "fibre": "fibre_pct",
    "ash": "ash_pct",
    "moisture": "moisture_pct",
    "calcium": "calcium_pct",
    "phosphorus": "phosphorus_pct",
    "sodium": "sodium_pct",
}
_NEEDED_CONSTITUENTS = ("protein", "fat", "fibre", "ash", "moisture")

type Tell = Callable[[Problem], None]
type Rations = dict[str, list[tuple[str, str, Decimal, int]]]


class ClinicFolder:
    """A folder in the clinic's format; problems are told as they are met, good rows go on."""

    def __init__(self, folder: Path, tell: Tell) -> None:
        self._folder = folder
        self._tell = tell
        self._seen_skus: set[str] = set()
        self._seen_gtins: dict[str, str] = {}

    def products(self) -> Iterator[ProductRecord]:
        """Every product with its packs, rations and price history, in the order of the file.

        Raises:
            FileRefused: a file of the folder is missing or cannot be read.
        """
        brands = {record["name"]: record for record in self._each("brands.csv", _brand)}
        rations = self._rations()
        histories = self._histories()
        packs = self._packs(histories)
        seen: set[str] = set()
        for record in self._each("products.csv", _product):
            if record.reference in seen:
                self._tell(record.row.refused("product_id", "each product once").problem)
                continue
            seen.add(record.reference)
            record.rations = rations.get(record.reference, [])
            record.brand_fields = brands.get(record.brand, {})
            record.packs = packs.pop(record.reference, [])
            self._share_with_packs(record)
            if not record.packs:
                self._tell(record.row.refused("product_id", "a product with a sound pack").problem)
                continue
            yield record
        for orphans in packs.values():
            for pack in orphans:
                self._tell(pack.row.refused("product_id", "a product of products.csv").problem)

    def _share_with_packs(self, record: ProductRecord) -> None:
        row = record.row
        shared = {
            "regulatory_class": regulatory_class(row, "regulatory_class"),
            "weight_min_kg": row.decimal("weight_min_kg"),
            "weight_max_kg": row.decimal("weight_max_kg"),
            "active_substances": row.words("active_substances"),
        }
        for pack in record.packs:
            pack.fields.update(shared)

    def _each[R](self, name: str, read: Callable[[Row], R]) -> Iterator[R]:
        path = self._folder / name
        if not path.is_file():
            raise FileRefused(Problem(name, 1, "", "no such file", f"{name} in the folder"))
        for row in rows(path):
            try:
                yield read(row)
            except RowRefused as refused:
                self._tell(refused.problem)

    def _rations(self) -> Rations:
        found: Rations = defaultdict(list)
        for product, ration in self._each("ration_tables.csv", _ration):
            found[product].append(ration)
        return found

    def _histories(self) -> dict[str, list[PricePoint]]:
        found: dict[str, list[PricePoint]] = defaultdict(list)
        for path in sorted(self._folder.glob("price_history*.csv")):
            for variant, point in self._each(path.name, _price_point):
                found[variant].append(point)
        return {
            variant: sorted(points, key=lambda point: point.day)
            for variant, points in found.items()
        }

    def _packs(self, histories: dict[str, list[PricePoint]]) -> dict[str, list[PackRecord]]:
        found: dict[str, list[PackRecord]] = defaultdict(list)
        for product, pack in self._each("variants.csv", _pack):
            twice = self._used_twice(pack)
            if twice is not None:
                self._tell(twice.problem)
                continue
            pack.history = histories.get(pack.reference, [])
            pack.fields["position"] = len(found[product])
            found[product].append(pack)
        return found

    def _used_twice(self, pack: PackRecord) -> RowRefused | None:
        sku, code = pack.fields["sku"], pack.fields["gtin"]
        if sku in self._seen_skus:
            return pack.row.refused("sku", "each SKU once")
        if code and code in self._seen_gtins:
            return pack.row.refused("gtin13", f"a GTIN that {self._seen_gtins[code]} has not")
        self._seen_skus.add(sku)
        if code:
            self._seen_gtins[code] = sku
        return None


def _brand(row: Row) -> dict[str, str]:
    return {
        "name": row.needed("brand", longest=80),
        "manufacturer": row.text("manufacturer", longest=160),
        "postal_address": row.text("postal_address", longest=300),
        "electronic_address": row.text("electronic_address", longest=254),
        "eu_responsible": row.text("eu_responsible", longest=400),
    }


def known(row: Row, column: str, vocabulary: type[StrEnum]) -> list[str]:
    """The words of a set, each one of a vocabulary's."""
    words = row.words(column)
    if not all(word in vocabulary for word in words):
        raise row.refused(column, "words of " + ", ".join(vocabulary))
    return words


def _one(row: Row, column: str, vocabulary: type[StrEnum]) -> str:
    words = known(row, column, vocabulary)
    if len(words) > 1:
        raise row.refused(column, "one of " + ", ".join(vocabulary))
    return words[0] if words else ""


def _product(row: Row) -> ProductRecord:
    composition = row.text("composition_fr")
    regulatory_class(row, "regulatory_class")
    form = _one(row, "form", Form)
    if not form:
        raise row.refused("form", "one of " + ", ".join(Form))
    slug = row.needed("slug", longest=120)
    if slugify(slug) != slug:
        raise row.refused("slug", "small letters, digits and hyphens")
    return ProductRecord(
        reference=row.needed("product_id", longest=80),
        row=row,
        brand=row.needed("brand", longest=80),
        category=row.needed("category", longest=255),
        fields={
            "slug": slug,
            "range_name": row.text("range", longest=80),
            "species": known(row, "species", Species),
            "life_stage": _one(row, "life_stage", LifeStage),
            "size_class": _one(row, "size_class", SizeClass),
            "form": form,
            "conditions": known(row, "condition", Condition),
            "ingredient_groups": (
                known(row, "ingredient_groups", IngredientGroup) if composition else None
            ),
            "google_category": row.text("google_category_id", longest=10),
        },
        words={
            "name": row.needed("name_fr", longest=160),
            "description": row.text("description_fr"),
            "composition": composition,
            "additives": row.text("additives_fr"),
            "instructions": row.text("instructions_fr"),
            "dietetic_purpose": row.text("dietetic_purpose_fr", longest=300),
            "keywords": row.text("keywords_fr", longest=300),
        },
        nutrition=_nutrition(row),
    )


def _nutrition(row: Row) -> dict[str, Any] | None:
    found: dict[str, Any] = {name: row.decimal(column) for name, column in _CONSTITUENTS.items()}
    if any(found[name] is None for name in _NEEDED_CONSTITUENTS):
        return None
    for name in _NEEDED_CONSTITUENTS:
        if found[name] > 100:  # noqa: PLR2004
            raise row.refused(_CONSTITUENTS[name], "a percentage")
    found["kcal_100g"] = row.decimal("me_kcal_100g")
    found["energy_origin"] = EnergyOrigin.DECLARED if found["kcal_100g"] else ""
    return found


def _ration(row: Row) -> tuple[str, tuple[str, str, Decimal, int]]:
    situation = _SITUATIONS.get(row.needed("situation_fr"))
    if situation is None:
        raise row.refused("situation_fr", "one of " + "; ".join(_SITUATIONS))
    weight = row.decimal("adult_or_target_weight_kg", least=Decimal("0.01"))
    grams = row.number("grams_per_day", least=1)
    species = _one(row, "species", Species)
    if weight is None or grams is None or not species:
        raise row.refused("grams_per_day", "a species, a weight and grams a day")
    return row.needed("product_id"), (species, situation.value, weight, grams)


def _price_point(row: Row) -> tuple[str, PricePoint]:
    cents = row.cents("price_ttc")
    if cents is None:
        raise row.refused("price_ttc", "a price")
    try:
        day = date.fromisoformat(row.needed("effective_date"))
    except ValueError:
        raise row.refused("effective_date", "a date such as 2026-11-22") from None
    reason = row.text("reason", longest=60)
    point = PricePoint(day, cents, is_cut=reason.startswith("promo"), reason=reason, row=row)
    return row.needed("variant_id"), point


def _pack(row: Row) -> tuple[str, PackRecord]:
    label = row.needed("pack_label", longest=60)
    measured = unit(row, "unit")
    quantity = row.number("net_quantity", least=1)
    price = row.cents("price_ttc")
    vat = row.decimal("vat_rate")
    if quantity is None or price is None:
        raise row.refused("net_quantity" if quantity is None else "price_ttc", "a value")
    purchase = row.decimal("purchase_price_ht")
    size = label if label in {"XS", "S", "M", "L", "XL"} else ""
    pack = PackRecord(
        reference=row.needed("variant_id", longest=80),
        row=row,
        fields={
            "sku": row.needed("sku", longest=40),
            "gtin": gtin(row, "gtin13"),
            "pack_label": label,
            "units_per_pack": row.number("units_per_pack", least=1) or 1,
            "net_quantity": quantity,
            "unit": measured.value,
            "options": {"size": size} if size else {},
            "shipping_weight_g": row.number("shipping_weight_g") or 0,
            "purchase_price_net_cents": (
                None if purchase is None else int((purchase * 100).to_integral_value())
            ),
        },
        price_cents=price,
        vat_percent=Decimal(20) if vat is None else vat,
        stock=row.number("stock") or 0,
        wholesaler_code=row.text("wholesaler_code", longest=80),
    )
    return row.needed("product_id"), pack
