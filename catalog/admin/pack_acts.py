"""What is done to a pack in one go: its price, reductions, VAT rate and deliveries."""

from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin.acting import Act
from accounts.models import Person
from accounts.roles import Duty
from catalog import cards, packs, prices, stock
from catalog.admin import labels
from catalog.admin.pack_forms import DeliveryForm, PriceForm, ReductionForm, VatForm
from catalog.models import StockMovement, Variant
from catalog.pricing import Cut
from catalog.stock import Delivery
from clinic import details, revision
from kernel.money import Money
from kernel.refusals import Refusal

type Told = list[tuple[str, str]]


def price_facts(variant: Variant, at: datetime) -> Told:
    """The price of the moment, and the reference that a reduction starting now would show."""
    timeline = cards.timeline_of(variant)
    facts = [(gettext("Price now"), labels.euros(timeline.price(at)))]
    cut = timeline.cut(at)
    if cut is not None:
        facts.append(
            (gettext("Price without the reduction"), labels.euros(timeline.list_price(at)))
        )
        facts.append((gettext("Reduced until"), labels.moment(cut.until)))
    reference = timeline.reference(Cut(at, None, 0))
    label = gettext("Reference price that a reduction from now would show")
    if reference is None:
        return [*facts, (label, gettext("none: nothing was charged before"))]
    since, until = labels.moment(reference.since), labels.moment(reference.until)
    window = gettext(
        "the lowest price from %(since)s to %(until)s, Code de la consommation L.112-1-1"
    )
    shown = f"{labels.euros(reference.money)} ({window % {'since': since, 'until': until}})"
    return [*facts, (label, shown)]


def _price_beside(variant: Variant, at: datetime) -> dict[str, Any]:
    return {"facts": price_facts(variant, at)}


def reduction_barred(variant: Variant) -> Refusal | None:
    """Why the pack may not be reduced at all, with the article; None when it may."""
    allowed = details.public_details(revision.current()).reductions_allowed
    try:
        prices.refuse_unless_reducible(variant, reductions_allowed=allowed)
    except prices.ReductionNotAllowed as refusal:
        return refusal
    return None


def _set_price(variant: Variant, given: dict[str, Any], by: Person, at: datetime) -> str:
    price: Money = given["price"]
    since = given["since"]
    prices.set_price(variant=variant, price=price, by=by, at=at, since=since)
    words = gettext("The price is %(price)s from %(moment)s.")
    return words % {"price": labels.euros(price), "moment": labels.moment(since or at)}


def _reduce(variant: Variant, given: dict[str, Any], by: Person, at: datetime) -> str:
    starts_at = given["starts_at"] or at
    prices.start_reduction(
        variant=variant,
        price=given["price"],
        starts_at=starts_at,
        ends_at=given["ends_at"],
        by=by,
        at=at,
    )
    fresh = Variant.objects.get(pk=variant.pk)
    segment = cards.timeline_of(fresh).segment(starts_at)
    if segment is None or segment.reference is None:
        words = gettext(
            "Sold for %(price)s, but no reduction is shown: it was as low within 30 days."
        )
        return words % {"price": labels.euros(given["price"])}
    words = gettext("Reduced to %(price)s: shown as −%(percent)s %% off %(reference)s.")
    return words % {
        "price": labels.euros(segment.price),
        "percent": segment.reference.percent_off(segment.price),
        "reference": labels.euros(segment.reference.money),
    }


def _end(variant: Variant, _given: dict[str, Any], by: Person, at: datetime) -> Promise:
    ended = prices.end_reductions(variant=variant, by=by, at=at)
    return _("The pack is back to its price.") if ended else _("No reduction was running.")


def _set_vat(variant: Variant, given: dict[str, Any], by: Person, at: datetime) -> Promise:
    packs.set_vat(variant=variant, percent=given["percent"], by=by, at=at)
    return _("The VAT rate holds from today; the price, which includes it, stays.")


def _receive(variant: Variant, given: dict[str, Any], by: Person, at: datetime) -> str:
    place, note = given["place"], given["reference"].strip()
    known = StockMovement.objects.filter(stock__variant=variant, stock__place=place)
    if note and known.filter(reference=note).exists():
        return gettext("The delivery note %(note)s was received before: nothing is added.") % {
            "note": note
        }
    delivery = Delivery(
        quantity=given["quantity"],
        lot=given["lot"].strip(),
        best_before=given["best_before"],
        reference=note,
    )
    held = stock.receive_stock(variant=variant, place=place, delivery=delivery, by=by, at=at)
    words = gettext("%(quantity)s received: %(place)s now has %(held)s.")
    return words % {"quantity": delivery.quantity, "place": place, "held": held.on_hand}


def _stock_beside(variant: Variant, _at: datetime) -> dict[str, Any]:
    words = gettext("%(held)s on hand, of which %(promised)s promised")
    return {
        "facts": [
            (str(row.place), words % {"held": row.on_hand, "promised": row.reserved})
            for row in variant.stocks.select_related("place")
        ]
    }


ACTS: tuple[Act[Variant], ...] = (
    Act(
        name="receive",
        title=_("Receive stock"),
        button=_("Receive"),
        duty=Duty.RECEIVE_STOCK,
        carry_out=_receive,
        form=DeliveryForm,
        beside=_stock_beside,
    ),
    Act(
        name="price",
        title=_("New price"),
        button=_("Set the price"),
        duty=Duty.SET_PRICES,
        carry_out=_set_price,
        form=PriceForm,
        beside=_price_beside,
    ),
    Act(
        name="reduction",
        title=_("Reduction"),
        button=_("Start the reduction"),
        duty=Duty.SET_PRICES,
        carry_out=_reduce,
        form=ReductionForm,
        beside=_price_beside,
        barred=reduction_barred,
    ),
    Act(
        name="end-reductions",
        title=_("End the reductions"),
        button=_("Back to the price without reduction"),
        duty=Duty.SET_PRICES,
        carry_out=_end,
        beside=_price_beside,
    ),
    Act(
        name="vat",
        title=_("VAT rate from today"),
        button=_("Set the rate"),
        duty=Duty.SET_PRICES,
        carry_out=_set_vat,
        form=VatForm,
    ),
)
