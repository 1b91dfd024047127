"""What became of suggestions: seen, opened, bought within two weeks, or not for this pet."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import Person
from catalog.models import Product
from kernel.refusals import Invalid, LimitReached
from orders.models import Order, OrderLine
from pets.models import Pet
from recommendations import tokens
from recommendations.models import Dismissal, Impression, ModelVersion
from recommendations.tokens import Suggested

MOST_AT_ONCE: Final = 100
#: A purchase this long after a suggestion was seen may owe to it.
BOUGHT_WITHIN: Final = timedelta(days=14)


def note_seen(*, given: Sequence[str], by: Person | None, at: datetime) -> int:
    """Note suggestions that came into sight; one that was noted before stays as it is.

    Raises:
        LimitReached: more than a hundred at once.
        Invalid: a token that the shop did not give, or too long ago.
    """
    if len(given) > MOST_AT_ONCE:
        raise LimitReached(path=["input", "tokens"], most=MOST_AT_ONCE)
    read = {token: _read(token) for token in given}
    gone = _gone(list(read.values()))
    versions = set(ModelVersion.objects.values_list("pk", flat=True))
    rows = [
        _row(token, shown, versions, by=by, at=at)
        for token, shown in read.items()
        if shown not in gone
    ]
    known = set(
        Impression.objects.filter(token_hash__in=[row.token_hash for row in rows]).values_list(
            "token_hash", flat=True
        )
    )
    fresh = [row for row in rows if row.token_hash not in known]
    Impression.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def note_opened(*, token: str, by: Person | None, at: datetime) -> None:
    """Note that a suggestion was followed; the first time counts.

    Raises:
        Invalid: a token that the shop did not give, or too long ago.
    """
    note_seen(given=[token], by=by, at=at)
    unopened = Impression.objects.filter(token_hash=tokens.hash_of(token), opened_at__isnull=True)
    unopened.update(opened_at=at)


def dismiss(*, pet: Pet, product: Product, by: Person, at: datetime) -> Dismissal:
    """Suggest a product to a pet no more, from the next reading on."""
    with transaction.atomic():
        row, is_new = Dismissal.objects.get_or_create(
            pet=pet, product=product, defaults={"at": at, "by": by}
        )
        if is_new:
            changes = {"product": [None, product.pk]}
            audit.record(action="suggestion.dismiss", subject=pet, by=by, at=at, changes=changes)
    return row


def note_bought(order: Order) -> int:
    """Note which suggestions an order's lines owe to: that of the line's own token, else the last
    one of the product that was seen for one of its pets in the two weeks before.
    """
    found = 0
    lines = order.lines.filter(variant__isnull=False).select_related("variant")
    for line in lines.prefetch_related("pets"):
        impression = _behind(line, order)
        if impression is not None:
            unsold = Impression.objects.filter(pk=impression.pk, bought_at__isnull=True)
            found += unsold.update(bought_at=order.placed_at, line=line)
    return found


def _behind(line: OrderLine, order: Order) -> Impression | None:
    since = order.placed_at - BOUGHT_WITHIN
    seen = Impression.objects.filter(seen_at__gte=since, seen_at__lte=order.placed_at)
    own = seen.filter(token_hash=tokens.hash_of(line.from_suggestion)).first()
    if own is not None or line.variant is None:
        return own
    pets = [each.pet_id for each in line.pets.all()]
    return seen.filter(pet__in=pets, product=line.variant.product_id).first()


def _read(token: str) -> Suggested:
    found = tokens.read(token)
    if found is None:
        expected = str(_("a token of a suggestion of the last thirty days"))
        raise Invalid(path=["input", "tokens"], value=token[:20], expected=expected)
    return found


def _gone(found: Sequence[Suggested]) -> set[Suggested]:
    """Suggestions of a product or to a pet that is no more."""
    wanted = {each.product for each in found}
    products = set(Product.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    keys = {each.pet for each in found if each.pet}
    pets = {None, *Pet.objects.filter(pk__in=keys).values_list("pk", flat=True)}
    return {each for each in found if each.product not in products or each.pet not in pets}


def _row(
    token: str, shown: Suggested, versions: set[int], *, by: Person | None, at: datetime
) -> Impression:
    return Impression(
        token_hash=tokens.hash_of(token),
        shelf=shown.shelf,
        reason=shown.reason,
        team=shown.team,
        is_interleaved=shown.is_interleaved,
        position=shown.position,
        propensity=shown.propensity,
        version_id=shown.version if shown.version in versions else None,
        product_id=shown.product,
        pet_id=shown.pet,
        person=by,
        seen_at=at,
    )
