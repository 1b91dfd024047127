"""The index follows the catalogue: by the worker, after a crash, and between processes."""

import shutil
from datetime import timedelta

import pytest
from django.conf import settings
from django_ox.testing import run_tasks

from catalog import prices, products, search
from catalog.models import Card, SynonymGroup
from clinic import revision
from kernel.animals import Language
from kernel.money import Money
from tests.builders import NOW, make_clinic, published

pytestmark = pytest.mark.django_db


def found(text):
    hits = search.search(text, as_of=revision.current()).hits
    keys = [int(hit.key) for hit in hits]
    slugs = dict(Card.objects.values_list("pk", "slug"))
    return [slugs[key] for key in keys if key in slugs]


def test_the_worker_teaches_the_index_what_was_published_changed_and_withdrawn():
    make_clinic()
    search.rebuild()
    product = published("p", name="Laisse")
    assert found("laisse") == []
    run_tasks()
    assert found("laisse") == ["p"]
    products.edit_texts(
        product=product, language=Language.FR, words={"name": "Harnais"}, by=None, at=NOW
    )
    run_tasks()
    assert (found("laisse"), found("harnais")) == ([], ["p"])
    products.withdraw(product=product, by=None, at=NOW)
    run_tasks()
    assert found("harnais") == []


def test_an_index_that_was_never_built_is_built_by_the_first_change():
    make_clinic()
    published("a", name="Laisse")
    published("b", name="Laisse")
    run_tasks()
    assert sorted(found("laisse")) == ["a", "b"]


def test_synonyms_work_from_the_moment_they_are_saved():
    make_clinic()
    published("p", name="Harnais")
    search.rebuild()
    assert found("bricole") == []
    group = SynonymGroup(terms="harnais\nbricole")
    search.save_synonyms(group=group)
    assert found("bricole") == ["p"]
    search.remove_synonyms(group=group)
    assert found("bricole") == []


def test_the_schedule_mends_an_index_that_was_lost_and_takes_what_was_missed():
    make_clinic()
    published("p", name="Laisse")
    shutil.rmtree(settings.TEXT_INDEX_ROOT, ignore_errors=True)
    later = NOW + timedelta(minutes=5)
    if Card.objects.filter(indexed=False).exists():
        assert search.mend(at=later) is True
    assert found("laisse") == ["p"]
    assert search.mend(at=later) is False


def test_prices_and_stock_are_no_news_for_the_index():
    make_clinic()
    published("p")
    search.rebuild()
    assert Card.objects.get().indexed is True
    pack = Card.objects.get().product.variants.get()
    prices.set_price(variant=pack, price=Money(1), by=None, at=NOW)
    assert Card.objects.get().indexed is True
