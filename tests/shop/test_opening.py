"""From nothing to a clinic whose manager is in the back office."""

import json
import re
from datetime import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django_ox.testing import run_tasks

from accounts import staffing
from accounts.models import Login, Notice
from accounts.roles import Role
from clinic.models import Clinic, LegalText, OpeningHours, Place
from kernel.money import Money
from orders.models import SlotRule, Zone
from orders.zones import Rate
from shop.opening import sheet, values
from shop.opening.asking import ask_for_sheet
from shop.opening.sheet import SheetRefused
from shop.opening.writing import open_clinic
from tests.accounts.signing import code_sent_to
from tests.accounts.test_second_factor import app_code, page
from tests.builders import NOW, owner, staff

pytestmark = pytest.mark.django_db
EXAMPLE = Path(__file__).parent.parent.parent / "docs" / "opening" / "clinic.toml"
ADA = "ada@trois-rivieres.example"
PASSWORD = "a-password-of-the-manager"


@pytest.fixture
def file(tmp_path):
    """The example of the documentation, with legal texts beside it."""
    (tmp_path / "legal").mkdir()
    (tmp_path / "legal" / "terms_of_sale.fr.md").write_text("# CGV\n\nLes prix sont TTC.\n")
    (tmp_path / "legal" / "privacy.en.txt").write_text("Privacy\nWe keep little.")
    copy = tmp_path / "clinic.toml"
    copy.write_text(EXAMPLE.read_text())
    return copy


def opened(file, *options):
    out = StringIO()
    call_command("open_clinic", *options, file=file, stdout=out)
    return out.getvalue().partition("\nWhat is left")[0].splitlines()


def test_the_example_of_the_documentation_opens_a_clinic(file):
    told = opened(file)
    assert told[:5] == [
        "clinic: new",
        "place Rennes: new",
        "place Rennes: 11 stretches of opening hours, 0 before",
        "zone Rennes et alentours: new",
        "zone France: new",
    ]
    assert told[5] == "slot home 1 18:00-20:00: new"
    assert told[15:18] == [
        "legal text PRIVACY en 1: published",
        "legal text TERMS_OF_SALE fr 1: published",
        f"manager {ADA}: invited by mail",
    ]
    clinic, place = Clinic.objects.get(), Place.objects.get()
    assert (clinic.siret, clinic.vat_number) == ("73282932000074", "FR44732829320")
    assert (clinic.phone, clinic.emergency_phone) == ("+33199000001", "+33199000002")
    saturday = OpeningHours.objects.get(place=place, weekday=6)
    assert (saturday.opens, saturday.closes) == (time(9), time(12))
    zone = Zone.objects.get(name="Rennes et alentours")
    assert (zone.prefixes, zone.free_from_cents, zone.has_slots) == (["35"], 6900, True)
    assert list(zone.rates.values_list("up_to_g", "gross_cents")) == [(30_000, 690), (60_000, 1290)]
    assert SlotRule.objects.count() == 10
    text = LegalText.objects.get(language="fr")
    assert (text.title, text.body) == ("CGV", "Les prix sont TTC.")


def test_a_second_run_changes_nothing(file):
    opened(file)
    assert opened(file) == ["Nothing changed."]
    assert (Notice.objects.count(), LegalText.objects.count()) == (1, 2)


def test_a_later_run_changes_what_differs_and_says_so(file):
    opened(file)
    changed = file.read_text().replace("01 99 00 00 02", "01 99 00 00 03")
    changed = changed.replace('price = "9.90"', 'price = "8.90"').replace("sat 09:00", "sat 10:00")
    file.write_text(changed.replace("capacity = 15", "capacity = 14"))
    (file.parent / "legal" / "terms_of_sale.fr.md").write_text("# CGV\n\nPrix TTC, port en sus.")
    assert opened(file) == [
        "clinic.emergency_phone: '+33199000002' -> '+33199000003'",
        "place Rennes: 11 stretches of opening hours, 11 before",
        "zone France.rates: 30 kg 9.90 -> 30 kg 8.90",
        *(f"slot pickup {day} 16:00-19:00.capacity: 15 -> 14" for day in range(1, 6)),
        "legal text TERMS_OF_SALE fr 2: published",
    ]
    assert SlotRule.objects.filter(capacity=14).count() == 5


