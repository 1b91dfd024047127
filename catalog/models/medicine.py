from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.vocabulary import RegulatoryClass


class MedicinePack(models.Model):
    """A pack of the official list of authorised veterinary medicines (ANMV), by its GTIN."""

    gtin = models.CharField(_("GTIN"), max_length=14, unique=True)
    medicine = models.CharField(_("medicine"), max_length=200)
    pack = models.CharField(_("pack"), max_length=300)
    authorisation = models.CharField(_("authorisation"), max_length=60)
    delivery_code = models.CharField(_("delivery code"), max_length=10)
    atcvet = models.CharField(_("ATCvet"), max_length=80)
    regulatory_class = models.CharField(
        _("regulatory class"), max_length=24, choices=[(each, each) for each in RegulatoryClass]
    )

    class Meta:
        verbose_name = _("authorised medicine")
        verbose_name_plural = _("authorised medicines")
        ordering = ["medicine", "pack"]

    def __str__(self) -> str:
        return f"{self.medicine} {self.pack}"
