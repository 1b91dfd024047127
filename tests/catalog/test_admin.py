"""The back office of the catalogue: each change through a verb, each refusal told."""

import csv
import io
import json
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.models import AuditEntry, Login, Person
from accounts.roles import Role
from catalog import gallery
from catalog.admin.imports import harmless
from catalog.models import (
    Card,
    ImportRun,
    Lot,
    MedicinePack,
    Picture,
    PriceChange,
    Product,
    RationRow,
    Reduction,
    SearchMiss,
    Stock,
    StockMovement,
    SupplierFormat,
    SynonymGroup,
    Variant,
    VatRate,
)
from catalog.vocabulary import ProductStatus, RegulatoryClass
from clinic import details, revision
from clinic.models import Place
from clinic.vocabulary import SellerRegime
from kernel.animals import Language
from tests.builders import (
    NOW,
    Pack,
    category,
    draft,
    make_brand,
    make_clinic,
    published,
    staff,
)

pytestmark = pytest.mark.django_db


def back_office(role=Role.MANAGER):
    client = Client(headers={"accept-language": "en"})
    client.force_login(staff(role))
    return client


def acting(client):
    return Person.objects.get(login_id=client.session["_auth_user_id"])


def page(name, *args):
    return reverse(f"admin:{name}", args=args)


def told(response):
    """What the page that follows says."""
    return [str(message) for message in response.context["messages"]]


def filled(response, **changes):
    """What a browser would send back of a page, with some fields changed."""
    sent = {}
    formsets = [each.formset for each in response.context["inline_admin_formsets"]]
    forms = [response.context["adminform"].form]
    for formset in formsets:
        forms += [formset.management_form, *formset.forms]
    for form in forms:
        for field in form:
            value = field.value()
            if value is True:
                sent[field.html_name] = "on"
            elif isinstance(value, list):
                sent[field.html_name] = [str(each) for each in value]
            elif value is not None and value is not False:
                sent[field.html_name] = str(value)
    sent.update(changes)
    return sent


def png(colour="red"):
    data = io.BytesIO()
    Image.new("RGB", (40, 40), colour).save(data, "PNG")
    return data.getvalue()


def picture(product, *, colour="red"):
    made = gallery.add_picture(product=product, data=png(colour), alt=("Sac", ""), by=None, at=NOW)
    gallery.render_picture(made.pk, at=NOW)
    return made


# Products


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


# Pictures


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


# Packs


def new_pack(product, **changes):
    return {
        "product": product.pk,
        "sku": "NEW-1",
        "price": "12,90",
        "vat": "20",
        "pack_label": "2 kg",
        "units_per_pack": "1",
        "net_quantity": "2000",
        "unit": "g",
        "shipping_weight_g": "2100",
        "regulatory_class": "FOOD",
        "is_active": "on",
        "position": "1",
        "gtin": "4006381333931",
        "option_lines": "size: M",
        **changes,
    }


def test_a_pack_is_added_with_its_first_price_and_its_rate():
    make_clinic()
    product = draft("p")
    client = back_office()
    client.post(page("catalog_variant_add"), new_pack(product))
    pack = Variant.objects.get(sku="NEW-1")
    assert (pack.gtin, pack.options, pack.net_quantity) == ("04006381333931", {"size": "M"}, 2000)
    assert pack.price_changes.get().gross_cents == 1290
    assert pack.vat_rates.get().percent == 20
    actions = set(AuditEntry.objects.values_list("action", "by"))
    assert actions == {("price.set", acting(client).pk), ("pack.add", acting(client).pk)}


