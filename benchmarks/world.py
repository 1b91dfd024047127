"""A shop of any size, made of the demonstration's products under new names."""

import copy
import csv
import random
from datetime import datetime
from pathlib import Path

from django.core.management import call_command
from django.db import transaction

from catalog import cards, gallery
from catalog.models import Picture, Product
from shop.demo import loader
from shop.demo.drawing import draw

DATA = Path(__file__).parent.parent / "shop" / "demo" / "data"
DOCUMENTS = Path(__file__).parent.parent / "shop" / "documents"
_COPIED = ("brands.csv",)
_PACKS_EACH = 2.5
_OF_A_PICTURE = (
    *("alt_fr", "alt_en", "original", "content_hash"),
    *("width", "height", "placeholder", "renditions"),
)


def shipped(name: str) -> str:
    """A document that comes with the shop."""
    return (DOCUMENTS / f"{name}.graphql").read_text(encoding="utf-8")


def open_empty(*, at: datetime) -> None:
    """The clinic alone, in a database that may have held another shop."""
    call_command("migrate", verbosity=0)
    call_command("flush", interactive=False, verbosity=0)
    loader.open_clinic(at=at)


def write_catalogue(folder: Path, *, products: int) -> None:
    """Write a catalogue of so many products, 2.5 packs each, in the clinic's format; seeded."""
    chance = random.Random(products)
    folder.mkdir(parents=True, exist_ok=True)
    for name in _COPIED:
        (folder / name).write_bytes((DATA / name).read_bytes())
    originals = read("products.csv")
    packs_of: dict[str, list[dict[str, str]]] = {}
    for row in read("variants.csv"):
        packs_of.setdefault(row["product_id"], []).append(row)
    made: list[dict[str, str]] = []
    packs: list[dict[str, str]] = []
    for number in range(products):
        source = originals[number % len(originals)]
        row = copy.copy(source)
        row["product_id"] = f"B{number:06}"
        row["slug"] = f"{source['slug'][:90]}-{number}"
        row["name_fr"] = f"{source['name_fr']} {number}"
        made.append(row)
        wanted = int(_PACKS_EACH) + (chance.random() < _PACKS_EACH % 1)
        sources = packs_of[source["product_id"]]
        for place in range(wanted):
            packs.append(pack(sources[place % len(sources)], row["product_id"], len(packs), chance))
    write(folder / "products.csv", made)
    write(folder / "variants.csv", packs)
    write(folder / "ration_tables.csv", [], header=list(read("ration_tables.csv")[0]))
    write(folder / "price_history.csv", [], header=list(read("price_history.csv")[0]))


def show_pictures(*, at: datetime) -> None:
    """Give every product a picture with its renditions: one that was drawn, under each."""
    first, *others = Product.objects.prefetch_related("texts", "variants").order_by("pk")
    _, data, drawn = draw(loader.packshot_of(first))
    picture = gallery.add_picture(product=first, data=data, alt=("Paquet", ""), by=None, at=at)
    gallery.keep_renditions(picture=picture, drawn=drawn, at=at)
    picture.refresh_from_db()
    copied = [
        Picture(product=other, **{name: getattr(picture, name) for name in _OF_A_PICTURE})
        for other in others
    ]
    with transaction.atomic():
        Picture.objects.bulk_create(copied, batch_size=1000)
        cards.project([other.pk for other in others], at=at)


def pack(
    source: dict[str, str], product: str, number: int, chance: random.Random
) -> dict[str, str]:
    made = copy.copy(source)
    code = f"952{number:09}"
    made["variant_id"] = f"W{number:07}"
    made["product_id"] = product
    made["sku"] = f"BEN-{number:07}"
    made["gtin13"] = code + check_digit(code)
    made["price_ttc"] = f"{chance.randint(300, 12000) / 100:.2f}"
    made["wholesaler_code"] = ""
    return made


def check_digit(code: str) -> str:
    """The thirteenth digit. Source: GS1 General Specifications, 7.9."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(code))
    return str(-total % 10)


def read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, str]], *, header: list[str] | None = None) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header or list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
