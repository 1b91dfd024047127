"""The first page of the back office: what waits for somebody, and whether the machine is well."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django_ox.models import OxTask

from accounts import merging
from accounts.admin.acting import has_duty
from accounts.models import PrivacyRequest
from accounts.roles import Duty
from accounts.vocabulary import PrivacyState
from catalog import reviews_reading
from catalog.admin import labels
from catalog.models import Lot, Product, SearchMiss, Stock, Variant
from catalog.vocabulary import ProductStatus
from clinic.models import Heartbeat
from conversations.models import Thread
from conversations.vocabulary import ThreadState
from orders import states
from orders.models import Approval, Dispute, Order, Refund
from orders.vocabulary import ApprovalState, DisputeState, RefundState
from pets.models import Pet
from shop.menu import navigation

NEAR_ITS_DATE = timedelta(days=30)
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_SILENCE = timedelta(minutes=3)
_SHOWN = 5
_MOST_COUNTED = 100


def show(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What unfold's index shows: one statement a tile, for those who may see it."""
    at = timezone.now()
    tiles = [make(at) for opens, makers in _TILES if _sees(request, opens) for make in makers]
    return {**context, "tiles": tiles, "groups": navigation(request)}


def _sees(request: HttpRequest, opens: Duty | str) -> bool:
    if isinstance(opens, Duty):
        return has_duty(request, opens)
    return request.user.has_perm(opens)


def _tile(title: str, count: object, address: str, icon: str, lines: list[Any]) -> dict[str, Any]:
    return {"title": title, "count": count, "href": address, "icon": icon, "lines": lines}


def _to_prepare(at: datetime) -> dict[str, Any]:
    """What is paid and not sent; those whose promise is broken stand below."""
    waiting = Order.objects.filter(state__in=states.SENDABLE)
    late = waiting.filter(promise_to__lt=at).order_by("promise_to")[:_SHOWN]
    lines = [(order.number, labels.day(order.promise_to)) for order in late]
    address = reverse("admin:orders_order_changelist")
    title = gettext("Orders to prepare (late ones below)")
    return _tile(title, waiting.count(), address, "orders", lines)


def _approvals(at: datetime) -> dict[str, Any]:
    """What a vet is asked, the most urgent first."""
    waiting = Approval.objects.filter(state=ApprovalState.ASKED)
    urgent = waiting.select_related("pet").order_by("expires_at")[:_SHOWN]
    lines = [(each.pet.name, labels.day(each.expires_at)) for each in urgent]
    address = reverse("admin:orders_approval_changelist")
    return _tile(gettext("Waiting for a vet"), waiting.count(), address, "stethoscope", lines)


def _money_trouble(at: datetime) -> dict[str, Any]:
    """Refunds that a bank sent back this week, and disputes to be answered."""
    failed = Refund.objects.filter(state=RefundState.FAILED, created_at__gte=at - _WEEK)
    open_ones = Dispute.objects.filter(state=DisputeState.OPEN)
    found = [
        *((each.payment.order.number, gettext("dispute")) for each in _with_order(open_ones)),
        *((each.payment.order.number, gettext("refund failed")) for each in _with_order(failed)),
    ]
    address = reverse("admin:orders_order_changelist")
    title = gettext("Disputes and refunds that failed")
    return _tile(title, len(found), address, "money_off", found[:_SHOWN])


def _with_order[Row: (Refund, Dispute)](rows: QuerySet[Row]) -> QuerySet[Row]:
    return rows.select_related("payment__order")[:_MOST_COUNTED]


def _privacy(at: datetime) -> dict[str, Any]:
    """What was asked for and not given: failed, or waiting for longer than a day."""
    late = Q(state=PrivacyState.REQUESTED, requested_at__lt=at - _DAY)
    count = PrivacyRequest.objects.filter(late | Q(state=PrivacyState.FAILED)).count()
    address = reverse("admin:accounts_privacyrequest_changelist")
    return _tile(gettext("Privacy requests not met"), count, address, "shield_person", [])


def _deaths(at: datetime) -> dict[str, Any]:
    """Whose owners may be waiting for a word."""
    since = (at - _WEEK).date()
    died = list(Pet.objects.filter(died_on__gte=since).order_by("-died_on", "pk")[:_MOST_COUNTED])
    lines = [(pet.name, labels.day(pet.died_on)) for pet in died[:_SHOWN]]
    address = reverse("admin:pets_pet_changelist") + "?state=deceased"
    return _tile(gettext("Deaths this week"), len(died), address, "heart_minus", lines)


def _questions(at: datetime) -> dict[str, Any]:
    """What waits for an answer, and how much of it is late."""
    waiting = Thread.objects.filter(confirmed_at__isnull=False, state=ThreadState.WAITING)
    late = Count("pk", filter=Q(promised_by__lt=at))
    counts = waiting.order_by().aggregate(all=Count("pk"), late=late)
    lines = [(gettext("of which late"), counts["late"])] if counts["late"] else []
    address = reverse("admin:conversations_thread_changelist")
    return _tile(gettext("Questions to answer"), counts["all"], address, "forum", lines)


