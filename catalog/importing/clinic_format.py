"""The clinic's own format: a folder of CSV files joined by product and variant ids."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from catalog.importing.files import needs, refused, rows
from catalog.importing.reading import Problem, Row, RowRefused
from catalog.importing.records import (
    PackRecord,
    PricePoint,
    ProductRecord,
    brand,
    category,
    fold,
    gtin,
    regulatory_class,
    unit,
)
from catalog.stock import MOST_AT_ONCE
from catalog.vocabulary import SITUATION_LABELS, EnergyOrigin, Form, Situation
from kernel.animals import Condition, IngredientGroup, LifeStage, SizeClass, Species

SOURCE = "clinic"
BY_HAND = "set"
_SITUATIONS: Mapping[str, Situation] = {
    french: situation for situation, (french, _english) in SITUATION_LABELS.items()
}
_HUNDRED = Decimal(100)
#: Our name and the file's, decimals kept, the most that there can be.
_CONSTITUENTS = {
    "protein": ("protein_pct", 2, _HUNDRED),
    "fat": ("fat_pct", 2, _HUNDRED),
    "fibre": ("fibre_pct", 2, _HUNDRED),
    "ash": ("ash_pct", 2, _HUNDRED),
    "moisture": ("moisture_pct", 2, _HUNDRED),
    "calcium": ("calcium_pct", 3, Decimal("99.999")),
    "phosphorus": ("phosphorus_pct", 3, Decimal("99.999")),
    "sodium": ("sodium_pct", 3, Decimal("99.999")),
}
_NEEDED_CONSTITUENTS = ("protein", "fat", "fibre", "ash", "moisture")
#: Pure fat holds about 900 kcal in 100 g.
_MOST_KCAL = Decimal(1000)
HEAVIEST_KG = Decimal("999.99")
MOST_VAT = Decimal("99.99")
_MOST_GRAMS_A_DAY = 100_000
_FIRST_DAY, _LAST_DAY = date(1990, 1, 1), date(2100, 1, 1)
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "brands.csv": (
        "brand",
        "manufacturer",
        "postal_address",
        "electronic_address",
        "eu_responsible",
    ),
    "products.csv": (
        *("product_id", "slug", "brand", "range", "name_fr", "category", "google_category_id"),
        *("species", "life_stage", "size_class", "condition", "form", "dietetic_purpose_fr"),
        *("composition_fr", "me_kcal_100g", "ingredient_groups", "description_fr", "keywords_fr"),
        *("regulatory_class", "additives_fr", "instructions_fr", "weight_min_kg"),
        *("weight_max_kg", "active_substances"),
        *(column for column, _places, _most in _CONSTITUENTS.values()),
    ),
    "variants.csv": (
        *("variant_id", "product_id", "sku", "gtin13", "pack_label", "net_quantity", "unit"),
        *("units_per_pack", "price_ttc", "vat_rate", "shipping_weight_g", "stock"),
        *("wholesaler_code", "purchase_price_ht"),
    ),
    "ration_tables.csv": (
        *("product_id", "species", "adult_or_target_weight_kg", "situation_fr", "grams_per_day"),
    ),
}
_HISTORY_COLUMNS = ("variant_id", "effective_date", "price_ttc", "reason")

type Tell = Callable[[Problem], None]
type Ration = tuple[str, str, Decimal, int]


class ClinicFolder:
    """A folder in the clinic's format; problems are told as they are met, good rows go on.

    `named_products` and `named_packs` (by id and by SKU) are all that the files name, in refused
    rows too: what is named is not gone. `brand_facts` are what brands.csv says, by folded name.

    Raises:
        FileRefused: a file of the folder is missing, empty or cannot be read.
    """

    def __init__(self, folder: Path, tell: Tell) -> None:
        self._folder = folder
        self._tell = tell
        self._seen: dict[str, set[str]] = defaultdict(set)
        self._holders: dict[str, str] = {}
        self.named_products = self._names("products.csv", "product_id")
        self._named_variants = self._names("variants.csv", "variant_id")
        self.named_packs = self._named_variants | self._names("variants.csv", "sku")
        self.brand_facts = {
            fold(facts.pop("name")): facts for facts in self._each("brands.csv", self._brand)
        }

    def _names(self, file: str, column: str) -> set[str]:
        """All values of a column, of which there is at least one."""
        path = self._folder / file
        found = {row.cells[column] for row in rows(path, check=needs(path, _COLUMNS[file]))}
        if not found:
            raise refused(path, "", "at least one row")
        return found

    def products(self) -> Iterator[ProductRecord]:
        """Every product with its packs, rations and price history, in the order of the file."""
        rations = self._rations()
        packs = self._packs()
        for record in self._each("products.csv", self._product):
            record.rations = rations.pop(record.reference, [])
            record.brand_facts = self.brand_facts.get(fold(record.brand), {})
            record.packs = packs.pop(record.reference, [])
            for pack in record.packs:
                pack.fields.update(record.shared)
            if not record.packs:
                self._tell(record.row.refused("product_id", "a product with a sound pack").problem)
                continue
            yield record

    def _each[R](self, name: str, read: Callable[[Row], R]) -> Iterator[R]:
        path = self._folder / name
        columns = _COLUMNS.get(name, _HISTORY_COLUMNS)
        for row in rows(path, check=needs(path, columns)):
            try:
                yield read(row.whole())
            except RowRefused as refusal:
                self._tell(refusal.problem)

    def _once(self, row: Row, column: str, value: str, expected: str) -> None:
        """Raises: RowRefused, when a row before had the value."""
        seen = self._seen[f"{row.file} {column}"]
        if value in seen:
            raise row.refused(column, expected)
        seen.add(value)

    def _brand(self, row: Row) -> dict[str, str]:
        facts = _brand(row)
        self._once(row, "brand", fold(facts["name"]), "each brand once")
        return facts

    def _product(self, row: Row) -> ProductRecord:
        self._once(row, "product_id", row.needed("product_id", longest=80), "each product once")
        record = _product(row)
        self._once(row, "slug", record.fields["slug"], "an address that no other product has")
        return record

    def _rations(self) -> dict[str, list[Ration]]:
        found: dict[str, list[Ration]] = defaultdict(list)
        for product, ration in self._each("ration_tables.csv", self._ration):
            found[product].append(ration)
        return found

    def _ration(self, row: Row) -> tuple[str, Ration]:
        product, ration = row.needed("product_id"), _ration(row)
        if product not in self.named_products:
            raise row.refused("product_id", "a product of products.csv")
        key = f"{product} {ration[:3]}"
        self._once(row, "adult_or_target_weight_kg", key, "each weight once in a situation")
        return product, ration

    def _histories(self) -> dict[str, list[PricePoint]]:
        found: dict[str, list[PricePoint]] = defaultdict(list)
        for path in sorted(self._folder.glob("price_history*.csv")):
            for variant, point in self._each(path.name, self._price_point):
                found[variant].append(point)
        return {
            variant: sorted(points, key=lambda point: point.day)
            for variant, points in found.items()
        }

    def _price_point(self, row: Row) -> tuple[str, PricePoint]:
        variant, point = row.needed("variant_id"), _price_point(row)
        if variant not in self._named_variants:
            raise row.refused("variant_id", "a variant of variants.csv")
        days = self._seen["days"]
        if f"{variant} {point.day}" in days:
            raise row.refused("effective_date", "one price a day")
        days.add(f"{variant} {point.day}")
        return variant, point

    def _packs(self) -> dict[str, list[PackRecord]]:
        histories = self._histories()
        found: dict[str, list[PackRecord]] = defaultdict(list)
        for product, pack in self._each("variants.csv", self._pack):
            pack.history = histories.pop(pack.reference, [])
            pack.fields["position"] = len(found[product])
            found[product].append(pack)
        return found

    def _pack(self, row: Row) -> tuple[str, PackRecord]:
        product, pack = row.needed("product_id"), _pack(row)
        if product not in self.named_products:
            raise row.refused("product_id", "a product of products.csv")
        self._once(row, "variant_id", pack.reference, "each variant once")
        sku, code = pack.fields["sku"], pack.fields["gtin"]
        self._once(row, "sku", sku, "each SKU once")
        holder = self._holders.setdefault(code, sku) if code else sku
        if holder != sku:
            raise row.refused("gtin13", f"a GTIN that {holder} has not")
        return product, pack


def _brand(row: Row) -> dict[str, str]:
    return {
        "name": brand(row, "brand"),
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
    form = _one(row, "form", Form)
    if not form:
        raise row.refused("form", "one of " + ", ".join(Form))
    slug = row.needed("slug", longest=120)
    if slugify(slug) != slug:
        raise row.refused("slug", "small letters, digits and hyphens")
    return ProductRecord(
        reference=row.needed("product_id", longest=80),
        row=row,
        brand=brand(row, "brand"),
        category=category(row, "category"),
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
        shared=_shared(row),
        nutrition=_nutrition(row),
    )


def _shared(row: Row) -> dict[str, Any]:
    """What products.csv says of every pack of a product."""
    low = row.decimal("weight_min_kg", most=HEAVIEST_KG, places=2)
    high = row.decimal("weight_max_kg", most=HEAVIEST_KG, places=2)
    if low is not None and high is not None and low > high:
        raise row.refused("weight_max_kg", f"a weight of at least {low}")
    return {
        "regulatory_class": regulatory_class(row, "regulatory_class"),
        "weight_min_kg": low,
        "weight_max_kg": high,
        "active_substances": row.words("active_substances"),
    }


def _nutrition(row: Row) -> dict[str, Any] | None:
    found: dict[str, Any] = {
        name: row.decimal(column, most=most, places=places)
        for name, (column, places, most) in _CONSTITUENTS.items()
    }
    if any(found[name] is None for name in _NEEDED_CONSTITUENTS):
        return None
    found["kcal_100g"] = row.decimal("me_kcal_100g", most=_MOST_KCAL, places=1)
    found["energy_origin"] = EnergyOrigin.DECLARED if found["kcal_100g"] else ""
    return found


def _ration(row: Row) -> Ration:
    situation = _SITUATIONS.get(row.needed("situation_fr"))
    if situation is None:
        raise row.refused("situation_fr", "one of " + "; ".join(_SITUATIONS))
    least = Decimal("0.01")
    column = "adult_or_target_weight_kg"
    weight = row.decimal(column, least=least, most=HEAVIEST_KG, places=2)
    grams = row.number("grams_per_day", least=1, most=_MOST_GRAMS_A_DAY)
    species = _one(row, "species", Species)
    for name, value in (("species", species), (column, weight), ("grams_per_day", grams)):
        if not value:
            raise row.refused(name, "a value")
    return species, situation.value, weight or least, grams or 1


def _price_point(row: Row) -> PricePoint:
    cents = row.cents("price_ttc")
    if cents is None:
        raise row.refused("price_ttc", "a price")
    try:
        day = date.fromisoformat(row.needed("effective_date"))
    except ValueError:
        raise row.refused("effective_date", "a date such as 2026-11-22") from None
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise row.refused("effective_date", f"a day from {_FIRST_DAY} to {_LAST_DAY}")
    reason = row.text("reason", longest=60)
    if reason == BY_HAND:
        raise row.refused("reason", "another word: this one marks prices set by hand")
    kept = row.only("effective_date", "price_ttc", "reason")
    return PricePoint(day, cents, is_cut=reason.startswith("promo"), reason=reason, row=kept)


def _pack(row: Row) -> PackRecord:
    label = row.needed("pack_label", longest=60)
    quantity = row.number("net_quantity", least=1)
    price = row.cents("price_ttc")
    if quantity is None or price is None:
        raise row.refused("net_quantity" if quantity is None else "price_ttc", "a value")
    vat = row.decimal("vat_rate", most=MOST_VAT, places=2)
    size = label if label in {"XS", "S", "M", "L", "XL"} else ""
    return PackRecord(
        reference=row.needed("variant_id", longest=80),
        row=row.only("variant_id", "sku", "gtin13"),
        fields={
            "sku": row.needed("sku", longest=40),
            "gtin": gtin(row, "gtin13"),
            "pack_label": label,
            "units_per_pack": row.number("units_per_pack", least=1) or 1,
            "net_quantity": quantity,
            "unit": unit(row, "unit").value,
            "options": {"size": size} if size else {},
            "shipping_weight_g": row.number("shipping_weight_g") or 0,
            "purchase_price_net_cents": row.rounded_cents("purchase_price_ht"),
        },
        price_cents=price,
        vat_percent=Decimal(20) if vat is None else vat,
        stock=row.number("stock", most=MOST_AT_ONCE) or 0,
        wholesaler_code=row.text("wholesaler_code", longest=80),
    )
