from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from catalog.models.product import Product
from catalog.vocabulary import ReportReason, ReviewRefusalReason, ReviewState
from kernel.animals import Language, Species


class ReviewInvitation(models.Model):
    """Leave to write one review: somebody bought the product and has it.

    `reference` names the line that was delivered, so that a delivery told twice invites once. The
    token goes by mail when the buyer is asked, and is kept as a hash.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="review_invitations")
    person = models.ForeignKey(
        Person, models.CASCADE, null=True, blank=True, related_name="review_invitations"
    )
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(max_length=2, choices=[(each, each) for each in Language])
    reference = models.CharField(_("reference"), max_length=80, unique=True)
    token_hash = models.CharField(max_length=64, blank=True, editable=False)
    experienced_on = models.DateField(_("received on"))
    created_at = models.DateTimeField(_("invited"))
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    expires_at = models.DateTimeField(_("until"), db_index=True)

    class Meta:
        verbose_name = _("invitation to review")
        verbose_name_plural = _("invitations to review")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["experienced_on"],
                condition=models.Q(asked_at__isnull=True),
                name="review_invitation_to_ask",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["token_hash"],
                condition=~models.Q(token_hash=""),
                name="review_token_once",
            )
        ]

    def __str__(self) -> str:
        return self.reference


class Review(models.Model):
    """What a buyer thinks of a product; shown once a colleague has read it."""

    product = models.ForeignKey(
        Product, models.CASCADE, related_name="reviews", verbose_name=_("product")
    )
    invitation = models.OneToOneField(
        ReviewInvitation, models.SET_NULL, null=True, blank=True, related_name="review"
    )
    author = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="reviews"
    )
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(max_length=2, choices=[(each, each) for each in Language])
    signature = models.CharField(_("signed"), max_length=40, blank=True)
    rating = models.PositiveSmallIntegerField(
        _("rating"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    text = models.TextField(_("text"), blank=True)
    species = models.CharField(
        _("species"), max_length=12, blank=True, choices=[(each, each) for each in Species]
    )
    age_months = models.PositiveSmallIntegerField(_("age (months)"), null=True, blank=True)
    experienced_on = models.DateField(_("received on"))
    written_at = models.DateTimeField(_("written"))
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(each, each) for each in ReviewState],
        default=ReviewState.PENDING,
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    refusal_reason = models.CharField(
        _("reason"),
        max_length=16,
        blank=True,
        choices=[(each, each) for each in ReviewRefusalReason],
    )
    refusal_note = models.CharField(_("in other words"), max_length=500, blank=True)
    moderated_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="reviews_moderated"
    )
    moderated_at = models.DateTimeField(_("decided"), null=True, blank=True)
    answer = models.TextField(_("the clinic's answer"), blank=True)
    answered_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="reviews_answered"
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["-written_at", "-id"]
        indexes = [
            models.Index(fields=["product", "state", "-published_at"], name="review_of_product"),
            models.Index(fields=["state", "written_at"], name="review_to_moderate"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rating__range=(1, 5)), name="review_rating_from_1_to_5"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ReviewState.PUBLISHED)
                | models.Q(published_at__isnull=False),
                name="review_published_is_dated",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ReviewState.REFUSED) | ~models.Q(refusal_reason=""),
                name="review_refused_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rating}/5 · {self.product}"


class ReviewReport(models.Model):
    """A reader holds something against a review that is shown."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="review_reports"
    )
    reason = models.CharField(
        _("reason"), max_length=14, choices=[(each, each) for each in ReportReason]
    )
    text = models.CharField(_("in other words"), max_length=500, blank=True)
    reported_at = models.DateTimeField(_("reported"))
    handled_at = models.DateTimeField(_("looked into"), null=True, blank=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "reporter"],
                condition=models.Q(handled_at__isnull=True),
                name="review_reported_once_a_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.review}: {self.reason}"
