"""Carts bought, and payments brought to an end."""

import uuid
from typing import Annotated, Any

import strawberry
from strawberry import relay

from accounts.graphql.info import Info
from accounts.graphql.repeating import KEY, carried_out_once
from accounts.idempotency import IdempotencyConflict
from catalog.graphql.making import reading_of
from catalog.stock import OutOfStock
from clinic.vocabulary import LegalKind
from kernel.graphql.money import Money, money_of
from kernel.graphql.payloads import Answers, Payload, UserError, described, plain_error
from kernel.money import Money as Cents
from kernel.refusals import Invalid, NotFound, Refusal, Stale
from orders import access, checkout, payments
from orders.carts import CartClosed
from orders.checkout import Agreed, CartNotReady, PriceChanged
from orders.graphql.order_types import Order
from orders.graphql.showing import cart_named, order_now, order_to_pay, reached, shown_order
from orders.graphql.types import CartProblem, problem_of
from orders.models import Order as OrderRow
from orders.slots import SlotGone
from orders.states import WrongState
from orders.vocabulary import CancelReason, OrderState

ORDER = "The order."


@strawberry.type(description="Fewer packs are left than were asked for.")
class OutOfStockError(UserError):
    sku: str = strawberry.field(description="The pack.")
    left: int = strawberry.field(description="How many are left.")


@strawberry.type(description="The total is another than the one that the buyer saw.")
class PriceChangedError(UserError):
    before: Money = strawberry.field(description="What was seen.")
    after: Money = strawberry.field(description="What it is now.")


@strawberry.type(description="Something keeps the cart from being bought.")
class CartNotReadyError(UserError):
    problems: list[CartProblem] = strawberry.field(description="All that does.")


ERRORS = [OutOfStockError, PriceChangedError, CartNotReadyError]


def _told(refusal: Refusal) -> UserError:
    """A refusal with the data that the screen needs."""
    plain = plain_error(refusal)
    common: dict[str, Any] = {
        name: getattr(plain, name) for name in ("code", "message", "path", "article")
    }
    if isinstance(refusal, OutOfStock):
        left = int(str(refusal.facts["left"]))
        return OutOfStockError(**common, sku=str(refusal.facts["sku"]), left=left)
    if isinstance(refusal, PriceChanged):
        before, after = money_of(refusal.before.cents), money_of(refusal.after.cents)
        return PriceChangedError(**common, before=before, after=after)
    if isinstance(refusal, CartNotReady):
        return CartNotReadyError(**common, problems=[problem_of(each) for each in refusal.problems])
    return plain


@strawberry.input(description="A legal text that the buyer accepts.")
class AcceptedTextInput:
    kind: LegalKind = strawberry.field(description="Which text.")
    version: int = strawberry.field(description="The version that was shown.")


@strawberry.input(description="What the buyer saw and accepts.")
class CheckoutCompleteInput:
    cart_id: relay.GlobalID = strawberry.field(description="The cart.")
    cart_version: int = strawberry.field(description="The version that was shown.")
    expected_total_cents: int = strawberry.field(description="The total that was shown.")
    accepted_texts: list[AcceptedTextInput] = strawberry.field(
        description="The legal texts accepted: the terms of sale at least."
    )
    is_declared: bool = strawberry.field(
        default=False, description="The box for dietetic food was ticked, where it is asked."
    )
    idempotency_key: uuid.UUID = strawberry.field(description=KEY)


@strawberry.input(description="An order whose buyer comes back from the bank.")
class PaymentReturnInput:
    order_id: relay.GlobalID = strawberry.field(description=ORDER)


@strawberry.input(description="An order to be paid once more.")
class PaymentRetryInput:
    order_id: relay.GlobalID = strawberry.field(description=ORDER)


@strawberry.input(description="An order that is not to be paid.")
class PaymentAbandonInput:
    order_id: relay.GlobalID = strawberry.field(description=ORDER)


@strawberry.type(description="What came of a step of an order.")
class OrderChanged(Payload):
    order: Order | None = strawberry.field(default=None, description="The order as it is now.")


