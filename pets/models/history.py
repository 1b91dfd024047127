from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.vocabulary import Origin
from kernel.animals import Condition, IngredientGroup
from pets.models.pets import Pet
from pets.vocabulary import HistoryKind

BODY_CONDITIONS = range(1, 10)


class HistoryEntry(models.Model):
    """One dated fact of a pet's life: what, when, and who says so.

    The kind says which of `weight_g`, `score`, `condition` and `allergen` it carries; a condition,
    an allergy or a treatment lasts until `ended_on`.
    """

    pet = models.ForeignKey(Pet, models.CASCADE, related_name="history")
    kind = models.CharField(
        _("kind"), max_length=14, choices=[(each, each) for each in HistoryKind]
    )
    happened_on = models.DateField(_("date"))
    ended_on = models.DateField(_("until"), null=True, blank=True)
    origin = models.CharField(_("source"), max_length=10, choices=[(each, each) for each in Origin])
    author = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("author")
    )
    weight_g = models.PositiveIntegerField(_("weight (g)"), null=True, blank=True)
    score = models.PositiveSmallIntegerField(_("body condition (1 to 9)"), null=True, blank=True)
    condition = models.CharField(
        _("condition"), max_length=30, blank=True, choices=[(each, each) for each in Condition]
    )
    allergen = models.CharField(
        _("allergen"), max_length=12, blank=True, choices=[(each, each) for each in IngredientGroup]
    )
    text = models.CharField(_("text"), max_length=500, blank=True)
    external_reference = models.CharField(max_length=80, blank=True)
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("history entry")
        verbose_name_plural = _("history")
        ordering = ["-happened_on", "-id"]
        indexes = [models.Index(fields=["pet", "kind", "-happened_on"], name="history_by_kind")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind=HistoryKind.WEIGHT) | models.Q(weight_g__gt=0),
                name="history_weight_weighs",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=HistoryKind.BODY_CONDITION)
                | models.Q(score__in=list(BODY_CONDITIONS)),
                name="history_score_from_1_to_9",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=HistoryKind.CONDITION) | ~models.Q(condition=""),
                name="history_condition_named",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=HistoryKind.ALLERGY) | ~models.Q(allergen=""),
                name="history_allergen_named",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_on__isnull=True)
                | models.Q(ended_on__gte=models.F("happened_on")),
                name="history_ends_after_it_began",
            ),
            models.UniqueConstraint(
                fields=["pet", "external_reference"],
                condition=~models.Q(external_reference=""),
                name="history_reference_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.happened_on} {self.kind}"
