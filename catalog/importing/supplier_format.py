"""Suppliers' files: one row a pack, their columns mapped to ours and remembered per supplier."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from catalog.importing.clinic_format import MOST_VAT, Tell, known
from catalog.importing.files import refused, rows
from catalog.importing.quantities import Quantity, read_quantity
from catalog.importing.reading import Row, RowRefused
from catalog.importing.records import (
    PackRecord,
    ProductRecord,
    brand,
    category,
    gtin,
    regulatory_class,
    shortened,
)
from catalog.stock import MOST_AT_ONCE
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
_LONGEST_REFERENCE = 80
_LONGEST_SLUG = 110
_MOST_PIECES = 10_000
_MOST_PIECE_DIGITS = 5


class SupplierFile:
    """A supplier's CSV or XLSX, read as a stream: rows of one product that follow one another are
    one product. What the file has no column for is left as it is.

    `named_products` and `named_packs` are all that the file names, in refused rows too.

    Raises:
        FileRefused: no row, or a column that we need is not mapped, not there, or there twice.
    """

    def __init__(
        self, path: Path, *, columns: Mapping[str, str], defaults: Mapping[str, str], tell: Tell
    ) -> None:
        self._path = path
        self._mapped = {theirs.strip().lower(): ours for theirs, ours in columns.items()}
        self._defaults = {name: str(value) for name, value in defaults.items() if value}
        self._tell = tell
        self._titles: dict[str, str] = {}
        self._seen: dict[str, set[str]] = {"sku": set(), "gtin": set(), "product": set()}
        self.named_products: set[str] = set()
        self.named_packs: set[str] = set()
        for row in self._rows():
            self.named_products.add(_reference(row.cells))
            self.named_packs.add(row.cells["sku"])
        if not self.named_packs:
            raise refused(path, "", "at least one row")

    def products(self) -> Iterator[ProductRecord]:
        standing: ProductRecord | None = None
        for row in self._rows():
            try:
                record = self._read(row.whole(), standing)
            except RowRefused as refusal:
                self._tell(refusal.problem)
                continue
            if standing and standing.reference == record.reference:
                standing.packs += record.packs
                continue
            if standing:
                yield standing
            standing = record
        if standing:
            yield standing

    def _rows(self) -> Iterator[Row]:
        for row in rows(self._path, check=self._name_columns):
            cells = {
                ours: row.cells.get(self._titles.get(ours, ""), "") or self._defaults.get(ours, "")
                for ours in COLUMNS
            }
            yield Row(row.file, row.line, cells, self._titles, row.misfit)

    def _name_columns(self, names: Sequence[str]) -> None:
        """Find the file's name of each of our columns: the one mapped, else one named as ours."""
        unknown = sorted({ours for ours in self._mapped.values() if ours not in COLUMNS})
        if unknown:
            raise refused(self._path, unknown[0], "a mapping to " + ", ".join(COLUMNS))
        gone = [theirs for theirs in self._mapped if theirs not in names]
        titles = {ours: theirs for theirs, ours in self._mapped.items()}
        if len(titles) < len(self._mapped):
            raise refused(self._path, ", ".join(self._mapped), "each of our columns mapped once")
        self._titles = {name: name for name in names if name in COLUMNS} | titles
        told = self._titles.keys() | self._defaults.keys()
        gone += [name for name, is_needed in COLUMNS.items() if is_needed and name not in told]
        if gone:
            expected = f"columns for {', '.join(gone)} (map them in the supplier's format)"
            raise refused(self._path, ", ".join(names), expected)

    def _tells(self, column: str) -> bool:
        return column in self._titles or column in self._defaults

    def _read(self, row: Row, standing: ProductRecord | None) -> ProductRecord:
        name, maker = row.needed("name", longest=160), brand(row, "brand")
        slug = slugify(f"{maker}-{name}")
        if not slugify(name):
            raise row.refused("name", "a name with letters or digits")
        reference = _reference(row.cells)
        row.text("product", longest=_LONGEST_REFERENCE)
        is_same = standing is not None and standing.reference == reference
        if not is_same and reference in self._seen["product"]:
            column = "product" if row.cells["product"] else "name"
            raise row.refused(column, "rows of one product together")
        record = ProductRecord(
            reference=reference,
            row=row,
            brand=maker,
            category=category(row, "category"),
            fields=self._fields(row),
            words=self._words(row, name),
            starting={"slug": shortened(slug, _LONGEST_SLUG), "form": Form.ACCESSORY.value},
            packs=[self._pack(row)],
        )
        self._seen["product"].add(reference)
        return record

    def _fields(self, row: Row) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        if self._tells("species"):
            fields["species"] = known(row, "species", Species)
        forms = known(row, "form", Form)
        if len(forms) > 1:
            raise row.refused("form", "one of " + ", ".join(Form))
        if forms:
            fields["form"] = forms[0]
        return fields

    def _words(self, row: Row, name: str) -> dict[str, str]:
        told = [each for each in ("description", "composition") if self._tells(each)]
        return {"name": name} | {each: row.text(each) for each in told}

    def _pack(self, row: Row) -> PackRecord:
        sku, code = row.needed("sku", longest=40), gtin(row, "gtin")
        if sku in self._seen["sku"]:
            raise row.refused("sku", "each SKU once")
        if code and code in self._seen["gtin"]:
            raise row.refused("gtin", "each GTIN once")
        price = row.cents("price")
        if price is None:
            raise row.refused("price", "a price")
        pack = PackRecord(
            reference=sku,
            row=row,
            fields={"sku": sku, **self._pack_fields(row, code)},
            price_cents=price,
            vat_percent=row.decimal("vat", most=MOST_VAT, places=2),
            stock=row.number("stock", most=MOST_AT_ONCE) or 0,
        )
        self._seen["sku"].add(sku)
        self._seen["gtin"] |= {code} if code else set()
        return pack

    def _pack_fields(self, row: Row, code: str | None) -> dict[str, Any]:
        quantity = _quantity(row)
        weight = row.number("shipping_weight_g")
        fields: dict[str, Any] = {
            "pack_label": (row.text("quantity") or quantity.label)[:60],
            "units_per_pack": quantity.units,
            "net_quantity": quantity.net,
            "unit": quantity.unit.value,
            "shipping_weight_g": weight or _weight_of(quantity),
        }
        told = {
            "gtin": ("gtin", code),
            "purchase_price": ("purchase_price_net_cents", row.rounded_cents("purchase_price")),
            "regulatory_class": ("regulatory_class", regulatory_class(row, "regulatory_class")),
        }
        return fields | {
            name: value for column, (name, value) in told.items() if self._tells(column)
        }


def _reference(cells: Mapping[str, str]) -> str:
    slug = slugify(f"{cells['brand']}-{cells['name']}")
    return cells["product"] or shortened(slug, _LONGEST_REFERENCE)


def _quantity(row: Row) -> Quantity:
    """A quantity from its column, or from the name when the column says nothing or one; another
    bare number counts pieces.
    """
    text = row.text("quantity")
    found = read_quantity(row.text("name") if text in ("", "1") else text)
    if found:
        return found
    if not text:
        return Quantity(units=1, net=1, unit=Unit.PIECE)
    if text.isascii() and text.isdecimal() and len(text) <= _MOST_PIECE_DIGITS:
        pieces = int(text)
        if 0 < pieces <= _MOST_PIECES:
            return Quantity(units=1, net=pieces, unit=Unit.PIECE)
    if any(mark.isdigit() for mark in text):
        raise row.refused("quantity", "a quantity such as 6 x 780 g")
    return Quantity(units=1, net=1, unit=Unit.PIECE)


def _weight_of(quantity: Quantity) -> int:
    return 0 if quantity.unit is Unit.PIECE else quantity.units * quantity.net
