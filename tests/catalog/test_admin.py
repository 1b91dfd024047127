"""Products in the back office: each change through a verb, each refusal told."""

import json
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from catalog.models import (
    Card,
    Picture,
    Product,
    RationRow,
)
from catalog.vocabulary import ProductStatus, RegulatoryClass
from clinic import revision
from kernel.animals import Language
from tests.builders import (
    Pack,
    category,
    draft,
    make_brand,
    make_clinic,
    published,
)
from tests.catalog.desk import acting, back_office, filled, page, picture, png, told

pytestmark = pytest.mark.django_db


def test_the_list_of_products_costs_the_same_for_one_and_for_twenty():
    make_clinic()
    picture(draft("p-0", Pack(), Pack()))
    client = back_office()
    client.get(page("catalog_product_changelist"))
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(page("catalog_product_changelist"))
    for number in range(1, 20):
        picture(draft(f"p-{number}", Pack(), Pack()))
    with CaptureQueriesContext(connection) as twenty:
        response = client.get(page("catalog_product_changelist"))
    assert len(response.context["cl"].result_list) == 20
    assert len(twenty) == len(one)


def test_the_list_of_packs_costs_the_same_for_one_and_for_twenty():
    make_clinic()
    draft("p-0", Pack())
    client = back_office()
    client.get(page("catalog_variant_changelist"))
    with CaptureQueriesContext(connection) as one:
        client.get(page("catalog_variant_changelist"))
    for number in range(1, 20):
        draft(f"p-{number}", Pack())
    with CaptureQueriesContext(connection) as twenty:
        response = client.get(page("catalog_variant_changelist"))
    assert len(response.context["cl"].result_list) == 20
    assert len(twenty) == len(one)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=Granulés", {"b"}),
        ("q=SKU-B", {"b"}),
        ("q=4006381333931", {"b"}),
        ("status=DRAFT", {"c"}),
        ("missing=the+composition", {"c"}),
        ("missing=nothing", set()),
        ("species=cat", {"b"}),
        ("category=chat", {"b"}),
        ("class=TREAT", {"b"}),
        ("class=NONSENSE&species=NONSENSE&brand=NONSENSE", {"a", "b", "c"}),
    ],
)
def test_products_are_found_by_name_number_and_what_they_lack(query, found):
    make_clinic()
    published("a", Pack())
    treat = Pack(sku="SKU-B", kind=RegulatoryClass.TREAT, fields={"gtin": "04006381333931"})
    published("b", treat, name="Granulés", species=("cat",), shelf="chat/friandises")
    draft("c", words={"composition": ""})
    response = back_office().get(page("catalog_product_changelist") + f"?{query}")
    assert {each.slug for each in response.context["cl"].result_list} == found


def test_a_product_is_published_by_a_button_in_the_name_of_who_pressed_it():
    make_clinic()
    product = draft("p")
    client = back_office()
    response = client.post(page("catalog_product_publish", product.pk), follow=True)
    assert told(response) == ["The product is in the shop."]
    product.refresh_from_db()
    assert (product.status, Card.objects.count()) == (ProductStatus.PUBLISHED, 1)
    entry = AuditEntry.objects.get(action="product.status")
    assert (entry.by, entry.changes) == (acting(client), {"status": ["DRAFT", "PUBLISHED"]})


def test_a_refused_publication_is_told_with_its_article_and_nothing_is_written():
    make_clinic()
    product = draft("p", words={"composition": ""})
    response = back_office().post(page("catalog_product_publish", product.pk), follow=True)
    assert told(response) == [
        "p cannot be published: the composition is missing. (Reg. (EC) 767/2009 art. 11, 15-17)"
    ]
    product.refresh_from_db()
    assert (product.status, Card.objects.count()) == (ProductStatus.DRAFT, 0)
    assert AuditEntry.objects.count() == 0


def test_a_page_is_no_way_to_publish_by_following_a_link():
    make_clinic()
    product = draft("p")
    back_office().get(page("catalog_product_publish", product.pk))
    product.refresh_from_db()
    assert product.status == ProductStatus.DRAFT


def test_of_several_published_at_once_the_refused_are_told_one_by_one():
    make_clinic()
    sound, unsound = draft("sound"), draft("unsound", words={"instructions": ""})
    response = back_office().post(
        page("catalog_product_changelist"),
        {"action": "publish_selected", "_selected_action": [sound.pk, unsound.pk]},
        follow=True,
    )
    assert told(response) == [
        "unsound: unsound cannot be published: the instructions is missing. "
        "(Reg. (EC) 767/2009 art. 11, 15-17)",
        "1 product is published.",
    ]
    statuses = dict(Product.objects.values_list("slug", "status"))
    assert statuses == {"sound": "PUBLISHED", "unsound": "DRAFT"}


