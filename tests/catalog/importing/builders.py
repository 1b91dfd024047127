"""Small worlds for imports: folders and files made from the interesting values alone."""

import csv
from datetime import UTC, datetime
from pathlib import Path

from django.apps import apps
from openpyxl import Workbook

from accounts.models import AuditEntry
from catalog.importing.run import Order, run
from catalog.models import SupplierFormat
from clinic import details
from clinic.models import Clinic, Place
from clinic.vocabulary import SellerRegime

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 10, tzinfo=UTC)

BRAND = {
    "brand": "Brisalune",
    "manufacturer": "Brisalune SAS",
    "postal_address": "12 rue des Moulins, 35000 Rennes",
    "electronic_address": "contact@brisalune.example",
    "eu_responsible": "",
}
PRODUCT = {
    "product_id": "P1",
    "slug": "",
    "brand": "Brisalune",
    "range": "",
    "name_fr": "Croquettes",
    "category": "chien/alimentation/croquettes",
    "google_category_id": "",
    "species": "dog",
    "life_stage": "adult",
    "size_class": "",
    "condition": "",
    "form": "dry",
    "dietetic_purpose_fr": "",
    "composition_fr": "riz, volaille",
    "protein_pct": "",
    "fat_pct": "",
    "fibre_pct": "",
    "ash_pct": "",
    "moisture_pct": "",
    "calcium_pct": "",
    "phosphorus_pct": "",
    "sodium_pct": "",
    "me_kcal_100g": "",
    "ingredient_groups": "",
    "description_fr": "Aliment complet.",
    "keywords_fr": "",
    "regulatory_class": "FOOD",
    "additives_fr": "",
    "instructions_fr": "Voir le tableau.",
    "weight_min_kg": "",
    "weight_max_kg": "",
    "active_substances": "",
}
VARIANT = {
    "variant_id": "V1",
    "product_id": "P1",
    "sku": "",
    "gtin13": "",
    "pack_label": "3 kg",
    "net_quantity": "3000",
    "unit": "g",
    "units_per_pack": "1",
    "price_ttc": "29.99",
    "vat_rate": "20.0",
    "shipping_weight_g": "3090",
    "stock": "6",
    "wholesaler_code": "",
    "purchase_price_ht": "",
}
RATION = {
    "product_id": "P1",
    "species": "dog",
    "adult_or_target_weight_kg": "10",
    "situation_fr": "activité faible (<1 h/j)",
    "grams_per_day": "150",
}
PRICE = {"variant_id": "V1", "effective_date": "", "price_ttc": "", "reason": "regular"}


def write_csv(path, template, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(template), lineterminator="\n")
        writer.writeheader()
        writer.writerows({**template, **row} for row in rows)
    return path


def folder(path: Path, *, products=None, variants=None, rations=(), history=None, brands=None):
    """A folder in the clinic's format; one sound product with one pack unless told otherwise.

    A slug and a SKU follow from the ids where they are not given.
    """
    path.mkdir(parents=True, exist_ok=True)
    products = [{}] if products is None else products
    variants = [{}] if variants is None else variants
    products = [
        {"slug": f"croquettes-{each.get('product_id', 'P1')}".lower(), **each} for each in products
    ]
    variants = [{"sku": f"S-{each.get('variant_id', 'V1')}", **each} for each in variants]
    write_csv(path / "products.csv", PRODUCT, products)
    write_csv(path / "variants.csv", VARIANT, variants)
    write_csv(path / "ration_tables.csv", RATION, rations)
    write_csv(path / "brands.csv", BRAND, [{}] if brands is None else brands)
    if history is not None:
        write_csv(path / "price_history.csv", PRICE, history)
    return path


def shop_of(count: int, **extra):
    """Rows of so many products with a pack each, for `folder`."""
    return {
        "products": [{"product_id": f"P{n}"} for n in range(count)],
        "variants": [{"variant_id": f"V{n}", "product_id": f"P{n}"} for n in range(count)],
        **extra,
    }


SUPPLIER = "grossiste"
DEFAULTS = {"category": "chien/alimentation", "regulatory_class": "FOOD", "species": "dog"}


def remember(columns=None, defaults=None, supplier=SUPPLIER):
    """Save how a supplier's file is read."""
    return SupplierFormat.objects.create(
        supplier=supplier,
        columns=columns or {},
        defaults=DEFAULTS if defaults is None else defaults,
    )


def supplier_file(path: Path, text: str, *, encoding="utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def workbook(path: Path, rows) -> Path:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def load(path, *, at=NOW, by=None, progress=lambda _done: None, **order):
    return run(Order(path=path, **order), by=by, at=at, progress=progress)


def told(report):
    """Problems as plain tuples."""
    return [
        (each.file, each.line, each.column, each.value, each.expected) for each in report.problems
    ]


def changes(report):
    return {each.reference: (each.kind, dict(each.changes)) for each in report.differences}


def holdings():
    """How many rows each table has that an import may write, but for its report."""
    reports = {"ImportRun", "ImportProblem"}
    models = apps.get_app_config("catalog").get_models()
    kept = [model for model in models if model.__name__ not in reports]
    counts = {model.__name__: model.objects.count() for model in kept}
    return {name: count for name, count in counts.items() if count} | {
        "AuditEntry": AuditEntry.objects.count()
    }


def open_clinic(regime=SellerRegime.TRADING_COMPANY):
    details.save_details(
        Clinic(name="C", legal_name="C", email="c@c.example", phone="+33", seller_regime=regime)
    )
    place = Place(name="Rennes", street="1 rue", postal_code="35000", city="Rennes")
    details.save_details(place)
    return place
