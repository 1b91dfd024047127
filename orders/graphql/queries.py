"""Carts and orders as they are asked for."""

from typing import Annotated, cast

import strawberry
from strawberry import relay

from accounts.graphql.info import Info
from accounts.graphql.selection import names_below
from kernel.graphql.nodes import uuid_of
from kernel.graphql.paging import PageInfo, cursor, page_info, page_size, read_cursor
from kernel.graphql.payloads import described
from kernel.refusals import NotFound
from orders import access
from orders.graphql.order_types import (
    GuestOrder,
    Order,
    guest_order_of,
    order_of,
    parts_asked,
)
from orders.graphql.showing import shown_cart, shown_order
from orders.graphql.types import Cart


@strawberry.type(description="A page of orders, the latest first.")
class OrderConnection:
    nodes: list[Order] = strawberry.field(description="The orders.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@strawberry.type(description="What the signed-in person buys.")
class OrdersMe:
    @strawberry.field(description="The cart that they are filling, on every device; null for none.")
    def cart(self, info: Info) -> Cart | None:
        found = access.open_cart_of(info.context.viewer)
        return shown_cart(found, info) if found else None

    @strawberry.field(description="What they bought, the latest first.")
    def orders(
        self,
        info: Info,
        first: Annotated[int | None, described("How many; 24 if not given, at most 100.")] = None,
        after: Annotated[str | None, described("The cursor to go on from.")] = None,
    ) -> OrderConnection:
        size = page_size(first)
        place = cast("list[str]", read_cursor(after, str, str)) if after else None
        parts = parts_asked(names_below(info))
        found = access.page_of_orders(info.context.viewer, first=size, after=place, parts=parts)
        page = found[:size]
        cursors = [cursor(each.placed_at.isoformat(), each.number) for each in page]
        return OrderConnection(
            nodes=[order_of(each, at=info.context.at) for each in page],
            page_info=page_info(cursors, has_next=len(found) > size, after=after),
        )


@strawberry.type
class OrdersQuery:
    @strawberry.field(
        description="A cart by its id, which is its key until it is a person's; null where there "
        "is none."
    )
    def cart(self, info: Info, id: Annotated[relay.GlobalID, described("Which.")]) -> Cart | None:  # noqa: A002
        key = uuid_of(id, "Cart")
        try:
            found = access.cart_for(info.context.viewer, key, at=info.context.at)
        except NotFound:
            return None
        return shown_cart(found, info)

    @strawberry.field(
        description="An order by its random id: one's own, a guest's, or any for staff with the "
        "duty `read_orders`; null where there is none."
    )
    def order(self, info: Info, id: Annotated[relay.GlobalID, described("Which.")]) -> Order | None:  # noqa: A002
        try:
            found = access.order_for(info.context.viewer, uuid_of(id, "Order"))
        except NotFound:
            return None
        return shown_order(found, info)

    @strawberry.field(
        description="An order by its number and the e-mail that it was confirmed to: its state and "
        "lines, never an address; null where the two do not belong together."
    )
    def guest_order(
        self,
        info: Info,
        number: Annotated[str, described("The order's number.")],
        email: Annotated[str, described("The e-mail that it was confirmed to.")],
    ) -> GuestOrder | None:
        try:
            found = access.order_of_guest(number, email)
        except NotFound:
            return None
        asked = access.with_parts(found, parts_asked(names_below(info)))
        return guest_order_of(asked, at=info.context.at)
