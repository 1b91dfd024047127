"""Carts bought, payments brought to an end, orders cancelled and sent back."""

import uuid
from collections.abc import Callable
from typing import Annotated, Any

import strawberry
from graphql import GraphQLError
from strawberry import relay

from accounts.graphql.info import Info
from accounts.graphql.repeating import KEY, Repeatable, carried_out_once
from accounts.graphql.viewer import signed_in
from accounts.idempotency import IdempotencyConflict
from catalog.graphql.making import reading_of
from catalog.stock import OutOfStock
from clinic.vocabulary import LegalKind
from kernel.graphql.money import Money, money_of
from kernel.graphql.nodes import key_of, uuid_of
from kernel.graphql.payloads import Answers, Payload, UserError, described, plain_error
from kernel.money import Money as Cents
from kernel.refusals import Invalid, NotFound, Refusal, Stale
from orders import access, checkout, payments, settlement, withdrawal
from orders.carts import CartClosed
from orders.checkout import Agreed, CartNotReady, PriceChanged
from orders.graphql.types import CartProblem, Order, order_of, problem_of
from orders.models import Order as OrderRow
from orders.states import WrongState
from orders.stripe_gateway import GatewayUnavailable
from orders.vocabulary import CancelReason
from orders.withdrawal import NotWithdrawable, Returned, WithdrawalUnknown


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


@strawberry.input(description="Which order.")
class PaymentReturnInput:
    order_id: relay.GlobalID = strawberry.field(description="The order.")


@strawberry.input(description="Which order.")
class PaymentRetryInput:
    order_id: relay.GlobalID = strawberry.field(description="The order.")


@strawberry.input(description="Which order.")
class PaymentAbandonInput:
    order_id: relay.GlobalID = strawberry.field(description="The order.")


@strawberry.input(description="Which order.")
class OrderCancelInput:
    order_id: relay.GlobalID = strawberry.field(description="The order.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Packs that are sent back.")
class ReturnedLineInput:
    line_id: relay.GlobalID = strawberry.field(description="The line of the order.")
    quantity: int = strawberry.field(description="How many packs.")
    is_unsealed: bool = strawberry.field(default=False, description="Whether one was opened.")


@strawberry.input(description="A contract that is renounced; open to guests by number and e-mail.")
class WithdrawalDeclareInput:
    number: str = strawberry.field(description="The order's number.")
    email: str = strawberry.field(description="The e-mail that the order was confirmed to.")
    lines: list[ReturnedLineInput] = strawberry.field(description="What is sent back.")


@strawberry.input(description="A declaration, confirmed.")
class WithdrawalConfirmInput:
    token: str = strawberry.field(description="The token of the declaration.")


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


@strawberry.type(description="What came of cancelling an order.")
class OrderCancelPayload(OrderChanged):
    pass


@strawberry.type(description="What came of declaring.")
class WithdrawalDeclarePayload(Payload):
    token: str | None = strawberry.field(
        default=None, description="Give it to `withdrawalConfirm` when the buyer confirms."
    )


@strawberry.type(description="What came of confirming; a receipt goes out by mail.")
class WithdrawalConfirmPayload(OrderChanged):
    pass


_CHECKOUT = (
    Invalid,
    NotFound,
    Stale,
    CartClosed,
    CartNotReady,
    PriceChanged,
    OutOfStock,
    IdempotencyConflict,
)


