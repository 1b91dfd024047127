"""The demonstration's articles: short, sourced, and fit to be published by the shop's own rules."""

import csv

import pytest

from advice import search
from advice.models import Article, ArticleCard, Video
from catalog.importing.run import Order, run
from clinic import revision
from shop.demo.articles import content_of, load_advice, written_in
from shop.demo.loader import DATA, publish_all
from tests.builders import NOW, make_clinic

FOLDER = DATA / "articles"
WRITTEN = list(written_in(FOLDER))


def test_there_are_enough_of_them_and_they_are_short():
    assert len(WRITTEN) >= 20
    lengths = {each.slug: len(each.body.split()) for each in WRITTEN}
    assert {slug: length for slug, length in lengths.items() if not 60 <= length <= 400} == {}


@pytest.mark.parametrize("written", WRITTEN, ids=lambda each: each.slug)
def test_an_article_names_its_sources_and_products_that_exist(written):
    content = content_of(written, cover="", day=NOW)
    with (DATA / "products.csv").open(encoding="utf-8", newline="") as file:
        known = {row["slug"] for row in csv.DictReader(file)}
    assert content.sources
    assert set(content.products) <= known


@pytest.mark.django_db
def test_all_are_loaded_and_found():
    make_clinic()
    run(Order(path=DATA, publish=False), by=None, at=NOW)
    publish_all(at=NOW)
    load_advice(FOLDER, at=NOW)
    statuses = dict(Article.objects.values_list("slug", "status"))
    assert len(statuses) == len(WRITTEN)
    assert sorted(set(statuses.values())) == ["IN_REVIEW", "PUBLISHED", "SCHEDULED"]
    assert list(statuses.values()).count("PUBLISHED") >= 20
    assert (ArticleCard.objects.count(), Video.objects.get().status) == (
        len(WRITTEN) - 1,
        "PUBLISHED",
    )
    search.rebuild()
    keys = dict(Article.objects.values_list("slug", "pk"))
    for text, slug in (
        ("combien donner à manger à mon chien", "combien-de-croquettes-par-jour"),
        ("enlever une tique", "retirer-une-tique"),
        ("mon chien a mangé du chocolat", "intoxications-de-la-cuisine"),
        ("lapin qui ne mange plus", "lapin-du-foin-d-abord"),
    ):
        assert search.search(text, as_of=revision.current()).articles[0] == keys[slug], text
