from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.animals import Species
from pets.models.breeds import Breed
from pets.vocabulary import Activity, Breeding, IdentificationKind, Sex


class Pet(models.Model):
    """An animal, whom the shop serves; its guardians speak for it, its history tells the rest."""

    name = models.CharField(_("name"), max_length=60)
    species = models.CharField(
        _("species"), max_length=12, choices=[(each, each) for each in Species]
    )
    breed = models.ForeignKey(
        Breed, models.SET_NULL, null=True, blank=True, related_name="pets", verbose_name=_("breed")
    )
    breed_text = models.CharField(_("breed, in the owner's words"), max_length=80, blank=True)
    sex = models.CharField(
        _("sex"), max_length=6, blank=True, choices=[(each, each) for each in Sex]
    )
    is_neutered = models.BooleanField(_("neutered"), null=True, blank=True)
    born_on = models.DateField(_("born"), null=True, blank=True)
    is_birth_estimated = models.BooleanField(_("birth date is an estimate"), default=False)
    activity = models.CharField(
        _("activity"), max_length=8, blank=True, choices=[(each, each) for each in Activity]
    )
    breeding = models.CharField(
        _("breeding"),
        max_length=10,
        choices=[(each, each) for each in Breeding],
        default=Breeding.NONE,
    )
    adult_weight_g = models.PositiveIntegerField(_("adult weight (g)"), null=True, blank=True)
    photo_original = models.CharField(max_length=200, blank=True, editable=False)
    photo_renditions = models.JSONField(default=list, blank=True, editable=False)
    photo_placeholder = models.CharField(max_length=600, blank=True, editable=False)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)
    died_on = models.DateField(_("died"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("pet")
        verbose_name_plural = _("pets")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_served(self) -> bool:
        """Whether the shop may remind, suggest or advise for it: read at the time of reading."""
        return self.died_on is None and self.archived_at is None

    def age_days(self, *, on: date) -> int | None:
        return None if self.born_on is None else max(0, (on - self.born_on).days)


class Identification(models.Model):
    """What tells an animal from all others: the value is checked by its kind."""

    pet = models.ForeignKey(Pet, models.CASCADE, related_name="identifications")
    kind = models.CharField(
        _("kind"), max_length=10, choices=[(each, each) for each in IdentificationKind]
    )
    value = models.CharField(_("number"), max_length=30, db_index=True)

    class Meta:
        verbose_name = _("identification")
        verbose_name_plural = _("identifications")
        constraints = [
            models.UniqueConstraint(fields=["pet", "kind"], name="identification_once_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.value}"


class PetReference(models.Model):
    """The name of a pet in another system, such as the practice's software."""

    pet = models.ForeignKey(Pet, models.CASCADE, related_name="references")
    source = models.CharField(_("system"), max_length=40)
    reference = models.CharField(_("reference"), max_length=80)
    #: What the last import wrote: where the shop has another value, somebody changed it here.
    imported = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("reference")
        verbose_name_plural = _("references")
        constraints = [
            models.UniqueConstraint(fields=["source", "reference"], name="pet_reference_once")
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.reference}"
