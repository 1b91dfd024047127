"""Zones, slots and days in the back office: read on a phone, changed through the verbs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.roles import Role
from orders import slots
from orders.calendar import local_day
from orders.models import SlotDay, SlotRule, Zone, ZoneRate
from orders.vocabulary import DeliveryMethod
from tests.builders import make_clinic
from tests.catalog.desk import acting, back_office, filled, page, told
from tests.orders.delivering import slot, zone

pytestmark = pytest.mark.django_db

PAGES = {"orders_zone", "orders_slotrule", "orders_slotday"}


@pytest.mark.parametrize(
    ("role", "opens"),
    [
        (Role.MANAGER, PAGES),
        (Role.ORDERS, PAGES),
        (Role.ASSISTANT, {"orders_slotday"}),
        (Role.VET, {"orders_slotday"}),
        (Role.CATALOGUE, set()),
    ],
)
def test_a_role_opens_its_pages_and_finds_them_in_the_menu(role, opens):
    make_clinic()
    client = back_office(role)
    found = {each for each in PAGES if client.get(page(f"{each}_changelist")).status_code == 200}
    assert found == opens
    menu = client.get(page("index")).content.decode()
    assert {each for each in PAGES if f'href="{page(f"{each}_changelist")}"' in menu} == opens


def zone_form(place, **changes):
    return {
        "place": place.pk,
        "name": "Rennes",
        "method": "home",
        "country": "FR",
        "starts": "35, 22",
        "is_active": "on",
        "has_slots": "on",
        "days_needed": "1",
        "carrier": "manual",
        "free_from": "69,00",
        "point_lines": "",
        "rates-TOTAL_FORMS": "2",
        "rates-INITIAL_FORMS": "0",
        "rates-0-up_to_kg": "10",
        "rates-0-price": "4,90",
        "rates-1-up_to_kg": "30.5",
        "rates-1-price": "6,90",
        **changes,
    }


def rates_kept():
    return list(ZoneRate.objects.values_list("up_to_g", "gross_cents"))


def test_a_zone_is_added_with_its_prices():
    place = make_clinic()
    client = back_office(Role.ORDERS)
    response = client.post(page("orders_zone_add"), zone_form(place))
    assert response.status_code == 302
    kept = Zone.objects.get()
    assert (kept.prefixes, kept.free_from_cents, kept.has_slots) == (["22", "35"], 6900, True)
    assert rates_kept() == [(10_000, 490), (30_500, 690)]
    entry = AuditEntry.objects.get(action="zone.save")
    assert entry.by == acting(client)


def test_a_zone_is_changed_and_a_price_taken_out():
    kept = zone(make_clinic(), "35", free_from_cents=6900)
    client = back_office(Role.ORDERS)
    address = page("orders_zone_change", kept.pk)
    sent = filled(client.get(address))
    sent |= {"rates-0-DELETE": "on", "rates-1-price": "7,50", "free_from": "", "starts": ""}
    assert client.post(address, sent).status_code == 302
    kept.refresh_from_db()
    assert (kept.prefixes, kept.free_from_cents, rates_kept()) == ([], None, [(30_000, 750)])


def test_a_page_that_is_saved_as_it_is_changes_nothing():
    kept = zone(make_clinic(), "35", free_from_cents=6900, method=DeliveryMethod.RELAY)
    kept.points = [
        {
            "id": "35000-tabac",
            "name": "Tabac",
            "street": "1 rue",
            "postal_code": "35000",
            "city": "Rennes",
            "hours": "9 h – 19 h",
        }
    ]
    kept.save()
    client = back_office(Role.ORDERS)
    address = page("orders_zone_change", kept.pk)
    assert client.post(address, filled(client.get(address))).status_code == 302
    assert AuditEntry.objects.latest("id").changes == {}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts": "35*"}, None),
        ({"country": "US"}, "country"),
        ({"days_needed": "40"}, "days_needed"),
        ({"carrier": "pigeon"}, "carrier"),
        ({"point_lines": "Tabac; 1 rue"}, "point_lines"),
        ({"rates-TOTAL_FORMS": "0"}, None),
    ],
)
def test_a_zone_that_cannot_be_is_refused_in_the_form(changes, field):
    place = make_clinic()
    client = back_office(Role.ORDERS)
    response = client.post(page("orders_zone_add"), zone_form(place, **changes))
    assert list(response.context["adminform"].form.errors) == [field or "__all__"]
    assert (Zone.objects.count(), ZoneRate.objects.count()) == (0, 0)


def test_relay_points_are_typed_a_line_each():
    place = make_clinic()
    lines = "Tabac; 1 rue; 35000; Rennes\nFleuriste ; 2 rue; 35700; Rennes; 9 h – 19 h\n"
    client = back_office(Role.ORDERS)
    client.post(page("orders_zone_add"), zone_form(place, method="relay", point_lines=lines))
    assert [(each["id"], each["hours"]) for each in Zone.objects.get().points] == [
        ("35000-tabac", ""),
        ("35700-fleuriste", "9 h – 19 h"),
    ]


def test_a_removed_zone_is_noted_in_the_trail():
    kept = zone(make_clinic())
    client = back_office(Role.ORDERS)
    client.post(page("orders_zone_delete", kept.pk), {"post": "yes"})
    assert Zone.objects.count() == 0
    assert AuditEntry.objects.latest("id").action == "zone.remove"


def test_the_zones_are_listed_with_their_prices():
    place = make_clinic()
    zone(place, "35", free_from_cents=6900), zone(place)
    listed = back_office(Role.ORDERS).get(page("orders_zone_changelist")).content.decode()
    for words in ("€4.90 – €6.90", "€69.00", "the whole country"):
        assert words in listed


def slot_form(place, **changes):
    return {
        "place": place.pk,
        "method": "home",
        "weekday": "3",
        "starts": "18:00",
        "ends": "20:00",
        "capacity": "5",
        "days_before": "1",
        "cut_off": "18:00",
        **changes,
    }


def test_a_slot_is_added_and_refused_where_it_cannot_be():
    place = make_clinic()
    client = back_office(Role.ORDERS)
    client.post(page("orders_slotrule_add"), slot_form(place))
    assert SlotRule.objects.get().capacity == 5
    again = client.post(page("orders_slotrule_add"), slot_form(place, starts="04:00"))
    assert list(again.context["adminform"].form.errors) == ["ends"]
    assert SlotRule.objects.count() == 1


def ahead(days=2):
    return local_day(timezone.now()) + timedelta(days=days)


def slot_on(place, day, **facts):
    """Open on the day whatever the calendar says of the days before: ordered on the day itself."""
    return slot(place, weekday=day.isoweekday(), days_before=0, **facts)


def test_the_days_show_what_is_taken_and_who_may_change_it():
    day = ahead()
    place = make_clinic()
    rule = slot_on(place, day)
    slots.day_of(rule, day)
    SlotDay.objects.update(held=2)
    read = back_office(Role.ASSISTANT).get(page("orders_slotday_changelist"))
    (first, second) = read.context["days"]
    assert [(line.hours, line.taken, line.left) for line in first.lines] == [
        ("18:00 – 20:00", "2 of 5", 3)
    ]
    assert second.lines[0].taken == "0 of 5"
    address = page("orders_slotday_room", f"{rule.pk}-{day.isoformat()}")
    assert address not in read.content.decode()
    changed = back_office(Role.ORDERS).get(page("orders_slotday_changelist"))
    assert address in changed.content.decode()


def test_the_days_are_read_in_as_many_statements_for_many_slots(django_assert_max_num_queries):
    place = make_clinic()
    client = back_office(Role.ORDERS)
    for weekday in range(1, 7):
        slot(place, weekday=weekday), slot(place, weekday=weekday, starts=9)
    client.get(page("orders_slotday_changelist"))
    with django_assert_max_num_queries(12):
        client.get(page("orders_slotday_changelist"))


def test_the_room_of_a_day_is_changed_but_not_below_what_is_taken():
    day = ahead()
    rule = slot_on(make_clinic(), day)
    client = back_office(Role.ORDERS)
    address = page("orders_slotday_room", f"{rule.pk}-{day.isoformat()}")
    assert client.get(address).status_code == 200
    assert SlotDay.objects.count() == 0
    response = client.post(address, {"capacity": "3"}, follow=True)
    assert told(response) == ["The slot takes 3, of which 0 are taken."]
    SlotDay.objects.update(held=2)
    refused = client.post(address, {"capacity": "1"})
    assert refused.context["form"].errors == {
        "capacity": ["1 is not valid here: 2 - 1000 expected."]
    }
    assert list(SlotDay.objects.values_list("held", "capacity")) == [(2, 3)]


def test_a_day_is_closed_and_opened_again():
    day = ahead()
    place = make_clinic()
    rule = slot_on(place, day)
    slots.day_of(rule, day)
    SlotDay.objects.update(held=1)
    client = back_office(Role.ORDERS)
    key = f"{rule.pk}-{day.isoformat()}"
    closed = client.post(page("orders_slotday_close", key), follow=True)
    assert told(closed) == ["The day is closed: 1 order is still due."]
    assert list(SlotDay.objects.values_list("held", "capacity")) == [(1, 1)]
    assert (closed.context["days"][0].close, bool(closed.context["days"][0].reopen)) == ("", True)
    opened = client.post(page("orders_slotday_reopen", key), follow=True)
    assert told(opened) == ["The day is open again."]
    assert SlotDay.objects.get().capacity == 5


@pytest.mark.parametrize("act", ["room", "close", "reopen"])
def test_who_only_reads_orders_changes_no_day(act):
    day = ahead()
    rule = slot_on(make_clinic(), day)
    address = page(f"orders_slotday_{act}", f"{rule.pk}-{day.isoformat()}")
    assert back_office(Role.ASSISTANT).post(address, {"capacity": "1"}).status_code == 403
    assert SlotDay.objects.count() == 0


@pytest.mark.parametrize("key", ["x-2026-11-18", "0-2026-11-18", "%s-soon", "%s-2026-11-19", "%s"])
def test_a_made_up_day_is_not_found(key):
    rule = slot(make_clinic(), weekday=3)
    key = key % rule.pk if "%" in key else key
    assert back_office(Role.ORDERS).get(page("orders_slotday_room", key)).status_code == 404


def test_a_held_slot_is_not_removed_and_says_why():
    day = ahead()
    place = make_clinic()
    rule = slot_on(place, day)
    slots.day_of(rule, day)
    SlotDay.objects.update(held=1)
    client = back_office(Role.ORDERS)
    response = client.post(page("orders_slotrule_delete", rule.pk), {"post": "yes"}, follow=True)
    assert told(response)[0].startswith("Orders hold this slot")
    assert SlotRule.objects.count() == 1