def test_several_are_withdrawn_at_once():
    make_clinic()
    first, second = published("a"), published("b")
    response = back_office().post(
        page("catalog_product_changelist"),
        {"action": "withdraw_selected", "_selected_action": [first.pk, second.pk]},
        follow=True,
    )
    assert told(response) == ["2 products are withdrawn."]
    assert Card.objects.count() == 0


def test_what_is_missing_stands_on_the_page_with_its_article():
    make_clinic()
    product = draft("p", Pack(kind=RegulatoryClass.ACCESSORY))
    response = back_office().get(page("catalog_product_change", product.pk))
    assert response.context["panel"]["missing"] == [("a picture", "Reg. (EU) 2023/988 art. 19")]


def test_a_new_product_is_a_draft_with_its_french_name():
    make_clinic()
    brand, shelf = make_brand(), category("chien/croquettes")
    client = back_office()
    response = client.post(
        page("catalog_product_add"),
        {
            "name": "Croquettes Chiot",
            "brand": brand.pk,
            "category": shelf.pk,
            "form": "dry",
            "species": ["dog"],
        },
    )
    product = Product.objects.get()
    assert response["Location"] == page("catalog_product_change", product.pk)
    assert (product.slug, product.status, product.species) == (
        "brisalune-croquettes-chiot",
        ProductStatus.DRAFT,
        ["dog"],
    )
    assert product.texts.get().name == "Croquettes Chiot"
    assert AuditEntry.objects.get().by == acting(client)


def test_a_new_product_whose_address_is_taken_is_refused_in_the_form():
    make_clinic()
    draft("brisalune-croquettes")
    response = back_office().post(
        page("catalog_product_add"),
        {
            "name": "Croquettes",
            "brand": make_brand().pk,
            "category": category("chien").pk,
            "form": "dry",
        },
    )
    assert response.context["adminform"].form.non_field_errors() == [
        "The address brisalune-croquettes belongs to another product."
    ]
    assert (Product.objects.count(), AuditEntry.objects.count()) == (1, 0)


def test_facts_changed_on_the_page_are_shown_and_remembered_with_before_and_after():
    make_clinic()
    product = published("p")
    client = back_office()
    address = page("catalog_product_change", product.pk)
    client.post(address, filled(client.get(address), species=["dog", "cat"], conditions=["RENAL"]))
    product.refresh_from_db()
    assert (product.species, product.conditions) == (["dog", "cat"], ["RENAL"])
    entry = AuditEntry.objects.get(action="product.facts")
    assert entry.changes == {"species": [["dog"], ["dog", "cat"]], "conditions": [[], ["RENAL"]]}
    assert json.loads(Card.objects.get().facts)["species"] == ["cat", "dog"]


def test_a_page_saved_as_it_is_changes_nothing():
    make_clinic()
    product = published("p")
    client = back_office()
    address = page("catalog_product_change", product.pk)
    before = (revision.current(), AuditEntry.objects.count())
    response = client.post(address, filled(client.get(address)))
    assert response.status_code == 302
    assert (revision.current(), AuditEntry.objects.count()) == before


def test_a_change_that_the_law_bars_comes_back_in_the_form_and_the_whole_page_is_left_as_it_was():
    make_clinic()
    product = published("p")
    client = back_office()
    address = page("catalog_product_change", product.pk)
    entries = AuditEntry.objects.count()
    response = client.post(address, filled(client.get(address), slug="ailleurs", species=[]))
    assert response.status_code == 200
    assert response.context["adminform"].form.non_field_errors() == [
        "ailleurs is published and would lack the species: withdraw it first, or add it. "
        "(Reg. (EC) 767/2009 art. 11, 15-17)"
    ]
    product.refresh_from_db()
    assert (product.slug, product.species) == ("p", ["dog"])
    assert AuditEntry.objects.count() == entries


def test_words_edited_on_the_page_are_never_overwritten_by_an_import():
    make_clinic()
    product = published("p")
    client = back_office()
    address = page("catalog_product_change", product.pk)
    client.post(address, filled(client.get(address), **{"texts-0-name": "Mieux"}))
    text = product.texts.get()
    assert (text.name, text.staff_edited) == ("Mieux", ["name"])


