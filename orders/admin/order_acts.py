"""What staff do with an order, each on a short page: send, tell, leave out, give back, cancel."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin.acting import Act, told
from accounts.admin.fields import ChoiceField, MoneyField, NumberField, TextField
from accounts.models import Person
from accounts.roles import Duty
from kernel.refusals import ErrorCode, Refusal
from orders import fulfilment, payments, refunds
from orders.admin import labels
from orders.admin.labels import euros
from orders.models import Order, Shipment
from orders.refunds import Back
from orders.states import WrongState
from orders.stripe_gateway import GatewayUnavailable
from orders.totals import ZERO
from orders.vocabulary import CancelReason, RefundReason, ShipmentState

_LINE = "line_"
#: How long a label may be on a phone.
_WIDEST = 36
#: Why staff give money back by hand; the other reasons are found by the shop itself.
_BY_HAND = (RefundReason.RETURN, RefundReason.GOODWILL, RefundReason.NOT_SENT)


class BankAway(Refusal):
    """Stripe cannot be reached: nothing was done."""

    code = ErrorCode.WRONG_STATE
    words = _("The bank cannot be reached: nothing was done, try again in a moment.")


class PacksForm(forms.Form):
    """So many packs of each line; `initial["packs"]` gives (key, name, how many at most, start)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = {
            f"{_LINE}{key}": NumberField(
                label=Truncator(name).chars(_WIDEST),
                help_text=gettext("%(name)s: at most %(most)d") % {"name": name, "most": most},
                min_value=0,
                max_value=most,
                initial=start,
            )
            for key, name, most, start in self.initial.get("packs", ())
        }
        self.fields = {**lines, **self.fields}


def _packs(given: Mapping[str, Any]) -> dict[int, int]:
    return {
        int(name.removeprefix(_LINE)): number
        for name, number in given.items()
        if name.startswith(_LINE) and number
    }


class SendForm(PacksForm):
    tracking = TextField(label=_("Tracking number, or its address"), required=False, max_length=60)


class RefundForm(PacksForm):
    """Shows what the refund comes to first; sent once more, it is done."""

    delivery = MoneyField(label=_("Of the delivery"), required=False)
    goodwill = MoneyField(label=_("A gesture"), required=False)
    reason = ChoiceField(
        label=_("Why"), choices=[(each.value, labels.REFUND_REASONS[each]) for each in _BY_HAND]
    )
    seen_cents = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.errors:
            return given
        try:
            found = refunds.preview(self.initial["order"], _back(given))
        except Refusal as refusal:
            raise ValidationError(told(refusal)) from None
        if given.get("seen_cents") == found.total.cents:
            return given
        self.data = {
            **{name: self.data[name] for name in self.data},
            "seen_cents": str(found.total.cents),
        }
        words = gettext("This gives back %(total)s, of at most %(left)s. Send once more to do it.")
        raise ValidationError(
            words % {"total": euros(found.total.cents), "left": euros(found.left.cents)}
        )


def _back(given: Mapping[str, Any]) -> Back:
    return Back(
        packs=_packs(given),
        delivery=given.get("delivery") or ZERO,
        goodwill=given.get("goodwill") or ZERO,
    )


def _to_prepare(order: Order) -> Shipment:
    """Raises: WrongState."""
    waiting = order.shipments.filter(state=ShipmentState.TO_PREPARE).first()
    if waiting is None:
        raise WrongState(number=order.number)
    return waiting


def _send(order: Order, given: dict[str, Any], by: Person, at: datetime) -> str:
    sent = fulfilment.send(
        shipment=_to_prepare(order),
        quantities=_packs(given),
        tracking=given["tracking"],
        by=by,
        at=at,
    )
    if sent.state == ShipmentState.READY:
        return gettext("The order waits to be fetched; its buyer is told.")
    return gettext("The parcel is on its way; its buyer is told.")


def _deliver(order: Order, _given: dict[str, Any], by: Person, at: datetime) -> str:
    under_way = order.shipments.filter(state__in=[ShipmentState.READY, ShipmentState.SHIPPED])
    if not under_way:
        raise WrongState(number=order.number)
    for shipment in under_way:
        fulfilment.deliver(shipment=shipment, by=by, at=at)
    return gettext("The order has reached its buyer.")


def _leave_out(order: Order, given: dict[str, Any], by: Person, at: datetime) -> str:
    reason = RefundReason.NOT_SENT
    fulfilment.leave_out(order=order, packs=_packs(given), reason=reason, by=by, at=at)
    return gettext("The order is sent without them; they are paid back.")


def _refund(order: Order, given: dict[str, Any], by: Person, at: datetime) -> str:
    reason = RefundReason(given["reason"])
    made = refunds.decide(order=order, back=_back(given), reason=reason, by=by, at=at)
    return gettext("%(amount)s go back to the buyer.") % {"amount": euros(made.amount_cents)}


def _cancel(order: Order, _given: dict[str, Any], by: Person, at: datetime) -> str:
    try:
        payments.call_off(order, reason=CancelReason.BY_STAFF, by=by, at=at)
    except GatewayUnavailable:
        raise BankAway from None
    return gettext("The order is cancelled; what was paid goes back.")


def _left(order: Order, _asked: Mapping[str, str]) -> dict[str, Any]:
    left = fulfilment.left_to_send(order)
    return {
        "packs": [
            (line.pk, f"{line.name} · {line.pack}", left[line.pk], left[line.pk])
            for line in order.lines.all()
            if line.pk in left
        ]
    }


def _left_out(order: Order, asked: Mapping[str, str]) -> dict[str, Any]:
    packs = _left(order, asked)["packs"]
    return {"packs": [(key, name, most, 0) for key, name, most, _start in packs]}


def _bought(order: Order, _asked: Mapping[str, str]) -> dict[str, Any]:
    return {
        "order": order,
        "packs": [
            (line.pk, f"{line.name} · {line.pack}", line.quantity, 0) for line in order.lines.all()
        ],
    }


def _beside(order: Order, _at: datetime) -> dict[str, Any]:
    return {
        "facts": [
            (gettext("Order number"), order.number),
            (gettext("State"), labels.ORDER_STATES[order.state]),  # type: ignore[index]
            (gettext("Total"), euros(order.total_cents)),
        ]
    }


def _act(name: str, words: Any, duty: Duty, carry_out: Any, **more: Any) -> Act[Order]:
    given = {"title": words, "button": words, "beside": _beside, **more}
    return Act(name=name, duty=duty, carry_out=carry_out, **given)


ORDER_ACTS: tuple[Act[Order], ...] = (
    _act("send", _("Send, or set ready"), Duty.FULFIL_ORDERS, _send, form=SendForm, start=_left),
    _act("deliver", _("It arrived, or was fetched"), Duty.FULFIL_ORDERS, _deliver),
    _act(
        "leave-out",
        _("Send without some packs"),
        Duty.FULFIL_ORDERS,
        _leave_out,
        form=PacksForm,
        start=_left_out,
        is_grave=True,
    ),
    _act(
        "refund",
        _("Give money back"),
        Duty.REFUND_ORDERS,
        _refund,
        form=RefundForm,
        start=_bought,
        is_grave=True,
    ),
    _act("cancel", _("Cancel the order"), Duty.FULFIL_ORDERS, _cancel, is_grave=True),
)
