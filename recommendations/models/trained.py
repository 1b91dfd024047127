from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from pets.models import Pet


class ModelVersion(models.Model):
    """A model as it was trained; one of them serves. Its arrays are a file, with its SHA-256."""

    trained_at = models.DateTimeField(_("trained"))
    is_serving = models.BooleanField(_("serves"), default=False)
    pets = models.PositiveIntegerField(_("pets"))
    products = models.PositiveIntegerField(_("products"))
    purchases = models.PositiveIntegerField(_("purchases"))
    ndcg = models.FloatField(_("quality on what was held out (NDCG@10)"), null=True)
    refused_because = models.CharField(_("why it does not serve"), max_length=200, blank=True)
    options = models.JSONField(default=dict)
    artefact = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("model of suggestions")
        verbose_name_plural = _("models of suggestions")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_serving"], condition=models.Q(is_serving=True), name="one_model_serves"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class PetShelf(models.Model):
    """What a version holds ready for a pet: candidates with reasons, as numbers and ids.

    Nothing here is fit to be shown: the filters are asked once more when it is read.
    """

    version = models.ForeignKey(ModelVersion, models.CASCADE, related_name="pet_shelves")
    pet = models.ForeignKey(Pet, models.CASCADE, related_name="+")
    again = models.JSONField(default=list)
    fresh = models.JSONField(default=list)
    popular = models.JSONField(default=list)
    group = models.JSONField(default=list)
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("shelf of a pet")
        verbose_name_plural = _("shelves of pets")
        constraints = [models.UniqueConstraint(fields=["version", "pet"], name="pet_shelf_once")]

    def __str__(self) -> str:
        return f"{self.pet_id}"


class GroupShelf(models.Model):
    """What is popular with a kind of pets: `dog`, `dog/adult`, ...; everybody's is named ``."""

    version = models.ForeignKey(ModelVersion, models.CASCADE, related_name="group_shelves")
    name = models.CharField(max_length=120)
    products = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "name"], name="group_once")]

    def __str__(self) -> str:
        return self.name


class Together(models.Model):
    """Products that pets who have this one have too, the likest first: [key, likeness]."""

    version = models.ForeignKey(ModelVersion, models.CASCADE, related_name="together")
    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    others = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "product"], name="together_once")]

    def __str__(self) -> str:
        return f"{self.product_id}"
