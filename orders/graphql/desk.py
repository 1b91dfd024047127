"""What the staff do with orders: find, send, leave out, give back, recall."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Annotated, cast

import strawberry
from strawberry import relay

from accounts.graphql.info import Info
from accounts.graphql.repeating import KEY, carried_out_once
from accounts.graphql.selection import names_below
from accounts.graphql.viewer import acting
from accounts.idempotency import IdempotencyConflict
from accounts.roles import Duty
from kernel.graphql.money import Money, money_of
from kernel.graphql.nodes import global_id, key_of
from kernel.graphql.paging import PageInfo, cursor, page_info, page_size, read_cursor
from kernel.graphql.payloads import Answers, Payload, described
from kernel.money import Money as Cents
from kernel.refusals import Invalid, NotFound
from orders import access, fulfilment, models, refunds
from orders.access import Wanted
from orders.graphql.buying import ORDER, OrderChanged
from orders.graphql.order_types import Refund, order_of, parts_asked, refund_of
from orders.graphql.queries import OrderConnection
from orders.graphql.showing import order_named, order_now
from orders.refunds import Back, RefundTooMuch
from orders.states import WrongState
from orders.vocabulary import OrderState, RefundReason


@strawberry.input(description="A state, or one of several; an empty list matches nothing.")
class OrderStateFilter:
    eq: OrderState | None = strawberry.field(default=None, description="This one.")
    in_: list[OrderState] | None = strawberry.field(
        default=None, name="in", description="One of these."
    )


@strawberry.input(description="Which orders; all that is given must hold.")
class OrderWhere:
    state: OrderStateFilter | None = strawberry.field(default=None, description="Where it stands.")
    number: str | None = strawberry.field(default=None, description="Its number.")
    email: str | None = strawberry.field(default=None, description="The e-mail of its buyer.")
    promised_before: datetime.datetime | None = strawberry.field(
        default=None, description="Promised before this moment."
    )


@strawberry.input(description="Packs of a line.")
class PacksInput:
    line_id: relay.GlobalID = strawberry.field(description="The line of the order.")
    quantity: int = strawberry.field(description="How many packs.")


@strawberry.input(description="A parcel to hand over.")
class ShipmentSendInput:
    shipment_id: relay.GlobalID = strawberry.field(description="The parcel.")
    lines: list[PacksInput] | None = strawberry.field(
        default=None, description="What is in it, where not all; the rest waits in another."
    )
    tracking: str = strawberry.field(
        default="", description="The carrier's number, or the address where it is followed."
    )
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A parcel that arrived or was fetched.")
class ShipmentDeliverInput:
    shipment_id: relay.GlobalID = strawberry.field(description="The parcel.")


@strawberry.input(description="Packs that an order is sent without.")
class OrderLeaveOutInput:
    order_id: relay.GlobalID = strawberry.field(description=ORDER)
    lines: list[PacksInput] = strawberry.field(description="Which packs; they are paid back.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Money to give back.")
class BackInput:
    order_id: relay.GlobalID = strawberry.field(description=ORDER)
    lines: list[PacksInput] = strawberry.field(
        default_factory=list, description="Packs that are paid back."
    )
    delivery_cents: int = strawberry.field(default=0, description="Of the delivery that was paid.")
    goodwill_cents: int = strawberry.field(default=0, description="A gesture of the clinic.")


@strawberry.input(description="Money to give back, and why.")
class OrderRefundInput(BackInput):
    reason: RefundReason = strawberry.field(description="Why.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="What came of handing a parcel over.")
class ShipmentSendPayload(OrderChanged):
    pass


@strawberry.type(description="What came of a parcel's arrival.")
class ShipmentDeliverPayload(OrderChanged):
    pass


@strawberry.type(description="What came of leaving packs out.")
class OrderLeaveOutPayload(OrderChanged):
    pass


@strawberry.type(description="What came of giving money back.")
class OrderRefundPayload(OrderChanged):
    refund: Refund | None = strawberry.field(default=None, description="What was decided.")


@strawberry.type(description="What giving money back would come to.")
class RefundPreview(Payload):
    goods: Money | None = strawberry.field(default=None, description="Of the packs.")
    total: Money | None = strawberry.field(default=None, description="All of it.")
    left: Money | None = strawberry.field(
        default=None, description="What could be given back at most."
    )


@strawberry.type(description="Packs of a lot that somebody received.")
class LotSent:
    order_number: str = strawberry.field(description="The order.")
    order_id: strawberry.ID = strawberry.field(description="Its id.")
    email: str = strawberry.field(description="Whom to write to.")
    name: str = strawberry.field(description="What it was called.")
    quantity: int = strawberry.field(description="How many packs.")
    sent_at: datetime.datetime | None = strawberry.field(description="When they left.")


@strawberry.type(description="A page of who got a lot, the latest first.")
class LotSentConnection:
    nodes: list[LotSent] = strawberry.field(description="Who got it.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@strawberry.type
class DeskQuery:
    @strawberry.field(
        description="Orders, the earliest promise first. Asks the duty `read_orders`."
    )
    def orders(
        self,
        info: Info,
        where: Annotated[OrderWhere | None, described("Which; all if left out.")] = None,
        first: Annotated[int | None, described("How many, 1 to 100; 24 if not given.")] = None,
        after: Annotated[str | None, described("Cursor of the last order seen.")] = None,
    ) -> OrderConnection:
        acting(info, Duty.READ_ORDERS)
        size = page_size(first)
        place = cast("list[str]", read_cursor(after, str, str)) if after else None
        parts = parts_asked(names_below(info))
        found = access.orders_of_desk(_wanted(where), first=size, after=place, parts=parts)
        page = found[:size]
        cursors = [cursor(access.due_of(each).isoformat(), each.number) for each in page]
        return OrderConnection(
            nodes=[order_of(each, at=info.context.at) for each in page],
            page_info=page_info(cursors, has_next=len(found) > size, after=after),
        )

    @strawberry.field(
        description="What giving that back would come to; nothing is written. Asks the duty "
        "`refund_orders`.",
        extensions=[Answers(RefundPreview, NotFound, Invalid)],
    )
    def refund_preview(
        self,
        info: Info,
        input: Annotated[BackInput, described("What.")],  # noqa: A002
    ) -> RefundPreview:
        acting(info, Duty.REFUND_ORDERS)
        found = refunds.preview(order_named(input.order_id, info), _back(input))
        goods = sum((each.money for each in found.lines), Cents(0))
        return RefundPreview(
            goods=money_of(goods.cents),
            total=money_of(found.total.cents),
            left=money_of(found.left.cents),
        )

    @strawberry.field(
        description="Who got packs of a lot, for a recall. Asks the duty `read_orders`."
    )
    def lot_recall(
        self,
        info: Info,
        lot: Annotated[str, described("The lot, as printed on the pack.")],
        first: Annotated[int | None, described("How many, 1 to 100; 24 if not given.")] = None,
        after: Annotated[str | None, described("Cursor of the last one seen.")] = None,
    ) -> LotSentConnection:
        acting(info, Duty.READ_ORDERS)
        size = page_size(first)
        place = cast("list[int]", read_cursor(after, int))[0] if after else None
        found = access.page_of_recall(lot, first=size, after=place)
        page = found[:size]
        return LotSentConnection(
            nodes=[_sent(each) for each in page],
            page_info=page_info(
                [cursor(each.pk) for each in page], has_next=len(found) > size, after=after
            ),
        )


@strawberry.type
class DeskMutation:
    @strawberry.mutation(
        description="Hand a parcel over to the carrier, or set it ready to be fetched: packs leave "
        "the shelf, the oldest lot first. Asks the duty `fulfil_orders`.",
        extensions=[
            Answers(ShipmentSendPayload, NotFound, Invalid, WrongState, IdempotencyConflict)
        ],
    )
    def shipment_send(
        self,
        info: Info,
        input: Annotated[ShipmentSendInput, described("Which.")],  # noqa: A002
    ) -> ShipmentSendPayload:
        by = acting(info, Duty.FULFIL_ORDERS)
        shipment = access.shipment_for_staff(key_of(input.shipment_id, "Shipment"))

        def run() -> int:
            return fulfilment.send(
                shipment=shipment,
                quantities=None if input.lines is None else _packs(input.lines),
                tracking=input.tracking,
                by=by,
                at=info.context.at,
            ).pk

        carried_out_once(info, input, run)
        return ShipmentSendPayload(order=order_now(shipment.order, info))

    @strawberry.mutation(
        description="Say that a parcel arrived or was fetched; twice changes nothing. Asks the "
        "duty `fulfil_orders`.",
        extensions=[Answers(ShipmentDeliverPayload, NotFound, WrongState)],
    )
    def shipment_deliver(
        self,
        info: Info,
        input: Annotated[ShipmentDeliverInput, described("Which.")],  # noqa: A002
    ) -> ShipmentDeliverPayload:
        by = acting(info, Duty.FULFIL_ORDERS)
        shipment = access.shipment_for_staff(key_of(input.shipment_id, "Shipment"))
        fulfilment.deliver(shipment=shipment, by=by, at=info.context.at)
        return ShipmentDeliverPayload(order=order_now(shipment.order, info))

    @strawberry.mutation(
        description="Send an order without some packs, which are paid back. Asks the duty "
        "`fulfil_orders`.",
        extensions=[
            Answers(
                OrderLeaveOutPayload,
                NotFound,
                Invalid,
                WrongState,
                RefundTooMuch,
                IdempotencyConflict,
            )
        ],
    )
    def order_leave_out(
        self,
        info: Info,
        input: Annotated[OrderLeaveOutInput, described("Which.")],  # noqa: A002
    ) -> OrderLeaveOutPayload:
        by = acting(info, Duty.FULFIL_ORDERS)
        order = order_named(input.order_id, info)

        def run() -> str:
            fulfilment.leave_out(
                order=order,
                packs=_packs(input.lines),
                reason=RefundReason.NOT_SENT,
                by=by,
                at=info.context.at,
            )
            return str(order.pk)

        carried_out_once(info, input, run)
        return OrderLeaveOutPayload(order=order_now(order, info))

    @strawberry.mutation(
        description="Give money back: the bank is told at once by the worker, and the credit note "
        "follows. Asks the duty `refund_orders`.",
        extensions=[
            Answers(
                OrderRefundPayload,
                NotFound,
                Invalid,
                WrongState,
                RefundTooMuch,
                IdempotencyConflict,
            )
        ],
    )
    def order_refund(
        self,
        info: Info,
        input: Annotated[OrderRefundInput, described("What.")],  # noqa: A002
    ) -> OrderRefundPayload:
        by = acting(info, Duty.REFUND_ORDERS)
        order = order_named(input.order_id, info)

        def run() -> int:
            return refunds.decide(
                order=order, back=_back(input), reason=input.reason, by=by, at=info.context.at
            ).pk

        key = int(str(carried_out_once(info, input, run)))
        return OrderRefundPayload(
            order=order_now(order, info), refund=refund_of(access.refund_of_order(order, key))
        )


def _wanted(where: OrderWhere | None) -> Wanted:
    if where is None:
        return Wanted()
    states: Sequence[str] | None = None
    if where.state is not None:
        given = where.state
        states = given.in_ if given.in_ is not None else [given.eq] if given.eq else None
    return Wanted(
        states=states,
        number=where.number,
        email=where.email,
        promised_before=where.promised_before,
    )


def _packs(given: Sequence[PacksInput]) -> dict[int, int]:
    return {key_of(each.line_id, "OrderLine") or 0: each.quantity for each in given}


def _back(given: BackInput) -> Back:
    return Back(
        packs=_packs(given.lines),
        delivery=Cents(given.delivery_cents),
        goodwill=Cents(given.goodwill_cents),
    )


def _sent(row: models.ShipmentLine) -> LotSent:
    order = row.line.order
    return LotSent(
        order_number=order.number,
        order_id=global_id("Order", order.pk),
        email=order.email,
        name=row.line.name,
        quantity=row.quantity,
        sent_at=row.shipment.shipped_at,
    )
