"""Cards that a person keeps for later: at Stripe, with the last digits here to tell them apart."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import pgettext_lazy

from accounts import audit, written
from accounts.models import Person
from kernel.refusals import LimitReached, NotFound
from orders import stripe_gateway
from orders.models import CardHolder, SavedCard
from orders.stripe_gateway import Saving

MOST_CARDS = 10


def begin(*, person: Person, email: str, at: datetime) -> Saving:
    """A card to be saved, for the browser to confirm with its secret.

    Raises:
        Invalid: an address that is none.
        LimitReached: ten cards are kept already.
        GatewayUnavailable
    """
    address = written.email(email, path=["input", "email"])
    if SavedCard.objects.filter(holder__person=person).count() >= MOST_CARDS:
        raise LimitReached(path=["input"], most=MOST_CARDS)
    holder = CardHolder.objects.filter(person=person).order_by("pk").first()
    if holder is None:
        customer = stripe_gateway.create_customer(str(person.pk), address)
        holder, _is_new = CardHolder.objects.get_or_create(
            customer_id=customer, defaults={"person": person, "created_at": at}
        )
    return stripe_gateway.begin_saving(holder.customer_id)


def keep(*, person: Person, setup_id: str, at: datetime) -> SavedCard:
    """Keep the card that was confirmed; keeping it twice changes nothing.

    Raises:
        NotFound: nothing of this person's was confirmed under that id.
        GatewayUnavailable
    """
    card = stripe_gateway.saved_card(setup_id)
    theirs = CardHolder.objects.filter(person=person)
    holder = theirs.filter(customer_id=card.customer_id).first() if card else None
    if card is None or holder is None:
        raise NotFound(path=["input", "setupId"], what=pgettext_lazy("not found", "card"))
    with transaction.atomic():
        kept, is_new = SavedCard.objects.get_or_create(
            holder=holder,
            method_id=card.method_id,
            defaults={
                "brand": card.brand[:20],
                "last4": card.last4,
                "expires": f"{card.exp_year}-{card.exp_month:02d}",
                "saved_at": at,
            },
        )
        if is_new:
            audit.record(action="card.keep", subject=kept, by=person, at=at)
    return kept


def forget(*, card: SavedCard, by: Person, at: datetime) -> None:
    """Forget a card, at Stripe first. Raises: GatewayUnavailable."""
    stripe_gateway.forget_card(card.method_id)
    with transaction.atomic():
        audit.record(action="card.forget", subject=card, by=by, at=at)
        SavedCard.objects.filter(pk=card.pk).delete()
