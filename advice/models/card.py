from django.db import models

from advice.models.article import Article


class ArticleCard(models.Model):
    """All that a reader may see of an article, as one row that public reads use.

    It is there from the moment that a publication is decided; nobody reads it before
    `published_at`. `brief_*` is what a list shows, `detail_*` the rest of the page: JSON texts
    written by advice.cards, which can be rebuilt at any time.
    """

    article = models.OneToOneField(Article, models.CASCADE, primary_key=True, related_name="card")
    slug = models.SlugField(max_length=120, unique=True)
    published_at = models.DateTimeField(db_index=True)
    updated_at = models.DateTimeField()
    indexed = models.BooleanField(default=False, db_index=True)
    brief_fr = models.TextField()
    brief_en = models.TextField()
    detail_fr = models.TextField()
    detail_en = models.TextField()

    def __str__(self) -> str:
        return self.slug


class CardTag(models.Model):
    """A thing that a card is found by: (topic, poids), (species, dog), (product, 12)."""

    card = models.ForeignKey(ArticleCard, models.CASCADE, related_name="tags")
    kind = models.CharField(max_length=12)
    value = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["kind", "value"], name="card_by_tag")]
        constraints = [
            models.UniqueConstraint(fields=["card", "kind", "value"], name="card_tag_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"
