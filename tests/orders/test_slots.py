"""No slot takes more than it has room for, and no change takes room from who has it."""

import threading
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from accounts.models import AuditEntry
from clinic import details
from clinic.models import Closure, OpeningHours, Place
from kernel.refusals import Invalid, NotFound
from orders import slot_rules, slots
from orders.calendar import Promise
from orders.models import SlotDay, SlotRule
from orders.slot_rules import SlotHeld, SlotTwice, agenda
from orders.slots import SlotGone, hold_slot, open_slots, release_slot
from orders.vocabulary import DeliveryMethod
from tests.builders import NOW, make_clinic, person
from tests.orders.delivering import MONDAY, WEDNESDAY, another_place, slot

pytestmark = pytest.mark.django_db

HOME, PICKUP = DeliveryMethod.HOME, DeliveryMethod.PICKUP
WEDNESDAYS = [WEDNESDAY + timedelta(days=7 * week) for week in range(3)]


def days_shown(place, method=HOME, at=MONDAY, **where):
    return [each.day for each in open_slots(place=place, method=method, at=at, **where)]


def test_open_slots_have_their_hours_what_is_left_and_the_promise():
    place = make_clinic()
    evening = slot(place)
    hold_slot(rule=evening, day=WEDNESDAY, at=MONDAY)
    found = open_slots(place=place, method=HOME, at=MONDAY)
    assert [(each.day, each.left) for each in found] == list(
        zip(WEDNESDAYS, (4, 5, 5), strict=True)
    )
    first = found[0]
    assert (first.starts, first.ends, first.rule_id) == (time(18), time(20), evening.pk)
    assert first.key == f"{evening.pk}:2026-11-18"
    assert first.promise == Promise(
        datetime(2026, 11, 18, 17, tzinfo=UTC), datetime(2026, 11, 18, 19, tzinfo=UTC)
    )


def test_slots_come_by_day_then_hour_of_their_place_and_method_alone():
    place, other = make_clinic(), another_place()
    late, early = slot(place, starts=18), slot(place, starts=9)
    slot(place, weekday=2), slot(other), slot(place, method=PICKUP)
    found = open_slots(place=place, method=HOME, at=MONDAY)
    assert [(each.day, each.rule_id) for each in found[:3]] == [
        (date(2026, 11, 17), found[0].rule_id),
        (WEDNESDAY, early.pk),
        (WEDNESDAY, late.pk),
    ]
    assert len(found) == 9


def test_slots_are_read_in_three_statements_however_many(django_assert_num_queries):
    place = make_clinic()
    for weekday in range(1, 7):
        made = slot(place, weekday=weekday)
        slot(place, weekday=weekday, starts=9)
        hold_slot(rule=made, day=date(2026, 11, 22 + weekday), at=MONDAY)
    with django_assert_num_queries(3):
        assert len(open_slots(place=place, method=HOME, at=MONDAY, postal_code="35000")) == 36


def test_full_days_and_rules_without_room_are_not_shown():
    place = make_clinic()
    one, _none = slot(place, room=1), slot(place, starts=9, room=0)
    hold_slot(rule=one, day=WEDNESDAY, at=MONDAY)
    assert days_shown(place) == WEDNESDAYS[1:]


def test_closures_hours_and_holidays_of_the_place_decide():
    place = make_clinic()
    slot(place)
    details.save_details(
        Closure(place=place, first_day=date(2026, 11, 20), last_day=date(2026, 11, 25))
    )
    assert days_shown(place) == [WEDNESDAY, date(2026, 12, 2)]
    details.save_details(OpeningHours(place=place, weekday=5, opens=time(9), closes=time(12)))
    # The only working day before the 18th is Friday the 13th.
    assert days_shown(place) == [date(2026, 12, 2)]


def test_a_holiday_where_the_order_goes_is_left_out():
    place = make_clinic()
    slot(place, weekday=6)
    at = datetime(2026, 12, 21, 8, tzinfo=UTC)
    boxing_day = date(2026, 12, 26)
    assert boxing_day in days_shown(place, at=at, postal_code="35000")
    assert boxing_day not in days_shown(place, at=at, postal_code="57000")


