from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.vocabulary import Origin
from catalog.models.product import Product
from pets.models import Pet


class DietLine(models.Model):
    """What a pet eats from a day on: a product of the shop, or food in the owner's words.

    A mixed diet is several lines at once, each with grams a day or a share of the energy.
    """

    pet = models.ForeignKey(Pet, models.CASCADE, related_name="diet")
    product = models.ForeignKey(
        Product, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    food_text = models.CharField(_("food, in the owner's words"), max_length=120, blank=True)
    grams_per_day = models.PositiveIntegerField(_("grams a day"), null=True, blank=True)
    share_percent = models.PositiveSmallIntegerField(
        _("share of the energy (%)"), null=True, blank=True
    )
    since = models.DateField(_("from"))
    until = models.DateField(_("up to"), null=True, blank=True)
    origin = models.CharField(_("source"), max_length=10, choices=[(each, each) for each in Origin])
    author = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("author")
    )
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("diet line")
        verbose_name_plural = _("diet")
        ordering = ["-since", "id"]
        indexes = [models.Index(fields=["pet", "-since"], name="diet_of_pet")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(product__isnull=False) | ~models.Q(food_text=""),
                name="diet_names_a_food",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="diet_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=models.Q(share_percent__isnull=True)
                | models.Q(share_percent__range=(1, 100)),
                name="diet_share_in_percent",
            ),
        ]

    def __str__(self) -> str:
        return self.food_text or str(self.product)
