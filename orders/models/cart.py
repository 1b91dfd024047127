import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from catalog.models import Product, Variant
from clinic.models import Place
from orders.models.delivery import SlotDay
from orders.vocabulary import CartState, DeliveryMethod, Verdict
from pets.models import Pet


class Cart(models.Model):
    """What somebody means to buy; its id is the permission, until it is a person's.

    `version` moves with every change, so that two phones never overwrite each other unseen.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="carts")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=8, choices=[(each, each) for each in CartState], default=CartState.OPEN
    )
    version = models.PositiveIntegerField(default=1)
    contact = models.JSONField(default=dict)
    address = models.JSONField(default=dict)
    billing = models.JSONField(default=dict)
    method = models.CharField(
        max_length=8, blank=True, choices=[(each, each) for each in DeliveryMethod]
    )
    slot = models.ForeignKey(SlotDay, models.SET_NULL, null=True, blank=True, related_name="+")
    relay_point = models.JSONField(default=dict)
    is_declared = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("cart")
        verbose_name_plural = _("carts")
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=~models.Q(state=CartState.ORDERED),
                name="cart_one_open_a_person",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class CartLine(models.Model):
    """Packs of one kind in a cart; `seen_cents` is the price that the buyer last agreed to."""

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField()
    text = models.CharField(max_length=60, blank=True)
    seen_cents = models.PositiveIntegerField()
    acknowledged = models.JSONField(default=list)
    from_suggestion = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cart", "variant", "text"], name="cart_line_once_a_pack"
            ),
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0), name="cart_line_holds_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.variant}"


class CartLinePet(models.Model):
    """Who eats of a line, and how much of it; one bag may be for two cats."""

    line = models.ForeignKey(CartLine, models.CASCADE, related_name="pets")
    pet = models.ForeignKey(Pet, models.CASCADE, related_name="+")
    share_percent = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "pet"], name="cart_line_pet_once"),
            models.CheckConstraint(
                condition=models.Q(share_percent__range=(1, 100)), name="cart_line_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pet}: {self.share_percent} %"


class CartShare(models.Model):
    """A link that shows a cart to a friend; kept as a hash, revocable, and it ends."""

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="shares")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"#{self.pk}"


class CartOpinion(models.Model):
    """What somebody who was shown a cart thinks of it."""

    share = models.ForeignKey(CartShare, models.CASCADE, related_name="opinions")
    name = models.CharField(max_length=40)
    verdict = models.CharField(max_length=10, choices=[(each, each) for each in Verdict])
    product = models.ForeignKey(Product, models.SET_NULL, null=True, related_name="+")
    text = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.name}: {self.verdict}"
