from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from catalog.models import Product
from orders.models import OrderLine
from pets.models import Pet
from recommendations.models.trained import ModelVersion
from recommendations.vocabulary import ReasonKind, Shelf, Team


class Impression(models.Model):
    """A suggestion that somebody saw, where, and what became of it; each token counts once."""

    token_hash = models.CharField(max_length=64, unique=True)
    shelf = models.CharField(
        _("shelf"), max_length=12, choices=[(each, each) for each in Shelf], db_index=True
    )
    reason = models.CharField(
        _("reason"), max_length=10, choices=[(each, each) for each in ReasonKind]
    )
    team = models.CharField(_("pick of"), max_length=10, choices=[(each, each) for each in Team])
    is_interleaved = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(_("place"))
    propensity = models.FloatField(_("propensity"))
    version = models.ForeignKey(ModelVersion, models.SET_NULL, null=True, related_name="+")
    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    pet = models.ForeignKey(Pet, models.CASCADE, null=True, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    seen_at = models.DateTimeField(_("seen"), db_index=True)
    opened_at = models.DateTimeField(_("opened"), null=True)
    bought_at = models.DateTimeField(_("bought"), null=True)
    line = models.ForeignKey(OrderLine, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("suggestion seen")
        verbose_name_plural = _("suggestions seen")
        ordering = ["-id"]
        indexes = [models.Index(fields=["pet", "product", "-seen_at"], name="impression_of_pet")]

    def __str__(self) -> str:
        return f"{self.shelf} {self.position}"


class Dismissal(models.Model):
    """Not for my pet: the product is suggested to it no more."""

    pet = models.ForeignKey(Pet, models.CASCADE, related_name="dismissals")
    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("suggestion dismissed")
        verbose_name_plural = _("suggestions dismissed")
        constraints = [models.UniqueConstraint(fields=["pet", "product"], name="dismissed_once")]

    def __str__(self) -> str:
        return f"{self.pet_id}: {self.product_id}"
