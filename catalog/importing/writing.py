"""A hundred products at a time: what differs from the database, and the writing of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.text import slugify

from catalog.importing import stocking
from catalog.importing.clinic_format import Tell
from catalog.importing.pricing import PriceKeeper
from catalog.importing.records import PackRecord, ProductRecord
from catalog.models import (
    Brand,
    Category,
    MedicinePack,
    Nutrition,
    Product,
    ProductReference,
    ProductText,
    RationRow,
    SlugHistory,
    Variant,
    VariantReference,
)
from clinic.models import Place
from kernel.animals import Language

WHOLESALER = "wholesaler"

type Changes = dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Difference:
    """What an import does to one product: `new`, `changed` field by field, or `withdrawn`."""

    kind: str
    reference: str
    changes: Mapping[str, tuple[str, str]]

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "reference": self.reference, "changes": dict(self.changes)}


class Chunk:
    """Some records beside what the database holds of them. Call `compare`, then perhaps `write`."""

    def __init__(
        self,
        records: list[ProductRecord],
        *,
        source: str,
        place: Place | None,
        reductions_allowed: bool,
        at: datetime,
        tell: Tell,
    ) -> None:
        self._source = source
        self._place = place
        self._at = at
        self._tell = tell
        self._prices = PriceKeeper(reductions_allowed=reductions_allowed, at=at, tell=tell)
        self.differences: list[Difference] = []
        self.unchanged = 0
        self._known = self._find_known(records)
        self._records = self._without_clashes(records)
        self._changed: list[ProductRecord] = []

    @property
    def has_changes(self) -> bool:
        return bool(self._changed)

    def _find_known(self, records: Sequence[ProductRecord]) -> dict[str, Product]:
        references = ProductReference.objects.filter(
            source=self._source, reference__in=[record.reference for record in records]
        )
        products = (
            Product.objects.filter(pk__in=references.values("product"))
            .prefetch_related(
                "texts",
                "ration_rows",
                "variants__price_changes",
                "variants__reductions",
                "variants__vat_rates",
            )
            .select_related("brand", "category", "nutrition")
        )
        by_pk = {product.pk: product for product in products}
        return {each.reference: by_pk[each.product_id] for each in references}

    def _without_clashes(self, records: Sequence[ProductRecord]) -> list[ProductRecord]:
        """Refuse packs whose SKU or GTIN belongs to a product of another reference, slugs too."""
        packs = [pack for record in records for pack in record.packs]
        skus = Variant.objects.filter(sku__in=[pack.fields["sku"] for pack in packs])
        codes = [pack.fields["gtin"] for pack in packs if pack.fields["gtin"]]
        by_sku = dict(skus.values_list("sku", "product_id"))
        by_gtin = dict(Variant.objects.filter(gtin__in=codes).values_list("gtin", "product_id"))
        self._classes = dict(
            MedicinePack.objects.filter(gtin__in=codes).values_list("gtin", "regulatory_class")
        )
        sound = []
        for record in records:
            known = self._known.get(record.reference)
            mine = known.pk if known else None
            record.packs = [
                pack for pack in record.packs if self._is_ours(pack, mine, by_sku, by_gtin)
            ]
            if record.packs and self._has_free_slug(record, mine):
                sound.append(record)
        return sound

    def _is_ours(
        self, pack: PackRecord, mine: int | None, by_sku: dict[str, int], by_gtin: dict[str, int]
    ) -> bool:
        sku, code = pack.fields["sku"], pack.fields["gtin"]
        if by_sku.get(sku, mine) != mine:
            self._tell(pack.row.refused("sku", "a SKU that no other product has").problem)
            return False
        if code and by_gtin.get(code, mine) != mine:
            self._tell(pack.row.refused("gtin13", "a GTIN that no other product has").problem)
            return False
        if code in self._classes:
            pack.fields["regulatory_class"] = self._classes[code]
        return True

    def _has_free_slug(self, record: ProductRecord, mine: int | None) -> bool:
        slug = record.fields["slug"]
        taken = Product.objects.filter(slug=slug).exclude(pk=mine or 0).exists()
        if taken or SlugHistory.objects.filter(slug=slug).exclude(product=mine or 0).exists():
            self._tell(record.row.refused("slug", "an address that no other product has").problem)
            return False
        return True

    def compare(self) -> None:
        """Find what differs; nothing is written."""
        for record in self._records:
            known = self._known.get(record.reference)
            changes = self._changes(record, known) if known else {}
            self._prices.check(record)
            if known is None:
                self.differences.append(Difference("new", record.reference, {}))
                self._changed.append(record)
            elif changes:
                self.differences.append(Difference("changed", record.reference, changes))
                self._changed.append(record)
            else:
                self.unchanged += 1

    def _changes(self, record: ProductRecord, known: Product) -> Changes:
        changes = {
            **_differing(record.fields | {"slug": known.slug}, known),
            **_one("brand", record.brand, known.brand.name),
            **_one("category", record.category, known.category.path),
            **self._text_changes(record, known),
            **self._nutrition_changes(record, known),
            **self._ration_changes(record, known),
        }
        variants = {variant.sku: variant for variant in known.variants.all()}
        for pack in record.packs:
            sku = pack.fields["sku"]
            variant = variants.pop(sku, None)
            if variant is None:
                changes[f"{sku}"] = ("", "new pack")
                continue
            for name, change in _differing(pack.fields | {"is_active": True}, variant).items():
                changes[f"{sku}.{name}"] = change
            for name, change in self._prices.changes(pack, variant).items():
                changes[f"{sku}.{name}"] = change
        for sku, variant in variants.items():
            if variant.is_active:
                changes[sku] = ("on sale", "withdrawn")
        return changes

    def _text_changes(self, record: ProductRecord, known: Product) -> Changes:
        text = next((each for each in known.texts.all() if each.language == Language.FR), None)
        if text is None:
            return {"name": ("", record.words["name"])}
        ours = {n: v for n, v in record.words.items() if n not in text.staff_edited}
        return _differing(ours, text)

    def _nutrition_changes(self, record: ProductRecord, known: Product) -> Changes:
        standing = getattr(known, "nutrition", None)
        if record.nutrition is None:
            return {}
        if standing is None:
            return {"nutrition": ("", "new")}
        return _differing(record.nutrition, standing)

    def _ration_changes(self, record: ProductRecord, known: Product) -> Changes:
        if record.rations is None:
            return {}
        before = {
            (row.species, row.situation, row.weight_kg, row.grams_per_day)
            for row in known.ration_rows.all()
        }
        after = set(record.rations)
        return {} if before == after else {"rations": (f"{len(before)} rows", f"{len(after)} rows")}

    def write(self) -> list[int]:
        """Write what differs, inside the caller's transaction; the products touched."""
        brands = {record.brand: _brand(record) for record in self._changed}
        categories = {each.category: category_at(each.category) for each in self._changed}
        touched = []
        for record in self._changed:
            record.fields["brand"] = brands[record.brand]
            record.fields["category"] = categories[record.category]
            touched.append(self._write_product(record, self._known.get(record.reference)))
        return touched

    def _write_product(self, record: ProductRecord, known: Product | None) -> int:
        if known is None:
            product = Product.objects.create(**record.fields)
            ProductReference.objects.create(
                product=product, source=self._source, reference=record.reference
            )
            ProductText.objects.create(product=product, language=Language.FR, **record.words)
        else:
            product = known
            _assign(product, record.fields | {"slug": known.slug})
            text, _is_new = ProductText.objects.get_or_create(
                product=product, language=Language.FR, defaults=record.words
            )
            _assign(text, {n: v for n, v in record.words.items() if n not in text.staff_edited})
        if record.nutrition is not None:
            Nutrition.objects.update_or_create(product=product, defaults=record.nutrition)
        self._write_rations(record, product)
        self._write_packs(record, product, is_new=known is None)
        return product.pk

    def _write_rations(self, record: ProductRecord, product: Product) -> None:
        if record.rations is None:
            return
        product.ration_rows.all().delete()
        RationRow.objects.bulk_create(
            RationRow(
                product=product,
                species=species,
                situation=situation,
                weight_kg=weight,
                grams_per_day=grams,
            )
            for species, situation, weight, grams in sorted(set(record.rations))
        )

    def _write_packs(self, record: ProductRecord, product: Product, *, is_new: bool) -> None:
        standing = {} if is_new else {each.sku: each for each in product.variants.all()}
        fresh = [pack for pack in record.packs if pack.fields["sku"] not in standing]
        made = Variant.objects.bulk_create(
            Variant(product=product, **pack.fields) for pack in fresh
        )
        for pack, variant in zip(fresh, made, strict=True):
            self._name_pack(pack, variant)
        self._prices.start(list(zip(fresh, made, strict=True)))
        stocking.receive(
            [
                (variant, pack.stock, pack.reference)
                for pack, variant in zip(fresh, made, strict=True)
            ],
            place=self._place,
            source=self._source,
            at=self._at,
        )
        for pack in record.packs:
            variant = standing.pop(pack.fields["sku"], None)
            if variant is not None:
                _assign(variant, pack.fields | {"is_active": True})
                self._prices.follow(pack, variant)
        for variant in standing.values():
            _assign(variant, {"is_active": False})

    def _name_pack(self, pack: PackRecord, variant: Variant) -> None:
        names = [(self._source, pack.reference)]
        names += [(WHOLESALER, pack.wholesaler_code)] if pack.wholesaler_code else []
        VariantReference.objects.bulk_create(
            (
                VariantReference(variant=variant, source=source, reference=reference)
                for source, reference in names
            ),
            ignore_conflicts=True,
        )


