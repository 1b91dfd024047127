"""Facts changed by hand: what the form of the back office cannot show by itself."""

from decimal import Decimal

import pytest

from accounts.models import AuditEntry
from catalog import editing, packs
from catalog.editing import Ration
from catalog.models import Attribute, Brand, PriceChange, Reduction, Variant
from catalog.packs import GtinTaken, PackFacts, SkuTaken, Tariff
from catalog.prices import ReductionNotAllowed
from catalog.vocabulary import Form, RegulatoryClass, Unit
from kernel.money import Money
from kernel.refusals import Invalid
from tests.builders import NOW, Pack, category, draft, make_clinic, published

pytestmark = pytest.mark.django_db

TARIFF = Tariff(price=Money(990), vat_percent=Decimal(20))


def facts(**changes):
    return PackFacts(
        **{
            "pack_label": "1 kg",
            "net_quantity": 1000,
            "unit": Unit.GRAM,
            "shipping_weight_g": 1050,
            "regulatory_class": RegulatoryClass.FOOD,
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("sku", "gtin", "refusal"),
    [("S1", None, SkuTaken), ("S2", "4006381333931", GtinTaken), (" ", None, Invalid)],
)
def test_a_pack_has_a_sku_and_a_gtin_of_its_own(sku, gtin, refusal):
    make_clinic()
    product = draft("p", Pack(sku="S1", fields={"gtin": "04006381333931"}))
    with pytest.raises(refusal):
        packs.add_pack(
            product=product, sku=sku, facts=facts(gtin=gtin), tariff=TARIFF, by=None, at=NOW
        )
    assert (Variant.objects.count(), PriceChange.objects.count()) == (1, 1)
    assert AuditEntry.objects.count() == 0


def test_the_same_pack_again_is_no_change():
    make_clinic()
    product = draft("p")
    made = packs.add_pack(product=product, sku="S2", facts=facts(), tariff=TARIFF, by=None, at=NOW)
    entries = AuditEntry.objects.count()
    packs.change_pack(variant=made, facts=facts(), by=None, at=NOW)
    assert AuditEntry.objects.count() == entries


def test_a_pack_on_offer_keeps_a_class_that_may_be_reduced():
    make_clinic()
    pack = draft("p").variants.get()
    Reduction.objects.create(variant=pack, price_cents=900, starts_at=NOW)
    with pytest.raises(ReductionNotAllowed) as refused:
        packs.change_pack(
            variant=pack,
            facts=facts(regulatory_class=RegulatoryClass.ANTIPARASITIC_EXTERNAL),
            by=None,
            at=NOW,
        )
    assert refused.value.article == "Code de la santé publique L.5143-2 II"
    pack.refresh_from_db()
    assert pack.regulatory_class == RegulatoryClass.FOOD


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("", None),
        ("  ", None),
        ("4006381333931", "04006381333931"),
        ("400 6381 333 931", "04006381333931"),
        ("96385074", "00000096385074"),
    ],
)
def test_a_gtin_is_stored_as_fourteen_digits(text, stored):
    assert packs.gtin_of(text) == stored


@pytest.mark.parametrize("text", ["4006381333932", "123", "ABCDEFGHIJKLM", "0400638133393"])
def test_a_gtin_with_a_wrong_digit_is_refused(text):
    with pytest.raises(Invalid):
        packs.gtin_of(text)


@pytest.mark.parametrize("percent", [Decimal(-1), Decimal(100)])
def test_a_vat_rate_is_a_percentage(percent):
    make_clinic()
    pack = draft("p").variants.get()
    with pytest.raises(Invalid):
        packs.set_vat(variant=pack, percent=percent, by=None, at=NOW)
    assert pack.vat_rates.count() == 1


def test_properties_are_shown_in_the_language_they_have():
    make_clinic()
    product = published("p")
    attribute = Attribute(slug="matter", label_fr="matière")
    editing.keep_attribute(attribute=attribute, by=None, at=NOW)
    for values in ({attribute: ("cuir", "leather")}, {attribute: ("cuir", "leather")}):
        editing.keep_attributes(product=product, values=values, by=None, at=NOW)
    assert product.attributes.get().value_en == "leather"
    assert AuditEntry.objects.get(action="product.attributes").changes == {
        "matter": ["", "cuir/leather"]
    }


def test_a_ration_of_nothing_is_refused():
    make_clinic()
    product = published("p")
    ration = Ration("dog", "LOW_ACTIVITY", Decimal(5), 0)
    with pytest.raises(Invalid):
        editing.keep_rations(product=product, rations=[ration], by=None, at=NOW)
    assert product.ration_rows.count() == 0


def test_a_draft_needs_a_name():
    make_clinic()
    shelf = category("chien")
    brand = Brand.objects.create(slug="b", name="B")
    with pytest.raises(Invalid):
        editing.start_product(
            name=" ",
            facts=editing.ProductFacts(brand=brand, category=shelf, form=Form.DRY),
            by=None,
            at=NOW,
        )
    assert AuditEntry.objects.count() == 0
