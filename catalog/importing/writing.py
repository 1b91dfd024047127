"""A hundred products at a time, written in few statements inside the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models

from accounts.models import Person
from catalog.importing import shelves, stocking, withdrawing
from catalog.importing.comparing import Chunk, Pair, differing, rations_differ
from catalog.importing.pricing import PriceKeeper
from catalog.importing.records import PackRecord, ProductRecord
from catalog.models import (
    Nutrition,
    Product,
    ProductReference,
    ProductText,
    RationRow,
    Variant,
    VariantReference,
)
from catalog.vocabulary import ProductStatus
from clinic.models import Place
from kernel.animals import Language

WHOLESALER = "wholesaler"

type Packs = list[tuple[PackRecord, Variant]]


class Writer:
    """Writes what a chunk found to differ."""

    def __init__(
        self,
        *,
        source: str,
        place: Place | None,
        prices: PriceKeeper,
        by: Person | None,
        at: datetime,
    ) -> None:
        self._source = source
        self._place = place
        self._prices = prices
        self._by = by
        self._at = at

    def write(self, chunk: Chunk) -> list[int]:
        """Write what differs; the products touched."""
        records = [record for record, _known in chunk.changed]
        brands = shelves.brands_of(records)
        categories = shelves.categories_of(records)
        for record in records:
            record.fields["brand"] = brands[record.brand]
            record.fields["category"] = categories[record.category]
        made = self._make_products([record for record, known in chunk.changed if known is None])
        for record, known in chunk.changed:
            if known is not None:
                _change_product(record, known, is_back=known.pk in chunk.returning)
        pairs = [(record, known or made[record.reference]) for record, known in chunk.changed]
        _write_nutrition(chunk.changed, pairs)
        _write_rations(chunk.changed, pairs)
        self._write_packs(chunk, pairs)
        return [product.pk for _record, product in pairs]

    def _make_products(self, records: Sequence[ProductRecord]) -> dict[str, Product]:
        made = Product.objects.bulk_create(
            Product(**(record.starting | record.fields)) for record in records
        )
        ProductReference.objects.bulk_create(
            ProductReference(product=product, source=self._source, reference=record.reference)
            for record, product in zip(records, made, strict=True)
        )
        ProductText.objects.bulk_create(
            ProductText(product=product, language=Language.FR, **record.words)
            for record, product in zip(records, made, strict=True)
        )
        return {record.reference: product for record, product in zip(records, made, strict=True)}

    def _write_packs(self, chunk: Chunk, pairs: Sequence[tuple[ProductRecord, Product]]) -> None:
        standing = {
            variant.sku: variant
            for _record, known in chunk.changed
            if known is not None
            for variant in known.variants.all()
        }
        packs = [(pack, product) for record, product in pairs for pack in record.packs]
        self._make_packs([each for each in packs if each[0].fields["sku"] not in standing])
        followed: Packs = []
        for pack, _product in packs:
            variant = standing.get(pack.fields["sku"])
            if variant is not None:
                _assign(variant, chunk.wanted(pack, variant))
                followed.append((pack, variant))
        self._prices.follow(followed)
        gone = [
            variant
            for _record, known in chunk.changed
            if known is not None
            for variant in chunk.gone_from(known)
        ]
        Variant.objects.filter(pk__in=[variant.pk for variant in gone]).update(is_active=False)
        withdrawing.note_taken_off(gone, by=self._by, at=self._at)

    def _make_packs(self, wanted: Sequence[tuple[PackRecord, Product]]) -> None:
        made = Variant.objects.bulk_create(
            Variant(product=product, **pack.fields) for pack, product in wanted
        )
        fresh = [(pack, variant) for (pack, _), variant in zip(wanted, made, strict=True)]
        VariantReference.objects.bulk_create(
            VariantReference(variant=variant, source=self._source, reference=pack.reference)
            for pack, variant in fresh
        )
        # Two packs may have one wholesaler's code; the first keeps it.
        VariantReference.objects.bulk_create(
            (
                VariantReference(variant=variant, source=WHOLESALER, reference=pack.wholesaler_code)
                for pack, variant in fresh
                if pack.wholesaler_code
            ),
            ignore_conflicts=True,
        )
        self._prices.start(fresh)
        stocking.receive(
            [(variant, pack.stock, pack.reference) for pack, variant in fresh],
            place=self._place,
            source=self._source,
            at=self._at,
        )


def _change_product(record: ProductRecord, product: Product, *, is_back: bool) -> None:
    status = {"status": ProductStatus.DRAFT} if is_back else {}
    _assign(product, record.fields | {"slug": product.slug} | status)
    text, _is_new = ProductText.objects.get_or_create(
        product=product, language=Language.FR, defaults=record.words
    )
    untouched = {n: word for n, word in record.words.items() if n not in text.staff_edited}
    _assign(text, untouched)


def _write_nutrition(
    changed: Sequence[Pair], pairs: Sequence[tuple[ProductRecord, Product]]
) -> None:
    fresh = []
    for (record, product), (_record, known) in zip(pairs, changed, strict=True):
        # A new product has none; to ask it would be a query.
        standing = getattr(known, "nutrition", None) if known else None
        if record.nutrition is None:
            continue
        if standing is None:
            fresh.append(Nutrition(product=product, **record.nutrition))
        else:
            _assign(standing, record.nutrition)
    Nutrition.objects.bulk_create(fresh)


def _write_rations(changed: Sequence[Pair], pairs: Sequence[tuple[ProductRecord, Product]]) -> None:
    stale = [known.pk for record, known in changed if known and rations_differ(record, known)]
    RationRow.objects.filter(product__in=stale).delete()
    RationRow.objects.bulk_create(
        RationRow(
            product=product,
            species=species,
            situation=situation,
            weight_kg=weight,
            grams_per_day=grams,
        )
        for (record, product), (_record, known) in zip(pairs, changed, strict=True)
        if known is None or known.pk in stale
        for species, situation, weight, grams in sorted(set(record.rations or []))
    )


def _assign(row: models.Model, wanted: Mapping[str, Any]) -> None:
    names = list(differing(wanted, row))
    for name in names:
        setattr(row, name, wanted[name])
    if names:
        row.save(update_fields=names)
