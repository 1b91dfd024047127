"""What staff change of slots: their rules, the room of a day, days closed and opened again.

No change ever takes room from an order that holds it.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import Person
from clinic.models import Place
from kernel.refusals import ErrorCode, Invalid, Refusal
from orders.calendar import local_day
from orders.models import SlotDay, SlotRule
from orders.slots import day_of
from orders.vocabulary import DeliveryMethod

MOST_ROOM = 1_000
MOST_DAYS_BEFORE = 14
#: Slots lie within the day; the clocks change outside of it.
EARLIEST, LATEST = time(5), time(23)

_SUNDAY = 7
_FACTS = ("method", "weekday", "starts", "ends", "capacity", "days_before", "cut_off")


class SlotHeld(Refusal):
    """Orders hold places of the slot."""

    code = ErrorCode.WRONG_STATE
    words = _("Orders hold this slot from today on: close its days, then serve them first.")


class SlotTwice(Refusal):
    code = ErrorCode.ALREADY_USED
    words = _("This place has a slot that begins at that hour already.")


@dataclass(frozen=True, slots=True)
class Room:
    """A slot of a day as staff see it, whether an order ever asked for it or not."""

    rule: SlotRule
    day: date
    capacity: int
    held: int

    @property
    def key(self) -> str:
        return f"{self.rule.pk}-{self.day.isoformat()}"

    @property
    def is_closed(self) -> bool:
        return self.capacity <= self.held < self.rule.capacity


def agenda(*, first: date, days: int, place: Place | None = None) -> list[tuple[date, list[Room]]]:
    """Every slot of some days, with what is held of it, by day; two statements."""
    rules = SlotRule.objects.select_related("place").order_by("place_id", "starts", "id")
    rows = list(rules.filter(place=place) if place else rules)
    last = first + timedelta(days=days - 1)
    counted = {
        (row.rule_id, row.day): row
        for row in SlotDay.objects.filter(rule__in=rows, day__range=(first, last))
    }
    found = []
    for day in (first + timedelta(days=ahead) for ahead in range(days)):
        due = [
            _room(rule, day, counted.get((rule.pk, day)))
            for rule in rows
            if rule.weekday == day.isoweekday()
        ]
        found.append((day, due))
    return found


def _room(rule: SlotRule, day: date, counted: SlotDay | None) -> Room:
    if counted is None:
        return Room(rule, day, capacity=rule.capacity, held=0)
    return Room(rule, day, capacity=counted.capacity, held=counted.held)


def save_rule(*, rule: SlotRule, by: Person | None, at: datetime) -> SlotRule:
    """Keep a slot; days still to come whose room was the rule's follow it, down to what is held.

    Raises:
        Invalid: a number or an hour out of bounds.
        SlotTwice: the place has one that begins then.
        SlotHeld: its day, its hours or what it is for would change under orders that hold it.
    """
    _refuse_wrong_rule(rule)
    with transaction.atomic():
        before = SlotRule.objects.select_for_update().filter(pk=rule.pk).first()
        _refuse_twice(rule)
        if before is not None and _is_moved(before, rule):
            _refuse_held(before, at)
        rule.save()
        if before is not None:
            days = _days_ahead(rule, at).filter(capacity=before.capacity)
            days.update(capacity=Greatest(F("held"), rule.capacity))
        changes = {
            name: [str(getattr(before, name, "")), str(getattr(rule, name))]
            for name in _FACTS
            if before is None or getattr(before, name) != getattr(rule, name)
        }
        audit.record(action="slot.save", subject=rule, by=by, at=at, changes=changes)
    return rule


def remove_rule(*, rule: SlotRule, by: Person | None, at: datetime) -> None:
    """Offer a slot no more.

    Raises:
        SlotHeld: orders hold a day of it that is still to come.
    """
    with transaction.atomic():
        locked = SlotRule.objects.select_for_update().get(pk=rule.pk)
        _refuse_held(locked, at)
        audit.record(
            action="slot.remove", subject=rule, by=by, at=at, changes={"slot": [str(rule), None]}
        )
        rule.delete()


def set_room(
    *, rule: SlotRule, day: date, capacity: int, by: Person | None, at: datetime
) -> SlotDay:
    """Change how many a slot of one day takes.

    Raises:
        Invalid: fewer than are held, more than 1,000, or a day of another weekday.
    """
    _refuse_other_weekday(rule, day)
    with transaction.atomic():
        slot = day_of(rule, day)
        fits = SlotDay.objects.filter(pk=slot.pk, held__lte=capacity)
        if not (0 <= capacity <= MOST_ROOM and fits.update(capacity=capacity)):
            slot.refresh_from_db()
            raise Invalid(
                path=["input", "capacity"], value=capacity, expected=f"{slot.held} - {MOST_ROOM}"
            )
        _note("slot.room", slot, capacity, by=by, at=at)
    slot.refresh_from_db()
    return slot


def close_day(*, place: Place, day: date, by: Person | None, at: datetime) -> int:
    """Take no more orders for any slot of a day; gives how many are held, which are still due."""
    with transaction.atomic():
        slots = [day_of(rule, day) for rule in _rules_on(place, day)]
        rows = SlotDay.objects.filter(pk__in=[slot.pk for slot in slots])
        rows.update(capacity=F("held"))
        for slot in rows.select_related("rule"):
            _note("slot.close", slot, slot.held, by=by, at=at)
        return sum(rows.values_list("held", flat=True))


def reopen_day(*, place: Place, day: date, by: Person | None, at: datetime) -> None:
    """Give every slot of a day the room of its rule again."""
    with transaction.atomic():
        for rule in _rules_on(place, day):
            slot = day_of(rule, day)
            SlotDay.objects.filter(pk=slot.pk).update(capacity=Greatest(F("held"), rule.capacity))
            _note("slot.reopen", slot, rule.capacity, by=by, at=at)


def _rules_on(place: Place, day: date) -> list[SlotRule]:
    return list(SlotRule.objects.filter(place=place, weekday=day.isoweekday()).order_by("id"))


def _note(action: str, slot: SlotDay, capacity: int, *, by: Person | None, at: datetime) -> None:
    changes = {"day": slot.day.isoformat(), "capacity": [slot.capacity, capacity]}
    audit.record(action=action, subject=slot.rule, by=by, at=at, changes=changes)


def _days_ahead(rule: SlotRule, at: datetime) -> QuerySet[SlotDay]:
    return SlotDay.objects.filter(rule=rule, day__gte=local_day(at))


def _is_moved(before: SlotRule, after: SlotRule) -> bool:
    names = ("place_id", "method", "weekday", "starts", "ends")
    return any(getattr(before, name) != getattr(after, name) for name in names)


def _refuse_held(rule: SlotRule, at: datetime) -> None:
    if _days_ahead(rule, at).filter(held__gt=0).exists():
        raise SlotHeld


def _refuse_twice(rule: SlotRule) -> None:
    same = SlotRule.objects.filter(
        place=rule.place, method=rule.method, weekday=rule.weekday, starts=rule.starts
    )
    if same.exclude(pk=rule.pk).exists():
        raise SlotTwice(path=["input", "starts"])


def _refuse_other_weekday(rule: SlotRule, day: date) -> None:
    if day.isoweekday() != rule.weekday:
        raise Invalid(path=["input", "day"], value=day.isoformat(), expected=str(rule))


def _refuse_wrong_rule(rule: SlotRule) -> None:
    kinds = (DeliveryMethod.HOME, DeliveryMethod.PICKUP)
    hours = f"{EARLIEST:%H:%M} - {LATEST:%H:%M}"
    bounds = (
        (rule.method in kinds, "method", " / ".join(kinds)),
        (1 <= rule.weekday <= _SUNDAY, "weekday", "1 - 7"),
        (EARLIEST <= rule.starts < rule.ends <= LATEST, "ends", hours),
        (0 <= rule.capacity <= MOST_ROOM, "capacity", f"0 - {MOST_ROOM}"),
        (0 <= rule.days_before <= MOST_DAYS_BEFORE, "days_before", f"0 - {MOST_DAYS_BEFORE}"),
    )
    for is_right, name, expected in bounds:
        if not is_right:
            path = name.replace("_b", "B")
            raise Invalid(path=["input", path], value=getattr(rule, name), expected=expected)
