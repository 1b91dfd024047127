import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from catalog.models import Stock, Variant
from clinic.models import Place
from kernel.animals import Language
from orders.models.cart import Cart
from orders.models.delivery import SlotDay
from orders.vocabulary import CancelReason, DeliveryMethod, OrderOrigin, OrderState
from pets.models import Pet


class Order(models.Model):
    """What was bought, at the prices of that moment: nothing of it is ever computed again.

    People see `number`, which gives no access; the id does. `contact`, `address`, `billing` and
    `vat_lines` are copies.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("number"), max_length=20, unique=True)
    origin = models.CharField(
        _("origin"),
        max_length=8,
        choices=[(each, each) for each in OrderOrigin],
        default=OrderOrigin.CART,
    )
    state = models.CharField(
        _("state"),
        max_length=18,
        choices=[(each, each) for each in OrderState],
        default=OrderState.PENDING_PAYMENT,
        db_index=True,
    )
    cancel_reason = models.CharField(
        _("why cancelled"),
        max_length=20,
        blank=True,
        choices=[(each, each) for each in CancelReason],
    )
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="orders"
    )
    cart = models.ForeignKey(Cart, models.SET_NULL, null=True, blank=True, related_name="orders")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    language = models.CharField(
        max_length=2, choices=[(each, each) for each in Language], default=Language.FR
    )
    email = models.EmailField(_("e-mail"), db_index=True)
    contact = models.JSONField(_("contact"), default=dict)
    address = models.JSONField(_("address"), default=dict)
    billing = models.JSONField(_("billing"), default=dict)
    method = models.CharField(
        _("delivery"), max_length=8, choices=[(each, each) for each in DeliveryMethod]
    )
    slot = models.ForeignKey(SlotDay, models.SET_NULL, null=True, blank=True, related_name="orders")
    holds_slot = models.BooleanField(default=False)
    relay_point = models.JSONField(default=dict)
    promise_from = models.DateTimeField(_("promised from"), null=True)
    promise_to = models.DateTimeField(_("promised to"), null=True, db_index=True)
    goods_cents = models.PositiveIntegerField(_("goods (cents)"))
    reduced_cents = models.PositiveIntegerField(_("reduced by (cents)"), default=0)
    delivery_cents = models.PositiveIntegerField(_("delivery (cents)"), default=0)
    total_cents = models.PositiveIntegerField(_("total (cents)"))
    delivery_parts = models.JSONField(default=list)
    vat_lines = models.JSONField(_("VAT"), default=list)
    accepted_texts = models.JSONField(_("legal texts accepted"), default=list)
    is_declared = models.BooleanField(_("declared to be for their own animals"), default=False)
    placed_at = models.DateTimeField(_("placed"), db_index=True)
    expires_at = models.DateTimeField(_("payment awaited until"), null=True, db_index=True)
    paid_at = models.DateTimeField(_("paid"), null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-placed_at", "-number"]
        indexes = [models.Index(fields=["person", "-placed_at"], name="order_of_person")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    total_cents=models.F("goods_cents") + models.F("delivery_cents")
                ),
                name="order_adds_up",
            )
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """A line as it was bought; the pack may go, the line stays. `gross_cents` is what was paid."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, models.SET_NULL, null=True, blank=True, related_name="+")
    sku = models.CharField(_("SKU"), max_length=40)
    name = models.CharField(_("product"), max_length=160)
    pack = models.CharField(_("pack"), max_length=60)
    picture = models.CharField(max_length=200, blank=True)
    regulatory_class = models.CharField(_("regulatory class"), max_length=24)
    product_slug = models.CharField(max_length=120)
    quantity = models.PositiveIntegerField(_("quantity"))
    text = models.CharField(_("text"), max_length=60, blank=True)
    unit_cents = models.PositiveIntegerField(_("unit price (cents)"))
    before_cents = models.PositiveIntegerField(_("before reductions (cents)"))
    gross_cents = models.PositiveIntegerField(_("paid (cents)"))
    vat_rate = models.DecimalField(_("VAT (%)"), max_digits=4, decimal_places=2)
    applied = models.JSONField(default=list)
    acknowledged = models.JSONField(_("acknowledged"), default=list)
    shipping_weight_g = models.PositiveIntegerField(default=0)
    from_suggestion = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0)
                & models.Q(gross_cents__lte=models.F("before_cents"))
                & models.Q(before_cents=models.F("unit_cents") * models.F("quantity")),
                name="order_line_adds_up",
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.name}"


class OrderLinePet(models.Model):
    """Who a line was for, and how much of it; `origin` says who decided."""

    line = models.ForeignKey(OrderLine, models.CASCADE, related_name="pets")
    pet = models.ForeignKey(Pet, models.CASCADE, related_name="order_lines")
    share_percent = models.PositiveSmallIntegerField(_("share (%)"))
    origin = models.CharField(max_length=10, default="owner")

    class Meta:
        verbose_name = _("pet of a line")
        verbose_name_plural = _("pets of a line")
        constraints = [models.UniqueConstraint(fields=["line", "pet"], name="order_line_pet_once")]

    def __str__(self) -> str:
        return f"{self.pet}: {self.share_percent} %"


class Reservation(models.Model):
    """Packs promised to an order; alive until they leave the shelf or are let go, once."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="reservations")
    stock = models.ForeignKey(Stock, models.PROTECT, related_name="+")
    line = models.ForeignKey(OrderLine, models.CASCADE, related_name="reservations")
    quantity = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(taken__lte=models.F("quantity")), name="reservation_bounds"
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.stock_id}"


class OrderEvent(models.Model):
    """What happened to an order, in its own words: the timeline that owners and staff read."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="events")
    at = models.DateTimeField(_("when"))
    kind = models.CharField(_("what"), max_length=30)
    by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    facts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("timeline")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.kind