def test_a_slot_is_held_until_it_is_full_and_let_go_again():
    evening = slot(make_clinic(), room=2)
    for held in (1, 2):
        hold_slot(rule=evening, day=WEDNESDAY, at=MONDAY)
        assert SlotDay.objects.get().held == held
    with pytest.raises(SlotGone) as refused:
        hold_slot(rule=evening, day=WEDNESDAY, at=MONDAY)
    assert refused.value.facts == {"day": "2026-11-18", "starts": "18:00", "ends": "20:00"}
    assert SlotDay.objects.get().held == 2
    release_slot(SlotDay.objects.get())
    hold_slot(rule=evening, day=WEDNESDAY, at=MONDAY)
    assert SlotDay.objects.get().held == 2


def test_letting_go_of_what_nobody_holds_changes_nothing():
    row = slots.day_of(slot(make_clinic()), WEDNESDAY)
    release_slot(row)
    assert SlotDay.objects.get().held == 0


@pytest.mark.parametrize(
    ("day", "at"),
    [
        (WEDNESDAY, datetime(2026, 11, 17, 17, 0, tzinfo=UTC)),
        (date(2026, 11, 19), MONDAY),
        (date(2026, 11, 11), MONDAY),
        (date(2026, 12, 9), MONDAY),
    ],
    ids=["too late", "another weekday", "past", "too far"],
)
def test_a_slot_that_is_not_offered_cannot_be_held(day, at):
    evening = slot(make_clinic())
    with pytest.raises(SlotGone):
        hold_slot(rule=evening, day=day, at=at)
    assert SlotDay.objects.count() == 0


def test_a_slot_is_found_by_its_key_and_not_held():
    place = make_clinic()
    slot(place)
    key = open_slots(place=place, method=HOME, at=MONDAY)[0].key
    found = [slots.slot_named(place=place, method=HOME, key=key, at=MONDAY) for _ in range(2)]
    assert found[0] == found[1] == SlotDay.objects.get()
    assert (found[0].day, found[0].held, found[0].capacity) == (WEDNESDAY, 0, 5)


@pytest.mark.parametrize("key", ["", "x", "1", ":2026-11-18", "%s:", "%s:soon", "0:2026-11-18"])
def test_made_up_keys_name_no_slot(key):
    place = make_clinic()
    evening = slot(place)
    key = key % evening.pk if "%" in key else key
    with pytest.raises(NotFound):
        slots.slot_named(place=place, method=HOME, key=key, at=MONDAY)
    assert SlotDay.objects.count() == 0


def test_a_key_of_another_place_or_method_names_no_slot():
    place, other = make_clinic(), another_place()
    key = f"{slot(place).pk}:2026-11-18"
    for where, method in ((other, HOME), (place, PICKUP)):
        with pytest.raises(NotFound):
            slots.slot_named(place=where, method=method, key=key, at=MONDAY)


def test_a_key_of_a_slot_that_is_full_or_past_says_so():
    place = make_clinic()
    evening = slot(place, room=1)
    hold_slot(rule=evening, day=WEDNESDAY, at=MONDAY)
    for day in ("2026-11-18", "2026-11-11"):
        with pytest.raises(SlotGone):
            slots.slot_named(place=place, method=HOME, key=f"{evening.pk}:{day}", at=MONDAY)


def test_the_database_itself_refuses_more_than_there_is_room_for():
    row = slots.day_of(slot(make_clinic(), room=3), WEDNESDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        SlotDay.objects.filter(pk=row.pk).update(held=4)


def held_twice(**facts):
    evening = slot(make_clinic(), **facts)
    for _ in range(2):
        hold_slot(rule=evening, day=WEDNESDAY, at=MONDAY)
    AuditEntry.objects.all().delete()
    return evening


def test_the_room_of_a_day_is_changed_down_to_what_is_held():
    evening, ada = held_twice(), person()
    row = slot_rules.set_room(rule=evening, day=WEDNESDAY, capacity=2, by=ada, at=MONDAY)
    assert (row.capacity, row.held) == (2, 2)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by) == ("slot.room", ada)
    assert entry.changes == {"day": "2026-11-18", "capacity": [5, 2]}