@pytest.mark.parametrize(
    ("changes", "field", "error"),
    [
        (
            {"gtin": "4006381333932"},
            "gtin",
            "4006381333932 is not valid here: "
            "a GTIN of 8, 12, 13 or 14 digits with a right check digit expected.",
        ),
        (
            {"gtin": "5901234123457"},
            "regulatory_class",
            "Doxy stands in the official list of medicines: its class is MEDICINE_RX. "
            "(Code de la santé publique L.5143-2)",
        ),
        ({"price": "20000"}, "price", "20000.00 is not valid here: 0.01 - 10000.00 expected."),
        ({"price": "cheap"}, "price", "An amount such as 12,90."),
        (
            {"weight_min_kg": "10", "weight_max_kg": "5"},
            "weight_max_kg",
            "5 is not valid here: >= 10 expected.",
        ),
    ],
)
def test_a_pack_that_cannot_be_is_refused_beside_its_field(changes, field, error):
    make_clinic()
    product = draft("p")
    MedicinePack.objects.create(
        gtin="05901234123457", medicine="Doxy", regulatory_class=RegulatoryClass.MEDICINE_RX
    )
    response = back_office().post(page("catalog_variant_add"), new_pack(product, **changes))
    assert response.context["adminform"].form.errors[field] == [error]
    assert (Variant.objects.count(), VatRate.objects.count()) == (1, 1)
    assert (PriceChange.objects.count(), AuditEntry.objects.count()) == (1, 0)


def test_the_class_of_a_pack_on_sale_follows_the_law_of_what_is_shown():
    make_clinic()
    pack = published("p").variants.get()
    client = back_office()
    address = page("catalog_variant_change", pack.pk)
    response = client.post(address, filled(client.get(address), regulatory_class="DIETETIC_FOOD"))
    assert response.context["adminform"].form.non_field_errors() == [
        "p is published and would lack the dietetic purpose: withdraw it first, or add it. "
        "(Reg. (EU) 2020/354 art. 1; Reg. (EC) 767/2009 art. 18)"
    ]
    pack.refresh_from_db()
    assert pack.regulatory_class == "FOOD"


def test_a_pack_on_offer_does_not_become_a_medicine():
    make_clinic()
    pack = draft("p").variants.get()
    Reduction.objects.create(variant=pack, price_cents=900, starts_at=NOW)
    client = back_office()
    address = page("catalog_variant_change", pack.pk)
    response = client.post(address, filled(client.get(address), regulatory_class="MEDICINE_OTC"))
    assert response.status_code == 200
    pack.refresh_from_db()
    assert pack.regulatory_class == "FOOD"


def test_a_pack_taken_off_sale_leaves_the_card():
    make_clinic()
    product = published("p", Pack(sku="A"), Pack(sku="B"))
    client = back_office()
    address = page("catalog_variant_change", Variant.objects.get(sku="B").pk)
    sent = filled(client.get(address))
    del sent["is_active"]
    client.post(address, sent)
    shown = json.loads(Card.objects.get(product=product).brief_fr)["variants"]
    assert [each["sku"] for each in shown] == ["A"]


# Prices


def test_a_new_price_is_added_to_the_history():
    make_clinic()
    pack = published("p").variants.get()
    response = back_office().post(
        page("catalog_variant_price", pack.pk), {"price": "12,50", "since": ""}, follow=True
    )
    assert told(response)[0].startswith("The price is €12.50 from ")
    assert [row.gross_cents for row in pack.price_changes.all()] == [1000, 1250]
    assert [row.price for row in response.context["panel"]["prices"]] == ["€12.50", "€10.00"]


def test_a_price_out_of_range_is_told_beside_its_field_and_not_written():
    make_clinic()
    pack = published("p").variants.get()
    response = back_office().post(page("catalog_variant_price", pack.pk), {"price": "20000"})
    assert response.context["form"].errors == {
        "price": ["20000.00 is not valid here: 0.01 - 10000.00 expected."]
    }
    assert pack.price_changes.count() == 1


def test_the_page_shows_the_reference_that_a_reduction_would_show():
    make_clinic()
    pack = published("p").variants.get()
    at = timezone.now()
    PriceChange.objects.create(
        variant=pack, gross_cents=950, effective_from=at - timedelta(days=20), recorded_at=at
    )
    PriceChange.objects.create(
        variant=pack, gross_cents=1100, effective_from=at - timedelta(days=10), recorded_at=at
    )
    facts = dict(back_office().get(page("catalog_variant_reduction", pack.pk)).context["facts"])
    assert facts["Price now"] == "€11.00"
    shown = facts["Reference price that a reduction from now would show"]
    assert shown.startswith("€9.50 (the lowest price from ")