def _reviews(_at: datetime) -> dict[str, Any]:
    address = reverse("admin:catalog_review_changelist") + "?state=waiting"
    count = reviews_reading.waiting().count()
    return _tile(gettext("Reviews to read"), count, address, "reviews", [])


def _duplicates(_at: datetime) -> dict[str, Any]:
    address = reverse("admin:accounts_person_duplicates")
    count = merging.files_like_another()
    return _tile(gettext("Files that look like another"), count, address, "merge", [])


def _drafts(_at: datetime) -> dict[str, Any]:
    count = Product.objects.filter(status=ProductStatus.DRAFT).count()
    address = reverse("admin:catalog_product_changelist") + "?status=DRAFT"
    return _tile(gettext("Drafts waiting"), count, address, "edit_note", [])


def _sold_out() -> QuerySet[Variant]:
    left = (
        Stock.objects.filter(variant=OuterRef("pk"))
        .order_by()
        .values("variant")
        .annotate(left=Sum(F("on_hand") - F("reserved")))
        .values("left")
    )
    counted = Variant.objects.annotate(
        left=Coalesce(Subquery(left, output_field=IntegerField()), 0)
    )
    return counted.filter(left__lte=0, is_active=True, product__status=ProductStatus.PUBLISHED)


def _out_of_stock(_at: datetime) -> dict[str, Any]:
    address = reverse("admin:catalog_variant_changelist") + "?state=OUT&is_active__exact=1"
    return _tile(
        gettext("Packs out of stock"),
        _sold_out().count(),
        address,
        "production_quantity_limits",
        [],
    )


def _near_their_date(at: datetime) -> dict[str, Any]:
    until = at.date() + NEAR_ITS_DATE
    near = Lot.objects.filter(quantity__gt=0, best_before__lte=until)
    first = near.select_related("stock__variant").order_by("best_before")[: _SHOWN + 1]
    lots = list(first)
    lines = [
        (f"{lot.stock.variant.sku} · {lot.code}", labels.day(lot.best_before))
        for lot in lots[:_SHOWN]
    ]
    count = len(lots) if len(lots) <= _SHOWN else near.count()
    address = reverse("admin:catalog_lot_changelist") + f"?best_before_to={until:%Y-%m-%d}"
    return _tile(gettext("Lots near their date (30 days)"), count, address, "event_busy", lines)


def _misses(at: datetime) -> dict[str, Any]:
    week = SearchMiss.objects.filter(day__gt=(at - _WEEK).date())
    found = list(
        week.order_by().values("text").annotate(total=Sum("times")).order_by("-total", "text")[:200]
    )
    lines = [(row["text"], row["total"]) for row in found[:_SHOWN]]
    address = reverse("admin:catalog_searchmiss_changelist")
    return _tile(gettext("Searched in vain this week"), len(found), address, "search_off", lines)


def _dead_tasks(_at: datetime) -> dict[str, Any]:
    dead = OxTask.objects.filter(status__in=[OxTask.Status.FAILED, OxTask.Status.LOST]).count()
    address = reverse("admin:django_ox_oxtask_changelist")
    return _tile(gettext("Tasks that need a person"), dead, address, "error", [])


def _worker(at: datetime) -> dict[str, Any]:
    beat = Heartbeat.objects.values_list("beat_at", flat=True).first()
    address = reverse("admin:django_ox_oxtask_changelist")
    if beat is None:
        return _tile(
            gettext("Background worker"), gettext("never seen"), address, "heart_broken", []
        )
    words = gettext("alive") if at - beat < _SILENCE else gettext("silent")
    lines = [(gettext("last sign of life"), labels.moment(beat))]
    return _tile(gettext("Background worker"), words, address, "ecg_heart", lines)


#: What each duty or permission opens, in the order of the page.
_TILES: tuple[tuple[Duty | str, tuple[Callable[[datetime], dict[str, Any]], ...]], ...] = (
    (Duty.READ_ORDERS, (_to_prepare, _approvals, _money_trouble)),
    (Duty.ANSWER_QUESTIONS, (_questions,)),
    (Duty.MODERATE_REVIEWS, (_reviews,)),
    (Duty.READ_CLIENTS, (_privacy, _deaths)),
    (Duty.MERGE_CLIENTS, (_duplicates,)),
    ("catalog.view_product", (_drafts,)),
    (Duty.RECEIVE_STOCK, (_out_of_stock,)),
    ("catalog.view_product", (_near_their_date, _misses)),
    ("django_ox.view_oxtask", (_dead_tasks, _worker)),
)
