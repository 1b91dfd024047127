"""The first page of the back office: what waits for somebody, and whether the machine is well."""

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
from pets.models import Pet
from shop.menu import navigation

NEAR_ITS_DATE = timedelta(days=30)
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_SILENCE = timedelta(minutes=3)
_SHOWN = 5
_MOST_DEATHS = 100


def show(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What unfold's index shows: one statement a tile, for those who may see it."""
    at = timezone.now()
    sees = request.user.has_perm
    tiles: list[dict[str, Any]] = []
    if has_duty(request, Duty.READ_CLIENTS):
        tiles += [_privacy(at), _deaths(at)]
    if has_duty(request, Duty.MERGE_CLIENTS):
        tiles += [_duplicates()]
    if has_duty(request, Duty.ANSWER_QUESTIONS):
        tiles += [_questions(at)]
    if has_duty(request, Duty.MODERATE_REVIEWS):
        tiles += [_reviews()]
    if sees("catalog.view_product"):
        tiles += [_drafts(), _out_of_stock(), _near_their_date(at), _misses(at)]
    elif has_duty(request, Duty.RECEIVE_STOCK):
        tiles += [_out_of_stock()]
    if sees("django_ox.view_oxtask"):
        tiles += [_dead_tasks(), _worker(at)]
    return {**context, "tiles": tiles, "groups": navigation(request)}


def _tile(title: str, count: object, address: str, icon: str, lines: list[Any]) -> dict[str, Any]:
    return {"title": title, "count": count, "href": address, "icon": icon, "lines": lines}


def _privacy(at: datetime) -> dict[str, Any]:
    """What was asked for and not given: failed, or waiting for longer than a day."""
    late = Q(state=PrivacyState.REQUESTED, requested_at__lt=at - _DAY)
    count = PrivacyRequest.objects.filter(late | Q(state=PrivacyState.FAILED)).count()
    address = reverse("admin:accounts_privacyrequest_changelist")
    return _tile(gettext("Privacy requests not met"), count, address, "shield_person", [])


def _deaths(at: datetime) -> dict[str, Any]:
    """Whose owners may be waiting for a word."""
    since = (at - _WEEK).date()
    died = list(Pet.objects.filter(died_on__gte=since).order_by("-died_on", "pk")[:_MOST_DEATHS])
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


def _reviews() -> dict[str, Any]:
    address = reverse("admin:catalog_review_changelist") + "?state=waiting"
    count = reviews_reading.waiting().count()
    return _tile(gettext("Reviews to read"), count, address, "reviews", [])


def _duplicates() -> dict[str, Any]:
    address = reverse("admin:accounts_person_duplicates")
    count = merging.files_like_another()
    return _tile(gettext("Files that look like another"), count, address, "merge", [])


def _drafts() -> dict[str, Any]:
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


def _out_of_stock() -> dict[str, Any]:
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


def _dead_tasks() -> dict[str, Any]:
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