def test_a_reduction_says_what_the_shop_will_show():
    make_clinic()
    pack = published("p").variants.get()
    response = back_office().post(
        page("catalog_variant_reduction", pack.pk), {"price": "8"}, follow=True
    )
    assert told(response) == ["Reduced to €8.00: shown as −20 % off €10.00."]
    assert pack.reductions.get().price_cents == 800


def test_a_reduction_above_the_lowest_price_of_the_month_is_sold_but_not_shown():
    make_clinic()
    pack = published("p").variants.get()
    at = timezone.now()
    for cents, days in ((700, 20), (1000, 10)):
        PriceChange.objects.create(
            variant=pack,
            gross_cents=cents,
            effective_from=at - timedelta(days=days),
            recorded_at=at,
        )
    response = back_office().post(
        page("catalog_variant_reduction", pack.pk), {"price": "8"}, follow=True
    )
    assert told(response) == [
        "Sold for €8.00, but no reduction is shown: it was as low within 30 days."
    ]


@pytest.mark.parametrize(
    ("regime", "kind", "why"),
    [
        (
            SellerRegime.CLINIC,
            RegulatoryClass.FOOD,
            "S1 may not be sold at a reduced price: the seller is the clinic itself "
            "(Code rural R.242-62)",
        ),
        (
            SellerRegime.TRADING_COMPANY,
            RegulatoryClass.MEDICINE_RX,
            "S1 may not be sold at a reduced price: MEDICINE_RX (Reg. (EU) 2019/6 art. 104)",
        ),
    ],
)
def test_a_barred_reduction_gives_its_article_before_anything_is_typed(regime, kind, why):
    make_clinic(regime)
    pack = draft("p", Pack(sku="S1", kind=kind)).variants.get()
    client = back_office()
    address = page("catalog_variant_reduction", pack.pk)
    assert client.get(address).context["barred"] == why
    response = client.post(address, {"price": "8"})
    assert response.context["form"].non_field_errors() == [why]
    assert (Reduction.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_reductions_are_ended_by_a_button():
    make_clinic()
    pack = published("p").variants.get()
    client = back_office()
    client.post(page("catalog_variant_reduction", pack.pk), {"price": "8"})
    response = client.post(page("catalog_variant_end-reductions", pack.pk), follow=True)
    assert told(response)[-1] == "The pack is back to its price."
    assert pack.reductions.get().ends_at is not None


def test_a_vat_rate_holds_from_today_and_the_price_stays():
    make_clinic()
    pack = published("p").variants.get()
    back_office().post(page("catalog_variant_vat", pack.pk), {"percent": "5.5"})
    assert [rate.percent for rate in pack.vat_rates.all()] == [Decimal(20), Decimal("5.5")]
    assert AuditEntry.objects.get(action="vat.set").changes == {"percent": ["20.00", "5.5"]}


# Stock


def delivery(**changes):
    place = Place.objects.get()
    return {
        "quantity": "6",
        "lot": "L1",
        "best_before": "2099-03-01",
        "reference": "BL-7",
        "place": place.pk,
        **changes,
    }


def test_a_delivery_is_received_once_in_the_name_of_who_holds_it():
    make_clinic()
    pack = published("p", Pack(stock=2)).variants.get()
    client = back_office(Role.ASSISTANT)
    address = page("catalog_variant_receive", pack.pk)
    first = client.post(address, delivery(), follow=True)
    again = client.post(address, delivery(), follow=True)
    assert (told(first), told(again)) == (
        ["6 received: Rennes now has 8."],
        ["The delivery note BL-7 was received before: nothing is added."],
    )
    lot = Lot.objects.get()
    assert (lot.code, lot.best_before, lot.quantity) == ("L1", date(2099, 3, 1), 6)
    assert (Stock.objects.get().on_hand, StockMovement.objects.get().by) == (8, acting(client))


@pytest.mark.parametrize(
    ("changes", "field", "error"),
    [
        (
            {"best_before": "2020-01-01"},
            "best_before",
            "Lot L1 was best before 2020-01-01. (Reg. (EC) 767/2009 art. 15)",
        ),
        (
            {"quantity": "100001"},
            "quantity",
            "100001 is not valid here: 1 - 100000 expected.",
        ),
        ({"quantity": ""}, "quantity", "This field is required."),
    ],
)
def test_a_delivery_that_cannot_be_is_refused_beside_its_field(changes, field, error):
    make_clinic()
    pack = published("p", Pack(stock=2)).variants.get()
    response = back_office().post(page("catalog_variant_receive", pack.pk), delivery(**changes))
    assert response.context["form"].errors == {field: [error]}
    assert (Stock.objects.get().on_hand, Lot.objects.count()) == (2, 0)


# Who may do what


@pytest.mark.parametrize(
    ("role", "opens"),
    [
        (
            Role.MANAGER,
            {"catalog_product", "catalog_variant", "clinic_clinic", "accounts_auditentry"},
        ),
        (Role.CATALOGUE, {"catalog_product", "catalog_variant"}),
        (Role.ASSISTANT, {"catalog_variant"}),
        (Role.VET, set()),
    ],
)
def test_a_role_opens_its_pages_and_no_other(role, opens):
    make_clinic()
    client = back_office(role)
    pages = {"catalog_product", "catalog_variant", "clinic_clinic", "accounts_auditentry"}
    found = {each: client.get(page(f"{each}_changelist")).status_code for each in pages}
    assert {each for each, status in found.items() if status in (200, 302)} == opens
    assert {found[each] for each in pages - opens} <= {403}


def test_an_assistant_receives_deliveries_and_sets_no_price():
    make_clinic()
    pack = published("p").variants.get()
    client = back_office(Role.ASSISTANT)
    response = client.get(page("catalog_variant_change", pack.pk))
    assert list(response.context["panel"]["acts"]) == ["receive"]
    assert client.post(page("catalog_variant_price", pack.pk), {"price": "1"}).status_code == 403
    assert client.post(page("catalog_product_withdraw", pack.product_id)).status_code == 403
    assert pack.price_changes.count() == 1
    assert Product.objects.get().status == ProductStatus.PUBLISHED


def test_nobody_deletes_products_or_packs():
    make_clinic()
    product = published("p")
    client = back_office()
    assert (
        client.post(page("catalog_product_delete", product.pk), {"post": "yes"}).status_code == 403
    )
    pack = product.variants.get()
    assert client.post(page("catalog_variant_delete", pack.pk), {"post": "yes"}).status_code == 403
    assert Product.objects.count() == 1


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "model",
    [model for model in admin.site._registry if not model._meta.abstract],
    ids=lambda model: model._meta.label,
)
def test_every_page_of_the_back_office_opens(model, language):
    make_clinic()
    published("p")
    client = Client(headers={"accept-language": language})
    client.force_login(Login.objects.create_superuser("root@clinique.example", "secret-secret"))
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    listed = client.get(page(f"{name}_changelist"), follow=True)
    assert listed.status_code == 200
    added = client.get(page(f"{name}_add"))
    assert added.status_code in (200, 403)


