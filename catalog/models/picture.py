from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.product import Product


class Picture(models.Model):
    """A picture of a product; `renditions` are [width, file name], narrowest first,
    empty until drawn.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="pictures")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    alt_fr = models.CharField(_("text for those who cannot see it (French)"), max_length=200)
    alt_en = models.CharField(
        _("text for those who cannot see it (English)"), max_length=200, blank=True
    )
    original = models.CharField(max_length=200, editable=False)
    content_hash = models.CharField(max_length=32, editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    placeholder = models.CharField(max_length=600, blank=True, editable=False)
    renditions = models.JSONField(default=list, editable=False)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["product", "content_hash"], name="picture_once"),
            models.CheckConstraint(condition=~models.Q(alt_fr=""), name="picture_has_alt_text"),
        ]

    def __str__(self) -> str:
        return self.alt_fr
