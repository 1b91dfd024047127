from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.vocabulary import LegalKind
from kernel.animals import Language


class LegalText(models.Model):
    """One version of one legal text in one language; a version is never edited once in force."""

    kind = models.CharField(_("kind"), max_length=20, choices=[(k, k) for k in LegalKind])
    language = models.CharField(_("language"), max_length=2, choices=[(k, k) for k in Language])
    version = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("body"))
    effective_from = models.DateTimeField(_("in force from"))

    class Meta:
        verbose_name = _("legal text")
        verbose_name_plural = _("legal texts")
        ordering = ["kind", "language", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "language", "version"], name="legal_text_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.language} {self.version}"
