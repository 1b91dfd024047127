from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.animals import SizeClass, Species


class Breed(models.Model):
    """A breed as people name it; the common ones are ours, the others come by import."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    species = models.CharField(
        _("species"), max_length=12, choices=[(each, each) for each in Species], db_index=True
    )
    name_fr = models.CharField(_("name (French)"), max_length=120)
    name_en = models.CharField(_("name (English)"), max_length=120, blank=True)
    fci_number = models.PositiveIntegerField(_("FCI number"), null=True, blank=True, unique=True)
    size_class = models.CharField(
        _("size"), max_length=10, blank=True, choices=[(each, each) for each in SizeClass]
    )
    is_common = models.BooleanField(_("common in France"), default=False)

    class Meta:
        verbose_name = _("breed")
        verbose_name_plural = _("breeds")
        ordering = ["species", "name_fr"]

    def __str__(self) -> str:
        return self.name_fr