@pytest.mark.parametrize("capacity", [-1, 1, 1001])
def test_room_is_never_taken_from_who_has_it(capacity):
    evening = held_twice()
    with pytest.raises(Invalid) as refused:
        slot_rules.set_room(rule=evening, day=WEDNESDAY, capacity=capacity, by=None, at=MONDAY)
    assert refused.value.facts == {"value": capacity, "expected": "2 - 1000"}
    assert (SlotDay.objects.get().capacity, AuditEntry.objects.count()) == (5, 0)


def test_the_room_of_a_day_that_the_slot_does_not_have_is_refused():
    evening = slot(make_clinic())
    with pytest.raises(Invalid):
        slot_rules.set_room(rule=evening, day=date(2026, 11, 19), capacity=1, by=None, at=MONDAY)
    assert SlotDay.objects.count() == 0


def test_a_closed_day_takes_no_more_and_keeps_what_is_held():
    evening = held_twice()
    place = evening.place
    slot(place, method=PICKUP, starts=9), slot(place, weekday=4)
    assert slot_rules.close_day(place=place, day=WEDNESDAY, by=None, at=MONDAY) == 2
    assert days_shown(place) == [
        date(2026, 11, 19),
        *sorted([*WEDNESDAYS[1:], date(2026, 11, 26), date(2026, 12, 3)]),
    ]
    assert days_shown(place, PICKUP) == WEDNESDAYS[1:]
    assert [room.is_closed for room in agenda(first=WEDNESDAY, days=1)[0][1]] == [True, True]
    slot_rules.reopen_day(place=place, day=WEDNESDAY, by=None, at=MONDAY)
    assert SlotDay.objects.get(rule=evening).capacity == 5
    assert days_shown(place, PICKUP) == WEDNESDAYS


def test_a_changed_rule_moves_the_days_that_followed_it():
    evening = slot(make_clinic(), room=4)
    for day, holds in zip(WEDNESDAYS, (3, 1, 0), strict=True):
        slots.day_of(evening, day)
        for _ in range(holds):
            hold_slot(rule=evening, day=day, at=MONDAY)
    slot_rules.set_room(rule=evening, day=WEDNESDAYS[2], capacity=9, by=None, at=MONDAY)
    evening.capacity = 2
    slot_rules.save_rule(rule=evening, by=None, at=MONDAY)
    assert list(SlotDay.objects.values_list("capacity", flat=True)) == [3, 2, 9]
    assert AuditEntry.objects.latest("id").changes == {"capacity": ["4", "2"]}


def test_a_slot_that_is_held_is_neither_moved_nor_removed():
    evening = held_twice()
    evening.starts = time(17)
    with pytest.raises(SlotHeld):
        slot_rules.save_rule(rule=evening, by=None, at=MONDAY)
    with pytest.raises(SlotHeld):
        slot_rules.remove_rule(rule=evening, by=None, at=MONDAY)
    assert (SlotRule.objects.get().starts, AuditEntry.objects.count()) == (time(18), 0)
    after = datetime(2026, 11, 19, 8, tzinfo=UTC)
    slot_rules.remove_rule(rule=evening, by=None, at=after)
    assert SlotRule.objects.count() == 0


