"""Reviews read before they are shown: published, refused with a reason, answered, reported."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import audit, notices, written
from accounts.models import Person
from accounts.notices import Message
from catalog import cards
from catalog.models import Review, ReviewReport
from catalog.reviews import name_of
from catalog.vocabulary import ReportReason, ReviewRefusalReason, ReviewState
from clinic import revision
from kernel.animals import Language
from kernel.refusals import ErrorCode, Refusal

LONGEST_ANSWER: Final = 3000
_LONGEST_NOTE: Final = 500
#: Reports of one review that are kept open; a review with as many is looked at anyway.
MOST_REPORTS: Final = 20

#: What the author of a refused review is told.
REASONS: Mapping[ReviewRefusalReason, str | Promise] = MappingProxyType(
    {
        ReviewRefusalReason.OFF_TOPIC: _("it is not about the product"),
        ReviewRefusalReason.OFFENSIVE: _("it insults somebody"),
        ReviewRefusalReason.PERSONAL_DATA: _("it tells who somebody is, or how to reach them"),
        ReviewRefusalReason.ADVERTISING: _("it advertises something else"),
        ReviewRefusalReason.HEALTH_CLAIM: _(
            "it says that a product treats or cures, which only a medicine may be said to do"
        ),
        ReviewRefusalReason.UNLAWFUL: _("it says something that the law forbids"),
    }
)


class NotShown(Refusal):
    """Only a review that is shown is answered, for the answer stands below it."""

    code = ErrorCode.WRONG_STATE
    words = _("This review is not shown: publish it first.")


def publish(*, review: Review, by: Person, at: datetime) -> Review:
    """Show a review, or show one again; open reports of it are settled by that."""
    with transaction.atomic():
        review = _locked(review)
        if review.state != ReviewState.PUBLISHED:
            review.published_at = review.published_at or at
            _decide(review, ReviewState.PUBLISHED, "", "", by=by, at=at)
        _settle_reports(review, at=at)
    return review


def refuse(
    *, review: Review, reason: ReviewRefusalReason, note: str, by: Person, at: datetime
) -> Review:
    """Keep a review from being shown, or take it down; its author is told why by mail.

    Raises:
        Invalid: a note of more than 500 characters.
    """
    said = written.paragraphs(
        note,
        path=["input", "note"],
        expected=_("a text of at most 500 characters"),
        most=_LONGEST_NOTE,
    )
    with transaction.atomic():
        review = _locked(review)
        if review.state != ReviewState.REFUSED:
            _decide(review, ReviewState.REFUSED, reason, said, by=by, at=at)
            _tell_author(review, at=at)
        _settle_reports(review, at=at)
    return review


def answer(*, review: Review, text: str, by: Person, at: datetime) -> Review:
    """Answer below a review in the clinic's name; an empty text takes the answer back.

    Raises:
        Invalid: more than 3,000 characters.
        NotShown: the review waits, or was refused.
    """
    said = written.paragraphs(
        text,
        path=["input", "text"],
        expected=_("a text of at most 3,000 characters"),
        most=LONGEST_ANSWER,
    )
    with transaction.atomic():
        review = _locked(review)
        if review.state != ReviewState.PUBLISHED:
            raise NotShown(path=["input", "id"])
        review.answer = said
        review.answered_by, review.answered_at = (by, at) if said else (None, None)
        review.save(update_fields=["answer", "answered_by", "answered_at"])
        audit.record(action="review.answer", subject=review, by=by, at=at)
        revision.bump()
    return review


def report(
    *, review: Review, reason: ReportReason, text: str, by: Person | None, at: datetime
) -> None:
    """Note what a reader holds against a review; once a person, and up to twenty at a time.

    Raises:
        Invalid: more than 500 characters.
    """
    said = written.paragraphs(
        text,
        path=["input", "text"],
        expected=_("a text of at most 500 characters"),
        most=_LONGEST_NOTE,
    )
    with transaction.atomic():
        review = _locked(review)
        waiting = review.reports.filter(handled_at=None)
        if waiting.count() >= MOST_REPORTS or (by and waiting.filter(reporter=by).exists()):
            return
        ReviewReport.objects.create(
            review=review, reporter=by, reason=reason, text=said, reported_at=at
        )


def forget_written_before(moment: datetime, *, at: datetime) -> int:
    """Delete reviews that were kept as long as the shop says; ratings follow. How many went."""
    with transaction.atomic():
        due = list(Review.objects.filter(written_at__lt=moment).order_by("pk")[:500])
        Review.objects.filter(pk__in=[each.pk for each in due]).delete()
        cards.project([each.product_id for each in due], at=at)
    return len(due)


def _locked(review: Review) -> Review:
    return Review.objects.select_for_update().get(pk=review.pk)


def _decide(
    review: Review, state: ReviewState, reason: str, note: str, *, by: Person, at: datetime
) -> None:
    changes = {"state": [review.state, state]}
    review.state, review.refusal_reason, review.refusal_note = state, reason, note
    review.moderated_by, review.moderated_at = by, at
    review.save(
        update_fields=[
            *("state", "published_at", "refusal_reason", "refusal_note"),
            *("moderated_by", "moderated_at"),
        ]
    )
    audit.record(action="review.moderate", subject=review, by=by, at=at, changes=changes)
    cards.project([review.product_id], at=at)
    # The rating may be the same to the hundredth: the list of reviews is not.
    revision.bump()


def _settle_reports(review: Review, *, at: datetime) -> None:
    review.reports.filter(handled_at=None).update(handled_at=at)


def _tell_author(review: Review, *, at: datetime) -> None:
    if not review.email:
        return
    language = Language(review.language)
    with translation.override(language):
        facts = {
            "product": name_of(review.product, language),
            "reason": str(REASONS[ReviewRefusalReason(review.refusal_reason)]),
            "note": f"{review.refusal_note}\n\n" if review.refusal_note else "",
        }
        body = gettext(
            "We do not show your review of %(product)s, because %(reason)s.\n\n%(note)s"
            "Good or bad, what you think of a product is welcome: write to the clinic if we "
            "misread you."
        )
        message = Message(subject=gettext("Your review is not shown"), body=body % facts)
    notices.notify(
        key=f"review-refused:{review.pk}:{at:%Y%m%d%H%M%S}",
        recipient=review.email,
        language=language,
        message=message,
    )