def _differing(wanted: Mapping[str, Any], row: models.Model) -> Changes:
    """Fields whose value in the row is not the one wanted."""
    changes: Changes = {}
    for name, after in wanted.items():
        before = getattr(row, name)
        if before != after and not (isinstance(after, Decimal) and before == after):
            changes[name] = (str(before)[:200], str(after)[:200])
    return changes


def _one(name: str, after: str, before: str) -> Changes:
    return {} if after == before else {name: (before, after)}


def _assign(row: models.Model, wanted: Mapping[str, Any]) -> None:
    names = [name for name, value in wanted.items() if getattr(row, name) != value]
    for name in names:
        setattr(row, name, wanted[name])
    if names:
        row.save(update_fields=names)


def _brand(record: ProductRecord) -> Brand:
    facts = {name: value for name, value in record.brand_fields.items() if name != "name"}
    defaults = {"slug": slugify(record.brand)[:80], **facts}
    brand, is_new = Brand.objects.get_or_create(name=record.brand, defaults=defaults)
    if not is_new and facts:
        _assign(brand, facts)
    return brand


def category_at(path: str) -> Category:
    """The category at a path, made with all above it where it is missing."""
    parent: Category | None = None
    steps = [slugify(step) for step in path.split("/") if slugify(step)][:3]
    for depth, step in enumerate(steps):
        here = "/".join(steps[: depth + 1])
        parent, _is_new = Category.objects.get_or_create(
            path=here,
            defaults={
                "slug": step,
                "parent": parent,
                "name_fr": step.replace("-", " ").capitalize(),
            },
        )
    if parent is None:
        return category_at("divers")
    return parent