def test_two_slots_of_a_place_never_begin_together():
    place = make_clinic()
    slot(place)
    with pytest.raises(SlotTwice):
        slot(place)
    assert (SlotRule.objects.count(), AuditEntry.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"method": DeliveryMethod.RELAY}, "method"),
        ({"weekday": 8}, "weekday"),
        ({"starts": 3}, "ends"),
        ({"cut_off": time(12), "ends": time(12)}, "ends"),
        ({"room": 1001}, "capacity"),
        ({"days_before": 15}, "daysBefore"),
    ],
)
def test_a_slot_that_cannot_be_is_refused(facts, field):
    place = make_clinic()
    ends = facts.pop("ends", None)
    made = dict(facts)
    room, starts = made.pop("room", 5), made.pop("starts", 18)
    rule = SlotRule(
        place=place,
        starts=time(starts),
        ends=ends or time(starts + 2),
        capacity=room,
        **{"method": HOME, "weekday": 3, "days_before": 1, "cut_off": time(18), **made},
    )
    with pytest.raises(Invalid) as refused:
        slot_rules.save_rule(rule=rule, by=None, at=NOW)
    assert refused.value.path == ["input", field]
    assert (SlotRule.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_the_agenda_shows_every_slot_of_the_days(django_assert_num_queries):
    place = make_clinic()
    evening, morning = slot(place), slot(place, starts=9)
    slot(place, weekday=5)
    hold_slot(rule=evening, day=WEDNESDAY, at=MONDAY)
    with django_assert_num_queries(2):
        found = agenda(first=WEDNESDAY, days=3)
    assert [(day, [(room.rule, room.held) for room in rooms]) for day, rooms in found[:2]] == [
        (WEDNESDAY, [(morning, 0), (evening, 1)]),
        (date(2026, 11, 19), []),
    ]
    assert len(found[2][1]) == 1


class SlotMachine(RuleBasedStateMachine):
    """Whatever is held, let go, widened, narrowed and closed: the books agree."""

    def __init__(self):
        super().__init__()
        place = Place.objects.first() or make_clinic()
        SlotRule.objects.all().delete()
        self.rule = slot(place, room=3)
        self.held, self.capacity = 0, 3

    @rule()
    def hold(self):
        if self.held < self.capacity:
            hold_slot(rule=self.rule, day=WEDNESDAY, at=MONDAY)
            self.held += 1
            assert SlotDay.objects.get(rule=self.rule, day=WEDNESDAY).held == self.held
        else:
            with pytest.raises(SlotGone):
                hold_slot(rule=self.rule, day=WEDNESDAY, at=MONDAY)

    @rule()
    def let_go(self):
        release_slot(slots.day_of(self.rule, WEDNESDAY))
        self.held = max(0, self.held - 1)

    @rule(capacity=st.integers(0, 6))
    def change(self, capacity):
        if capacity < self.held:
            with pytest.raises(Invalid):
                slot_rules.set_room(
                    rule=self.rule, day=WEDNESDAY, capacity=capacity, by=None, at=MONDAY
                )
        else:
            slot_rules.set_room(
                rule=self.rule, day=WEDNESDAY, capacity=capacity, by=None, at=MONDAY
            )
            self.capacity = capacity

    @rule()
    def close(self):
        place = self.rule.place
        assert slot_rules.close_day(place=place, day=WEDNESDAY, by=None, at=MONDAY) == self.held
        self.capacity = self.held

    @rule()
    def reopen(self):
        slot_rules.reopen_day(place=self.rule.place, day=WEDNESDAY, by=None, at=MONDAY)
        self.capacity = max(self.held, 3)

    @invariant()
    def books_agree(self):
        row = SlotDay.objects.filter(rule=self.rule).first()
        assert row is None or (row.held, row.capacity) == (self.held, self.capacity)
        shown = open_slots(place=self.rule.place, method=HOME, at=MONDAY)
        left = {each.day: each.left for each in shown}.get(WEDNESDAY, 0)
        assert left == self.capacity - self.held


def test_the_books_of_a_slot_agree_whatever_happens():
    few = settings(max_examples=15, stateful_step_count=12, deadline=None)
    run_state_machine_as_test(SlotMachine, settings=few)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_threads_and_a_slot_of_five_give_exactly_five_places():
    evening = slot(make_clinic(), room=5)
    held, failed = [], []

    def ask():
        try:
            for _ in range(2):
                try:
                    hold_slot(rule=evening, day=WEDNESDAY, at=MONDAY)
                    held.append(None)
                except SlotGone:
                    failed.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(held), len(failed)) == (5, 35)
    assert list(SlotDay.objects.values_list("held", "capacity")) == [(5, 5)]
