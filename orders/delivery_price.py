"""What the delivery of a cart costs."""

from kernel.money import Money
from orders.models import Cart
from orders.totals import ZERO
from orders.vocabulary import DeliveryMethod, ProblemCode


def price_of(cart: Cart, *, weight_g: int, goods: Money) -> tuple[Money | None, ProblemCode | None]:
    """The price of the method chosen, or what keeps it from being one; nothing where none is."""
    if cart.method == DeliveryMethod.PICKUP:
        return ZERO, None
    return None, None
