"""How reading grows: a thousand products imported, then copied with their cards to any number.

Lists, facets and pages read cards alone, so copies of cards weigh as much as products do.
"""

import os
import sys
from collections.abc import Sequence
from itertools import batched
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.__main__ import FACETED, LIST  # noqa: E402
from benchmarks.measuring import request_cost  # noqa: E402
from benchmarks.serving import memory_mb  # noqa: E402
from benchmarks.world import open_empty, shipped, show_pictures, write_catalogue  # noqa: E402
from catalog.importing.run import Order, run  # noqa: E402
from catalog.models import Card, Product  # noqa: E402
from clinic import revision  # noqa: E402
from shop.wsgi import settle_memory  # noqa: E402

BASE = 1000
_CHUNK = 2000
_OF_A_CARD = ("next_change_at", "facts", "brief_fr", "brief_en", "detail_fr", "detail_en")


def main(sizes: Sequence[int]) -> None:
    open_empty(at=timezone.now())
    folder = Path(settings.DATA_DIR) / "catalogue"
    write_catalogue(folder, products=BASE)
    run(Order(path=folder), by=None, at=timezone.now())
    show_pictures(at=timezone.now())
    print(f"\n## Growth on {connection.vendor}\n")
    print("| products | Q, ms | list with all facets, ms | product page, ms | process, MB |")
    print("| --- | --- | --- | --- | --- |")
    page = shipped("product_page")
    for size in sizes:
        copy_up_to(size)
        settle_memory()
        slug = Card.objects.order_by("pk").values_list("slug", flat=True)[size // 2]
        asked: tuple[tuple[str, dict[str, str]], ...] = (
            (LIST, {}),
            (FACETED, {}),
            (page, {"slug": slug}),
        )
        costs = [f"{request_cost(query, given).cpu_ms:.1f}" for query, given in asked]
        print(f"| {size:,} | {' | '.join(costs)} | {memory_mb(os.getpgid(0))} |")


def copy_up_to(size: int) -> None:
    """Copy the first thousand products and their cards until there are `size`."""
    cards = list(Card.objects.select_related("product").order_by("pk")[:BASE])
    number = revision.bump()
    for places in batched(range(Card.objects.count(), size), _CHUNK, strict=False):
        sources = [cards[place % len(cards)] for place in places]
        products = [
            copy_of(card.product, slug=f"copy-{place}")
            for card, place in zip(sources, places, strict=True)
        ]
        made = Product.objects.bulk_create(products)
        Card.objects.bulk_create(
            Card(
                product_id=product.pk,
                slug=product.slug,
                revision=number,
                **{name: getattr(card, name) for name in _OF_A_CARD},
            )
            for card, product in zip(sources, made, strict=True)
        )


def copy_of(product: Product, *, slug: str) -> Product:
    fields = [each for each in Product._meta.concrete_fields if not each.primary_key]  # noqa: SLF001
    return Product(
        **{each.attname: getattr(product, each.attname) for each in fields} | {"slug": slug}
    )


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1].split(",")])
