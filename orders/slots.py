"""Slots shown, held and let go: never more taken than a slot has room for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from clinic.models import Place
from kernel.refusals import ErrorCode, NotFound, Refusal
from orders.calendar import (
    HORIZON_DAYS,
    Calendar,
    Promise,
    Rule,
    days_open,
    is_open,
    local_day,
    slot_promise,
)
from orders.models import SlotDay, SlotRule
from orders.vocabulary import DeliveryMethod
from orders.workdays import calendar_of


class SlotGone(Refusal):
    """The slot is full, or it is too late to ask for it."""

    code = ErrorCode.SLOT_GONE
    words = _("The slot of %(day)s, %(starts)s to %(ends)s, is no longer free: choose another.")


class NoDayOpen(Refusal):
    """Nothing can be brought or fetched in the next three weeks."""

    code = ErrorCode.SLOT_GONE
    words = _("No day is free in the next three weeks.")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSlot:
    """A slot that may be had: on a day, between hours of France, for `left` more orders."""

    day: date
    starts: time
    ends: time
    left: int
    rule_id: int
    promise: Promise

    @property
    def key(self) -> str:
        """What names the slot of a day when it is chosen."""
        return f"{self.rule_id}:{self.day.isoformat()}"


def open_slots(
    *, place: Place, method: DeliveryMethod, at: datetime, postal_code: str | None = None
) -> list[OpenSlot]:
    """The slots of the next three weeks that have room, the soonest first; three statements."""
    calendar = calendar_of(place, at=at, postal_code=postal_code)
    return slots_by_method(place=place, calendars={method: calendar}, at=at)[method]


def slots_by_method(
    *, place: Place, calendars: Mapping[DeliveryMethod, Calendar], at: datetime
) -> dict[DeliveryMethod, list[OpenSlot]]:
    """The slots that have room, each method by its calendar; two statements."""
    rules = list(SlotRule.objects.filter(place=place, method__in=list(calendars)))
    first = local_day(at)
    days = SlotDay.objects.filter(
        rule__place=place, day__range=(first, first + timedelta(days=HORIZON_DAYS))
    )
    counted = {(row.rule_id, row.day): row for row in days}
    found: dict[DeliveryMethod, list[OpenSlot]] = {method: [] for method in calendars}
    for row in rules:
        method = DeliveryMethod(row.method)
        for day in days_open(rule_of(row), at=at, calendar=calendars[method]):
            found[method] += _with_room(row, day, counted.get((row.pk, day)))
    return {
        method: sorted(slots, key=lambda slot: (slot.day, slot.starts, slot.rule_id))
        for method, slots in found.items()
    }


def _with_room(row: SlotRule, day: date, counted: SlotDay | None) -> Iterator[OpenSlot]:
    left = counted.capacity - counted.held if counted else row.capacity
    if left > 0:
        yield OpenSlot(
            day=day,
            starts=row.starts,
            ends=row.ends,
            left=left,
            rule_id=row.pk,
            promise=slot_promise(rule_of(row), day),
        )


def rule_of(row: SlotRule) -> Rule:
    return Rule(
        weekday=row.weekday,
        starts=row.starts,
        ends=row.ends,
        days_before=row.days_before,
        cut_off=row.cut_off,
    )


def promise_of(slot: SlotDay) -> Promise:
    """What a chosen slot promises."""
    return slot_promise(rule_of(slot.rule), slot.day)


def slot_named(
    *, place: Place, method: DeliveryMethod, key: str, at: datetime, postal_code: str | None = None
) -> SlotDay:
    """The slot that a key of `open_slots` names, for a cart to remember: nothing is held yet.

    Raises:
        NotFound: the place has no such slot for this method.
        SlotGone: it is full, or it is too late to ask for it.
    """
    number, _colon, written = key.partition(":")
    day = _day_of(written)
    rules = SlotRule.objects.filter(place=place, method=method)
    row = rules.filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None  # noqa: PLR2004
    if row is None or day is None:
        raise NotFound(what=_("slot"))
    slot = SlotDay(rule=row, day=day, capacity=row.capacity)
    if not is_timely(slot, at=at, postal_code=postal_code):
        raise gone(slot)
    with transaction.atomic():
        slot = day_of(row, day)
    if slot.held >= slot.capacity:
        raise gone(slot)
    return slot


def _day_of(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def is_timely(slot: SlotDay, *, at: datetime, postal_code: str | None = None) -> bool:
    """Whether the slot may still be asked for at a moment, room left aside; one statement."""
    calendar = calendar_of(slot.rule.place, at=at, postal_code=postal_code)
    return is_open(rule_of(slot.rule), slot.day, at=at, calendar=calendar)


def hold_slot(*, rule: SlotRule, day: date, at: datetime, postal_code: str | None = None) -> None:
    """Take one place of a slot, by one conditional statement. Locks the slot's row.

    Raises:
        SlotGone: it is full, or it is too late to ask for it.
    """
    asked = SlotDay(rule=rule, day=day)
    if not is_timely(asked, at=at, postal_code=postal_code):
        raise gone(asked)
    with transaction.atomic():
        slot = day_of(rule, day)
        taken = SlotDay.objects.filter(pk=slot.pk, capacity__gte=F("held") + 1).update(
            held=F("held") + 1
        )
    if not taken:
        raise gone(asked)


def release_slot(slot: SlotDay) -> None:
    """Give one place of a slot back; whoever calls knows that it was held, and does so once."""
    SlotDay.objects.filter(pk=slot.pk, held__gt=0).update(held=F("held") - 1)


def day_of(rule: SlotRule, day: date) -> SlotDay:
    """The row that counts a slot of a day, made when it is first asked for; in a transaction."""
    slot, _is_new = SlotDay.objects.get_or_create(
        rule=rule, day=day, defaults={"capacity": rule.capacity}
    )
    return slot


def gone(slot: SlotDay) -> SlotGone:
    return SlotGone(
        path=["input", "slot"],
        day=slot.day.isoformat(),
        starts=f"{slot.rule.starts:%H:%M}",
        ends=f"{slot.rule.ends:%H:%M}",
    )