def test_english_words_are_added_beside_the_french():
    make_clinic()
    product = published("p")
    client = back_office()
    address = page("catalog_product_change", product.pk)
    added = {"texts-TOTAL_FORMS": "2", "texts-1-language": "en", "texts-1-name": "Kibble"}
    client.post(address, filled(client.get(address), **added))
    assert product.texts.get(language=Language.EN).name == "Kibble"


def test_a_published_food_keeps_its_composition():
    make_clinic()
    product = published("p")
    client = back_office()
    address = page("catalog_product_change", product.pk)
    response = client.post(address, filled(client.get(address), **{"texts-0-composition": ""}))
    assert response.status_code == 200
    assert product.texts.get().composition == "volaille, riz"


def test_a_ration_table_is_kept_as_it_stands_on_the_page():
    make_clinic()
    product = published("p")
    RationRow.objects.create(
        product=product,
        species="dog",
        situation="LOW_ACTIVITY",
        weight_kg=Decimal(5),
        grams_per_day=80,
    )
    client = back_office()
    address = page("catalog_product_change", product.pk)
    added = {
        "ration_rows-TOTAL_FORMS": "2",
        "ration_rows-0-grams_per_day": "85",
        "ration_rows-1-species": "dog",
        "ration_rows-1-situation": "LOW_ACTIVITY",
        "ration_rows-1-weight_kg": "10",
        "ration_rows-1-grams_per_day": "130",
    }
    client.post(address, filled(client.get(address), **added))
    rows = list(product.ration_rows.values_list("weight_kg", "grams_per_day"))
    assert rows == [(Decimal(5), 85), (Decimal(10), 130)]
    assert AuditEntry.objects.get(action="product.rations").changes == {"rows": [1, 2]}


def test_a_food_of_more_than_a_hundred_percent_is_refused():
    make_clinic()
    product = published("p")
    client = back_office()
    address = page("catalog_product_change", product.pk)
    shares = {"protein": "60", "fat": "30", "fibre": "5", "ash": "5", "moisture": "10"}
    added = {f"nutrition-0-{name}": share for name, share in shares.items()}
    sent = filled(client.get(address), **{"nutrition-TOTAL_FORMS": "1", **added})
    response = client.post(address, sent)
    assert response.context["adminform"].form.non_field_errors() == [
        "110 % is not valid here: constituents of 100 % in all expected."
    ]
    assert not hasattr(Product.objects.get(), "nutrition")


def test_the_trail_of_a_product_and_its_packs_stands_on_its_page():
    make_clinic()
    product = published("p")
    client = back_office()
    pack = product.variants.get()
    client.post(page("catalog_variant_price", pack.pk), {"price": "12,50"})
    response = client.get(page("catalog_product_change", product.pk))
    assert [entry.action for entry in response.context["datasets"][0].cl.result_list] == [
        "price.set",
        "product.status",
    ]


def test_a_picture_is_sent_from_a_plain_file_field():
    make_clinic()
    product = draft("p")
    upload = SimpleUploadedFile("sac.png", png())
    response = back_office().post(
        page("catalog_product_picture", product.pk),
        {"picture": upload, "alt_fr": "Sac de face", "alt_en": ""},
    )
    assert response["Location"] == page("catalog_product_change", product.pk) + "#pictures"
    assert product.pictures.get().alt_fr == "Sac de face"


@pytest.mark.parametrize(
    ("data", "alt", "field", "error"),
    [
        (png(), "", "alt_fr", "This field is required."),
        (
            b"not a picture",
            "Sac",
            "__all__",
            "Unsupported format: send a JPEG, PNG or WebP.",
        ),
    ],
)
def test_a_picture_that_is_none_or_has_no_words_is_refused(data, alt, field, error):
    make_clinic()
    product = draft("p")
    response = back_office().post(
        page("catalog_product_picture", product.pk),
        {"picture": SimpleUploadedFile("sac.png", data), "alt_fr": alt},
    )
    assert response.context["form"].errors[field] == [error]
    assert Picture.objects.count() == 0


def test_a_picture_is_described_anew_and_removed_on_the_page():
    make_clinic()
    product = published("p")
    picture(product)
    picture(product, colour="blue")
    client = back_office()
    address = page("catalog_product_change", product.pk)
    changed = {"pictures-0-alt_fr": "Sac de dos", "pictures-1-DELETE": "on"}
    client.post(address, filled(client.get(address), **changed))
    assert [each.alt_fr for each in product.pictures.all()] == ["Sac de dos"]
    assert json.loads(Card.objects.get().brief_fr)["picture"]["alt"] == "Sac de dos"