def test_what_the_file_does_not_name_stays(file):
    opened(file)
    file.write_text('[clinic]\nname = "Trois Rivières"\n')
    assert opened(file) == [
        "clinic.name: 'Clinique vétérinaire des Trois Rivières' -> 'Trois Rivières'"
    ]
    assert Clinic.objects.get().siret == "73282932000074"


def test_json_does_as_well(tmp_path):
    file = tmp_path / "clinic.json"
    place = {"name": "Vitré", "street": "1 rue", "postal_code": "35500", "city": "Vitré"}
    file.write_text(json.dumps({"places": [place]}))
    assert opened(file) == ["place Vitré: new"]


WRONG = """
manager = "nobody"
legal_texts = "legal"
shop = 1
[clinic]
siret = "123"
vat_number = "FR123"
phone = "call me"
seller_regime = "ME"
colour = "blue"
[[places]]
hours = "always"
country = "ZZ"
slots = [{ method = "relay", days = "someday", starts = "noon" }]
[[places.zones]]
name = "France"
rates = [{ up_to_kg = 30, price = 6.9 }]
free_from = 69
has_slots = 1
[[places.zones]]
prefixes = "35"
"""


def test_all_that_is_wrong_is_said_at_once_and_nothing_is_written(tmp_path):
    (tmp_path / "legal").mkdir()
    (tmp_path / "legal" / "cgv.pdf").touch()
    (tmp_path / "legal" / "privacy.fr.md").write_text("# Vie privée")
    (tmp_path / "clinic.toml").write_text(WRONG)
    with pytest.raises(SheetRefused) as refused:
        sheet.read_file(tmp_path / "clinic.toml")
    assert str(refused.value).splitlines() == [
        "shop: unknown; known are clinic, places, legal_texts, manager",
        "clinic.siret: read '123', expected the 14 digits of a SIRET",
        "clinic.vat_number: read 'FR123', expected a French VAT number, FR and 11 signs",
        "clinic.phone: read 'call me', expected a phone number such as 01 23 45 67 89",
        "clinic.seller_regime: read 'ME', expected one of CLINIC, TRADING_COMPANY",
        "clinic.colour: unknown; known are name, legal_name, siret, vat_number, email, phone, "
        "emergency_phone, mediator, seller_regime, client_gate, medicine_declaration",
        "places 1.name: missing; a place is known by it",
        "places 1.hours: read 'always', expected hours such as mon-fri 09:00-12:30 14:00-19:00; "
        "sat 09:00-12:00",
        "places 1.country: read 'ZZ', expected one of AT, BE, BG, CY, CZ, DE, DK, EE, ES, FI, FR, "
        "GR, HR, HU, IE, IT, LT, LU, LV, MC, MT, NL, PL, PT, RO, SE, SI, SK",
        "places 1.zones 1.rates: read [{'up_to_kg': 30, 'price': 6.9}], expected rates such as "
        '[{ up_to_kg = 30, price = "6.90" }]',
        'places 1.zones 1.free_from: read 69, expected a price in quotes, such as "69.00"',
        "places 1.zones 1.has_slots: read 1, expected true or false",
        "places 1.zones 2.name: missing",
        "places 1.zones 2.rates: missing",
        'places 1.zones 2.prefixes: read \'35\', expected a list such as ["35", "22"]',
        "places 1.slots 1.ends: missing",
        "places 1.slots 1.capacity: missing",
        "places 1.slots 1.days_before: missing",
        "places 1.slots 1.cut_off: missing",
        "places 1.slots 1.method: read 'relay', expected one of home, pickup",
        "places 1.slots 1.days: read 'someday', expected days such as mon-fri, or sat",
        "places 1.slots 1.starts: read 'noon', expected an hour such as 18:00",
        "legal_texts: cgv.pdf is called neither .fr.md nor .en.md after one of terms_of_sale, "
        "privacy, legal_notice, withdrawal, guarantees, ranking",
        "legal_texts: privacy.fr.md has no text under its title",
        "manager: read 'nobody', expected an e-mail address such as ada@example.org",
    ]


def test_what_a_new_clinic_needs_is_asked_by_name(tmp_path):
    file = tmp_path / "clinic.toml"
    file.write_text('[clinic]\nname = "Trois Rivières"\n')
    with pytest.raises(CommandError) as refused:
        opened(file)
    assert str(refused.value).splitlines() == [
        "Nothing was written.",
        "clinic.legal_name: This field cannot be blank.",
        "clinic.email: This field cannot be blank.",
        "clinic.phone: This field cannot be blank.",
    ]
    assert Clinic.objects.count() == 0


