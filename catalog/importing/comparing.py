"""A hundred products at a time: what a file says of them beside what the database holds."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from django.db import models

from catalog.importing import withdrawing
from catalog.importing.clinic_format import Tell
from catalog.importing.pricing import Changes, PriceKeeper
from catalog.importing.reading import Problem, shown
from catalog.importing.records import PackRecord, ProductRecord, category_path, fold
from catalog.models import (
    MedicinePack,
    Product,
    ProductReference,
    SlugHistory,
    Variant,
    VariantReference,
)
from catalog.vocabulary import ProductStatus
from kernel.animals import Language

_LONGEST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """What an import does to one product: `new`, `changed` field by field, or `withdrawn`."""

    kind: str
    reference: str
    changes: Mapping[str, tuple[str, str]]

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "reference": self.reference, "changes": dict(self.changes)}


type Pair = tuple[ProductRecord, Product | None]


class Chunk:
    """Some records beside what the database holds of them; nothing is written here.

    `named_packs` are the ids and SKUs of all that the file names: a pack of the same source that
    is not among them is taken off sale. `claimed` are the addresses of new products of the chunks
    before, in a dry run too; it grows. `returning` are products that an import had withdrawn and
    that are back.
    """

    def __init__(
        self,
        records: list[ProductRecord],
        *,
        source: str,
        named_packs: Set[str],
        claimed: set[str],
        prices: PriceKeeper,
        tell: Tell,
    ) -> None:
        self._source = source
        self._named_packs = named_packs
        self._claimed = claimed
        self._prices = prices
        self._tell = tell
        self.differences: list[Difference] = []
        self.unchanged = 0
        self.changed: list[Pair] = []
        self._known = self._find_known(records)
        self.returning = self._find_returning()
        self._compare(self._without_clashes(records))

    def _find_known(self, records: Sequence[ProductRecord]) -> dict[str, Product]:
        names = [record.reference for record in records]
        references = dict(
            ProductReference.objects.filter(source=self._source, reference__in=names).values_list(
                "reference", "product_id"
            )
        )
        products = (
            Product.objects.filter(pk__in=references.values())
            .prefetch_related(
                "texts",
                "ration_rows",
                "variants__price_changes",
                "variants__reductions",
                "variants__vat_rates",
                "variants__references",
            )
            .select_related("brand", "category", "nutrition")
            .in_bulk()
        )
        return {reference: products[pk] for reference, pk in references.items()}

    def _find_returning(self) -> set[int]:
        """Products withdrawn, and packs off sale, that an import took off, not staff."""
        products = self._known.values()
        packs = [pack for product in products for pack in product.variants.all()]
        off_sale = [pack for pack in packs if not pack.is_active]
        self._packs_returning = withdrawing.may_return(off_sale)
        return withdrawing.may_return(
            [each for each in products if each.status == ProductStatus.WITHDRAWN]
        )

    def _without_clashes(self, records: Sequence[ProductRecord]) -> list[ProductRecord]:
        """Refuse packs whose SKU, GTIN or reference another pack has, and addresses taken."""
        packs = [pack for record in records for pack in record.packs]
        codes = [pack.fields["gtin"] for pack in packs if pack.fields.get("gtin")]
        skus = [pack.fields["sku"] for pack in packs]
        self._owners = dict(Variant.objects.filter(sku__in=skus).values_list("sku", "product_id"))
        self._holders = dict(Variant.objects.filter(gtin__in=codes).values_list("gtin", "sku"))
        self._names = dict(
            VariantReference.objects.filter(
                source=self._source, reference__in=[pack.reference for pack in packs]
            ).values_list("reference", "variant__sku")
        )
        self._classes = dict(
            MedicinePack.objects.filter(gtin__in=codes).values_list("gtin", "regulatory_class")
        )
        self._slugs_taken = self._find_slugs_taken(records)
        return [record for record in records if self._is_sound(record)]

    def _find_slugs_taken(self, records: Sequence[ProductRecord]) -> set[str]:
        slugs = [_slug(record) for record in records]
        taken = set(Product.objects.filter(slug__in=slugs).values_list("slug", flat=True))
        return taken | set(
            SlugHistory.objects.filter(slug__in=slugs).values_list("slug", flat=True)
        )

    def _is_sound(self, record: ProductRecord) -> bool:
        known = self._known.get(record.reference)
        slug = _slug(record)
        if known is None and (slug in self._slugs_taken or slug in self._claimed):
            expected = "an address that no other product has"
            row = record.row
            self._tell(Problem(row.file, row.line, "slug", shown(slug), expected))
            return False
        mine = known.pk if known else None
        record.packs = [pack for pack in record.packs if self._is_ours(pack, mine)]
        if record.packs and known is None:
            self._claimed.add(slug)
        return bool(record.packs)

    def _is_ours(self, pack: PackRecord, mine: int | None) -> bool:
        sku, code = pack.fields["sku"], pack.fields.get("gtin")
        clashes = {
            "sku": (self._owners.get(sku, mine) != mine, "a SKU that no other product has"),
            "variant_id": (
                self._names.get(pack.reference, sku) != sku,
                f"the row of {self._names.get(pack.reference)}: a SKU stays for ever",
            ),
            "gtin13" if "gtin13" in pack.row.cells else "gtin": (
                bool(code) and self._holders.get(code, sku) != sku,
                f"a GTIN that {self._holders.get(code)} has not",
            ),
        }
        for column, (is_taken, expected) in clashes.items():
            if is_taken:
                self._tell(pack.row.refused(column, expected).problem)
                return False
        if code in self._classes:
            pack.fields["regulatory_class"] = self._classes[code]
        return True

    def _compare(self, records: Sequence[ProductRecord]) -> None:
        for record in records:
            known = self._known.get(record.reference)
            variants = {each.sku: each for each in known.variants.all()} if known else {}
            self._prices.check(record, variants)
            changes = self._changes(record, known, variants) if known else {}
            if known is not None and not changes:
                self.unchanged += 1
                continue
            kind = "new" if known is None else "changed"
            self.differences.append(Difference(kind, record.reference, changes))
            self.changed.append((record, known))

    def _changes(
        self, record: ProductRecord, known: Product, variants: Mapping[str, Variant]
    ) -> Changes:
        changes = {
            **differing(record.fields | {"slug": known.slug}, known),
            **_one("brand", record.brand, known.brand.name, same=fold),
            **_one("category", record.category, known.category.path, same=category_path),
            **_text_changes(record, known),
            **_nutrition_changes(record, known),
            **_ration_changes(record, known),
        }
        if known.pk in self.returning:
            changes["status"] = (known.status, "back in the file")
        for pack in record.packs:
            sku = pack.fields["sku"]
            variant = variants.get(sku)
            found = self._pack_changes(pack, variant) if variant else {"": ("", "new pack")}
            changes |= {f"{sku}.{name}".rstrip("."): change for name, change in found.items()}
        gone = {pack.sku: ("on sale", "withdrawn") for pack in self.gone_from(known)}
        return changes | gone

    def _pack_changes(self, pack: PackRecord, variant: Variant) -> Changes:
        wanted = self.wanted(pack, variant)
        return differing(wanted, variant) | self._prices.changes(pack, variant)

    def wanted(self, pack: PackRecord, variant: Variant) -> dict[str, Any]:
        """The fields that a pack is to have; it returns to sale unless staff took it off."""
        return pack.fields | ({"is_active": True} if variant.pk in self._packs_returning else {})

    def gone_from(self, known: Product) -> list[Variant]:
        """Packs on sale that this source brought and no longer names."""
        return [
            variant
            for variant in known.variants.all()
            if variant.is_active
            and variant.sku not in self._named_packs
            and any(
                each.source == self._source and each.reference not in self._named_packs
                for each in variant.references.all()
            )
        ]


def _slug(record: ProductRecord) -> str:
    return str((record.starting | record.fields)["slug"])


def differing(wanted: Mapping[str, Any], row: models.Model) -> Changes:
    """Fields whose value in the row is not the one wanted."""
    changes: Changes = {}
    for name, after in wanted.items():
        before = getattr(row, name)
        if before != after:
            changes[name] = (str(before)[:_LONGEST_SHOWN], str(after)[:_LONGEST_SHOWN])
    return changes


def _one(name: str, after: str, before: str, *, same: Callable[[str], str]) -> Changes:
    return {} if same(after) == same(before) else {name: (before, after)}


def _text_changes(record: ProductRecord, known: Product) -> Changes:
    text = next((each for each in known.texts.all() if each.language == Language.FR), None)
    if text is None:
        return {"name": ("", record.words["name"])}
    ours = {name: word for name, word in record.words.items() if name not in text.staff_edited}
    return differing(ours, text)


def _nutrition_changes(record: ProductRecord, known: Product) -> Changes:
    standing = getattr(known, "nutrition", None)
    if record.nutrition is None:
        return {}
    if standing is None:
        return {"nutrition": ("", "new")}
    return differing(record.nutrition, standing)


def rations_differ(record: ProductRecord, known: Product) -> bool:
    before = {
        (row.species, row.situation, row.weight_kg, row.grams_per_day)
        for row in known.ration_rows.all()
    }
    return record.rations is not None and before != set(record.rations)


def _ration_changes(record: ProductRecord, known: Product) -> Changes:
    if record.rations is None or not rations_differ(record, known):
        return {}
    before = len(known.ration_rows.all())
    return {"rations": (f"{before} rows", f"{len(record.rations)} rows")}
