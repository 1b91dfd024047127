"""The order desk: what is to be prepared, the earliest promise first, and a page an order."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import F, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from accounts import audit
from accounts.admin import labels as staff_labels
from accounts.admin.acting import acting, has_duty
from accounts.admin.files import FileAdmin
from accounts.models import Person
from accounts.roles import Duty
from orders import access, fulfilment
from orders.admin import labels
from orders.admin.order_acts import ORDER_ACTS
from orders.admin.order_page import is_late, promised, shown_of
from orders.calendar import local_day
from orders.models import Order, OrderLine, Reservation
from orders.vocabulary import DeliveryMethod, OrderState

#: For how many days ahead staff pick; a parcel leaves days before it is promised to arrive.
_AHEAD = (1, 3, 7, 21)
_USUAL_AHEAD = 3
_MOST_RECALLED = 500


class StateFilter(DropdownFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(each.value, labels.ORDER_STATES[each]) for each in OrderState]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        known = self.value() in list(OrderState)
        return queryset.filter(state=self.value()) if known else queryset


class MethodFilter(DropdownFilter):
    title = _("delivery")
    parameter_name = "method"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(each.value, labels.METHODS[each]) for each in DeliveryMethod]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        known = self.value() in list(DeliveryMethod)
        return queryset.filter(method=self.value()) if known else queryset


@dataclass(frozen=True, slots=True)
class Picked:
    """Packs of one kind to take from the shelf, and the orders that they are for."""

    sku: str
    name: str
    packs: int
    orders: list[str]


@admin.register(Order)
class OrderAdmin(FileAdmin):
    """What waits comes first, the earliest promise at the top; whose orders were shown is kept."""

    acts = ORDER_ACTS
    key_converter = "uuid"
    page_template = "admin/orders/order.html"
    list_display = ("who", "promise", "what", "state_shown")
    list_display_links = ("who",)
    list_filter = (StateFilter, MethodFilter)
    list_filter_submit = True
    search_fields = ("number",)
    search_help_text = _("Number, e-mail or name of the buyer")
    ordering = ("promise_to",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return has_duty(request, Duty.READ_ORDERS)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("pick-list/", view(self.pick_list), name="orders_order_pick_list"),
            path("recall/", view(self.recall), name="orders_order_recall"),
        ]
        return [*own, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        """To prepare first, then what is under way, then the rest, the latest first."""
        lines = Prefetch("lines", OrderLine.objects.only("order_id", "name", "quantity"))
        orders = Order.objects.prefetch_related(lines)
        waits = Q(state__in=[OrderState.PAID, OrderState.PARTLY_SHIPPED])
        return orders.annotate(waits=waits).order_by(
            "-waits", F("promise_to").asc(nulls_last=True), "-placed_at", "number"
        )

    def get_ordering(self, request: HttpRequest) -> tuple[Any, ...]:
        return ("-waits", F("promise_to").asc(nulls_last=True), "-placed_at", "number")

    def search(self, queryset: QuerySet[Order], text: str) -> QuerySet[Order]:
        words = text.strip()
        named = Q(contact__last_name__icontains=words) | Q(contact__first_name__icontains=words)
        return queryset.filter(Q(number__iexact=words) | Q(email__iexact=words) | named)

    def note_shown(self, found: Any, person: Person, at: datetime) -> None:
        changes = {"shown": " ".join(order.number for order in found.result_list)}
        audit.record(action="order.search", subject=person, by=person, at=at, changes=changes)

    def read(self, request: HttpRequest, object_id: str) -> Order:
        """Raises: NotFound."""
        person, at = acting(request)
        order = access.order_at_desk(UUID(object_id))
        audit.record(action="order.read", subject=order, by=person, at=at)
        return order

    def shown(self, request: HttpRequest, row: Order, at: datetime) -> dict[str, Any]:
        return shown_of(request, row, at)

    def pick_list(self, request: HttpRequest) -> HttpResponse:
        """What to take from the shelf for all that is promised within some days."""
        if not has_duty(request, Duty.FULFIL_ORDERS):
            raise PermissionDenied
        asked = request.GET.get("days", "")
        days = int(asked) if asked in map(str, _AHEAD) else _USUAL_AHEAD
        until = local_day(timezone.now()) + timedelta(days=days)
        return self._shown_page(
            request,
            "admin/orders/pick_list.html",
            title=_("Pick list"),
            until=staff_labels.day(until),
            days=days,
            choices=_AHEAD,
            picked=_to_pick(fulfilment.to_pick(until=until)),
        )

    def recall(self, request: HttpRequest) -> HttpResponse:
        """Who got packs of a lot."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        lot = request.GET.get("lot", "").strip()
        sent = list(access.who_got(lot)[:_MOST_RECALLED]) if lot else []
        return self._shown_page(
            request,
            "admin/orders/recall.html",
            title=_("Recall of a lot"),
            lot=lot,
            sent=sent,
            mails=", ".join(sorted({each.line.order.email for each in sent} - {""})),
        )

    def _shown_page(self, request: HttpRequest, template: str, **facts: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, **facts}
        return TemplateResponse(request, template, context)

    @display(description=_("order"))
    def who(self, order: Order) -> SafeString:
        name = f"{order.contact.get('first_name', '')} {order.contact.get('last_name', '')}"
        return staff_labels.shown(order.number, name.strip() or order.email, "")

    @display(description=_("promised"))
    def promise(self, order: Order) -> str | SafeString:
        words = promised(order.promise_from, order.promise_to)
        return staff_labels.badge(words, "red") if is_late(order, timezone.now()) else words

    @display(description=_("packs"))
    def what(self, order: Order) -> str:
        return ", ".join(f"{each.quantity} × {each.name}" for each in order.lines.all())

    @display(description=_("state"))
    def state_shown(self, order: Order) -> SafeString:
        state = OrderState(order.state)
        return staff_labels.badge(labels.ORDER_STATES[state], labels.ORDER_COLOURS[state])


def _to_pick(reservations: QuerySet[Reservation]) -> list[Picked]:
    counted: dict[tuple[str, str], int] = defaultdict(int)
    wanted: dict[tuple[str, str], set[str]] = defaultdict(set)
    for each in reservations:
        key = (each.line.sku, f"{each.line.name} · {each.line.pack}")
        counted[key] += each.quantity - each.taken
        wanted[key].add(each.order.number)
    return [
        Picked(sku, name, packs, sorted(wanted[sku, name]))
        for (sku, name), packs in sorted(counted.items())
        if packs
    ]