def test_a_refusal_of_a_verb_leaves_nothing_written(file):
    file.write_text(file.read_text().replace("capacity = 15", "capacity = 5000"))
    with pytest.raises(CommandError, match="Nothing was written: 5000 is not valid here"):
        opened(file)
    assert (Clinic.objects.count(), Login.objects.count()) == (0, 0)


def test_a_file_that_is_none_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"nothing\.toml"):
        opened(tmp_path / "nothing.toml")


@pytest.mark.parametrize(
    ("given", "days"), [("mon-fri", [1, 2, 3, 4, 5]), ("sam", [6]), ("Lun-Mer", [1, 2, 3])]
)
def test_days_are_read_in_both_languages(given, days):
    assert values.days(given) == days


def test_rates_are_in_order_of_weight():
    given = [{"up_to_kg": 30, "price": "9,90"}, {"up_to_kg": 5, "price": "4.90"}]
    assert values.rates(given) == [Rate(5_000, Money(490)), Rate(30_000, Money(990))]


def answering(*answers):
    """Who sits at the terminal; gives too what was told and asked."""
    waiting, seen = list(answers), []

    def ask(says):
        seen.append(says)
        return waiting.pop(0)

    given = ask_for_sheet(ask=ask, tell=seen.append)
    assert waiting == []
    return given, seen


def test_questions_do_as_well_as_a_file(tmp_path):
    given, seen = answering(
        *("Trois Rivières", "Trois Rivières SARL", "123", "73282932000074", ""),
        *("c@clinique.example", "0199000001", "0199000002", "Médiateur, Rennes", "", ""),
        *("Rennes", "1 rue", "35000", "Rennes", "lun-ven 09:00-19:00", "9,90", "", ADA),
    )
    assert seen[2:4] == ["SIRET, 14 digits: ", "Expected the 14 digits of a SIRET."]
    told = open_clinic(sheet=sheet.read(given, folder=tmp_path), at=NOW)
    assert told == [
        "clinic: new",
        "place Rennes: new",
        "place Rennes: 5 stretches of opening hours, 0 before",
        "zone France: new",
        f"manager {ADA}: invited by mail",
    ]
    # Asked again, everything stands in brackets: an empty answer keeps it.
    again, asked = answering(*[""] * 16)
    assert asked[0] == "Name of the clinic, as clients know it [Trois Rivières]: "
    assert open_clinic(sheet=sheet.read(again, folder=tmp_path), at=NOW) == []


def test_nobody_is_asked_where_nobody_sits(monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO())
    with pytest.raises(CommandError, match=r"Nobody is here to be asked: give --file"):
        call_command("open_clinic")


def test_an_owner_who_opens_the_shop_becomes_its_manager(file):
    ada = owner("Ada")
    assert f"manager {ada.email}: appointed, with the account that it had" in opened(
        file, "--manager", ada.email
    )
    assert [login.pk for login in staffing.managers()] == [ada.pk]


def test_a_shop_that_has_a_manager_invites_no_other(file):
    there = staff(Role.MANAGER)
    opened(file)
    assert [login.pk for login in staffing.managers()] == [there.pk]
    assert Notice.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_first_manager_sets_a_password_enrols_and_is_in(file, settings):
    settings.STAFF_SECOND_FACTOR = True
    opened(file)
    run_tasks()
    invitation = Notice.objects.get()
    assert (invitation.recipient, invitation.sent_at is not None) == (ADA, True)
    (address,) = re.findall(r"https?://\S+/account/password/reset/", invitation.body)
    assert address == "http://127.0.0.1:8000/account/password/reset/"
    client = Client()
    client.post("/account/password/reset/", {"email": ADA})
    client.post("/account/password/reset/confirm/", {"code": code_sent_to(ADA)})
    chosen = {"password1": PASSWORD, "password2": PASSWORD}
    client.post("/account/password/reset/complete/", chosen)
    led_to, _page = page(client, "/admin/")
    assert led_to == "/account/2fa/"
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    form = client.get("/account/2fa/totp/activate/").context["form"]
    client.post("/account/2fa/totp/activate/", {"code": app_code(form.secret)})
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/clinic/clinic/1/change/").status_code == 200
