"""What a buyer chooses beside the packs: how they are received, and who is invoiced."""

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from django.utils.translation import gettext_lazy as _

from accounts import written
from accounts.written import LONGEST_NAME
from catalog.listing import Reading
from clinic.vocabulary import SellerRegime
from kernel.refusals import ErrorCode, Invalid, Refusal
from orders import billing, delivery, reckoning, slots
from orders.carriers import Parcel
from orders.carts import changing
from orders.delivery import DeliveryOption
from orders.models import Cart, SlotDay
from orders.stored import Billing, PostalAddress
from orders.vocabulary import DeliveryMethod

_LONGEST_CODE = 10


class VoucherNotAllowed(Refusal):
    """A clinic may not advertise reductions: it takes no vouchers."""

    code = ErrorCode.REDUCTION_NOT_ALLOWED
    words = _("This shop takes no vouchers.")
    article = "Code rural et de la pêche maritime R.242-62"


class VoucherUnknown(Refusal):
    """There is no such voucher."""

    code = ErrorCode.CODE_REFUSED
    words = _("We do not know this voucher.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """How the order is to be received: the key of a slot, or a relay point near a postal code."""

    method: DeliveryMethod
    slot: str = ""
    point: str = ""
    postal_code: str = ""
    country: str = "FR"


def options(
    *, cart: Cart, postal_code: str, country: str, reading: Reading
) -> list[DeliveryOption]:
    """How what is in a cart may be received at a postal code, for how much, and when."""
    found = reckoning.reckon(cart, reading, person=None)
    parcel = Parcel(
        country=country,
        postal_code=_code(postal_code),
        weight_g=found.weight_g,
        goods=found.goods,
    )
    return delivery.delivery_options(
        place=cart.place, parcel=parcel, at=reading.at, as_of=reading.revision
    )


def choose_delivery(*, cart: Cart, received: Received, at: datetime) -> Cart:
    """Choose how an order is received; a slot is remembered, and held when the order is placed.

    Raises:
        CartClosed: it is frozen or ordered.
        NotFound: no such slot or relay point.
        SlotGone: the slot is full, or it is too late to ask for it.
        ZoneNotServed: nothing is sent there in that way.
    """
    with changing(cart, at=at) as row:
        row.method = received.method
        row.slot = _slot(row, received, at=at)
        row.relay_point = _point(row, received)
        row.save(update_fields=["method", "slot", "relay_point"])
    return row


def _slot(cart: Cart, received: Received, *, at: datetime) -> SlotDay | None:
    if not received.slot:
        return None
    is_home = received.method == DeliveryMethod.HOME
    code = cart.address.get("postal_code") if is_home else None
    method = received.method
    return slots.slot_named(
        place=cart.place, method=method, key=received.slot, at=at, postal_code=code
    )


def _point(cart: Cart, received: Received) -> PostalAddress | dict[str, str]:
    if received.method != DeliveryMethod.RELAY:
        return {}
    code = _code(received.postal_code)
    found = delivery.point_named(
        place=cart.place, country=received.country, postal_code=code, point_id=received.point
    )
    return {
        "id": found.id,
        "recipient": found.name,
        "line1": found.street,
        "postal_code": found.postal_code,
        "city": found.city,
        "country": received.country,
        "hours": found.hours,
    }


def _code(postal_code: str) -> str:
    """Raises: Invalid."""
    path, expected = ["input", "postalCode"], _("a postal code such as 35000")
    return written.line(
        postal_code, path=path, expected=expected, most=_LONGEST_CODE, required=True
    )


def set_billing(*, cart: Cart, given: Billing, at: datetime) -> Cart:
    """Say who is invoiced: the buyer, or a business with its numbers.

    Raises:
        CartClosed: it is frozen or ordered.
        Invalid: a business without a name, or a number that cannot be one.
    """
    checked = billing.checked_billing(given)
    expected = _("the name of the business")
    name = written.line(
        checked.get("name", ""), path=["input", "name"], expected=expected, most=LONGEST_NAME
    )
    if checked["party"] == "business" and not name:
        raise Invalid(path=["input", "name"], value="", expected=str(expected))
    with changing(cart, at=at) as row:
        row.billing = {**checked, "name": name}
        row.save(update_fields=["billing"])
    return row


def refuse_voucher(regime: str) -> NoReturn:
    """Refuse a voucher: a clinic takes none by its deontology, and this shop has issued none yet.

    Raises:
        VoucherNotAllowed, VoucherUnknown.
    """
    if regime == SellerRegime.CLINIC:
        raise VoucherNotAllowed(path=["input", "code"])
    raise VoucherUnknown(path=["input", "code"])
