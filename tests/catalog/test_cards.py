import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from catalog import cards, prices, products, stock
from catalog.models import Card, Variant
from clinic import revision
from clinic.models import Place
from kernel.money import Money
from tests.builders import NOW, Pack, make_clinic, published
from tests.catalog.promising import promised


@pytest.mark.django_db
def test_projecting_again_changes_nothing_and_moves_no_revision():
    make_clinic()
    product = published("p")
    before = revision.current()
    assert cards.project([product.pk], at=NOW) == 0
    assert revision.current() == before


@pytest.mark.django_db
def test_a_card_knows_when_it_next_changes():
    make_clinic()
    product = published("p", Pack(price=1000))
    start, end = NOW + timedelta(days=1), NOW + timedelta(days=2)
    prices.start_reduction(
        variant=product.variants.get(),
        price=Money(800),
        starts_at=start,
        ends_at=end,
        by=None,
        at=NOW,
    )
    assert Card.objects.get().next_change_at == start
    assert cards.reproject_due(at=start) == 1
    assert Card.objects.get().next_change_at == end
    assert cards.reproject_due(at=end) == 1
    assert Card.objects.get().next_change_at is None


@pytest.mark.django_db
def test_a_card_read_late_is_as_right_as_one_projected_late():
    make_clinic()
    product = published("p", Pack(price=1000))
    start, end = NOW + timedelta(days=1), NOW + timedelta(days=2)
    prices.start_reduction(
        variant=product.variants.get(),
        price=Money(800),
        starts_at=start,
        ends_at=end,
        by=None,
        at=NOW,
    )
    early = json.loads(Card.objects.get().brief_fr)["variants"][0]["prices"]
    for moment in (NOW, start, end - timedelta(seconds=1), end, end + timedelta(days=99)):
        late = json.loads(cards.card_of(product, at=moment).brief_fr)["variants"][0]["prices"]
        stamp = int(moment.timestamp())
        read_early = cards.current_price(early, at=stamp, reductions=True)
        read_late = cards.current_price(late, at=stamp, reductions=True)
        assert {**read_early, "from": 0} == {**read_late, "from": 0}


@pytest.mark.django_db
def test_where_reductions_are_barred_a_standing_one_is_hidden():
    segments = [{"from": 0, "cents": 800, "list": 1000, "reference": {"cents": 1000}}]
    assert cards.current_price(segments, at=5, reductions=False) == {
        "from": 0,
        "cents": 1000,
        "list": 1000,
        "reference": None,
    }


class TestCardsFollowEveryWrite(TestCase):
    """Whatever verbs are called, in any order, every card equals a fresh projection."""

    @settings(max_examples=15, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1), st.integers(1, 2000))))
    def test_cards_equal_fresh_projections(self, steps):
        if not Place.objects.exists():
            make_clinic()
        made = [published("", Pack(), Pack()) for _ in range(2)]
        for number, (what, which, amount) in enumerate(steps):
            at = NOW + timedelta(minutes=number)
            self.act(what, made[which], amount, at)
        assert cards.differing(at=NOW + timedelta(minutes=len(steps))) == []

    def act(self, what, product, amount, at):
        pack = Variant.objects.filter(product=product).first()
        place = Place.objects.get()
        if what == 0:
            prices.set_price(variant=pack, price=Money(amount), by=None, at=at)
        elif what == 1:
            promised(pack, place, amount % 5 + 1, at)
        elif what == 2:
            stock.receive_stock(
                variant=pack, place=place, delivery=stock.Delivery(amount % 3 + 1), by=None, at=at
            )
        elif what == 3:
            products.withdraw(product=product, by=None, at=at)
        elif what == 4:
            products.publish(product=product, by=None, at=at)
        else:
            products.change_slug(product=product, slug=f"{product.pk}-{amount}", by=None, at=at)
