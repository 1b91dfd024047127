"""Packs of products, made and changed by hand; prices are in catalog.prices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from stdnum import ean
from stdnum.exceptions import ValidationError

from accounts import audit
from accounts.models import Person
from catalog import cards, editing, prices, products
from catalog.models import MedicinePack, Product, Variant, VatRate
from catalog.vocabulary import RegulatoryClass, Unit
from kernel.money import Money
from kernel.refusals import ErrorCode, Invalid, Refusal

_GTIN_LENGTHS: Final = (8, 12, 13, 14)
_GTIN_LENGTH: Final = 14
_TOO_MUCH_VAT: Final = 100


class SkuTaken(Refusal):
    code = ErrorCode.ALREADY_USED
    words = _("The SKU %(sku)s belongs to another pack.")


class GtinTaken(Refusal):
    code = ErrorCode.ALREADY_USED
    words = _("The GTIN %(gtin)s belongs to another pack, %(sku)s.")


class ClassGivenByLaw(Refusal):
    """The official list of medicines says what the pack is; nobody here may say otherwise."""

    code = ErrorCode.INVALID
    article = "Code de la santé publique L.5143-2"
    words = _("%(medicine)s stands in the official list of medicines: its class is %(expected)s.")


@dataclass(frozen=True, slots=True)
class PackFacts:
    """What a pack holds; `net_quantity` is the content of one unit in g, ml or pieces."""

    pack_label: str
    net_quantity: int
    unit: Unit
    shipping_weight_g: int
    regulatory_class: RegulatoryClass
    units_per_pack: int = 1
    gtin: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    weight_min_kg: Decimal | None = None
    weight_max_kg: Decimal | None = None
    active_substances: Sequence[str] = ()
    purchase_price_net_cents: int | None = None
    is_active: bool = True
    position: int = 0


@dataclass(frozen=True, slots=True)
class Tariff:
    """The first price of a pack, VAT included, and its VAT rate in percent."""

    price: Money
    vat_percent: Decimal


def add_pack(
    *,
    product: Product,
    sku: str,
    facts: PackFacts,
    tariff: Tariff,
    by: Person | None,
    at: datetime,
) -> Variant:
    """Add a pack with its first price and VAT rate to a product.

    Raises:
        Invalid: no SKU, a wrong GTIN, a range of weights upside down, a price out of range.
        SkuTaken, GtinTaken: another pack has it.
        ClassGivenByLaw: the official list of medicines says otherwise.
        WouldLackParticular: the product is published, and its class asks for more.
    """
    sku = sku.strip()
    if not sku:
        raise Invalid(path=["input", "sku"], value="", expected=str(_("a SKU")))
    with transaction.atomic():
        product = Product.objects.select_for_update().get(pk=product.pk)
        lacked = products.missing_particulars(product)
        if Variant.objects.filter(sku=sku).exists():
            raise SkuTaken(path=["input", "sku"], sku=sku)
        variant = Variant.objects.create(product=product, sku=sku, **_checked(facts, None))
        _write_vat(variant, tariff.vat_percent, at=at)
        prices.set_price(variant=variant, price=tariff.price, by=by, at=at)
        editing.refuse_new_lack(product, lacked)
        changes = {"sku": ["", sku], "vat": ["", str(tariff.vat_percent)]}
        audit.record(action="pack.add", subject=variant, by=by, at=at, changes=changes)
        products.show(product, at=at)
    return variant


def change_pack(*, variant: Variant, facts: PackFacts, by: Person | None, at: datetime) -> Variant:
    """Change what a pack is; its SKU stays for ever. Locks the pack.

    Raises:
        Invalid, GtinTaken, ClassGivenByLaw, WouldLackParticular: as for `add_pack`.
        prices.ReductionNotAllowed: it is on offer, and the new class bars reductions.
    """
    with transaction.atomic():
        variant = Variant.objects.select_for_update().get(pk=variant.pk)
        lacked = products.missing_particulars(variant.product)
        changes = editing.assign(variant, _checked(facts, variant))
        if changes:
            _refuse_barred_reduction(variant, at=at)
            variant.save(update_fields=list(changes))
            editing.refuse_new_lack(variant.product, lacked)
            audit.record(action="pack.facts", subject=variant, by=by, at=at, changes=changes)
            products.show(variant.product, at=at)
    return variant


def _refuse_barred_reduction(variant: Variant, *, at: datetime) -> None:
    still_on = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    if variant.reductions.filter(still_on).exists():
        prices.refuse_unless_reducible(variant, reductions_allowed=True)


def gtin_of(text: str) -> str | None:
    """A GTIN as 14 digits; None for an empty text.

    Raises:
        Invalid: not 8, 12, 13 or 14 digits, or a wrong check digit (GS1, modulo 10).
    """
    plain = "".join(text.split())
    if not plain:
        return None
    try:
        if len(plain) not in _GTIN_LENGTHS:
            raise ValidationError  # noqa: TRY301  (one refusal for both)
        return str(ean.validate(plain)).zfill(_GTIN_LENGTH)
    except ValidationError:
        expected = str(_("a GTIN of 8, 12, 13 or 14 digits with a right check digit"))
        raise Invalid(path=["input", "gtin"], value=text, expected=expected) from None


def _checked(facts: PackFacts, variant: Variant | None) -> dict[str, Any]:
    """The fields of a pack that may stand."""
    values = editing.stored(facts) | {"gtin": gtin_of(facts.gtin or "")}
    low, high = facts.weight_min_kg, facts.weight_max_kg
    if low is not None and high is not None and low > high:
        raise Invalid(path=["input", "weightMaxKg"], value=str(high), expected=f">= {low}")
    if values["gtin"]:
        _refuse_clash(values["gtin"], facts.regulatory_class, variant)
    return values


def _refuse_clash(gtin: str, named: RegulatoryClass, variant: Variant | None) -> None:
    others = Variant.objects.exclude(pk=variant.pk if variant else 0)
    other = others.filter(gtin=gtin).first()
    if other is not None:
        raise GtinTaken(path=["input", "gtin"], gtin=gtin, sku=other.sku)
    listed = MedicinePack.objects.filter(gtin=gtin).first()
    if listed is not None and listed.regulatory_class != named:
        raise ClassGivenByLaw(
            path=["input", "regulatoryClass"],
            medicine=listed.medicine,
            expected=listed.regulatory_class,
        )


def set_vat(*, variant: Variant, percent: Decimal, by: Person | None, at: datetime) -> None:
    """Set the VAT rate of a pack from today; prices, which include it, stay.

    Raises:
        Invalid: not from 0 to under 100.
    """
    if not 0 <= percent < _TOO_MUCH_VAT:
        raise Invalid(path=["input", "percent"], value=str(percent), expected="0 - 99.99")
    with transaction.atomic():
        Variant.objects.select_for_update().get(pk=variant.pk)
        before = variant.vat_rates.order_by("effective_from").last()
        if before is not None and before.percent == percent:
            return
        _write_vat(variant, percent, at=at)
        changes = {"percent": [before and str(before.percent), str(percent)]}
        audit.record(action="vat.set", subject=variant, by=by, at=at, changes=changes)
        cards.project([variant.product_id], at=at)


def _write_vat(variant: Variant, percent: Decimal, *, at: datetime) -> None:
    VatRate.objects.update_or_create(
        variant=variant, effective_from=at.date(), defaults={"percent": percent}
    )
