from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from advice.content import Content, from_json
from advice.vocabulary import ArticleStatus


class Article(models.Model):
    """An article's address and state; what it says is in its revisions.

    `version` is the number of the latest revision, `shown` the one that the public reads or will
    read from `published_at` on. `title` and `next_review_on` repeat the latest, for lists.
    """

    slug = models.SlugField(_("slug"), max_length=120, unique=True)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=[(each, each) for each in ArticleStatus],
        default=ArticleStatus.DRAFT,
        db_index=True,
    )
    version = models.PositiveIntegerField(_("version"), default=0)
    title = models.CharField(_("title"), max_length=160, blank=True)
    shown = models.ForeignKey(
        "Revision", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("shown")
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True, db_index=True)
    next_review_on = models.DateField(_("next review"), null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status__in=[ArticleStatus.SCHEDULED, ArticleStatus.PUBLISHED])
                | models.Q(shown__isnull=False, published_at__isnull=False),
                name="public_article_shows_a_revision",
            )
        ]

    def __str__(self) -> str:
        return self.title or self.slug

    @property
    def has_unshown_changes(self) -> bool:
        return self.shown is not None and self.shown.number != self.version


class Revision(models.Model):
    """An article as somebody left it; rows are added, never changed."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField(_("number"))
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    kept = models.JSONField(_("content"))

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="revision_number_once")
        ]

    def __str__(self) -> str:
        return str(self.number)

    @property
    def content(self) -> Content:
        return from_json(self.kept)


class SlugHistory(models.Model):
    """A slug that an article once had: it leads to the article itself, so no circle can form."""

    slug = models.SlugField(max_length=120, unique=True)
    article = models.ForeignKey(Article, models.CASCADE, related_name="old_slugs")

    def __str__(self) -> str:
        return self.slug


class ClaimOverride(models.Model):
    """A vet's word that a marked passage may stand; it holds for that passage, letter by letter."""

    fingerprint = models.CharField(max_length=64, unique=True)
    subject = models.CharField(_("where"), max_length=40)
    word = models.CharField(_("word"), max_length=80)
    excerpt = models.CharField(_("passage"), max_length=300)
    reason = models.CharField(_("reason"), max_length=500)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("claim let stand")
        verbose_name_plural = _("claims let stand")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(reason=""), name="claim_override_has_a_reason"
            )
        ]

    def __str__(self) -> str:
        return f"{self.word}: {self.reason}"
