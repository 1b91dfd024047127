"""Where an order may go from where it stands; docs/algorithms/order.md draws it."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

from kernel.refusals import ErrorCode, Refusal
from orders.models import Order
from orders.vocabulary import OrderState

MOVES: Mapping[OrderState, frozenset[OrderState]] = MappingProxyType(
    {
        OrderState.PENDING_PAYMENT: frozenset(
            {OrderState.AWAITING_APPROVAL, OrderState.PAID, OrderState.CANCELLED}
        ),
        OrderState.AWAITING_APPROVAL: frozenset({OrderState.PAID, OrderState.CANCELLED}),
        OrderState.PAID: frozenset(
            {OrderState.PARTLY_SHIPPED, OrderState.SHIPPED, OrderState.CANCELLED}
        ),
        OrderState.PARTLY_SHIPPED: frozenset({OrderState.PARTLY_SHIPPED, OrderState.SHIPPED}),
        OrderState.SHIPPED: frozenset({OrderState.DELIVERED}),
        OrderState.DELIVERED: frozenset(),
        OrderState.CANCELLED: frozenset(),
    }
)
#: Where the money is still awaited.
AWAITING = frozenset({OrderState.PENDING_PAYMENT, OrderState.AWAITING_APPROVAL})
#: Where parcels may be sent.
SENDABLE = frozenset({OrderState.PAID, OrderState.PARTLY_SHIPPED})


class WrongState(Refusal):
    """The order has gone too far, or not far enough, for that."""

    code = ErrorCode.WRONG_STATE
    words = _("Order %(number)s can no longer be changed in that way.")


def refuse_unless_may_go(order: Order, to: OrderState) -> None:
    """Raises: WrongState."""
    if to not in MOVES[OrderState(order.state)]:
        raise WrongState(path=["input", "orderId"], number=order.number)


def move(order: Order, to: OrderState, **facts: object) -> None:
    """Write where a locked order stands now, with what goes with it, and its next version.

    Raises:
        WrongState: it cannot get there from where it stands.
    """
    refuse_unless_may_go(order, to)
    order.state = to
    order.version += 1
    for name, value in facts.items():
        setattr(order, name, value)
    order.save(update_fields=["state", "version", *facts])
