"""A vet's word on what an animal is to be given, asked before the card is charged."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from accounts.access import Viewer
from orders.models import Approval, Order, OrderLine
from orders.reckoning import ReckonedLine
from orders.vocabulary import ApprovalState

#: A card's authorisation lasts seven days; the vet decides well before.
TO_DECIDE: Final = timedelta(days=4)


def ask(
    *,
    order: Order,
    lines: Sequence[tuple[OrderLine, ReckonedLine]],
    viewer: Viewer,
    at: datetime,
) -> bool:
    """Ask for a vet's word on each pet and product that has none in force; whether one is awaited.

    An approval that is valid still, with renewals left, is used up instead.
    """
    waits = False
    for line, each in lines:
        for link in each.line.pets.all():
            product = each.line.variant.product_id
            if _renewed(link.pet_id, product, line, at=at):
                continue
            waits = True
            Approval.objects.create(
                pet=link.pet,
                product_id=product,
                line=line,
                quantity=line.quantity,
                asked_at=at,
                asked_by=viewer.person,
                expires_at=at + TO_DECIDE,
            )
    return waits


def _renewed(pet_id: int, product_id: int, line: OrderLine, *, at: datetime) -> bool:
    valid = Approval.objects.select_for_update().filter(
        pet=pet_id,
        product=product_id,
        state=ApprovalState.APPROVED,
        renewals__gt=0,
        quantity__gte=line.quantity,
        valid_until__gte=at.date(),
    )
    found = valid.order_by("valid_until").first()
    if found is None:
        return False
    found.renewals -= 1
    found.save(update_fields=["renewals"])
    return True
