"""Packs in the back office: what they are, cost and have in stock."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.roles import Role
from catalog.models import (
    Card,
    Lot,
    MedicinePack,
    PriceChange,
    Reduction,
    Stock,
    StockMovement,
    Variant,
    VatRate,
)
from catalog.vocabulary import RegulatoryClass
from clinic.models import Place
from clinic.vocabulary import SellerRegime
from tests.builders import (
    NOW,
    Pack,
    draft,
    make_clinic,
    published,
)
from tests.catalog.desk import acting, back_office, filled, page, told

pytestmark = pytest.mark.django_db


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
