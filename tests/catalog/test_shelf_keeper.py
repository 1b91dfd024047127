"""The process's shelf follows what others commit, by reading what changed alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog import prices, products
from catalog.shelf import Facet, Sort, Wish
from catalog.shelf_keeper import ShelfKeeper
from clinic import revision
from kernel.money import Money
from tests.builders import NOW, Pack, make_clinic, published

pytestmark = pytest.mark.django_db(transaction=True)


def cheapest(keeper, at=NOW):
    with keeper:
        shelf = keeper.shelf(as_of=revision.current(), reductions=True, at=at)
        return shelf.page(shelf.matching(Wish()), Sort.PRICE_ASC, first=9, after=None)


def test_a_change_is_taken_by_reading_the_changed_card_alone():
    make_clinic()
    kept = [published(f"p{number}", Pack(price=1000 + number)) for number in range(30)]
    keeper = ShelfKeeper()
    assert cheapest(keeper).values[0] == 1000
    pack = kept[9].variants.get()
    prices.set_price(variant=pack, price=Money(5), by=None, at=NOW)
    with CaptureQueriesContext(connection) as captured:
        page = cheapest(keeper)
    assert (page.keys[0], page.values[0], page.total) == (kept[9].pk, 5, 30)
    read = [query["sql"] for query in captured if "catalog_card" in query["sql"]]
    assert len(read) == 2
    assert "revision" in read[0]
    assert "COUNT" in read[1]


def test_what_was_withdrawn_leaves_and_what_was_published_joins():
    make_clinic()
    first = published("a")
    keeper = ShelfKeeper()
    assert cheapest(keeper).keys == [first.pk]
    second = published("b")
    products.withdraw(product=first, by=None, at=NOW)
    assert cheapest(keeper).keys == [second.pk]


def test_nothing_is_read_but_the_revision_while_nothing_changes():
    make_clinic()
    published("a")
    keeper = ShelfKeeper()
    cheapest(keeper)
    with CaptureQueriesContext(connection) as captured:
        cheapest(keeper)
    assert len(captured) == 1


def test_an_incremental_shelf_equals_one_read_anew():
    make_clinic()
    keeper = ShelfKeeper()
    made = [published(f"p{number}", Pack(price=500 + number)) for number in range(8)]
    for number, product in enumerate(made):
        cheapest(keeper)
        pack = product.variants.get()
        at = NOW + timedelta(minutes=number)
        prices.set_price(variant=pack, price=Money(900 - number), by=None, at=at)
        if number % 3 == 0:
            products.withdraw(product=product, by=None, at=at)
    later = NOW + timedelta(hours=1)
    assert cheapest(keeper, later) == cheapest(ShelfKeeper(), later)
    with keeper:
        shelf = keeper.shelf(as_of=revision.current(), reductions=True, at=later)
        assert shelf.counts(Wish(), shelf.everything())[Facet.BRAND] == {"brisalune": 5}
