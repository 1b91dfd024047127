from django.db import models
from django.utils.translation import gettext_lazy as _

from advice.models.picture import Picture
from advice.vocabulary import VideoStatus
from kernel.animals import Language


class Video(models.Model):
    """A didactic video: a file of the clinic's own, or an address elsewhere; its slug stays."""

    slug = models.SlugField(_("slug"), max_length=120, unique=True)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=[(each, each) for each in VideoStatus],
        default=VideoStatus.DRAFT,
        db_index=True,
    )
    title_fr = models.CharField(_("title (French)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=160, blank=True)
    description_fr = models.TextField(_("description (French)"), max_length=1000)
    description_en = models.TextField(_("description (English)"), max_length=1000, blank=True)
    species = models.JSONField(_("species"), default=list, blank=True)
    file = models.CharField(max_length=200, blank=True, editable=False)
    external_url = models.URLField(
        _("address elsewhere"),
        max_length=300,
        blank=True,
        help_text=_("Opened only after the visitor agrees; begins with https."),
    )
    poster = models.ForeignKey(
        Picture,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("poster"),
    )
    duration_s = models.PositiveIntegerField(_("duration (seconds)"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    indexed = models.BooleanField(default=False, db_index=True, editable=False)

    class Meta:
        verbose_name = _("video")
        verbose_name_plural = _("videos")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title_fr


class Captions(models.Model):
    """What is said in a video, as WebVTT, and as the plain text that the search reads."""

    video = models.ForeignKey(Video, models.CASCADE, related_name="captions")
    language = models.CharField(
        _("language"), max_length=2, choices=[(each, each) for each in Language]
    )
    vtt = models.TextField(_("WebVTT"))
    transcript = models.TextField(_("transcript"), editable=False)

    class Meta:
        verbose_name = _("captions")
        verbose_name_plural = _("captions")
        constraints = [models.UniqueConstraint(fields=["video", "language"], name="captions_once")]

    def __str__(self) -> str:
        return self.language
