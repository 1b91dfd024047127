"""What buyers write, read before it is shown: a queue for the phone, with one page a review."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.access import viewer_of
from accounts.admin.acting import Act, has_duty
from accounts.admin.fields import ChoiceField
from accounts.admin.files import FileAdmin
from accounts.models import Login, Person
from accounts.roles import Duty
from catalog import access, reviews_moderation, reviews_reading
from catalog.admin import labels
from catalog.models import Review
from catalog.reviews_moderation import LONGEST_ANSWER, REASONS
from catalog.vocabulary import ReportReason, ReviewRefusalReason, ReviewState
from kernel.animals import Species

STATES: dict[ReviewState, tuple[str | Promise, str]] = {
    ReviewState.PENDING: (_("to be read"), "orange"),
    ReviewState.PUBLISHED: (_("shown"), "green"),
    ReviewState.REFUSED: (_("refused"), "red"),
}
REPORTS: dict[ReportReason, str | Promise] = {
    ReportReason.NOT_GENUINE: _("its author did not use the product"),
    ReportReason.OFFENSIVE: _("it insults somebody"),
    ReportReason.PERSONAL_DATA: _("it tells who somebody is, or how to reach them"),
    ReportReason.UNLAWFUL: _("it says something that the law forbids"),
    ReportReason.OTHER: _("something else"),
}
_SHORTENED = 90


class RefuseForm(forms.Form):
    reason = ChoiceField(
        label=_("Reason"),
        choices=labels.choices(ReviewRefusalReason, REASONS.__getitem__),
        help_text=_("Its author is told by mail."),
    )
    note = forms.CharField(
        label=_("In your words"),
        required=False,
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=_("The clinic's answer"),
        required=False,
        max_length=LONGEST_ANSWER,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 6}),
        help_text=_("Shown below the review. Empty, it is taken back."),
    )


def _publish(review: Review, _given: dict[str, Any], by: Person, at: datetime) -> Promise:
    reviews_moderation.publish(review=review, by=by, at=at)
    return _("The review is shown.")


def _refuse(review: Review, given: dict[str, Any], by: Person, at: datetime) -> Promise:
    reason = ReviewRefusalReason(given["reason"])
    reviews_moderation.refuse(review=review, reason=reason, note=given["note"], by=by, at=at)
    return _("The review is not shown; its author is told why.")


def _answer(review: Review, given: dict[str, Any], by: Person, at: datetime) -> Promise:
    reviews_moderation.answer(review=review, text=given["text"], by=by, at=at)
    return _("The answer stands below the review.")


def _beside(review: Review, _at: datetime) -> dict[str, Any]:
    return {"facts": [(stars(review.rating), review.text or "—")]}


class WaitingFilter(DropdownFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        words = [(state.value, name) for state, (name, _colour) in STATES.items()]
        return [("waiting", _("to be decided, reports included")), *words]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Review]) -> QuerySet[Review]:
        if self.value() == "waiting":
            return queryset.filter(pk__in=reviews_reading.waiting().values("pk"))
        known = self.value() in list(ReviewState)
        return queryset.filter(state=self.value()) if known else queryset


@admin.register(Review)
class ReviewAdmin(FileAdmin):
    """Reviews are decided on and answered, never written or changed here."""

    page_template = "admin/catalog/review.html"
    acts: ClassVar = (
        Act(
            name="publish",
            title=_("Show the review"),
            button=_("Show it"),
            duty=Duty.MODERATE_REVIEWS,
            carry_out=_publish,
            beside=_beside,
        ),
        Act(
            name="refuse",
            title=_("Refuse the review"),
            button=_("Refuse it"),
            duty=Duty.MODERATE_REVIEWS,
            carry_out=_refuse,
            form=RefuseForm,
            beside=_beside,
        ),
        Act(
            name="answer",
            title=_("Answer in public"),
            button=_("Answer"),
            duty=Duty.MODERATE_REVIEWS,
            carry_out=_answer,
            form=AnswerForm,
            beside=_beside,
            start=lambda review, _asked: {"text": review.answer},
        ),
    )
    list_display = ("what", "state_badge", "signed", "written")
    list_display_links = ("what",)
    list_filter = (WaitingFilter,)
    list_filter_submit = True
    search_fields = ("text",)
    search_help_text = _("Words of the review, or the address of its product")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return has_duty(request, Duty.MODERATE_REVIEWS)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Review]:
        return Review.objects.select_related("product").order_by("-written_at", "-pk")

    def search(self, queryset: QuerySet[Review], text: str) -> QuerySet[Review]:
        words = text.strip()[:100]
        found = queryset.filter(text__icontains=words) | queryset.filter(
            product__slug__icontains=words
        )
        return found if words else queryset

    def read(self, request: HttpRequest, object_id: str) -> Review:
        return access.review_for_staff(int(object_id))

    def shown(self, request: HttpRequest, row: Review, at: datetime) -> dict[str, Any]:
        words, colour = STATES[ReviewState(row.state)]
        may_open = isinstance(request.user, Login) and (
            Duty.READ_CLIENTS in viewer_of(request.user).duties
        )
        author = reverse("admin:accounts_person_change", args=[row.author_id or 0])
        return {
            "title": stars(row.rating),
            "badge": labels.badge(words, colour),
            "facts": _facts(row),
            "author": author if may_open and row.author_id else "",
            "reports": [
                (REPORTS[ReportReason(each.reason)], each.text, labels.moment(each.reported_at))
                for each in row.reports.filter(handled_at=None)
            ],
        }

    @display(description=_("review"))
    def what(self, review: Review) -> SafeString:
        text = review.text[:_SHORTENED] + ("…" if len(review.text) > _SHORTENED else "")
        return labels.shown(f"{stars(review.rating)} · {review.product}", text)

    @display(description=_("state"), ordering="state")
    def state_badge(self, review: Review) -> SafeString:
        words, colour = STATES[ReviewState(review.state)]
        return labels.badge(words, colour)

    @display(description=_("signed"))
    def signed(self, review: Review) -> str:
        return review.signature or "—"

    @display(description=_("written"), ordering="written_at")
    def written(self, review: Review) -> str:
        return labels.moment(review.written_at)


def stars(rating: int) -> str:
    return "★" * rating + "☆" * (5 - rating)


def _facts(review: Review) -> list[tuple[str, str]]:
    animal = labels.animal(Species(review.species)) if review.species else ""
    reason = review.refusal_reason and str(REASONS[ReviewRefusalReason(review.refusal_reason)])
    lines = [
        (gettext("Product"), str(review.product)),
        (gettext("Signed"), review.signature),
        (gettext("Animal"), animal),
        (gettext("Age in months"), "" if review.age_months is None else str(review.age_months)),
        (gettext("Received on"), labels.day(review.experienced_on)),
        (gettext("Written"), labels.moment(review.written_at)),
        (gettext("Published"), labels.moment(review.published_at)),
        (gettext("Refused because"), reason),
        (gettext("In other words"), review.refusal_note),
    ]
    return [(name, text) for name, text in lines if text]
