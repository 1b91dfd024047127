"""The latest orders of a client, on the page of their file."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from accounts.admin.acting import has_duty
from accounts.admin.files import Panel
from accounts.admin.labels import moment
from accounts.roles import Duty
from orders.admin import labels
from orders.admin.order_page import Step
from orders.models import Order
from orders.vocabulary import OrderState

_LATEST = 10


def orders_of(request: HttpRequest, person: Any, _at: datetime) -> Panel | None:
    if not has_duty(request, Duty.READ_ORDERS):
        return None
    latest = Order.objects.filter(person=person).order_by("-placed_at", "-number")[:_LATEST]
    steps = [
        Step(
            f"{each.number} · {labels.euros(each.total_cents)}",
            f"{labels.ORDER_STATES[OrderState(each.state)]} · {moment(each.placed_at)}",
            reverse("admin:orders_order_change", args=[each.pk]),
        )
        for each in latest
    ]
    title = gettext("Orders")
    return Panel(title=title, template="admin/orders/client_panel.html", facts={"steps": steps})
