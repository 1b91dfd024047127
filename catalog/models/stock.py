from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from catalog.models.variant import Variant
from clinic.models import Place


class Stock(models.Model):
    """How many of a pack a place has, and how many of them are promised to buyers."""

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="stocks")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("place"))
    on_hand = models.PositiveIntegerField(_("on hand"), default=0)
    reserved = models.PositiveIntegerField(_("reserved"), default=0)

    class Meta:
        verbose_name = _("stock")
        verbose_name_plural = _("stock")
        constraints = [
            models.UniqueConstraint(fields=["variant", "place"], name="stock_once_a_place"),
            models.CheckConstraint(
                condition=models.Q(reserved__lte=models.F("on_hand")), name="stock_never_oversold"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on_hand} ({self.reserved})"


class Lot(models.Model):
    """A batch received, kept apart so that the first to expire is the first to leave."""

    stock = models.ForeignKey(Stock, models.CASCADE, related_name="lots")
    code = models.CharField(_("lot"), max_length=40)
    best_before = models.DateField(_("best before"), null=True, blank=True)
    quantity = models.PositiveIntegerField(_("quantity"))

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        ordering = [models.F("best_before").asc(nulls_last=True), "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["stock", "code", "best_before"], name="lot_once_a_stock"
            ),
            models.UniqueConstraint(
                fields=["stock", "code"],
                condition=models.Q(best_before__isnull=True),
                name="undated_lot_once_a_stock",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class StockMovement(models.Model):
    """Why the stock is what it is: rows are added, never changed."""

    stock = models.ForeignKey(Stock, models.CASCADE, related_name="movements")
    lot = models.ForeignKey(Lot, models.SET_NULL, null=True, blank=True, related_name="+")
    quantity = models.IntegerField(_("quantity"))
    reason = models.CharField(_("reason"), max_length=20)
    reference = models.CharField(_("reference"), max_length=80, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["stock", "reference"],
                condition=~models.Q(reference=""),
                name="stock_movement_reference_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity:+} {self.reason}"
