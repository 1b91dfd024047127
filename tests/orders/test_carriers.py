"""Carriers: one module each, behind four questions."""

import pytest

from kernel.money import Money
from kernel.refusals import Invalid
from orders import carriers
from orders.carriers import CARRIERS, Parcel, RelayPoint, Tracking, carrier_named
from orders.models import Shipment

PARCEL = Parcel(country="FR", postal_code="35000", weight_g=1000, goods=Money(2000))


def point(key, postal_code):
    return RelayPoint(id=key, name=key, street="1 rue", postal_code=postal_code, city="Rennes")


@pytest.mark.parametrize("name", sorted(CARRIERS))
def test_every_carrier_answers_the_four_questions(name):
    carrier: carriers.Carrier = carrier_named(name)
    quoted = carrier.quote(PARCEL)
    label = carrier.label(Shipment(tracking=""))
    assert quoted is None or quoted >= Money(0)
    assert all(isinstance(each, RelayPoint) for each in carrier.points("FR", "35000"))
    assert label is None or label.number
    assert carrier.track("") is None


def test_a_name_that_no_carrier_has_is_refused():
    with pytest.raises(Invalid) as refused:
        carrier_named("pigeon")
    assert refused.value.facts == {"value": "pigeon", "expected": "manual"}


def test_the_manual_carrier_leaves_the_price_and_the_label_to_people():
    manual = carrier_named("manual")
    assert (manual.quote(PARCEL), manual.label(Shipment()), manual.points("FR", "35000")) == (
        None,
        None,
        [],
    )


def test_listed_points_come_by_the_likeness_of_their_postal_codes():
    listed = [point("far", "75001"), point("near", "35700"), point("here", "35000")]
    listed.append(point("here too", "35000"))
    found = carrier_named("manual", listed=listed).points("FR", "35000")
    assert [each.id for each in found] == ["here", "here too", "near", "far"]


def test_tracking_is_what_staff_wrote():
    manual = carrier_named("manual")
    assert manual.track(" ") is None
    assert manual.track("left with the neighbour") == Tracking(words="left with the neighbour")
    page = "https://carrier.example/8R1"
    assert manual.track(page) == Tracking(words=page, url=page)
    assert manual.track("javascript:alert(1)").url == ""
