"""The catalogue as the front end reads it, through HTTP."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog import prices, products, search
from catalog.models import Card, SearchMiss, Variant
from catalog.vocabulary import RegulatoryClass, Unit
from clinic import details
from clinic.models import Clinic
from clinic.vocabulary import SellerRegime
from kernel.animals import Species
from kernel.money import Money
from tests.builders import Pack, answered, ask, make_clinic, published

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clinic():
    make_clinic()


def slugs(query_part="", **how):
    data = answered("{ products%s { nodes { slug } } }" % query_part, **how)
    return [node["slug"] for node in data["products"]["nodes"]]


def test_a_pack_shows_price_unit_price_vat_and_availability():
    published("p", Pack(sku="S1", price=1790, content=85, units=12, stock=2))
    data = answered("""{ product(slug: "p") { variants {
        sku pack unitsPerPack netQuantity unit vatRate availability
        price { cents amount currency } unitPrice { money { amount } per } reduction { percent }
        regulatory { class soldOnline notice source } } } }""")
    assert data["product"]["variants"] == [
        {
            "sku": "S1",
            "pack": "85 g",
            "unitsPerPack": 12,
            "netQuantity": 85,
            "unit": "GRAM",
            "vatRate": "20.00",
            "availability": "LOW",
            "price": {"cents": 1790, "amount": "17.90", "currency": "EUR"},
            "unitPrice": {"money": {"amount": "17.55"}, "per": "kg"},
            "reduction": None,
            "regulatory": {
                "class": "FOOD",
                "soldOnline": True,
                "notice": None,
                "source": "Reg. (EC) 767/2009 art. 11, 15-17",
            },
        }
    ]


def reduced_product():
    product = published("p", Pack(price=1000))
    now = timezone.now()
    prices.start_reduction(
        variant=product.variants.get(),
        price=Money(800),
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(days=1),
        by=None,
        at=now,
    )


REDUCTION = """{ product(slug: "p") { variants { price { cents } unitPrice { money { cents } }
    reduction { percent price { cents } reference { cents } } } } }"""


def test_a_reduction_shows_the_reference_of_thirty_days_and_the_reduced_unit_price():
    reduced_product()
    assert answered(REDUCTION)["product"]["variants"] == [
        {
            "price": {"cents": 800},
            "unitPrice": {"money": {"cents": 533}},
            "reduction": {"percent": 20, "price": {"cents": 800}, "reference": {"cents": 1000}},
        }
    ]


def test_under_the_clinics_regime_a_standing_reduction_is_hidden_and_not_charged():
    reduced_product()
    clinic = Clinic.objects.get()
    clinic.seller_regime = SellerRegime.CLINIC
    details.save_details(clinic)
    assert answered(REDUCTION)["product"]["variants"] == [
        {"price": {"cents": 1000}, "unitPrice": {"money": {"cents": 667}}, "reduction": None}
    ]
    assert slugs("(where: {reduced: true})") == []


def test_a_prescription_medicine_is_listed_with_its_notice_and_never_for_sale():
    published("p", Pack(kind=RegulatoryClass.MEDICINE_RX, unit=Unit.PIECE))
    data = answered("""{ products { nodes { variants { regulatory { soldOnline source notice } } }
        facets { slug values { slug } } } }""")
    regulatory = data["products"]["nodes"][0]["variants"][0]["regulatory"]
    assert (regulatory["soldOnline"], regulatory["source"]) == (
        False,
        "Reg. (EU) 2019/6 art. 104",
    )
    facets = {facet["slug"]: facet["values"] for facet in data["products"]["facets"]}
    assert facets["price"] == []


def test_unknown_things_are_null_without_an_error():
    data = answered("""{ product(slug: "x") { name } category(slug: "x") { name }
        a: node(id: "UHJvZHVjdDo5OTk=") { id } b: node(id: "T3JkZXI6MQ==") { id } }""")
    assert data == {"product": None, "category": None, "a": None, "b": None}


def test_a_product_and_a_pack_are_found_by_their_ids():
    published("p", Pack(sku="S1"), Pack(sku="S2"))
    product = answered("""{ product(slug: "p") { id variants { id } } }""")["product"]
    query = (
        "query($id: ID!) { node(id: $id) { id ... on Product { slug } ... on Variant { sku } } }"
    )
    assert answered(query, {"id": product["id"]})["node"] == {"id": product["id"], "slug": "p"}
    second = product["variants"][1]["id"]
    assert answered(query, {"id": second})["node"] == {"id": second, "sku": "S2"}


def test_facets_are_labelled_counted_and_marked_in_one_query():
    published("a", species=(Species.DOG,))
    published("b", species=(Species.CAT,))
    data = answered(
        """{ products(where: {species: {eq: CAT}}) { totalCount nodes { slug }
            facets { slug label values { slug label count selected } } } }"""
    )["products"]
    species = next(facet for facet in data["facets"] if facet["slug"] == "species")
    assert (data["totalCount"], data["nodes"]) == (1, [{"slug": "b"}])
    assert species == {
        "slug": "species",
        "label": "Animal",
        "values": [
            {"slug": "cat", "label": "chat", "count": 1, "selected": True},
            {"slug": "dog", "label": "chien", "count": 1, "selected": False},
        ],
    }


def test_filters_join_with_and_or_and_not():
    published("a", brand="Brisalune")
    published("b", brand="Maravel")
    published("c", brand="Petirelle")
    where = """{or: [{brand: {eq: "brisalune"}}, {brand: {eq: "maravel"}}],
        not: {brand: {eq: "maravel"}}}"""
    assert slugs(f"(where: {where})") == ["a"]
    assert slugs("(where: {brand: {in: []}})") == []


def test_pages_follow_one_another_by_cursor():
    for number in range(5):
        published(f"p{number}", Pack(price=1000 + number))
    query = """query($after: String) { products(first: 2, sort: PRICE_ASC, after: $after) {
        nodes { slug } pageInfo { hasNextPage hasPreviousPage endCursor } totalCount } }"""
    seen, after, pages = [], None, 0
    while pages == 0 or after:
        page = answered(query, {"after": after})["products"]
        seen += [node["slug"] for node in page["nodes"]]
        pages += 1
        after = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
    assert (seen, pages) == ([f"p{number}" for number in range(5)], 3)


def test_a_page_does_not_move_when_a_product_joins_before_it():
    for number in range(4):
        published(f"p{number}", Pack(price=1000 + number))
    query = """query($after: String) { products(first: 2, sort: PRICE_ASC, after: $after) {
        nodes { slug } pageInfo { endCursor } } }"""
    first = answered(query)["products"]
    published("cheap", Pack(price=1))
    second = answered(query, {"after": first["pageInfo"]["endCursor"]})["products"]
    assert [node["slug"] for node in second["nodes"]] == ["p2", "p3"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("first: 0", "BAD_ARGUMENT"),
        ("first: -1", "BAD_ARGUMENT"),
        ("first: 101", "BAD_ARGUMENT"),
        ('after: "%%%"', "BAD_CURSOR"),
        ('after: "bm9wZQ"', "BAD_CURSOR"),
        ('after: "WyJORVdFU1QiLDEsMV0"', "BAD_CURSOR"),
        ("sort: CHEAPEST", "MALFORMED"),
        ('where: {species: {eq: "dog"}}', "MALFORMED"),
        ("where: {price: {range: {minCents: 99999999999}}}", "MALFORMED"),
        ('search: "%s"' % ("x" * 201), "BAD_ARGUMENT"),
    ],
)
def test_mistakes_in_arguments_get_a_code_and_no_trace(arguments, code):
    answer = ask("{ products(%s) { totalCount } }" % arguments)
    assert [error["extensions"]["code"] for error in answer["errors"]] == [code]
    assert "Traceback" not in str(answer)


LIST = """{ products(first: 100) { totalCount facets { slug values { slug count } }
    nodes { id slug name description picture { url } brand { name } category { name }
    nutrition { protein } variants { sku price { amount } availability } } } }"""


@pytest.mark.parametrize("search_part", ["", '(search: "croquettes", first: 100)'])
def test_a_list_costs_the_same_queries_for_one_twenty_and_a_hundred(search_part):
    query = LIST.replace("(first: 100)", search_part) if search_part else LIST
    counts = []
    made = 0
    for many in (1, 20, 100):
        while made < many:
            published(f"p{made}")
            made += 1
        search.rebuild()
        assert answered(query)["products"]["totalCount"] == many
        with CaptureQueriesContext(
            connection,
        ) as captured:
            answered(query)
        counts.append(len(captured))
    assert counts[0] == counts[1] == counts[2]


def test_a_search_finds_corrects_and_counts_what_it_missed():
    published("chiot", name="Croquettes chiot")
    search.rebuild()
    query = "query($text: String!) { products(search: $text) { corrected nodes { slug } } }"
    assert answered(query, {"text": "crocquettes chiot"})["products"] == {
        "corrected": "croquettes chiot",
        "nodes": [{"slug": "chiot"}],
    }
    answered(query, {"text": "xylophone"})
    answered(query, {"text": " Xylophone "})
    assert list(SearchMiss.objects.values_list("text", "times")) == [("xylophone", 2)]


def test_what_answered_is_marked_in_the_name():
    published("p", name="Croquettes pour chiot")
    search.rebuild()
    query = """{ products(search: "crocquettes chiots") {
        edges { highlight { text isMatch } } } }"""
    assert answered(query)["products"]["edges"] == [
        {
            "highlight": [
                {"text": "Croquettes", "isMatch": True},
                {"text": " pour ", "isMatch": False},
                {"text": "chiot", "isMatch": True},
            ]
        }
    ]


def test_without_an_index_the_database_is_searched():
    published("chiot", name="Croquettes chiot")
    published("chat", name="Croquettes chat")
    assert slugs('(search: "chiot")') == ["chiot"]


def test_a_withdrawn_product_leaves_lists_pages_and_search():
    product = published("p", name="Croquettes")
    search.rebuild()
    products.withdraw(product=product, by=None, at=timezone.now())
    assert (slugs(), slugs('(search: "croquettes")')) == ([], [])
    assert answered('{ product(slug: "p") { name } }') == {"product": None}


def test_categories_brands_and_the_shop():
    published("p", shelf="chien/croquettes", brand="Brisalune")
    data = answered("""{ categories { slug productCount children { slug productCount } }
        brands { slug name productCount }
        shop { name currency regime languages places { city } } }""")
    assert data == {
        "categories": [
            {
                "slug": "chien",
                "productCount": 1,
                "children": [{"slug": "chien/croquettes", "productCount": 1}],
            }
        ],
        "brands": [{"slug": "brisalune", "name": "Brisalune", "productCount": 1}],
        "shop": {
            "name": "Clinique",
            "currency": "EUR",
            "regime": "TRADING_COMPANY",
            "languages": ["FR", "EN"],
            "places": [{"city": "Rennes"}],
        },
    }


def test_json_ld_offers_what_is_sold_and_nothing_else():
    published(
        "p",
        Pack(sku="S1", price=1000, fields={"gtin": "09520000000011"}),
        Pack(kind=RegulatoryClass.MEDICINE_RX),
    )
    found = answered('{ product(slug: "p") { jsonLd } }')["product"]["jsonLd"]
    assert [offer["sku"] for offer in found["offers"]] == ["S1"]
    assert found["offers"][0]["price"] == "10.00"
    assert found["offers"][0]["gtin14"] == "09520000000011"


def test_a_price_that_turned_is_read_right_before_the_card_is_projected_anew():
    product = published("p", Pack(price=1000))
    long_ago = timezone.now() - timedelta(days=3)
    prices.start_reduction(
        variant=product.variants.get(),
        price=Money(800),
        starts_at=long_ago,
        ends_at=timezone.now() - timedelta(seconds=1),
        by=None,
        at=long_ago,
    )
    assert Card.objects.get().next_change_at < timezone.now()
    query = "{ products(sort: PRICE_ASC) { nodes { variants { price { cents } } } } }"
    found = answered(query)["products"]["nodes"][0]["variants"]
    assert found == [{"price": {"cents": 1000}}]
    assert slugs("(where: {reduced: true})") == []
    assert Variant.objects.count() == 1
