"""What orders know of people and pets, and what becomes of it.

What was bought is kept for as long as the books are, without what names the buyer beside them; an
invoice is kept as it was issued, for nobody may change it.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import privacy
from accounts.models import Person
from accounts.privacy import PersonalData
from accounts.vocabulary import Fate
from catalog.personal_data import TRADE
from kernel import events
from orders.events import CardForgotten
from orders.models import (
    Approval,
    CardHolder,
    Cart,
    CartLine,
    CartLinePet,
    CartOpinion,
    CartShare,
    Dispute,
    Document,
    Order,
    OrderEvent,
    OrderLine,
    OrderLinePet,
    Payment,
    Refund,
    RefundLine,
    Reservation,
    SavedCard,
    Shipment,
    ShipmentLine,
    Withdrawal,
)
from orders.vocabulary import OrderState
from pets.personal_data import ERASED

_BOOKS = _("What you bought, without your name beside it: the books are kept for ten years.")
_INVOICES = _("Invoices, as they were issued: the books are kept for ten years.")
_CARTS = _("What you meant to buy.")
_UNDER_WAY = _("An order is under way: ask again once it has arrived, or cancel it first.")
_CARDS = _("Cards that you kept for later.")
_PETS = _("Which of your pets it was for.")
_COLLEAGUE = _("What you decided as a colleague, in the orders of others.")


def _blank_orders(rows: privacy.Rows) -> object:
    return rows.update(person=None, email="", contact={}, address={}, billing={}, cart=None)


def _cards_at_stripe(rows: privacy.Rows) -> list[events.Event]:
    return [CardForgotten(method_id=method) for method in rows.values_list("method_id", flat=True)]


def _order_under_way(person: Person) -> str | Promise | None:
    under_way = Order.objects.filter(person=person).exclude(
        state__in=[OrderState.DELIVERED, OrderState.CANCELLED]
    )
    return _UNDER_WAY if under_way.exists() else None


privacy.hinder(_order_under_way)
privacy.register(
    PersonalData(
        model=CardHolder, person="person", fate=Fate.DELETE, reason=_CARDS, article=ERASED
    ),
    PersonalData(
        model=SavedCard,
        person="holder__person",
        fate=Fate.DELETE,
        reason=_CARDS,
        article=ERASED,
        exported=("brand", "last4", "expires", "saved_at"),
        elsewhere=_cards_at_stripe,
    ),
    PersonalData(
        model=Order,
        person="person",
        fate=Fate.PSEUDONYMISE,
        reason=_BOOKS,
        article=TRADE,
        exported=("number", "state", "email", "contact", "address", "billing", "placed_at"),
        dated_by="placed_at",
        erase=_blank_orders,
    ),
    *(
        PersonalData(model=model, person=path, fate=Fate.KEEP, reason=_BOOKS, article=TRADE)
        for model, path in (
            (Payment, "order__person"),
            (Reservation, "order__person"),
            (Shipment, "order__person"),
            (ShipmentLine, "shipment__order__person"),
            (Dispute, "payment__order__person"),
            (Refund, "order__person"),
            (RefundLine, "refund__order__person"),
            (Withdrawal, "order__person"),
            (OrderEvent, "order__person"),
        )
    ),
    PersonalData(
        model=OrderLine,
        person="order__person",
        fate=Fate.KEEP,
        reason=_BOOKS,
        article=TRADE,
        exported=("order__number", "name", "pack", "quantity", "gross_cents"),
    ),
    PersonalData(
        model=Document,
        person="order__person",
        fate=Fate.KEEP,
        reason=_INVOICES,
        article=TRADE,
        exported=("number", "kind", "issued_at", "total_cents"),
    ),
    *(
        PersonalData(model=model, person="by", fate=Fate.KEEP, reason=_COLLEAGUE, article=TRADE)
        for model in (Refund, Withdrawal, OrderEvent)
    ),
    PersonalData(
        model=Cart,
        person="person",
        fate=Fate.DELETE,
        reason=_CARTS,
        article=ERASED,
        exported=("created_at", "contact", "address"),
        dated_by="updated_at",
    ),
    *(
        PersonalData(model=model, person=path, fate=Fate.DELETE, reason=_CARTS, article=ERASED)
        for model, path in (
            (CartLine, "cart__person"),
            (CartLinePet, "line__cart__person"),
            (CartShare, "cart__person"),
            (CartOpinion, "share__cart__person"),
        )
    ),
    PersonalData(
        model=OrderLinePet,
        person="line__order__person",
        fate=Fate.DELETE,
        reason=_PETS,
        article=ERASED,
        exported=("line__name", "pet__name", "share_percent"),
    ),
    PersonalData(
        model=Approval,
        person="asked_by",
        fate=Fate.DELETE,
        reason=_("What you asked a vet to approve."),
        article=ERASED,
        exported=("pet__name", "product__slug", "state", "asked_at", "decided_at", "note"),
    ),
    PersonalData(
        model=Approval,
        person="decided_by",
        fate=Fate.KEEP,
        reason=_COLLEAGUE,
        article=TRADE,
    ),
)
