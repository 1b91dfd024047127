"""From ids to carts and orders through their door, and back as they stand."""

from collections.abc import Callable

from graphql import GraphQLError
from strawberry import relay

from accounts.graphql.info import Info
from accounts.graphql.selection import names_below
from catalog.graphql.making import reading_of
from kernel.graphql.nodes import uuid_of
from orders import access
from orders.graphql.order_types import Order, order_of, parts_asked
from orders.graphql.types import Cart, cart_of
from orders.models import Cart as CartRow
from orders.models import Order as OrderRow
from orders.stripe_gateway import GatewayUnavailable


def cart_named(given: relay.GlobalID, info: Info) -> CartRow:
    """Raises: NotFound."""
    key = uuid_of(given, "Cart")
    return access.cart_for(info.context.viewer, key, at=info.context.at)


def shown_cart(cart: CartRow, info: Info) -> Cart:
    """A cart as it would be bought now."""
    return cart_of(cart, reading_of(info), person=info.context.viewer.person)


def order_named(given: relay.GlobalID, info: Info) -> OrderRow:
    """Raises: NotFound."""
    return access.order_for(info.context.viewer, uuid_of(given, "Order"))


def order_to_pay(given: relay.GlobalID, info: Info) -> OrderRow:
    """Raises: NotFound."""
    return access.order_to_pay(info.context.viewer, uuid_of(given, "Order"))


def shown_order(row: OrderRow, info: Info) -> Order:
    """An order, read a moment ago, with the parts that are asked for."""
    asked = access.with_parts(row, parts_asked(names_below(info)))
    return order_of(asked, at=info.context.at)


def order_now(row: OrderRow, info: Info) -> Order:
    """An order as it stands after a change."""
    return shown_order(access.order_for(info.context.viewer, row.pk), info)


def reached[Found](ask: Callable[[], Found]) -> Found:
    """Raises: GraphQLError `UNAVAILABLE` while Stripe cannot be reached; nothing is lost."""
    try:
        return ask()
    except GatewayUnavailable:
        raise GraphQLError(
            "The bank cannot be reached: try again in a moment.",
            extensions={"code": "UNAVAILABLE"},
        ) from None
