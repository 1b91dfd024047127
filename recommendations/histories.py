"""What each pet was bought: orders' lines attributed to pets, and read back as histories.

A history is by product: packs of a product are one family. A pet's history is that of all who look
after it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import Consent, Person
from accounts.vocabulary import Purpose
from catalog.product_facts import product_facts
from clinic.details import PARIS
from kernel import events
from kernel.refusals import Invalid
from orders.models import Order, OrderLine, OrderLinePet
from orders.vocabulary import OrderState
from pets.facts import facts_of
from pets.models import Guardian, Pet
from recommendations.attribution import Candidate, Share, attributed, corrected
from recommendations.events import HistoryCorrected
from recommendations.vocabulary import LineOrigin

#: States of an order whose lines count as bought.
BOUGHT: Final = (
    OrderState.PAID,
    OrderState.PARTLY_SHIPPED,
    OrderState.SHIPPED,
    OrderState.DELIVERED,
)


@dataclass(frozen=True, slots=True)
class Purchase:
    """A line's part for a pet; `packs` are those of the whole line."""

    pet_id: int
    product_id: int
    variant_id: int
    at: datetime
    share: float
    packs: int


def attribute_order(order: Order) -> set[int]:
    """Say for which pets an order's lines were, where nobody has said; the pets that it is for."""
    with transaction.atomic():
        lines = list(
            order.lines.filter(variant__isnull=False, pets__isnull=True)
            .select_related("variant__product")
            .order_by("pk")
        )
        if lines and order.person_id is not None:
            candidates = _candidates(order)
            for line in lines:
                _attribute(line, candidates)
        found = OrderLinePet.objects.filter(line__order=order)
        return set(found.values_list("pet_id", flat=True))


def _attribute(line: OrderLine, candidates: Sequence[Candidate]) -> None:
    variant = line.variant
    if variant is None:
        return
    shares = attributed(variant.product_id, product_facts(variant.product, variant), candidates)
    OrderLinePet.objects.bulk_create(_rows(line, shares))


def _rows(line: OrderLine, shares: Iterable[Share]) -> list[OrderLinePet]:
    return [
        OrderLinePet(
            line=line, pet_id=share.pet_id, share_percent=share.percent, origin=share.origin
        )
        for share in shares
    ]


def _candidates(order: Order) -> list[Candidate]:
    """The buyer's pets that lived when the order was placed, and what each had before."""
    day = order.placed_at.astimezone(PARIS).date()
    alive = Q(died_on__isnull=True) | Q(died_on__gte=day)
    pets = list(
        Pet.objects.filter(alive, guardians__person=order.person_id, archived_at__isnull=True)
        .select_related("breed")
        .order_by("pk")
    )
    facts = facts_of(pets, on=day)
    had: dict[int, set[int]] = defaultdict(set)
    for each in purchases([pet.pk for pet in pets], before=order.placed_at):
        had[each.pet_id].add(each.product_id)
    return [Candidate(pet.pk, facts[pet.pk], frozenset(had[pet.pk])) for pet in pets]


def correct_line(
    *, line: OrderLine, shares: Sequence[tuple[Pet, int]], by: Person, at: datetime
) -> None:
    """Write down for which pets a line was, by its owner's word; their shelves follow.

    Raises:
        Invalid: shares that are no whole.
    """
    given = {pet.pk: share for pet, share in shares}
    if len(given) < len(shares) or not corrected(given):
        raise Invalid(
            path=["input", "pets"],
            value=f"{sum(share for _pet, share in shares)} %",
            expected=str(_("each pet once, with shares of 100 % together")),
        )
    with transaction.atomic():
        OrderLine.objects.select_for_update().get(pk=line.pk)
        before = dict(line.pets.values_list("pet_id", "share_percent"))
        line.pets.all().delete()
        told = [Share(pet, share, LineOrigin.OWNER) for pet, share in given.items()]
        OrderLinePet.objects.bulk_create(_rows(line, told))
        changes = {"pets": [_brief(before), _brief(given)]}
        audit.record(action="order.line.pets", subject=line, by=by, at=at, changes=changes)
        events.enqueue(HistoryCorrected(pet_ids=sorted({*before, *given})))


def _brief(shares: Mapping[int, int]) -> str:
    return " ".join(f"{pet}:{share}" for pet, share in sorted(shares.items()))


def purchases(
    pet_ids: Sequence[int] | None = None, *, before: datetime | None = None
) -> Iterator[Purchase]:
    """What pets were bought, the oldest first, in one statement that is read as it comes.

    Without keys, of every pet that the shop may learn from.
    """
    rows = OrderLinePet.objects.filter(line__order__state__in=BOUGHT, line__variant__isnull=False)
    if pet_ids is not None:
        rows = rows.filter(pet__in=pet_ids)
    else:
        rows = rows.exclude(pet__in=objecting())
    if before is not None:
        rows = rows.filter(line__order__placed_at__lt=before)
    columns = (
        *("pet_id", "line__variant__product_id", "line__variant_id", "line__order__placed_at"),
        *("share_percent", "line__quantity"),
    )
    ordered = rows.order_by("line__order__placed_at", "pk").values_list(*columns)
    for pet, product, variant, at, share, packs in ordered.iterator(chunk_size=5000):
        yield Purchase(pet, product, variant, at, share / 100, packs)


def objecting() -> QuerySet[Guardian, Any]:
    """The keys of pets of whom anyone who looks after them wants no suggestions, as it stands."""
    answers = Consent.objects.filter(person=OuterRef("person"), purpose=Purpose.SUGGESTIONS)
    last = Subquery(answers.order_by("-at", "-id").values("is_granted")[:1])
    return Guardian.objects.annotate(said=last).filter(said=False).values("pet_id")
