from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.naming import Brand, Category
from catalog.vocabulary import EnergyOrigin, Form, ProductStatus, Situation
from kernel.animals import Language, LifeStage, SizeClass, Species


class Product(models.Model):
    """What is sold, whatever its pack; its words are in ProductText, its packs are Variants."""

    slug = models.SlugField(_("slug"), max_length=120, unique=True)
    brand = models.ForeignKey(
        Brand, models.PROTECT, related_name="products", verbose_name=_("brand")
    )
    category = models.ForeignKey(
        Category, models.PROTECT, related_name="products", verbose_name=_("category")
    )
    range_name = models.CharField(_("range"), max_length=80, blank=True)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=[(status, status) for status in ProductStatus],
        default=ProductStatus.DRAFT,
        db_index=True,
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    species = models.JSONField(_("species"), default=list)
    life_stage = models.CharField(
        _("life stage"), max_length=10, blank=True, choices=[(each, each) for each in LifeStage]
    )
    size_class = models.CharField(
        _("size"), max_length=10, blank=True, choices=[(each, each) for each in SizeClass]
    )
    form = models.CharField(_("form"), max_length=12, choices=[(form, form) for form in Form])
    conditions = models.JSONField(_("conditions"), default=list, blank=True)
    ingredient_groups = models.JSONField(
        _("ingredient groups"),
        null=True,
        blank=True,
        help_text=_("Empty when the composition is not known: then no exclusion can be promised."),
    )
    google_category = models.CharField(_("Google category"), max_length=10, blank=True)
    needs_vet_approval = models.BooleanField(_("needs a vet's approval"), default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.slug


class ProductText(models.Model):
    """The words of a product in one language."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="texts")
    language = models.CharField(
        _("language"), max_length=2, choices=[(each, each) for each in Language]
    )
    name = models.CharField(_("name"), max_length=160)
    description = models.TextField(_("description"), blank=True)
    composition = models.TextField(_("composition"), blank=True)
    additives = models.TextField(_("additives"), blank=True)
    instructions = models.TextField(_("instructions"), blank=True)
    dietetic_purpose = models.CharField(_("dietetic purpose"), max_length=300, blank=True)
    keywords = models.CharField(_("keywords for the search"), max_length=300, blank=True)
    staff_edited = models.JSONField(default=list, editable=False)

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [
            models.UniqueConstraint(fields=["product", "language"], name="product_text_once")
        ]

    def __str__(self) -> str:
        return self.name


class Nutrition(models.Model):
    """Analytical constituents in percent of the food as fed, and its energy in kcal per 100 g."""

    product = models.OneToOneField(Product, models.CASCADE, related_name="nutrition")
    protein = models.DecimalField(_("protein (%)"), max_digits=5, decimal_places=2)
    fat = models.DecimalField(_("fat (%)"), max_digits=5, decimal_places=2)
    fibre = models.DecimalField(_("fibre (%)"), max_digits=5, decimal_places=2)
    ash = models.DecimalField(_("ash (%)"), max_digits=5, decimal_places=2)
    moisture = models.DecimalField(_("moisture (%)"), max_digits=5, decimal_places=2)
    calcium = models.DecimalField(
        _("calcium (%)"), max_digits=5, decimal_places=3, null=True, blank=True
    )
    phosphorus = models.DecimalField(
        _("phosphorus (%)"), max_digits=5, decimal_places=3, null=True, blank=True
    )
    sodium = models.DecimalField(
        _("sodium (%)"), max_digits=5, decimal_places=3, null=True, blank=True
    )
    kcal_100g = models.DecimalField(
        _("energy (kcal/100 g)"), max_digits=6, decimal_places=1, null=True, blank=True
    )
    energy_origin = models.CharField(
        _("origin of the energy"),
        max_length=10,
        choices=[(each, each) for each in EnergyOrigin],
        blank=True,
    )

    class Meta:
        verbose_name = _("nutrition")
        verbose_name_plural = _("nutrition")

    def __str__(self) -> str:
        return f"{self.kcal_100g} kcal/100 g"


class RationRow(models.Model):
    """A line of the maker's ration table; `weight_kg` is the adult or target weight."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="ration_rows")
    species = models.CharField(
        _("species"), max_length=12, choices=[(each, each) for each in Species]
    )
    situation = models.CharField(
        _("situation"), max_length=20, choices=[(each, each) for each in Situation]
    )
    weight_kg = models.DecimalField(_("weight (kg)"), max_digits=5, decimal_places=2)
    grams_per_day = models.PositiveIntegerField(_("grams a day"))

    class Meta:
        verbose_name = _("ration")
        verbose_name_plural = _("rations")
        ordering = ["species", "situation", "weight_kg"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "species", "situation", "weight_kg"], name="ration_row_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.weight_kg} kg: {self.grams_per_day} g"


class Attribute(models.Model):
    """A property that products may have, named by staff: `matter`, `diameter`."""

    slug = models.SlugField(_("slug"), max_length=40, unique=True)
    label_fr = models.CharField(_("label (French)"), max_length=60)
    label_en = models.CharField(_("label (English)"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug


class ProductAttribute(models.Model):
    product = models.ForeignKey(Product, models.CASCADE, related_name="attributes")
    attribute = models.ForeignKey(Attribute, models.PROTECT, verbose_name=_("attribute"))
    value_fr = models.CharField(_("value (French)"), max_length=120)
    value_en = models.CharField(_("value (English)"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")
        constraints = [
            models.UniqueConstraint(fields=["product", "attribute"], name="product_attribute_once")
        ]

    def __str__(self) -> str:
        return f"{self.attribute}: {self.value_fr}"


class SlugHistory(models.Model):
    """A slug that a product once had: its old links live on."""

    slug = models.SlugField(max_length=120, unique=True)
    product = models.ForeignKey(Product, models.CASCADE, related_name="old_slugs")

    def __str__(self) -> str:
        return self.slug


class ProductReference(models.Model):
    """The name of a product in another system."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="references")
    source = models.CharField(max_length=40)
    reference = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "reference"], name="product_reference_once")
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.reference}"
