from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from clinic import details, revision
from clinic.models import Clinic, Closure, LegalText, OpeningHours
from tests.builders import NOW, make_clinic

pytestmark = pytest.mark.django_db


def now_public():
    return details.public_details(revision.current())


def test_the_revision_moves_by_one_and_gets_a_new_token():
    first, second = (revision.bump(), revision.current()), (revision.bump(), revision.current())
    assert (first[0], second[0]) == (1, 2)
    assert first[1].token != second[1].token


def test_a_changed_detail_is_public_at_once():
    make_clinic()
    assert now_public().clinic.name == "Clinique"
    clinic = Clinic.objects.get()
    clinic.name = "Autre"
    details.save_details(clinic)
    assert now_public().clinic.name == "Autre"


def test_there_is_one_clinic():
    make_clinic()
    with pytest.raises(IntegrityError), transaction.atomic():
        Clinic.objects.create(id=2, name="x", legal_name="x", email="x@y.example", phone="1")


def open_on_monday():
    place = make_clinic()
    for opens, closes in ((time(9), time(12)), (time(14), time(19))):
        details.save_details(OpeningHours(place=place, weekday=1, opens=opens, closes=closes))
    return place


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 11, 23, 7, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 23, 8, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 11, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 23, 13, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 18, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 24, 9, 0, tzinfo=UTC), False),
        (datetime(2026, 7, 6, 7, 0, tzinfo=UTC), True),
    ],
)
def test_opening_hours_are_local_and_end_when_they_end(moment, expected):
    place = open_on_monday()
    assert details.is_open(now_public(), place, at=moment) is expected


def test_a_closure_beats_the_usual_week():
    place = open_on_monday()
    moment = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    closure = Closure(place=place, first_day=date(2026, 11, 23), last_day=date(2026, 11, 23))
    details.save_details(closure)
    assert details.is_open(now_public(), place, at=moment) is False
    details.remove_detail(closure)
    assert details.is_open(now_public(), place, at=moment) is True


def publish(body, since):
    return details.publish_legal_text(
        kind="PRIVACY", language="fr", title="Vie privée", body=body, effective_from=since
    )


def test_versions_of_a_legal_text_follow_one_another_and_the_newest_in_force_counts():
    make_clinic()
    publish("un", NOW)
    publish("deux", NOW + timedelta(days=1))
    assert list(LegalText.objects.order_by("version").values_list("version", "body")) == [
        (1, "un"),
        (2, "deux"),
    ]
    in_force = [
        [text.body for text in details.legal_texts_in_force(now_public(), at=moment)]
        for moment in (NOW, NOW + timedelta(days=1))
    ]
    assert in_force == [["un"], ["deux"]]
