from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from catalog.models.variant import Variant


class PriceChange(models.Model):
    """The undiscounted price from a moment on; rows are added, never changed or removed."""

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="price_changes")
    gross_cents = models.PositiveIntegerField(_("price incl. VAT (cents)"))
    effective_from = models.DateTimeField(_("from"))
    recorded_at = models.DateTimeField(_("recorded"))
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("price change")
        verbose_name_plural = _("price changes")
        ordering = ["effective_from", "id"]
        indexes = [models.Index(fields=["variant", "effective_from"], name="price_by_time")]

    def __str__(self) -> str:
        return f"{self.gross_cents} from {self.effective_from:%Y-%m-%d}"


class Reduction(models.Model):
    """A window during which a pack costs less; windows of one pack never overlap."""

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="reductions")
    price_cents = models.PositiveIntegerField(_("reduced price incl. VAT (cents)"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("reduction")
        verbose_name_plural = _("reductions")
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="reduction_ends_after_it_starts",
            ),
            models.UniqueConstraint(fields=["variant", "starts_at"], name="reduction_start_once"),
        ]

    def __str__(self) -> str:
        return f"{self.price_cents} from {self.starts_at:%Y-%m-%d}"


class VatRate(models.Model):
    """The VAT rate of a pack, in percent, from a day on."""

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="vat_rates")
    percent = models.DecimalField(_("VAT (%)"), max_digits=4, decimal_places=2)
    effective_from = models.DateField(_("from"))

    class Meta:
        verbose_name = _("VAT rate")
        verbose_name_plural = _("VAT rates")
        ordering = ["effective_from"]
        constraints = [
            models.UniqueConstraint(fields=["variant", "effective_from"], name="vat_rate_once"),
            models.CheckConstraint(
                condition=models.Q(percent__gte=0) & models.Q(percent__lt=100),
                name="vat_rate_is_a_percentage",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.percent} %"
