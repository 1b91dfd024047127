"""Reviews written by buyers, reported by readers, decided and answered by the clinic."""

import uuid
from typing import Annotated

import strawberry
from strawberry import relay

from accounts.graphql.info import Info
from accounts.graphql.limiting import refuse_too_often
from accounts.graphql.repeating import KEY, carried_out_once
from accounts.graphql.viewer import acting
from accounts.idempotency import IdempotencyConflict
from accounts.roles import Duty
from catalog import access, reviews, reviews_moderation
from catalog.graphql.reviews import Review, review_of
from catalog.models import ReviewInvitation
from catalog.reviews import AlreadyReviewed, InvitationRefused, NoReviewsHere, ReviewGiven
from catalog.reviews_moderation import NotShown
from catalog.vocabulary import ReportReason, ReviewRefusalReason
from kernel.animals import Species
from kernel.graphql.nodes import key_of
from kernel.graphql.payloads import Answers, Payload, described
from kernel.refusals import Invalid, NotFound
from pets.access import pet_of

_DUTY = " Asks the duty `moderate_reviews`."


@strawberry.input(description="A review, by the invitation that lets its author write it.")
class ReviewWriteInput:
    token: str | None = strawberry.field(default=None, description="Of the link that came by mail.")
    invitation_id: relay.GlobalID | None = strawberry.field(
        default=None, description="One of `me { reviewInvitations }`, in place of the token."
    )
    rating: int = strawberry.field(description="From 1 to 5.")
    text: str = strawberry.field(default="", description="Plain text, at most 3,000 characters.")
    signature: str = strawberry.field(
        default="", description="How to sign it, at most 40 characters; empty for nothing."
    )
    pet_id: relay.GlobalID | None = strawberry.field(
        default=None, description="The pet that it was for: its species and age are shown."
    )
    species: Species | None = strawberry.field(
        default=None, description="In place of `petId`: for what animal it was."
    )
    age_months: int | None = strawberry.field(
        default=None, description="In place of `petId`: its age in months."
    )
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="What a reader holds against a review.")
class ReviewReportInput:
    id: relay.GlobalID = strawberry.field(description="The review.")
    reason: ReportReason = strawberry.field(description="What.")
    text: str = strawberry.field(default="", description="In other words, at most 500 characters.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="What becomes of a review.")
class ReviewModerateInput:
    id: relay.GlobalID = strawberry.field(description="The review.")
    refuse: ReviewRefusalReason | None = strawberry.field(
        default=None, description="Why it is not shown, which its author is told; null to show it."
    )
    note: str = strawberry.field(
        default="", description="For the author of a refused one, at most 500 characters."
    )
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="The clinic's public answer to a review.")
class ReviewAnswerInput:
    id: relay.GlobalID = strawberry.field(description="The review.")
    text: str = strawberry.field(
        description="Plain text, at most 3,000 characters; empty takes the answer back."
    )
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="What came of writing a review; it is read before it is shown.")
class ReviewWritePayload(Payload):
    review: Review | None = strawberry.field(default=None, description="As it was written.")


@strawberry.type(description="What came of reporting a review.")
class ReviewReportPayload(Payload):
    pass


@strawberry.type(description="What came of a decision on a review.")
class ReviewModeratePayload(Payload):
    review: Review | None = strawberry.field(default=None, description="As it is now.")


@strawberry.type(description="What came of answering a review.")
class ReviewAnswerPayload(Payload):
    review: Review | None = strawberry.field(default=None, description="As it is now.")


@strawberry.type
class ReviewMutation:
    @strawberry.mutation(
        description="Write what one thinks of a product that one bought and received here. "
        "By the link that came by mail, or by one's own invitation.",
        extensions=[
            Answers(
                ReviewWritePayload,
                AlreadyReviewed,
                IdempotencyConflict,
                Invalid,
                InvitationRefused,
                NoReviewsHere,
                NotFound,
            )
        ],
    )
    def review_write(
        self,
        info: Info,
        input: Annotated[ReviewWriteInput, described("The review.")],  # noqa: A002
    ) -> ReviewWritePayload:
        viewer, at = info.context.viewer, info.context.at

        def run() -> int:
            given = ReviewGiven(
                rating=input.rating,
                text=input.text,
                signature=input.signature,
                pet=pet_of(viewer, key_of(input.pet_id, "Pet")) if input.pet_id else None,
                species=input.species,
                age_months=input.age_months,
            )
            invitation = _invitation(input, info)
            return reviews.write(invitation=invitation, given=given, by=viewer.person, at=at).pk

        return ReviewWritePayload(review=_review(carried_out_once(info, input, run)))

    @strawberry.mutation(
        description="Tell the clinic what is wrong with a review; anybody may.",
        extensions=[Answers(ReviewReportPayload, IdempotencyConflict, Invalid, NotFound)],
    )
    def review_report(
        self,
        info: Info,
        input: Annotated[ReviewReportInput, described("What.")],  # noqa: A002
    ) -> ReviewReportPayload:
        refuse_too_often(info, "report_review")

        def run() -> None:
            reviews_moderation.report(
                review=access.review_on_show(key_of(input.id, "Review")),
                reason=input.reason,
                text=input.text,
                by=info.context.viewer.person,
                at=info.context.at,
            )

        carried_out_once(info, input, run)
        return ReviewReportPayload()

    @strawberry.mutation(
        description="Show a review, or refuse it with a reason that its author is told." + _DUTY,
        extensions=[Answers(ReviewModeratePayload, IdempotencyConflict, Invalid, NotFound)],
    )
    def review_moderate(
        self,
        info: Info,
        input: Annotated[ReviewModerateInput, described("The decision.")],  # noqa: A002
    ) -> ReviewModeratePayload:
        by, at = acting(info, Duty.MODERATE_REVIEWS), info.context.at

        def run() -> int:
            review = access.review_for_staff(key_of(input.id, "Review"))
            if input.refuse is None:
                return reviews_moderation.publish(review=review, by=by, at=at).pk
            return reviews_moderation.refuse(
                review=review, reason=input.refuse, note=input.note, by=by, at=at
            ).pk

        return ReviewModeratePayload(review=_review(carried_out_once(info, input, run)))

    @strawberry.mutation(
        description="Answer below a review in the clinic's name." + _DUTY,
        extensions=[Answers(ReviewAnswerPayload, IdempotencyConflict, Invalid, NotFound, NotShown)],
    )
    def review_answer(
        self,
        info: Info,
        input: Annotated[ReviewAnswerInput, described("The answer.")],  # noqa: A002
    ) -> ReviewAnswerPayload:
        by, at = acting(info, Duty.MODERATE_REVIEWS), info.context.at

        def run() -> int:
            review = access.review_for_staff(key_of(input.id, "Review"))
            return reviews_moderation.answer(review=review, text=input.text, by=by, at=at).pk

        return ReviewAnswerPayload(review=_review(carried_out_once(info, input, run)))


def _invitation(given: ReviewWriteInput, info: Info) -> ReviewInvitation:
    if given.token is not None:
        return reviews.invitation_by(given.token, at=info.context.at)
    key = key_of(given.invitation_id, "ReviewInvitation") if given.invitation_id else None
    return access.invitation_of(info.context.viewer, key)


def _review(key: object) -> Review:
    return review_of(access.review_for_staff(int(str(key))))