@strawberry.type(description="What came of buying a cart.")
class CheckoutCompletePayload(OrderChanged):
    pass


@strawberry.type(description="What came of coming back from a payment.")
class PaymentReturnPayload(OrderChanged):
    pass


@strawberry.type(description="What came of trying to pay again.")
class PaymentRetryPayload(OrderChanged):
    pass


@strawberry.type(description="What came of giving a payment up.")
class PaymentAbandonPayload(OrderChanged):
    pass


_CHECKOUT = (
    Invalid,
    NotFound,
    Stale,
    CartClosed,
    CartNotReady,
    PriceChanged,
    OutOfStock,
    SlotGone,
    IdempotencyConflict,
)


@strawberry.type
class BuyingMutation:
    @strawberry.mutation(
        description="Buy a cart: an order with an obligation to pay. Its payment is begun at once; "
        "`UNAVAILABLE` at the top level says that the bank could not be reached: ask again with "
        "the same key.",
        extensions=[Answers(CheckoutCompletePayload, *_CHECKOUT, error=_told)],
    )
    def checkout_complete(
        self,
        info: Info,
        input: Annotated[CheckoutCompleteInput, described("What was seen.")],  # noqa: A002
    ) -> CheckoutCompletePayload:
        viewer, at = info.context.viewer, info.context.at
        agreed = Agreed(
            cart_version=input.cart_version,
            total=Cents(input.expected_total_cents),
            texts=frozenset((str(each.kind), each.version) for each in input.accepted_texts),
            is_declared=input.is_declared,
        )

        made: list[OrderRow] = []

        def run() -> str:
            order = checkout.place_order(
                cart=cart_named(input.cart_id, info),
                agreed=agreed,
                viewer=viewer,
                reading=reading_of(info),
            )
            made.append(order)
            return str(order.pk)

        # The order stands before anybody can pay for it; Stripe is asked after the commit.
        key = uuid.UUID(str(carried_out_once(info, input, run)))
        order = made[0] if made else access.order_for(viewer, key)
        if order.state == OrderState.PENDING_PAYMENT:
            reached(lambda: payments.begin(order, at=at))
        # What costs nothing was paid by beginning.
        show = shown_order if order.total_cents else order_now
        return CheckoutCompletePayload(order=show(order, info))

    @strawberry.mutation(
        description="Come back from the bank: the order is settled by what Stripe says.",
        extensions=[Answers(PaymentReturnPayload, NotFound)],
    )
    def payment_return(
        self,
        info: Info,
        input: Annotated[PaymentReturnInput, described("Which order.")],  # noqa: A002
    ) -> PaymentReturnPayload:
        order = order_to_pay(input.order_id, info)
        settled = reached(lambda: payments.look(order, at=info.context.at))
        return PaymentReturnPayload(order=shown_order(settled, info))

    @strawberry.mutation(
        description="Try to pay again after a decline: the payment to confirm is in the answer.",
        extensions=[Answers(PaymentRetryPayload, NotFound, WrongState)],
    )
    def payment_retry(
        self,
        info: Info,
        input: Annotated[PaymentRetryInput, described("Which order.")],  # noqa: A002
    ) -> PaymentRetryPayload:
        order = order_to_pay(input.order_id, info)
        reached(lambda: payments.begin(order, at=info.context.at))
        return PaymentRetryPayload(order=order_now(order, info))

    @strawberry.mutation(
        description="Give a payment up: packs and day are let go, the cart can be filled again.",
        extensions=[Answers(PaymentAbandonPayload, NotFound, WrongState)],
    )
    def payment_abandon(
        self,
        info: Info,
        input: Annotated[PaymentAbandonInput, described("Which order.")],  # noqa: A002
    ) -> PaymentAbandonPayload:
        order, by = order_to_pay(input.order_id, info), info.context.viewer.person
        reason = CancelReason.PAYMENT_ABANDONED
        left = reached(lambda: payments.abandon(order, reason=reason, by=by, at=info.context.at))
        return PaymentAbandonPayload(order=shown_order(left, info))
