from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.vocabulary import ThreadKind
from kernel.animals import Language


class CannedAnswer(models.Model):
    """An answer that is given often, to begin from."""

    title = models.CharField(_("title"), max_length=80)
    language = models.CharField(
        _("language"), max_length=2, choices=[(each, each) for each in Language]
    )
    text = models.TextField(_("text"), max_length=5000)

    class Meta:
        verbose_name = _("ready answer")
        verbose_name_plural = _("ready answers")
        ordering = ["title", "id"]
        constraints = [
            models.UniqueConstraint(fields=["title", "language"], name="ready_answer_once")
        ]

    def __str__(self) -> str:
        return self.title


class AnswerTime(models.Model):
    """Within how much opening time the clinic promises to answer."""

    kind = models.CharField(
        _("kind"), max_length=10, unique=True, choices=[(each, each) for each in ThreadKind]
    )
    minutes = models.PositiveIntegerField(_("minutes of opening time"))
    urgent_minutes = models.PositiveIntegerField(_("the same, of high priority"))

    class Meta:
        verbose_name = _("promised time")
        verbose_name_plural = _("promised times")
        ordering = ["kind"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(minutes__range=(1, 20_000))
                & models.Q(urgent_minutes__range=(1, 20_000)),
                name="answer_time_is_reasonable",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.minutes}"
