from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from orders.models.order import Order, OrderLine
from orders.vocabulary import (
    DisputeState,
    PaymentMethod,
    PaymentState,
    RefundReason,
    RefundState,
)


class Payment(models.Model):
    """One attempt to pay an order; the intent at Stripe has its id in its metadata."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="payments")
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1)
    method = models.CharField(
        _("method"),
        max_length=8,
        choices=[(each, each) for each in PaymentMethod],
        default=PaymentMethod.CARD,
    )
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(each, each) for each in PaymentState],
        default=PaymentState.PENDING,
    )
    amount_cents = models.PositiveIntegerField(_("amount (cents)"))
    captured_cents = models.PositiveIntegerField(_("received (cents)"), default=0)
    captures_later = models.BooleanField(_("received after approval"), default=False)
    intent_id = models.CharField(_("intent"), max_length=80, blank=True, db_index=True)
    client_secret = models.CharField(max_length=200, blank=True, editable=False)
    decline_code = models.CharField(_("declined because"), max_length=60, blank=True)
    created_at = models.DateTimeField(_("begun"))
    settled_at = models.DateTimeField(_("settled"), null=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "attempt"], name="payment_attempt_once"),
            models.UniqueConstraint(
                fields=["intent_id"], condition=~models.Q(intent_id=""), name="payment_intent_once"
            ),
            models.CheckConstraint(
                condition=models.Q(captured_cents__lte=models.F("amount_cents")),
                name="payment_never_too_much",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} / {self.attempt}"


class StripeEvent(models.Model):
    """An event that Stripe told: its id is unique, which is why none is handled twice."""

    event_id = models.CharField(max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=80)
    object_id = models.CharField(_("about"), max_length=80, db_index=True)
    received_at = models.DateTimeField(_("received"))
    handled_at = models.DateTimeField(_("handled"), null=True)

    class Meta:
        verbose_name = _("Stripe event")
        verbose_name_plural = _("Stripe events")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.event_id


class Refund(models.Model):
    """Money given back; its lines take the cents that were stored when they were sold."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="refunds")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=80, unique=True)
    amount_cents = models.PositiveIntegerField(_("amount (cents)"))
    delivery_cents = models.PositiveIntegerField(_("of it delivery (cents)"), default=0)
    reason = models.CharField(
        _("why"), max_length=14, choices=[(each, each) for each in RefundReason]
    )
    state = models.CharField(
        _("state"),
        max_length=8,
        choices=[(each, each) for each in RefundState],
        default=RefundState.PENDING,
    )
    stripe_id = models.CharField(max_length=80, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("decided"))
    done_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.order}: {self.amount_cents}"


class RefundLine(models.Model):
    refund = models.ForeignKey(Refund, models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="refund_lines")
    quantity = models.PositiveIntegerField(_("quantity"))
    gross_cents = models.PositiveIntegerField(_("amount (cents)"))

    class Meta:
        verbose_name = _("refund line")
        verbose_name_plural = _("refund lines")
        constraints = [models.UniqueConstraint(fields=["refund", "line"], name="refund_line_once")]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.line}"


class Dispute(models.Model):
    """A holder who asked their bank for the money back; the clinic answers at Stripe by a day."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="disputes")
    stripe_id = models.CharField(max_length=80, unique=True)
    state = models.CharField(
        _("state"),
        max_length=8,
        choices=[(each, each) for each in DisputeState],
        default=DisputeState.OPEN,
    )
    reason = models.CharField(_("why"), max_length=60)
    amount_cents = models.PositiveIntegerField(_("amount (cents)"))
    due_by = models.DateTimeField(_("to be answered by"), null=True)
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.payment}: {self.state}"


class CardHolder(models.Model):
    """A person as Stripe knows them, so that a card can be kept there for later.

    A person whose two files were merged is known there twice.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="card_holders")
    customer_id = models.CharField(max_length=80, unique=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.customer_id


class SavedCard(models.Model):
    """A card that may be charged later; `expires` is the year and the month of its end."""

    holder = models.ForeignKey(CardHolder, models.CASCADE, related_name="cards")
    method_id = models.CharField(max_length=80)
    brand = models.CharField(max_length=20)
    last4 = models.CharField(max_length=4)
    expires = models.CharField(max_length=7)
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["holder", "method_id"], name="saved_card_once")
        ]

    def __str__(self) -> str:
        return f"{self.brand} {self.last4}"
