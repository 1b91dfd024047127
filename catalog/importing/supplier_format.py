"""Suppliers' files: one row a pack, their columns mapped to ours and remembered per supplier."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from django.utils.text import slugify

from catalog.importing.clinic_format import Tell, known
from catalog.importing.reading import (
    FileRefused,
    Problem,
    Quantity,
    Row,
    RowRefused,
    read_quantity,
    rows,
)
from catalog.importing.records import PackRecord, ProductRecord, gtin, regulatory_class
from catalog.vocabulary import Form, Unit
from kernel.animals import Species

#: Our columns of a supplier's file; those with True must be there, from a column or a default.
COLUMNS: Mapping[str, bool] = {
    "sku": True,
    "name": True,
    "brand": True,
    "price": True,
    "category": True,
    "gtin": False,
    "product": False,
    "quantity": False,
    "species": False,
    "form": False,
    "regulatory_class": False,
    "description": False,
    "composition": False,
    "vat": False,
    "stock": False,
    "shipping_weight_g": False,
    "purchase_price": False,
}
_MOST_ROWS_A_PRODUCT = 200


class SupplierFile:
    """A supplier's CSV or XLSX, read as a stream: rows of one product that follow one another are
    one product.
    """

    def __init__(
        self,
        path: Path,
        *,
        columns: Mapping[str, str],
        defaults: Mapping[str, str],
        tell: Tell,
    ) -> None:
        self._path = path
        self._ours = {theirs.strip().lower(): ours for theirs, ours in columns.items()}
        self._defaults = defaults
        self._tell = tell
        self._seen_skus: set[str] = set()
        self._seen_gtins: set[str] = set()

    def products(self) -> Iterator[ProductRecord]:
        """Raises: FileRefused, when a column that we need is not mapped or not there."""
        standing: ProductRecord | None = None
        for row in self._rows():
            try:
                record = self._read(row)
            except RowRefused as refused:
                self._tell(refused.problem)
                continue
            if standing and standing.reference == record.reference:
                standing.packs += record.packs
            else:
                if standing:
                    yield standing
                standing = record
        if standing:
            yield standing

    def _rows(self) -> Iterator[Row]:
        checked = False
        for row in rows(self._path):
            named = {self._ours.get(name, name): value for name, value in row.cells.items()}
            if not checked:
                self._check_columns(named)
                checked = True
            cells = {name: named.get(name) or self._defaults.get(name, "") for name in COLUMNS}
            yield Row(row.file, row.line, cells)

    def _check_columns(self, named: Mapping[str, str]) -> None:
        lacking = [
            name
            for name, is_needed in COLUMNS.items()
            if is_needed and name not in named and name not in self._defaults
        ]
        if lacking:
            found = ", ".join(named)[:200]
            expected = f"columns for {', '.join(lacking)} (map them in the supplier's format)"
            raise FileRefused(Problem(self._path.name, 1, "", found, expected))

    def _read(self, row: Row) -> ProductRecord:
        pack = self._pack(row)
        name, brand = row.needed("name", longest=160), row.needed("brand", longest=80)
        reference = row.text("product", longest=80) or slugify(f"{brand}-{name}")[:80]
        forms = known(row, "form", Form)
        return ProductRecord(
            reference=reference,
            row=row,
            brand=brand,
            category=row.needed("category", longest=255),
            fields={
                "slug": slugify(f"{brand}-{name}")[:110],
                "range_name": "",
                "species": known(row, "species", Species),
                "life_stage": "",
                "size_class": "",
                "form": forms[0] if forms else Form.ACCESSORY.value,
                "conditions": [],
                "ingredient_groups": None,
                "google_category": "",
            },
            words={
                "name": name,
                "description": row.text("description"),
                "composition": row.text("composition"),
                "additives": "",
                "instructions": "",
                "dietetic_purpose": "",
                "keywords": "",
            },
            packs=[pack],
        )

    def _pack(self, row: Row) -> PackRecord:
        sku = row.needed("sku", longest=40)
        code = gtin(row, "gtin")
        if sku in self._seen_skus:
            raise row.refused("sku", "each SKU once")
        if code and code in self._seen_gtins:
            raise row.refused("gtin", "each GTIN once")
        price = row.cents("price")
        if price is None:
            raise row.refused("price", "a price")
        quantity = self._quantity(row)
        weight = row.number("shipping_weight_g")
        vat = row.decimal("vat")
        purchase = row.cents("purchase_price")
        self._seen_skus.add(sku)
        self._seen_gtins |= {code} if code else set()
        return PackRecord(
            reference=sku,
            row=row,
            fields={
                "sku": sku,
                "gtin": code,
                "pack_label": (row.text("quantity") or "1")[:60],
                "units_per_pack": quantity.units,
                "net_quantity": quantity.net,
                "unit": quantity.unit.value,
                "options": {},
                "shipping_weight_g": weight or _weight_of(quantity),
                "purchase_price_net_cents": purchase,
                "regulatory_class": regulatory_class(row, "regulatory_class"),
                "weight_min_kg": None,
                "weight_max_kg": None,
                "active_substances": [],
            },
            price_cents=price,
            vat_percent=Decimal(20) if vat is None else vat,
            stock=row.number("stock") or 0,
        )

    def _quantity(self, row: Row) -> Quantity:
        text = row.text("quantity")
        found = read_quantity(text) or read_quantity(row.text("name"))
        if found is None and any(mark.isdigit() for mark in text) and not text.isdecimal():
            raise row.refused("quantity", "a quantity such as 6 x 780 g")
        pieces = int(text) if text.isdecimal() and 0 < int(text) < _MOST_ROWS_A_PRODUCT else 1
        return found or Quantity(units=1, net=pieces, unit=Unit.PIECE)


def _weight_of(quantity: Quantity) -> int:
    return 0 if quantity.unit is Unit.PIECE else quantity.units * quantity.net
