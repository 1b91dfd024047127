from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.folded import FoldedField
from accounts.models.people import Person


class PersonReference(models.Model):
    """The name of a person's file in another system, such as the practice's software."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="references")
    source = models.CharField(_("system"), max_length=40)
    reference = models.CharField(_("reference"), max_length=80)
    #: What the last import wrote: where the shop has another value, somebody changed it here.
    imported = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("reference")
        verbose_name_plural = _("references")
        constraints = [
            models.UniqueConstraint(fields=["source", "reference"], name="person_reference_once")
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.reference}"


class Address(models.Model):
    """Where a person is delivered; `warnings` are computed when it is read, never stored."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="addresses")
    label = models.CharField(_("label"), max_length=40, blank=True)
    recipient = models.CharField(_("recipient"), max_length=120)
    company = models.CharField(_("company"), max_length=120, blank=True)
    line1 = models.CharField(_("street and number"), max_length=120)
    line2 = models.CharField(_("building, floor, door"), max_length=120, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=12)
    city = models.CharField(_("commune"), max_length=80)
    city_key = FoldedField("city")
    country = models.CharField(_("country"), max_length=2, default="FR")
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    instructions = models.CharField(_("instructions for the carrier"), max_length=200, blank=True)
    is_default = models.BooleanField(_("usual address"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        ordering = ["-is_default", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(is_default=True), name="address_one_default"
            )
        ]

    def __str__(self) -> str:
        return f"{self.recipient}, {self.postal_code} {self.city}"
