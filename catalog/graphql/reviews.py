"""What buyers think of products, as readers and those who moderate see it."""

import datetime
from typing import Annotated, cast

import strawberry

from accounts.graphql.info import Info
from accounts.graphql.viewer import acting
from accounts.roles import Duty
from catalog import access, models, reviews_reading
from catalog.graphql.queries import SHOWN
from catalog.graphql.types import Product
from catalog.vocabulary import (
    ReportReason,
    ReviewRefusalReason,
    ReviewSort,
    ReviewState,
)
from kernel.animals import Language, Species
from kernel.graphql.extending import extend
from kernel.graphql.nodes import Node, global_id
from kernel.graphql.paging import PageInfo, cursor, page_info, page_size, read_cursor
from kernel.graphql.payloads import ClientMistake, described

_MOST_INVITATIONS = 50

#: How reviews are made and shown, told beside them: (French, English).
POLICY = (
    "Seuls écrivent ceux qui ont acheté et reçu le produit ici. Chaque avis est lu par la clinique "
    "avant d’être publié, sous sept jours ; un avis refusé l’est avec un motif donné à son auteur. "
    "Aucune contrepartie n’est donnée. Par défaut, les plus récents d’abord. Un avis est gardé "
    "cinq ans.",
    "Only those who bought and received the product here write. The clinic reads every review "
    "before it is published, within seven days; a refused author is told why. Nothing is given in "
    "return. By default the latest come first. A review is kept for five years.",
)


@strawberry.type(description="The clinic's answer to a review.")
class ReviewAnswer:
    text: str = strawberry.field(description="Plain text, of several lines.")
    at: datetime.datetime = strawberry.field(description="When it was given.")


@strawberry.type(description="What a verified buyer thinks of a product.")
class Review(Node):
    rating: int = strawberry.field(description="From 1 to 5.")
    text: str = strawberry.field(description="Plain text, of several lines; may be empty.")
    signature: str | None = strawberry.field(description="As its author signed; null for none.")
    species: Species | None = strawberry.field(description="For what animal it was.")
    age_months: int | None = strawberry.field(
        description="The animal's age in months, when the product came."
    )
    experienced_on: datetime.date = strawberry.field(description="When its author received it.")
    published_at: datetime.datetime | None = strawberry.field(
        description="When it was published; null for one that waits."
    )
    state: ReviewState = strawberry.field(description="How far it has come.")
    answer: ReviewAnswer | None = strawberry.field(description="What the clinic says to it.")

    @classmethod
    def is_type_of(cls, obj: object, _info: object) -> bool:
        return isinstance(obj, Review)


@strawberry.type(description="A page of reviews.")
class ReviewConnection:
    nodes: list[Review] = strawberry.field(description="The reviews.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")
    total_count: int = strawberry.field(description="How many reviews the product has.")
    policy: str = strawberry.field(
        description="How reviews are checked, sorted and kept: to be shown beside them "
        "(Code de la consommation L.111-7-2, D.111-16 to D.111-19)."
    )


@strawberry.type(description="Leave to review what was bought.")
class ReviewInvitation(Node):
    product_slug: str = strawberry.field(description="The address of the product.")
    product_name: str = strawberry.field(description="Its name in the reader's language.")
    experienced_on: datetime.date = strawberry.field(description="When it was received.")
    expires_at: datetime.datetime = strawberry.field(description="Until when it may be reviewed.")

    @classmethod
    def is_type_of(cls, obj: object, _info: object) -> bool:
        return isinstance(obj, ReviewInvitation)


@strawberry.type(description="What a reader holds against a review.")
class ReviewReport:
    reason: ReportReason = strawberry.field(description="What.")
    text: str = strawberry.field(description="The same in their words.")
    reported_at: datetime.datetime = strawberry.field(description="When.")


@strawberry.type(description="A review as those who moderate see it.")
class ReviewInQueue:
    review: Review = strawberry.field(description="The review.")
    product_slug: str = strawberry.field(description="The address of its product.")
    written_at: datetime.datetime = strawberry.field(description="When it was written.")
    refusal_reason: ReviewRefusalReason | None = strawberry.field(
        description="Why it was refused, where it was."
    )
    reports: list[ReviewReport] = strawberry.field(
        description="What readers hold against it, at most 20 that nobody has looked into."
    )


