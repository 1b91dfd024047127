from django.db import models
from django.utils.translation import gettext_lazy as _


class Topic(models.Model):
    """What articles are about, as readers browse them; its slug never changes."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name_fr = models.CharField(_("name (French)"), max_length=80)
    name_en = models.CharField(_("name (English)"), max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.name_fr


class Author(models.Model):
    """Who signs, as the public reads it; its slug never changes."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=80)
    title_fr = models.CharField(
        _("title (French)"), max_length=120, help_text=_("Such as: vétérinaire, DMV.")
    )
    title_en = models.CharField(_("title (English)"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
