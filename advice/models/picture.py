from django.db import models
from django.utils.translation import gettext_lazy as _


class Picture(models.Model):
    """A picture for articles, named in their text by `picture:key`; `renditions` are
    [width, file name], narrowest first, empty until drawn.
    """

    key = models.CharField(_("key"), max_length=12, unique=True, editable=False)
    alt_fr = models.CharField(_("text for those who cannot see it (French)"), max_length=200)
    alt_en = models.CharField(
        _("text for those who cannot see it (English)"), max_length=200, blank=True
    )
    credit = models.CharField(_("credit"), max_length=120, blank=True)
    original = models.CharField(max_length=200, editable=False)
    content_hash = models.CharField(max_length=32, unique=True, editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    placeholder = models.CharField(max_length=600, blank=True, editable=False)
    renditions = models.JSONField(default=list, editable=False)
    added_at = models.DateTimeField(_("added"), editable=False)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(alt_fr=""), name="advice_picture_has_alt_text"
            )
        ]

    def __str__(self) -> str:
        return self.alt_fr
