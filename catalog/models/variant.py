from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from catalog.models.product import Product
from catalog.vocabulary import RegulatoryClass, Unit


class Variant(models.Model):
    """A pack of a product: what is put in the cart. Its price is in PriceChange and Reduction."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="variants")
    sku = models.CharField(_("SKU"), max_length=40, unique=True)
    gtin = models.CharField(
        _("GTIN"),
        max_length=14,
        unique=True,
        null=True,
        blank=True,
        help_text=_("Stored as 14 digits."),
    )
    pack_label = models.CharField(_("pack"), max_length=60)
    units_per_pack = models.PositiveIntegerField(_("units per pack"), default=1)
    net_quantity = models.PositiveIntegerField(
        _("net quantity"), help_text=_("Content of one unit, in g, ml or pieces.")
    )
    unit = models.CharField(_("unit"), max_length=4, choices=[(unit, unit) for unit in Unit])
    options = models.JSONField(
        _("options"), default=dict, blank=True, help_text=_('Such as {"size": "M"}.')
    )
    shipping_weight_g = models.PositiveIntegerField(_("shipping weight (g)"))
    regulatory_class = models.CharField(
        _("regulatory class"),
        max_length=24,
        choices=[(each, each) for each in RegulatoryClass],
        default=RegulatoryClass.UNKNOWN,
    )
    weight_min_kg = models.DecimalField(
        _("from (kg of animal)"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    weight_max_kg = models.DecimalField(
        _("up to (kg of animal)"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    active_substances = models.JSONField(_("active substances"), default=list, blank=True)
    purchase_price_net_cents = models.PositiveIntegerField(
        _("purchase price, net (cents)"), null=True, blank=True
    )
    is_active = models.BooleanField(_("on sale"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("pack")
        verbose_name_plural = _("packs")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(net_quantity__gt=0) & models.Q(units_per_pack__gt=0),
                name="variant_holds_something",
            ),
            models.CheckConstraint(
                condition=models.Q(gtin__isnull=True) | models.Q(Exact(Length("gtin"), 14)),
                name="variant_gtin_is_14_digits",
            ),
        ]

    def __str__(self) -> str:
        return self.sku


class VariantReference(models.Model):
    """The name of a pack in another system: a wholesaler's code, a practice software's."""

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="references")
    source = models.CharField(max_length=40)
    reference = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "reference"], name="variant_reference_once")
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.reference}"
