"""What waits for a vet, the oldest first; a vet alone decides."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from accounts.admin import labels as staff_labels
from accounts.admin.acting import Act, has_duty
from accounts.admin.client_page import trail_of
from accounts.admin.fields import DayField, NumberField, TextField
from accounts.admin.files import FileAdmin
from accounts.models import Person
from accounts.roles import Duty
from orders import access, approvals
from orders.admin import labels
from orders.approvals import MOST_PACKS, MOST_RENEWALS, Verdict
from orders.models import Approval
from orders.vocabulary import ApprovalState


class StateFilter(DropdownFilter):
    """What waits, unless something else is asked for."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(each.value, labels.APPROVAL_STATES[each]) for each in ApprovalState]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Approval]) -> QuerySet[Approval]:
        asked = self.value() if self.value() in list(ApprovalState) else ApprovalState.ASKED
        return queryset.filter(state=asked)


class AgreeForm(forms.Form):
    quantity = NumberField(
        label=_("Packs"),
        min_value=1,
        max_value=MOST_PACKS,
        help_text=_("Fewer than asked: the rest is not sent, and is paid back."),
    )
    renewals = NumberField(
        label=_("Orders more that it is good for"),
        min_value=0,
        max_value=MOST_RENEWALS,
        initial=0,
    )
    valid_until = DayField(
        label=_("Until"), required=False, help_text=_("180 days from now if left out.")
    )
    note = TextField(label=_("A word to the owner"), required=False, max_length=300)


class DeclineForm(forms.Form):
    note = TextField(label=_("A word to the owner"), max_length=300)


def _agree(row: Approval, given: dict[str, Any], by: Person, at: datetime) -> str:
    verdict = Verdict(agrees=True, **given)
    approvals.decide(approval=row, verdict=verdict, by=by, at=at)
    return gettext("Approved: the card is charged, and the order is prepared.")


def _decline(row: Approval, given: dict[str, Any], by: Person, at: datetime) -> str:
    verdict = Verdict(agrees=False, note=given["note"])
    approvals.decide(approval=row, verdict=verdict, by=by, at=at)
    return gettext("Declined: nothing is charged, and the owner is told.")


def _beside(row: Approval, _at: datetime) -> dict[str, Any]:
    return {"facts": _facts(row)}


def _facts(row: Approval) -> list[tuple[str, Any]]:
    number = row.line.order.number if row.line else gettext("asked ahead of one")
    lines = [
        (gettext("Animal"), row.pet.name),
        (gettext("Product"), row.line.name if row.line else str(row.product)),
        (gettext("Packs"), row.quantity),
        (gettext("Order number"), number),
        (gettext("Asked"), staff_labels.moment(row.asked_at)),
        (gettext("By"), str(row.asked_by) if row.asked_by else ""),
        (gettext("To be decided by"), staff_labels.moment(row.expires_at)),
        (gettext("State"), labels.APPROVAL_STATES[ApprovalState(row.state)]),
        (gettext("Decided by"), str(row.decided_by) if row.decided_by else ""),
        (gettext("Word"), row.note),
    ]
    return [(words, value) for words, value in lines if value]


def _quantity(row: Approval, _asked: Any) -> dict[str, Any]:
    return {"quantity": row.quantity, "renewals": 0}


@admin.register(Approval)
class ApprovalAdmin(FileAdmin):
    acts = (
        Act(
            name="agree",
            title=_("Approve"),
            button=_("Approve"),
            duty=Duty.APPROVE_PRODUCTS,
            carry_out=_agree,
            form=AgreeForm,
            beside=_beside,
            start=_quantity,
        ),
        Act(
            name="decline",
            title=_("Decline"),
            button=_("Decline"),
            duty=Duty.APPROVE_PRODUCTS,
            carry_out=_decline,
            form=DeclineForm,
            beside=_beside,
            is_grave=True,
        ),
    )
    page_template = "admin/orders/approval.html"
    list_display = ("who", "what", "asked", "state_shown")
    list_display_links = ("who",)
    list_filter = (StateFilter,)
    list_filter_submit = True
    search_fields = ("pet__name",)
    search_help_text = _("Name of the animal, or number of the order")
    ordering = ("asked_at", "pk")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return has_duty(request, Duty.READ_ORDERS)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Approval]:
        return Approval.objects.select_related(
            "pet__breed", "product", "line__order", "asked_by", "decided_by"
        )

    def search(self, queryset: QuerySet[Approval], text: str) -> QuerySet[Approval]:
        named = Q(pet__name__icontains=text.strip())
        return queryset.filter(named | Q(line__order__number__iexact=text.strip()))

    def read(self, request: HttpRequest, object_id: str) -> Approval:
        """Raises: NotFound."""
        return access.approval_for_vets(int(object_id))

    def shown(self, request: HttpRequest, row: Approval, at: datetime) -> dict[str, Any]:
        pet = (
            reverse("admin:pets_pet_change", args=[row.pet_id])
            if has_duty(request, Duty.READ_CLIENTS)
            else ""
        )
        return {
            "facts": _facts(row),
            "pet_page": pet,
            "waits": row.state == ApprovalState.ASKED,
            "trail": trail_of(row),
        }

    @display(description=_("animal"))
    def who(self, row: Approval) -> SafeString:
        owner = str(row.asked_by) if row.asked_by else ""
        return staff_labels.shown(row.pet.name, owner, "")

    @display(description=_("product"))
    def what(self, row: Approval) -> str:
        return f"{row.quantity} × {row.line.name if row.line else row.product}"

    @display(description=_("asked"))
    def asked(self, row: Approval) -> str:
        return staff_labels.moment(row.asked_at)

    @display(description=_("state"))
    def state_shown(self, row: Approval) -> SafeString:
        colours = {ApprovalState.ASKED: "orange", ApprovalState.APPROVED: "green"}
        state = ApprovalState(row.state)
        return staff_labels.badge(labels.APPROVAL_STATES[state], colours.get(state, "red"))
