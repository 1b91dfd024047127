from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from catalog.models import Product
from conversations.models.thread import Thread
from kernel.animals import Language, Species


class PublicQuestion(models.Model):
    """A question and its answer for all to read: a copy that names nobody."""

    thread = models.OneToOneField(
        Thread, models.SET_NULL, null=True, blank=True, related_name="public_question"
    )
    product = models.ForeignKey(
        Product, models.SET_NULL, null=True, blank=True, related_name="public_questions"
    )
    species = models.CharField(
        _("species"), max_length=12, blank=True, choices=[(each, each) for each in Species]
    )
    language = models.CharField(max_length=2, choices=[(each, each) for each in Language])
    question = models.TextField(_("question"))
    answer = models.TextField(_("answer"))
    published_at = models.DateTimeField(_("published"))
    published_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="questions_published"
    )

    class Meta:
        verbose_name = _("public question")
        verbose_name_plural = _("public questions")
        ordering = ["-published_at", "-id"]
        indexes = [
            models.Index(fields=["product", "-published_at"], name="public_question_of_product")
        ]

    def __str__(self) -> str:
        return self.question[:80]
