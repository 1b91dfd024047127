from django.db import models
from django.utils.translation import gettext_lazy as _


class Brand(models.Model):
    """A brand, and who answers for its products in the Union (GPSR, Reg. 2023/988 art. 19)."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=80, unique=True)
    manufacturer = models.CharField(_("manufacturer"), max_length=160, blank=True)
    postal_address = models.CharField(_("postal address"), max_length=300, blank=True)
    electronic_address = models.CharField(_("electronic address"), max_length=254, blank=True)
    eu_responsible = models.CharField(
        _("EU responsible person"),
        max_length=400,
        blank=True,
        help_text=_("Required when the manufacturer is outside the Union (Reg. 2023/988 art. 16)."),
    )

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Category(models.Model):
    """A shelf of the shop: a tree of at most three levels, whose path is its address."""

    slug = models.SlugField(_("slug"), max_length=80)
    path = models.CharField(_("path"), max_length=255, unique=True, editable=False)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent"),
    )
    name_fr = models.CharField(_("name (French)"), max_length=80)
    name_en = models.CharField(_("name (English)"), max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["path"]

    def __str__(self) -> str:
        return self.path
