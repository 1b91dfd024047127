from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from catalog.models import Lot, Product
from orders.models.once import Immutable, WrittenOnce
from orders.models.order import Order, OrderLine
from orders.vocabulary import ApprovalState, DeliveryMethod, DocumentKind, ShipmentState
from pets.models import Pet


class Shipment(models.Model):
    """A parcel or a handover: what was promised, when it was promised, and when it was kept."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="shipments")
    method = models.CharField(
        _("delivery"), max_length=8, choices=[(each, each) for each in DeliveryMethod]
    )
    carrier = models.CharField(_("carrier"), max_length=20, default="manual")
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(each, each) for each in ShipmentState],
        default=ShipmentState.TO_PREPARE,
        db_index=True,
    )
    promise_from = models.DateTimeField(_("promised from"), null=True)
    promise_to = models.DateTimeField(_("promised to"), null=True, db_index=True)
    promised_at = models.DateTimeField(_("promise made"))
    kept_at = models.DateTimeField(_("promise kept"), null=True)
    tracking = models.CharField(_("tracking number"), max_length=60, blank=True)
    shipped_at = models.DateTimeField(_("sent"), null=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        ordering = ["promise_to", "id"]

    def __str__(self) -> str:
        return f"{self.order} #{self.pk}"


class ShipmentLine(models.Model):
    """Packs of an order line in a parcel, and the lot that they came from."""

    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="shipped")
    lot = models.ForeignKey(Lot, models.SET_NULL, null=True, blank=True, related_name="+")
    lot_code = models.CharField(_("lot"), max_length=40, blank=True, db_index=True)
    best_before = models.DateField(_("best before"), null=True, blank=True)
    quantity = models.PositiveIntegerField(_("quantity"))

    class Meta:
        verbose_name = _("shipment line")
        verbose_name_plural = _("shipment lines")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.line}"


class Approval(models.Model):
    """A vet's word on a product for a pet: for an order, and for those that follow while valid."""

    pet = models.ForeignKey(Pet, models.CASCADE, related_name="approvals")
    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    line = models.ForeignKey(
        OrderLine, models.SET_NULL, null=True, blank=True, related_name="approvals"
    )
    state = models.CharField(
        _("state"),
        max_length=8,
        choices=[(each, each) for each in ApprovalState],
        default=ApprovalState.ASKED,
        db_index=True,
    )
    quantity = models.PositiveIntegerField(_("packs"))
    renewals = models.PositiveSmallIntegerField(_("renewals"), default=0)
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField(_("to be decided by"))
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    valid_until = models.DateField(_("valid until"), null=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["asked_at"]

    def __str__(self) -> str:
        return f"{self.pet} / {self.product}"


class Withdrawal(models.Model):
    """A buyer renounces the contract: declared, then confirmed, then acknowledged in writing."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="withdrawals")
    lines = models.JSONField(_("lines"), default=list)
    declared_at = models.DateTimeField(_("declared"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    settled_at = models.DateTimeField(_("refunded"), null=True)

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.order} #{self.pk}"


class NumberSeries(models.Model):
    """The last number allotted of a series; its row is locked while the next one is taken."""

    name = models.CharField(max_length=20, unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}{self.last}"


class Documents(models.QuerySet["Document"]):
    """Rows of which the file alone is set after they were written, and that are never deleted."""

    def update(self, **changes: Any) -> int:
        if not set(changes) <= {"file_name", "checksum"}:
            raise Immutable("Only the file of a document is set.")
        return super().update(**changes)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise Immutable("A document is kept for ten years.")


class Document(models.Model):
    """An invoice or a credit note: a copy of everything that it says, never changed.

    Only the file, made later by the worker, is set afterwards; `content` is made by
    `orders.invoice_content`. Source: CGI art. 289 I and VII; LPF L.102 B.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="documents")
    kind = models.CharField(
        _("kind"), max_length=12, choices=[(each, each) for each in DocumentKind]
    )
    number = models.CharField(_("number"), max_length=20, unique=True)
    refund = models.OneToOneField(
        "orders.Refund", models.PROTECT, null=True, blank=True, related_name="document"
    )
    issued_at = models.DateTimeField(_("issued"), db_index=True)
    content = WrittenOnce(_("content"), default=dict)
    total_cents = models.IntegerField(_("total (cents)"))
    file_name = models.CharField(max_length=120, blank=True, editable=False)
    checksum = models.CharField(max_length=64, blank=True, editable=False)

    objects = Documents.as_manager()

    class Meta:
        verbose_name = _("invoice or credit note")
        verbose_name_plural = _("invoices and credit notes")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=models.Q(kind=DocumentKind.INVOICE),
                name="invoice_once_an_order",
            )
        ]

    def __str__(self) -> str:
        return self.number
