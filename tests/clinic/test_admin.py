"""The clinic's own pages: its details, hours and legal texts, through the verbs."""

from datetime import time

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic import details, revision
from clinic.models import Clinic, Closure, LegalText, OpeningHours
from clinic.vocabulary import SellerRegime
from tests.builders import NOW, make_clinic, staff

pytestmark = pytest.mark.django_db


def back_office():
    client = Client(headers={"accept-language": "en"})
    client.force_login(staff())
    return client


def page(name, *args):
    return reverse(f"admin:clinic_{name}", args=args)


def test_the_clinic_is_one_page_and_a_change_of_regime_is_public_at_once():
    make_clinic(SellerRegime.CLINIC)
    client = back_office()
    response = client.get(page("clinic_changelist"))
    assert response["Location"] == page("clinic_change", 1)
    before = revision.current().number
    client.post(
        page("clinic_change", 1),
        {
            "name": "Clinique",
            "legal_name": "Clinique SARL",
            "email": "c@clinique.example",
            "phone": "+33199000000",
            "seller_regime": "TRADING_COMPANY",
            "client_gate": "KNOWN_CLIENT",
        },
    )
    assert Clinic.objects.get().seller_regime == SellerRegime.TRADING_COMPANY
    assert revision.current().number == before + 1


def test_there_is_one_clinic_and_it_is_never_removed():
    make_clinic()
    client = back_office()
    assert client.get(page("clinic_add")).status_code == 403
    assert client.post(page("clinic_delete", 1), {"post": "yes"}).status_code == 403
    assert Clinic.objects.count() == 1


def hours(place, **changes):
    return {
        "name": "Rennes",
        "street": "1 rue",
        "postal_code": "35000",
        "city": "Rennes",
        "country": "FR",
        "is_active": "on",
        "hours-TOTAL_FORMS": "1",
        "hours-INITIAL_FORMS": "0",
        "hours-0-place": place.pk,
        "hours-0-weekday": "1",
        "hours-0-opens": "09:00",
        "hours-0-closes": "12:30",
        "closures-TOTAL_FORMS": "1",
        "closures-INITIAL_FORMS": "0",
        "closures-0-place": place.pk,
        "closures-0-first_day": "2026-12-25",
        "closures-0-last_day": "2026-12-25",
        "closures-0-reason": "Noël",
        **changes,
    }


def test_hours_and_closures_are_typed_on_the_page_of_their_place():
    place = make_clinic()
    response = back_office().post(page("place_change", place.pk), hours(place))
    assert response.status_code == 302
    kept = OpeningHours.objects.get()
    assert (kept.weekday, kept.opens, kept.closes) == (1, time(9), time(12, 30))
    assert Closure.objects.get().reason == "Noël"


def test_hours_that_close_before_they_open_are_refused():
    place = make_clinic()
    before = revision.current()
    response = back_office().post(
        page("place_change", place.pk), hours(place, **{"hours-0-closes": "08:00"})
    )
    assert response.status_code == 200
    assert (OpeningHours.objects.count(), Closure.objects.count()) == (0, 0)
    assert revision.current() == before


def test_hours_are_removed_through_the_verb():
    place = make_clinic()
    row = OpeningHours(place=place, weekday=1, opens=time(9), closes=time(12))
    details.save_details(row)
    before = revision.current().number
    sent = hours(
        place,
        **{
            "hours-INITIAL_FORMS": "1",
            "hours-0-id": row.pk,
            "hours-0-DELETE": "on",
            "closures-TOTAL_FORMS": "0",
        },
    )
    back_office().post(page("place_change", place.pk), sent)
    assert OpeningHours.objects.count() == 0
    assert revision.current().number == before + 2


def test_a_legal_text_is_a_new_version_and_those_that_are_there_are_only_read():
    make_clinic()
    first = details.publish_legal_text(
        kind="PRIVACY", language="fr", title="Avant", body="…", effective_from=NOW
    )
    client = back_office()
    now = timezone.localtime()
    client.post(
        page("legaltext_add"),
        {
            "kind": "PRIVACY",
            "language": "fr",
            "title": "Après",
            "body": "…",
            "effective_from": f"{now:%Y-%m-%dT%H:%M}",
        },
    )
    versions = LegalText.objects.order_by("version").values_list("version", "title")
    assert list(versions) == [(1, "Avant"), (2, "Après")]
    assert client.post(page("legaltext_change", first.pk), {"title": "X"}).status_code == 403
    assert client.post(page("legaltext_delete", first.pk), {"post": "yes"}).status_code == 403
    first.refresh_from_db()
    assert first.title == "Avant"
