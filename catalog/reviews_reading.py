"""Reviews as readers find them: the rating of each product, and pages of what buyers wrote."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from catalog.models import ProductText, Review, ReviewReport
from catalog.vocabulary import ReviewSort, ReviewState
from kernel.animals import Language

_MOST_COUNTED: Final = 999
_CENT: Final = Decimal("0.01")

#: What each order says of itself, in columns; the latest review first among equals.
_ORDERS: Final = {
    ReviewSort.NEWEST: ("-published_at", "-id"),
    ReviewSort.RATING_DESC: ("-rating", "-id"),
    ReviewSort.RATING_ASC: ("rating", "-id"),
}


@dataclass(frozen=True, slots=True)
class Rating:
    """All published ratings of a product: their sum, and how many there are."""

    total: int
    count: int

    @property
    def average(self) -> Decimal:
        """From 1 to 5, to the hundredth, halves up."""
        return (Decimal(self.total) / self.count).quantize(_CENT, ROUND_HALF_UP)

    @property
    def weight(self) -> int:
        """What lists sort by: the average, then how many said so (up to 999)."""
        return int(self.average * 100) * 1000 + min(self.count, _MOST_COUNTED)


def ratings_of(product_ids: Iterable[int]) -> dict[int, Rating]:
    """The ratings of products that have any, in one statement."""
    shown = Review.objects.filter(product_id__in=product_ids, state=ReviewState.PUBLISHED)
    rows = shown.order_by().values_list("product_id").annotate(Sum("rating"), Count("pk"))
    return {pk: Rating(total=total, count=count) for pk, total, count in rows}


def pages_of(
    product_ids: Sequence[int],
    *,
    sort: ReviewSort,
    first: int,
    after: tuple[str | int, int] | None = None,
) -> dict[int, list[Review]]:
    """At most `first` + 1 published reviews of each product, in one statement.

    `after` is (published at in ISO or rating, key) of the last one seen.
    """
    shown = Review.objects.filter(product_id__in=product_ids, state=ReviewState.PUBLISHED)
    if after is not None:
        shown = _behind(shown, sort, after)
    order = _ORDERS[sort]
    place = Window(RowNumber(), partition_by=F("product_id"), order_by=order)
    found: dict[int, list[Review]] = defaultdict(list)
    for row in shown.annotate(place=place).filter(place__lte=first + 1).order_by(*order):
        found[row.product_id].append(row)
    return found


def _behind(
    shown: QuerySet[Review], sort: ReviewSort, after: tuple[str | int, int]
) -> QuerySet[Review]:
    value, key = after
    if sort is ReviewSort.NEWEST:
        try:
            seen = datetime.fromisoformat(str(value))
        except ValueError:
            return shown.none()
        return shown.filter(Q(published_at__lt=seen) | Q(published_at=seen, pk__lt=key))
    beyond = Q(rating__lt=value) if sort is ReviewSort.RATING_DESC else Q(rating__gt=value)
    return shown.filter(beyond | Q(rating=value, pk__lt=key))


def place_of(review: Review, sort: ReviewSort) -> tuple[str | int, int]:
    """What a cursor tells of a review in an order."""
    if sort is ReviewSort.NEWEST and review.published_at:
        return review.published_at.isoformat(), review.pk
    return review.rating, review.pk


def names_of(product_ids: Sequence[int], language: Language) -> dict[int, str]:
    """What products are called in a language, in French where they have no name there."""
    texts = ProductText.objects.filter(product_id__in=product_ids)
    rows = texts.values_list("product_id", "language", "name")
    names = {(pk, Language(code)): name for pk, code, name in rows if name}
    found = {
        pk: names.get((pk, language)) or names.get((pk, Language.FR)) for pk in set(product_ids)
    }
    return {pk: name for pk, name in found.items() if name}


def waiting() -> QuerySet[Review]:
    """Reviews that wait for a decision: new ones and reported ones, the oldest first."""
    open_reports = ReviewReport.objects.filter(review=OuterRef("pk"), handled_at=None)
    rows = Review.objects.annotate(is_reported=Exists(open_reports))
    due = rows.filter(Q(state=ReviewState.PENDING) | Q(is_reported=True))
    return due.order_by("written_at", "pk")


def page_of_waiting(*, first: int, after: tuple[str, int] | None) -> list[Review]:
    """At most `first` + 1 of those that wait, with their products and open reports."""
    rows = waiting().select_related("product", "author").prefetch_related("reports")
    if after is not None:
        try:
            seen = datetime.fromisoformat(after[0])
        except ValueError:
            return []
        rows = rows.filter(Q(written_at__gt=seen) | Q(written_at=seen, pk__gt=after[1]))
    return list(rows[: first + 1])