@strawberry.type(description="A page of reviews that wait for a decision, the oldest first.")
class ReviewQueue:
    nodes: list[ReviewInQueue] = strawberry.field(description="The reviews.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


def review_of(row: models.Review) -> Review:
    answer = None
    if row.answer and row.answered_at:
        answer = ReviewAnswer(text=row.answer, at=row.answered_at)
    return Review(
        id=global_id("Review", row.pk),
        rating=row.rating,
        text=row.text,
        signature=row.signature or None,
        species=Species(row.species) if row.species else None,
        age_months=row.age_months,
        experienced_on=row.experienced_on,
        published_at=row.published_at,
        state=ReviewState(row.state),
        answer=answer,
    )


@extend(Product)
@strawberry.field(
    description="What verified buyers wrote; none of what the law lets nobody review."
)
def reviews(
    root: strawberry.Parent[Product],
    info: Info,
    first: Annotated[int | None, described("How many, 1 to 100; 24 if not given.")] = None,
    after: Annotated[str | None, described("Cursor of the last review seen.")] = None,
    sort: Annotated[ReviewSort, described("In which order.")] = ReviewSort.NEWEST,
) -> ReviewConnection:
    sort, size = ReviewSort(sort), page_size(first)
    rows = _rows_of(root, info, sort=sort, first=size, after=after) if root.rating else []
    page = rows[:size]
    cursors = [cursor(sort.value, *reviews_reading.place_of(row, sort)) for row in page]
    return ReviewConnection(
        nodes=[review_of(row) for row in page],
        page_info=page_info(cursors, has_next=len(rows) > size, after=after),
        total_count=root.rating.count if root.rating else 0,
        policy=POLICY[info.context.language is Language.EN],
    )


def _rows_of(
    root: Product, info: Info, *, sort: ReviewSort, first: int, after: str | None
) -> list[models.Review]:
    """The reviews of a product, read for all products of the page at once."""
    place = _place(after, sort)
    asked = ("reviews", sort, first, after)
    found = info.context.kept.get(asked, {})
    if root.body.key not in found:
        shown = info.context.kept.get(SHOWN, [])
        keys = shown if root.body.key in shown else [root.body.key]
        pages = reviews_reading.pages_of(keys, sort=sort, first=first, after=place)
        found = {**found, **{key: pages[key] for key in keys}}
        info.context.kept[asked] = found
    return cast("list[models.Review]", found[root.body.key])


def _place(after: str | None, sort: ReviewSort) -> tuple[str | int, int] | None:
    """Raises: ClientMistake, for a cursor of a list in another order."""
    if after is None:
        return None
    kind = str if sort is ReviewSort.NEWEST else int
    name, value, key = read_cursor(after, str, kind, int)
    if name != sort:
        raise ClientMistake("BAD_CURSOR", "`after` is a cursor of a list sorted otherwise.")
    return value, int(key)


@strawberry.type(description="What the signed-in person may review.")
class ReviewsMe:
    @strawberry.field(
        description="What they bought and have not reviewed yet, the latest first; at most 50."
    )
    def review_invitations(self, info: Info) -> list[ReviewInvitation]:
        viewer, at = info.context.viewer, info.context.at
        found = access.invitations_for(viewer, at=at, most=_MOST_INVITATIONS)
        names = reviews_reading.names_of([row.product_id for row in found], info.context.language)
        return [
            ReviewInvitation(
                id=global_id("ReviewInvitation", row.pk),
                product_slug=row.product.slug,
                product_name=names.get(row.product_id, row.product.slug),
                experienced_on=row.experienced_on,
                expires_at=row.expires_at,
            )
            for row in found
        ]


@strawberry.type
class ReviewsQuery:
    @strawberry.field(
        description="Reviews that wait for a decision: new ones and those that readers report. "
        "Asks the duty `moderate_reviews`."
    )
    def review_queue(
        self,
        info: Info,
        first: Annotated[int | None, described("How many, 1 to 100; 24 if not given.")] = None,
        after: Annotated[str | None, described("Cursor of the last review seen.")] = None,
    ) -> ReviewQueue:
        acting(info, Duty.MODERATE_REVIEWS)
        size = page_size(first)
        place = cast("tuple[str, int]", tuple(read_cursor(after, str, int))) if after else None
        rows = reviews_reading.page_of_waiting(first=size, after=place)
        page = rows[:size]
        cursors = [cursor(row.written_at.isoformat(), row.pk) for row in page]
        return ReviewQueue(
            nodes=[_in_queue(row) for row in page],
            page_info=page_info(cursors, has_next=len(rows) > size, after=after),
        )


def _in_queue(row: models.Review) -> ReviewInQueue:
    return ReviewInQueue(
        review=review_of(row),
        product_slug=row.product.slug,
        written_at=row.written_at,
        refusal_reason=ReviewRefusalReason(row.refusal_reason) if row.refusal_reason else None,
        reports=[
            ReviewReport(
                reason=ReportReason(each.reason), text=each.text, reported_at=each.reported_at
            )
            for each in row.reports.all()
            if each.handled_at is None
        ],
    )
