from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.product import Product


class Card(models.Model):
    """All that a shopper may see of a published product, as one row that public reads use.

    `facts` holds what lists filter and sort by; `brief_*` what a list shows; `detail_*` the rest of
    the page. They are JSON texts written by catalog.cards, and can be rebuilt at any time.
    """

    product = models.OneToOneField(Product, models.CASCADE, primary_key=True, related_name="card")
    slug = models.SlugField(max_length=120, unique=True)
    revision = models.PositiveBigIntegerField(db_index=True)
    is_listed = models.BooleanField(default=True)
    next_change_at = models.DateTimeField(null=True, db_index=True)
    indexed = models.BooleanField(default=False, db_index=True)
    facts = models.TextField()
    brief_fr = models.TextField()
    brief_en = models.TextField()
    detail_fr = models.TextField()
    detail_en = models.TextField()

    def __str__(self) -> str:
        return self.slug


class SynonymGroup(models.Model):
    """Words that the search takes for one another, one a line."""

    terms = models.TextField(_("terms"), help_text=_("One a line."))

    class Meta:
        verbose_name = _("synonyms")
        verbose_name_plural = _("synonyms")
        ordering = ["id"]

    def __str__(self) -> str:
        return ", ".join(self.terms.splitlines()[:6])


class SearchMiss(models.Model):
    """A search that found nothing, counted by day: what owners want and the shop does not say."""

    text = models.CharField(_("search"), max_length=100)
    day = models.DateField(_("day"))
    times = models.PositiveIntegerField(_("times"), default=1)

    class Meta:
        verbose_name = _("search without result")
        verbose_name_plural = _("searches without result")
        ordering = ["-day", "-times"]
        constraints = [models.UniqueConstraint(fields=["text", "day"], name="search_miss_once")]

    def __str__(self) -> str:
        return self.text
