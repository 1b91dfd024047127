from datetime import timedelta

import pytest

from accounts.models import AuditEntry
from catalog import prices
from catalog.cards import timeline_of
from catalog.models import Card, PriceChange, Reduction
from catalog.prices import ReductionNotAllowed, ReductionOverlaps
from catalog.vocabulary import RegulatoryClass
from clinic import revision
from clinic.vocabulary import SellerRegime
from kernel.money import Money
from kernel.refusals import Invalid
from tests.builders import NOW, Pack, make_clinic, person, published

pytestmark = pytest.mark.django_db


def one_pack(**facts):
    make_clinic(facts.pop("regime", SellerRegime.TRADING_COMPANY))
    return published("p", Pack(**facts)).variants.get()


def test_a_new_price_is_added_to_the_history_and_shown():
    pack, by = one_pack(price=1000), person()
    before = revision.current().number
    prices.set_price(variant=pack, price=Money(1200), by=by, at=NOW)
    assert list(pack.price_changes.values_list("gross_cents", flat=True)) == [1000, 1200]
    assert '"cents":1200' in Card.objects.get().brief_fr
    assert revision.current().number == before + 1
    entry = AuditEntry.objects.filter(action="price.set").get()
    assert (entry.by, entry.changes) == (by, {"cents": [1000, 1200]})


def test_the_same_price_again_is_no_change():
    pack = one_pack(price=1000)
    before = revision.current()
    prices.set_price(variant=pack, price=Money(1000), by=None, at=NOW)
    assert (PriceChange.objects.count(), revision.current()) == (1, before)


def test_a_price_to_come_waits_for_its_moment():
    pack = one_pack(price=1000)
    later = NOW + timedelta(days=2)
    prices.set_price(variant=pack, price=Money(900), since=later, by=None, at=NOW)
    timeline = timeline_of(pack)
    assert timeline.price(later - timedelta(seconds=1)) == Money(1000)
    assert timeline.price(later) == Money(900)
    assert Card.objects.get().next_change_at == later


@pytest.mark.parametrize("cents", [0, -1, 1_000_001])
def test_an_absurd_price_is_refused_and_nothing_written(cents):
    pack = one_pack()
    with pytest.raises(Invalid):
        prices.set_price(variant=pack, price=Money(cents), by=None, at=NOW)
    assert PriceChange.objects.count() == 1


def test_the_past_is_not_rewritten():
    pack = one_pack()
    past = NOW - timedelta(seconds=1)
    with pytest.raises(Invalid):
        prices.set_price(variant=pack, price=Money(900), since=past, by=None, at=NOW)
    assert PriceChange.objects.count() == 1


def reduce(pack, cents=800, since=NOW, until=None):
    return prices.start_reduction(
        variant=pack, price=Money(cents), starts_at=since, ends_at=until, by=None, at=NOW
    )


def test_a_reduction_holds_for_its_window():
    pack = one_pack(price=1000)
    reduce(pack, until=NOW + timedelta(days=7))
    segment = timeline_of(pack).segment(NOW)
    assert (segment.price, segment.reference.money) == (Money(800), Money(1000))
    assert Card.objects.get().next_change_at == NOW + timedelta(days=7)


def test_under_the_clinics_regime_reductions_are_refused_with_their_article():
    pack = one_pack(regime=SellerRegime.CLINIC)
    with pytest.raises(ReductionNotAllowed) as refused:
        reduce(pack)
    assert refused.value.article == "Code rural R.242-62"
    assert Reduction.objects.count() == 0


@pytest.mark.parametrize(
    "kind",
    [
        RegulatoryClass.MEDICINE_OTC,
        RegulatoryClass.MEDICINE_RX,
        RegulatoryClass.ANTIPARASITIC_EXTERNAL,
        RegulatoryClass.UNKNOWN,
    ],
)
def test_medicines_are_never_reduced(kind):
    pack = one_pack(kind=kind)
    with pytest.raises(ReductionNotAllowed):
        reduce(pack)
    assert Reduction.objects.count() == 0


def test_two_reductions_never_share_a_moment():
    pack = one_pack()
    reduce(pack, until=NOW + timedelta(days=7))
    with pytest.raises(ReductionOverlaps):
        reduce(pack, cents=700, since=NOW + timedelta(days=6))
    assert Reduction.objects.count() == 1


@pytest.mark.parametrize("cents", [1000, 1001, 0])
def test_a_reduction_must_reduce(cents):
    pack = one_pack(price=1000)
    with pytest.raises(Invalid):
        reduce(pack, cents=cents)
    assert Reduction.objects.count() == 0


def test_ending_reductions_puts_the_price_back_at_once():
    pack = one_pack(price=1000)
    reduce(pack, until=NOW + timedelta(days=7))
    reduce(pack, cents=700, since=NOW + timedelta(days=20))
    later = NOW + timedelta(days=1)
    assert prices.end_reductions(variant=pack, by=None, at=later) == 2
    assert timeline_of(pack).price(later) == Money(1000)
    assert Reduction.objects.count() == 1
