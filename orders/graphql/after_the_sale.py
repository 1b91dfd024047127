"""Orders cancelled by their buyers, contracts renounced, and cards kept for later."""

import datetime
from typing import Annotated

import strawberry
from strawberry import relay

from accounts.graphql.info import Info
from accounts.graphql.viewer import signed_in
from kernel.graphql.nodes import global_id, key_of
from kernel.graphql.payloads import Answers, Payload, described
from kernel.refusals import Invalid, LimitReached, NotAllowed, NotFound
from orders import access, models, payments, saved_cards, withdrawal
from orders.graphql.buying import ORDER, OrderChanged
from orders.graphql.showing import order_named, order_now, reached
from orders.states import WrongState
from orders.withdrawal import NotWithdrawable, Returned, WithdrawalUnknown


@strawberry.input(description="An order that is not wanted any more.")
class OrderCancelInput:
    order_id: relay.GlobalID = strawberry.field(description=ORDER)


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


@strawberry.input(description="A card to keep for later.")
class CardSaveBeginInput:
    email: str = strawberry.field(
        default="", description="The e-mail for Stripe's receipts; the file's own if left out."
    )


@strawberry.input(description="A card that its holder has confirmed.")
class CardSaveCompleteInput:
    setup_id: str = strawberry.field(description="The id that beginning gave.")


@strawberry.input(description="A card that goes.")
class CardForgetInput:
    card_id: relay.GlobalID = strawberry.field(description="The card.")


@strawberry.type(description="A card kept at Stripe, told apart by its last digits.")
class SavedCard:
    id: strawberry.ID = strawberry.field(description="Its id.")
    brand: str = strawberry.field(description="Its brand, such as `visa`.")
    last4: str = strawberry.field(description="Its last four digits.")
    expires: str = strawberry.field(description="The month of its end, such as `2028-04`.")


@strawberry.type(description="What came of cancelling an order.")
class OrderCancelPayload(OrderChanged):
    pass


@strawberry.type(description="What came of declaring.")
class WithdrawalDeclarePayload(Payload):
    token: str | None = strawberry.field(
        default=None, description="Give it to `withdrawalConfirm` when the buyer confirms."
    )


@strawberry.type(description="What came of confirming; a receipt goes out by mail.")
class WithdrawalConfirmPayload(Payload):
    confirmed_at: datetime.datetime | None = strawberry.field(
        default=None, description="The moment that the receipt names."
    )


@strawberry.type(description="What came of beginning to keep a card.")
class CardSaveBeginPayload(Payload):
    setup_id: str | None = strawberry.field(
        default=None, description="Give it to `cardSaveComplete` once it is confirmed."
    )
    client_secret: str | None = strawberry.field(
        default=None, description="For Stripe.js to confirm the card with its holder."
    )


@strawberry.type(description="What came of keeping a card.")
class CardSaveCompletePayload(Payload):
    card: SavedCard | None = strawberry.field(default=None, description="The card.")


@strawberry.type(description="What came of forgetting a card.")
class CardForgetPayload(Payload):
    pass


@strawberry.type(description="What the signed-in person keeps to pay with.")
class CardsMe:
    @strawberry.field(description="Their cards, the latest first; at most ten.")
    def saved_cards(self, info: Info) -> list[SavedCard]:
        return [_card_of(each) for each in access.cards_of(info.context.viewer)]


@strawberry.type
class AfterTheSaleMutation:
    @strawberry.mutation(
        description="Cancel an order before it is sent: one's own, or any with the duty "
        "`fulfil_orders`. What was paid is given back. Cancelling twice changes nothing.",
        extensions=[Answers(OrderCancelPayload, NotFound, NotAllowed, WrongState)],
    )
    def order_cancel(
        self,
        info: Info,
        input: Annotated[OrderCancelInput, described("Which order.")],  # noqa: A002
    ) -> OrderCancelPayload:
        viewer = info.context.viewer
        order = order_named(input.order_id, info)
        reason = access.reason_to_cancel(viewer, order)
        by, at = viewer.person, info.context.at
        reached(lambda: payments.call_off(order, reason=reason, by=by, at=at))
        return OrderCancelPayload(order=order_now(order, info))

    @strawberry.mutation(
        description="Renounce a contract, the first step: which packs are sent back. Open to "
        "whoever knows the order's number and e-mail; nothing happens until it is confirmed.",
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
        return WithdrawalConfirmPayload(confirmed_at=found.confirmed_at)

    @strawberry.mutation(
        description="Begin to keep a card for later: its holder confirms it in the browser.",
        extensions=[Answers(CardSaveBeginPayload, Invalid, LimitReached)],
    )
    def card_save_begin(
        self,
        info: Info,
        input: Annotated[CardSaveBeginInput, described("Whose.")],  # noqa: A002
    ) -> CardSaveBeginPayload:
        me, at = signed_in(info), info.context.at
        email = input.email or me.email
        made = reached(lambda: saved_cards.begin(person=me, email=email, at=at))
        return CardSaveBeginPayload(setup_id=made.id, client_secret=made.client_secret)

    @strawberry.mutation(
        description="Keep the card that was confirmed; twice changes nothing.",
        extensions=[Answers(CardSaveCompletePayload, NotFound)],
    )
    def card_save_complete(
        self,
        info: Info,
        input: Annotated[CardSaveCompleteInput, described("Which.")],  # noqa: A002
    ) -> CardSaveCompletePayload:
        me, at = signed_in(info), info.context.at
        kept = reached(lambda: saved_cards.keep(person=me, setup_id=input.setup_id, at=at))
        return CardSaveCompletePayload(card=_card_of(kept))

    @strawberry.mutation(
        description="Forget a card, at Stripe too.",
        extensions=[Answers(CardForgetPayload, NotFound)],
    )
    def card_forget(
        self,
        info: Info,
        input: Annotated[CardForgetInput, described("Which.")],  # noqa: A002
    ) -> CardForgetPayload:
        me = signed_in(info)
        card = access.card_of(info.context.viewer, key_of(input.card_id, "SavedCard"))
        reached(lambda: saved_cards.forget(card=card, by=me, at=info.context.at))
        return CardForgetPayload()


def _card_of(row: models.SavedCard) -> SavedCard:
    return SavedCard(
        id=global_id("SavedCard", row.pk), brand=row.brand, last4=row.last4, expires=row.expires
    )
