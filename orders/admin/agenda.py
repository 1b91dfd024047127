"""The next two weeks of slots: what is taken, what is left, and days closed or opened again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.admin.acting import Act, ActsAdmin, has_duty
from accounts.admin.fields import NumberField
from accounts.models import Person
from accounts.roles import Duty
from catalog.admin import labels
from clinic.admin import WEEKDAYS
from clinic.models import Place
from orders import slot_rules
from orders.admin.delivery import hours_of
from orders.admin.labels import METHODS
from orders.calendar import local_day
from orders.models import SlotDay, SlotRule
from orders.slot_rules import Room
from orders.vocabulary import DeliveryMethod
from orders.workdays import calendar_of

DAYS_SHOWN = 14


@dataclass(frozen=True, slots=True)
class Line:
    """A slot of a day, in words."""

    hours: str
    method: str
    taken: str
    left: int
    address: str


@dataclass(frozen=True, slots=True)
class DayThere:
    """A day at a place: its slots, and where to close it or open it again."""

    day: str
    place: str
    note: str
    lines: list[Line]
    close: str
    reopen: str


class RoomForm(forms.Form):
    capacity = NumberField(
        label=_("How many it takes"), min_value=0, max_value=slot_rules.MOST_ROOM
    )


def _set_room(slot: SlotDay, given: dict[str, Any], by: Person, at: datetime) -> str:
    found = slot_rules.set_room(
        rule=slot.rule, day=slot.day, capacity=given["capacity"], by=by, at=at
    )
    words = gettext("The slot takes %(capacity)d, of which %(held)d are taken.")
    return words % {"capacity": found.capacity, "held": found.held}


def _close(slot: SlotDay, _given: dict[str, Any], by: Person, at: datetime) -> str:
    held = slot_rules.close_day(place=slot.rule.place, day=slot.day, by=by, at=at)
    words = ngettext(
        "The day is closed: %d order is still due.",
        "The day is closed: %d orders are still due.",
        held,
    )
    return words % held


def _reopen(slot: SlotDay, _given: dict[str, Any], by: Person, at: datetime) -> str:
    slot_rules.reopen_day(place=slot.rule.place, day=slot.day, by=by, at=at)
    return gettext("The day is open again.")


def _beside(slot: SlotDay, _at: datetime) -> dict[str, Any]:
    words = gettext("%(held)d of %(capacity)d taken")
    taken = words % {"held": slot.held, "capacity": slot.capacity}
    return {"facts": [(gettext("Day"), labels.day(slot.day)), (hours_of(slot.rule), taken)]}


def _day_beside(slot: SlotDay, _at: datetime) -> dict[str, Any]:
    return {"facts": [(gettext("Day"), labels.day(slot.day)), (_("Place"), slot.rule.place)]}


def _act(name: str, words: Any, carry_out: Callable[..., str], **more: Any) -> Act[SlotDay]:
    return Act(
        name=name,
        title=words,
        button=words,
        duty=Duty.MANAGE_DELIVERY,
        carry_out=carry_out,
        **more,
    )


@admin.register(SlotDay)
class SlotDayAdmin(ActsAdmin):
    """Two weeks on one page. A row stands for a slot of a day, asked for before or not: its key is
    `rule-day`, such as `12-2026-11-18`.
    """

    key_converter = "slug"
    acts: ClassVar = (
        _act("room", _("Change the room"), _set_room, form=RoomForm, beside=_beside),
        _act("close", _("Close the day"), _close, beside=_day_beside),
        _act("reopen", _("Open the day again"), _reopen, beside=_day_beside),
    )

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return has_duty(request, Duty.READ_ORDERS)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> SlotDay | None:
        number, _dash, written = object_id.partition("-")
        day = _day_of(written)
        if day is None or not number.isdecimal():
            return None
        rules = SlotRule.objects.select_related("place")
        rule = rules.filter(pk=number, weekday=day.isoweekday()).first()
        if rule is None:
            return None
        known = SlotDay.objects.select_related("rule__place").filter(rule=rule, day=day).first()
        return known or SlotDay(rule=rule, day=day, capacity=rule.capacity)

    def address_of(self, row: Model) -> str:
        return reverse("admin:orders_slotday_changelist")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("Slots day by day"),
            "days": _days(timezone.now()),
            "may_change": has_duty(request, Duty.MANAGE_DELIVERY),
        }
        return TemplateResponse(request, "admin/orders/agenda.html", context)


def _day_of(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _days(at: datetime) -> list[DayThere]:
    """The days that have slots, each by place; two statements, and one a place for its calendar."""
    found = slot_rules.agenda(first=local_day(at), days=DAYS_SHOWN)
    places = {room.rule.place for _day, rooms in found for room in rooms}
    calendars = {place: calendar_of(place, at=at) for place in places}
    return [
        _day_there(day, place, list(of_place), serves=calendars[place].serves(day))
        for day, rooms in found
        for place, of_place in groupby(rooms, key=lambda room: room.rule.place)
    ]


def _day_there(day: date, place: Place, rooms: list[Room], *, serves: bool) -> DayThere:
    closed = all(room.capacity <= room.held for room in rooms)
    note = "" if serves else gettext("closed: a public holiday, or the place is")
    return DayThere(
        day=f"{WEEKDAYS[day.isoweekday()]} {labels.day(day)}",
        place=place.name,
        note=note,
        lines=[_line(room) for room in rooms],
        close="" if closed else _address("close", rooms[0]),
        reopen=_address("reopen", rooms[0]) if any(room.is_closed for room in rooms) else "",
    )


def _line(room: Room) -> Line:
    return Line(
        hours=hours_of(room.rule),
        method=str(METHODS[DeliveryMethod(room.rule.method)]),
        taken=gettext("%(held)d of %(capacity)d") % {"held": room.held, "capacity": room.capacity},
        left=room.capacity - room.held,
        address=_address("room", room),
    )


def _address(act: str, room: Room) -> str:
    return reverse(f"admin:orders_slotday_{act}", args=[room.key])