# Words


def test_synonyms_are_used_from_then_on():
    client = back_office()
    before = revision.current()
    client.post(page("catalog_synonymgroup_add"), {"terms": " croquette \n\nkibble"})
    group = SynonymGroup.objects.get()
    assert group.terms == "croquette\nkibble"
    assert revision.current().number == before.number + 1
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by) == ("synonyms.save", acting(client))
    client.post(page("catalog_synonymgroup_delete", group.pk), {"post": "yes"})
    assert SynonymGroup.objects.count() == 0


def test_a_word_alone_is_no_synonym():
    response = back_office().post(page("catalog_synonymgroup_add"), {"terms": "croquette"})
    assert response.context["adminform"].form.errors == {
        "terms": ["croquette is not valid here: two words or more, one a line expected."]
    }
    assert (SynonymGroup.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_a_category_moved_below_itself_is_refused_in_the_form():
    make_clinic()
    deepest = category("a/b/c")
    root = deepest.parent.parent
    client = back_office()
    address = page("catalog_category_change", root.pk)
    response = client.post(address, filled(client.get(address), parent=deepest.pk))
    assert response.context["adminform"].form.errors["parent"] == [
        "a is not valid here: at most three levels expected."
    ]
    root.refresh_from_db()
    assert root.parent is None


def test_a_renamed_brand_is_renamed_on_its_cards_and_in_the_trail():
    make_clinic()
    product = published("p")
    client = back_office()
    address = page("catalog_brand_change", product.brand_id)
    client.post(address, filled(client.get(address), name="Brisalune Vet"))
    assert json.loads(Card.objects.get().brief_fr)["brand"]["name"] == "Brisalune Vet"
    assert AuditEntry.objects.get(action="brand.save").changes == {
        "name": ["Brisalune", "Brisalune Vet"]
    }


# Imports

HEADER = "Réf;Libellé;Marque;PU TTC;Rayon;Qté"


def supplier_csv(*lines):
    return SimpleUploadedFile("tarif.csv", "\n".join([HEADER, *lines]).encode())


def centravet():
    columns = {
        "Réf": "sku",
        "Libellé": "name",
        "Marque": "brand",
        "PU TTC": "price",
        "Rayon": "category",
        "Qté": "quantity",
    }
    return SupplierFormat.objects.create(supplier="centravet", columns=columns)


def test_a_file_is_rehearsed_then_imported():
    make_clinic()
    supplier = centravet()
    client = back_office()
    sound, unsound = "A-1;Laisse;Petirelle;9,90;chien;1", "A-2;Collier;Petirelle;cher;chien;1"
    rehearsed = client.post(
        page("catalog_importrun_new"),
        {"file": supplier_csv(sound, unsound), "supplier": supplier.pk},
        follow=True,
    )
    run = ImportRun.objects.get()
    assert (run.is_dry, run.counts["new"], run.counts["refused"]) == (True, 1, 1)
    assert Product.objects.count() == 0
    assert [problem.line for problem in rehearsed.context["panel"]["problems"]] == [3]

    done = client.post(page("catalog_importrun_carry_out", run.pk), {"publish": "on"}, follow=True)
    assert told(done) == ["The import is done."]
    assert Variant.objects.get().sku == "A-1"
    assert ImportRun.objects.get(is_dry=False).by == acting(client)

    again = client.post(page("catalog_importrun_carry_out", run.pk), follow=True)
    assert told(again) == ["The file was imported, or is no longer kept: send it anew."]
    assert Variant.objects.count() == 1


def test_all_or_nothing_imports_nothing_when_a_row_is_refused():
    make_clinic()
    supplier = centravet()
    client = back_office()
    rows = "A-1;Laisse;Petirelle;9,90;chien;1", "A-2;Collier;Petirelle;cher;chien;1"
    client.post(
        page("catalog_importrun_new"), {"file": supplier_csv(*rows), "supplier": supplier.pk}
    )
    run = ImportRun.objects.get()
    response = client.post(
        page("catalog_importrun_carry_out", run.pk), {"strict": "on"}, follow=True
    )
    assert told(response) == ["A row was refused, so nothing was imported."]
    assert Product.objects.count() == 0


def test_refused_rows_are_taken_home_as_a_file_that_no_spreadsheet_executes():
    make_clinic()
    client = back_office()
    run = ImportRun.objects.create(path="tarif.csv", started_at=NOW)
    run.problems.create(
        file="tarif.csv", line=2, column="name", value="=cmd|' /C calc'!A0", expected="a value"
    )
    response = client.get(page("catalog_importrun_refused", run.pk))
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert rows == [
        ["file", "line", "column", "value", "expected"],
        ["tarif.csv", "2", "name", "'=cmd|' /C calc'!A0", "a value"],
    ]


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_cell_that_begins_like_a_formula_is_made_harmless(mark):
    assert harmless(f"{mark}1") == f"'{mark}1"


def archive(**files):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name.replace("__", "/"), content)
    return SimpleUploadedFile("clinique.zip", data.getvalue())