@strawberry.type
class OrderMutation:
    @strawberry.mutation(
        description="Buy a cart: an order with an obligation to pay. Its payment is begun at once.",
        extensions=[Answers(CheckoutCompletePayload, *_CHECKOUT, error=_told)],
    )
    def checkout_complete(
        self,
        info: Info,
        input: Annotated[CheckoutCompleteInput, described("What was seen.")],  # noqa: A002
    ) -> CheckoutCompletePayload:
        agreed = Agreed(
            cart_version=input.cart_version,
            total=Cents(input.expected_total_cents),
            texts=frozenset((str(each.kind), each.version) for each in input.accepted_texts),
            is_declared=input.is_declared,
        )

        def run() -> str:
            viewer = info.context.viewer
            cart = access.cart_for(viewer, uuid_of(input.cart_id, "Cart"), at=info.context.at)
            reading = reading_of(info)
            made = checkout.place_order(cart=cart, agreed=agreed, viewer=viewer, reading=reading)
            return str(made.pk)

        # The order stands before anybody can pay for it; Stripe is asked after the commit.
        order = _once(info, input, run)
        _reached(lambda: payments.begin(order, at=info.context.at))
        return CheckoutCompletePayload(order=_shown(order, info))

    @strawberry.mutation(
        description="Come back from the bank: the order is settled by what Stripe says.",
        extensions=[Answers(PaymentReturnPayload, NotFound)],
    )
    def payment_return(
        self,
        info: Info,
        input: Annotated[PaymentReturnInput, described("Which order.")],  # noqa: A002
    ) -> PaymentReturnPayload:
        order = _order(input.order_id, info)
        _reached(lambda: payments.look(order, at=info.context.at))
        return PaymentReturnPayload(order=_shown(order, info))

    @strawberry.mutation(
        description="Try to pay again after a decline: the payment to confirm is in the answer.",
        extensions=[Answers(PaymentRetryPayload, NotFound, WrongState)],
    )
    def payment_retry(
        self,
        info: Info,
        input: Annotated[PaymentRetryInput, described("Which order.")],  # noqa: A002
    ) -> PaymentRetryPayload:
        order = _order(input.order_id, info)
        _reached(lambda: payments.begin(order, at=info.context.at))
        return PaymentRetryPayload(order=_shown(order, info))

    @strawberry.mutation(
        description="Give a payment up: packs and day are let go, the cart can be filled again.",
        extensions=[Answers(PaymentAbandonPayload, NotFound, WrongState)],
    )
    def payment_abandon(
        self,
        info: Info,
        input: Annotated[PaymentAbandonInput, described("Which order.")],  # noqa: A002
    ) -> PaymentAbandonPayload:
        order, by = _order(input.order_id, info), info.context.viewer.person
        reason = CancelReason.PAYMENT_ABANDONED
        _reached(lambda: payments.abandon(order, reason=reason, by=by, at=info.context.at))
        return PaymentAbandonPayload(order=_shown(order, info))

    @strawberry.mutation(
        description="Cancel one's own order before it is sent; what was paid is given back.",
        extensions=[Answers(OrderCancelPayload, NotFound, WrongState, IdempotencyConflict)],
    )
    def order_cancel(
        self,
        info: Info,
        input: Annotated[OrderCancelInput, described("Which order.")],  # noqa: A002
    ) -> OrderCancelPayload:
        me = signed_in(info)
        order = _order(input.order_id, info)
        _reached(
            lambda: payments.abandon(order, reason=CancelReason.BY_OWNER, by=me, at=info.context.at)
        )

        def run() -> str:
            reason, at = CancelReason.BY_OWNER, info.context.at
            return str(settlement.cancel_order(order=order, reason=reason, by=me, at=at).pk)

        return OrderCancelPayload(order=_shown(_once(info, input, run), info))

    @strawberry.mutation(
        description="Renounce a contract, the first step: which packs are sent back.",
        extensions=[Answers(WithdrawalDeclarePayload, NotFound, Invalid, NotWithdrawable)],
    )
    def withdrawal_declare(
        self,
        info: Info,
        input: Annotated[WithdrawalDeclareInput, described("What.")],  # noqa: A002
    ) -> WithdrawalDeclarePayload:
        order = access.order_of_guest(input.number, input.email)
        returned = {
            key_of(each.line_id, "OrderLine") or 0: Returned(
                quantity=each.quantity, is_unsealed=each.is_unsealed
            )
            for each in input.lines
        }
        made = withdrawal.declare(
            order=order, returned=returned, by=info.context.viewer.person, at=info.context.at
        )
        return WithdrawalDeclarePayload(token=made.token)

    @strawberry.mutation(
        description="Renounce a contract, the second step: the receipt with date and hour is sent.",
        extensions=[Answers(WithdrawalConfirmPayload, WithdrawalUnknown, Invalid)],
    )
    def withdrawal_confirm(
        self,
        info: Info,
        input: Annotated[WithdrawalConfirmInput, described("Which.")],  # noqa: A002
    ) -> WithdrawalConfirmPayload:
        found = withdrawal.confirm(token=input.token, at=info.context.at)
        return WithdrawalConfirmPayload(order=order_of(access.whole(found.order)))


def _order(given: relay.GlobalID, info: Info) -> OrderRow:
    return access.order_for(info.context.viewer, uuid_of(given, "Order"))


def _once(info: Info, given: Repeatable, run: Callable[[], str]) -> OrderRow:
    key = uuid.UUID(str(carried_out_once(info, given, run)))
    return access.order_for(info.context.viewer, key)


def _shown(order: OrderRow, info: Info) -> Order:
    return order_of(access.whole(access.order_for(info.context.viewer, order.pk)))


def _reached(ask: Callable[[], object]) -> None:
    """Raises: GraphQLError `UNAVAILABLE` while Stripe cannot be reached; nothing is lost."""
    try:
        ask()
    except GatewayUnavailable:
        raise GraphQLError(
            "The bank cannot be reached: try again in a moment.",
            extensions={"code": "UNAVAILABLE"},
        ) from None
