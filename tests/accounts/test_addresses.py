from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from accounts import access, addresses
from accounts.access import GUEST, Viewer
from accounts.addresses import AddressGiven
from accounts.models import Address, AuditEntry
from accounts.phones import PhoneRefused
from kernel.refusals import Invalid, LimitReached, NotFound
from tests.builders import NOW, person

pytestmark = pytest.mark.django_db
GIVEN = AddressGiven(
    recipient="Ada Lovelace", line1="12 rue de Brest", postal_code="35000", city="Rennes"
)


def add(who, *, make_default=False, **fields):
    return addresses.add_address(
        person=who, given=replace(GIVEN, **fields), make_default=make_default, by=who, at=NOW
    )


def change(address, *, make_default=False, **changes):
    return addresses.update_address(
        address=address, changes=changes, make_default=make_default, by=address.person, at=NOW
    )


def usual_of(who):
    return list(who.addresses.filter(is_default=True).values_list("pk", flat=True))


def test_what_is_typed_is_tidied():
    kept = add(
        person(),
        recipient="  Ada \t Lovelace ",
        line1="12  rue\u00a0de Brest",
        postal_code="35 042",
        city="RENNES CEDEX 7",
        country="fr",
        phone="06 12 34 56 78",
    )
    assert (kept.recipient, kept.line1, kept.postal_code) == (
        "Ada Lovelace",
        "12 rue de Brest",
        "35042",
    )
    assert (kept.city, kept.country, kept.phone) == ("Rennes", "FR", "+33612345678")


def test_the_first_address_becomes_the_usual_one_and_the_second_does_not():
    ada = person()
    first, second = add(ada), add(ada)
    assert (first.is_default, second.is_default) == (True, False)
    assert usual_of(ada) == [first.pk]


def test_another_can_be_made_the_usual_one():
    ada = person()
    first, second = add(ada), add(ada)
    change(second, make_default=True)
    assert usual_of(ada) == [second.pk]
    third = add(ada, make_default=True)
    assert usual_of(ada) == [third.pk]
    change(first, label="Home")
    assert usual_of(ada) == [third.pk]


def test_the_database_keeps_one_usual_address_a_person():
    ada = person()
    add(ada)
    other = add(ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        Address.objects.filter(pk=other.pk).update(is_default=True)


def test_when_the_usual_address_goes_the_oldest_takes_its_place():
    ada = person()
    first, second, third = add(ada), add(ada), add(ada)
    addresses.remove_address(address=first, by=ada, at=NOW)
    assert usual_of(ada) == [second.pk]
    addresses.remove_address(address=third, by=ada, at=NOW)
    assert usual_of(ada) == [second.pk]
    addresses.remove_address(address=second, by=ada, at=NOW)
    assert Address.objects.count() == 0


def test_twenty_addresses_are_kept_and_no_more():
    ada = person()
    for _ in range(20):
        add(ada)
    with pytest.raises(LimitReached) as refused:
        add(ada)
    assert refused.value.facts == {"most": 20}
    assert Address.objects.count() == 20
    assert add(person()).is_default


@pytest.mark.parametrize(
    ("field", "value", "path"),
    [
        ("recipient", "", "recipient"),
        ("recipient", "   ", "recipient"),
        ("recipient", "x" * 10_000, "recipient"),
        ("line1", "12 rue 🐶", "line1"),
        ("line1", "12\0rue", "line1"),
        ("line2", "\u202egauche", "line2"),
        ("city", "Ren\ud800nes", "city"),
        ("label", "x" * 41, "label"),
        ("instructions", "x" * 201, "instructions"),
        ("postal_code", "3500", "postalCode"),
        ("postal_code", "35000" * 1000, "postalCode"),
        ("country", "US", "country"),
        ("country", "", "country"),
    ],
)
def test_what_cannot_be_is_refused_where_it_stands_and_nothing_is_kept(field, value, path):
    ada = person()
    with pytest.raises(Invalid) as refused:
        add(ada, **{field: value})
    assert refused.value.path == ["input", path]
    assert len(refused.value.message) < 200
    assert (Address.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_a_phone_that_cannot_be_is_refused():
    with pytest.raises(PhoneRefused):
        add(person(), phone="12")
    assert Address.objects.count() == 0


def test_signs_of_streets_and_letters_of_any_script_are_kept():
    kept = add(person(), line1="12 bis, n° 4 – l’Étang", recipient="Łukasz Œuvrard Ελένη")
    assert (kept.line1, kept.recipient) == ("12 bis, n° 4 – l’Étang", "Łukasz Œuvrard Ελένη")


def test_a_change_keeps_what_is_not_given_and_tells_the_trail_which_fields():
    ada = person()
    address = add(ada, company="Chez Ada")
    changed = change(address, city="St Malo", postal_code="35400")
    changed.refresh_from_db()
    assert (changed.city, changed.city_key, changed.company) == (
        "Saint-Malo",
        "saint malo",
        "Chez Ada",
    )
    entry = AuditEntry.objects.get(action="address.update")
    assert (entry.by, entry.changes) == (ada, {"fields": "postal_code, city"})


def test_a_change_that_changes_nothing_leaves_no_trace():
    address = add(person())
    change(address, city="RENNES")
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["address.add"]


def test_a_refused_change_leaves_the_address_as_it_was():
    address = add(person())
    with pytest.raises(Invalid):
        change(address, country="DE", postal_code="1")
    address.refresh_from_db()
    assert (address.country, address.postal_code) == ("FR", "35000")


def test_a_country_and_its_code_are_judged_together():
    with pytest.raises(Invalid) as refused:
        change(add(person()), country="NL")
    assert refused.value.path == ["input", "postalCode"]


def test_an_address_removed_meanwhile_is_not_found():
    ada = person()
    address = add(ada)
    again = Address.objects.get(pk=address.pk)
    addresses.remove_address(address=address, by=ada, at=NOW)
    with pytest.raises(NotFound):
        addresses.remove_address(address=again, by=ada, at=NOW)
    with pytest.raises(NotFound):
        change(again, label="x")


def test_the_door_opens_to_ones_own_addresses_alone():
    ada, bob = person(), person()
    address = add(ada)
    assert access.address_for(Viewer(person=ada), address.pk) == address
    assert access.addresses_for(Viewer(person=ada)) == [address]
    assert (access.addresses_for(Viewer(person=bob)), access.addresses_for(GUEST)) == ([], [])
    for viewer, key in ((Viewer(person=bob), address.pk), (GUEST, address.pk)):
        with pytest.raises(NotFound):
            access.address_for(viewer, key)
    for key in (None, 0, address.pk + 1):
        with pytest.raises(NotFound):
            access.address_for(Viewer(person=ada), key)