def test_a_zip_of_another_folder_never_writes_outside_its_own():
    make_clinic()
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        made.writestr("../../../../../../tmp/products.csv", "product_id;slug\n")
        made.writestr("/etc/variants.csv", "x")
    upload = SimpleUploadedFile("clinique.zip", data.getvalue())
    response = back_office().post(page("catalog_importrun_new"), {"file": upload})
    assert response.context["form"].errors["file"][0].startswith("products.csv:1: ")
    assert not Path("/tmp/products.csv").exists()
    assert Product.objects.count() == 0


@pytest.mark.parametrize(
    ("upload", "error"),
    [
        (lambda: archive(readme="x"), "clinique.zip: there is no products.csv in it"),
        (
            lambda: archive(**{"a__products.csv": "x", "b__products.csv": "x"}),
            "clinique.zip: it holds two files of one name",
        ),
        (
            lambda: SimpleUploadedFile("clinique.zip", b"not a zip"),
            "clinique.zip: it is damaged, encrypted, or no ZIP",
        ),
        (
            lambda: archive(**{"products.csv": b"\0" * (201 << 20)}),
            "clinique.zip: it grows over 200 MB when unpacked",
        ),
    ],
    ids=["no table", "twice", "damaged", "blown up"],
)
def test_an_archive_that_is_not_the_clinics_folder_is_refused(upload, error):
    make_clinic()
    response = back_office().post(page("catalog_importrun_new"), {"file": upload()})
    assert response.context["form"].non_field_errors() == [error]
    assert ImportRun.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "with_supplier", "errors"),
    [
        ("tarif.exe", False, {"file": ["A CSV, XLSX or ZIP file."]}),
        (
            "tarif.csv",
            False,
            {
                "supplier": [
                    "A ZIP is the clinic's folder; a CSV or XLSX needs the supplier it is from."
                ]
            },
        ),
    ],
)
def test_a_file_of_nobody_is_refused(name, with_supplier, errors):
    response = back_office().post(
        page("catalog_importrun_new"), {"file": SimpleUploadedFile(name, b"a;b\n1;2")}
    )
    assert response.context["form"].errors == errors


# The first page


def test_the_first_page_counts_what_waits():
    place = make_clinic()
    draft("waiting")
    published("sold-out", Pack(stock=0))
    soon = published("soon", Pack(sku="SOON", stock=3)).variants.get()
    Lot.objects.create(
        stock=Stock.objects.get(variant=soon, place=place),
        code="L9",
        best_before=timezone.now().date() + timedelta(days=10),
        quantity=3,
    )
    for days, times in ((0, 2), (1, 3), (40, 9)):
        day = timezone.now().date() - timedelta(days=days)
        SearchMiss.objects.create(text="harnais", day=day, times=times)
    details.note_heartbeat(at=timezone.now())
    response = back_office().get(page("index"))
    shown = {tile["title"]: tile["count"] for tile in response.context["tiles"]}
    assert shown == {
        "Drafts waiting": 1,
        "Packs out of stock": 1,
        "Lots near their date (30 days)": 1,
        "Searched in vain this week": 1,
        "Tasks that need a person": 0,
        "Background worker": "alive",
    }


def test_the_first_page_of_a_vet_asks_nothing_of_them():
    make_clinic()
    response = back_office(Role.VET).get(page("index"))
    assert (response.context["tiles"], response.context["groups"]) == ([], [])
