import threading
from datetime import date

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

from catalog import stock
from catalog.models import Card, Lot, Stock, StockMovement
from catalog.stock import BestBeforePassed, Delivery
from clinic.models import Place
from kernel.refusals import Invalid
from tests.builders import NOW, Pack, make_clinic, published
from tests.catalog.promising import promised

pytestmark = pytest.mark.django_db


def one_pack(in_stock=0):
    place = Place.objects.first() or make_clinic()
    pack = published("", Pack(stock=in_stock)).variants.get()
    return pack, place


def receive(pack, place, **facts):
    return stock.receive_stock(
        variant=pack, place=place, delivery=Delivery(**facts), by=None, at=NOW
    )


def availability(pack=None):
    cards = Card.objects.filter(product=pack.product) if pack else Card.objects.all()
    return cards.get().facts.split('"availability":"')[1].split('"')[0]


def test_a_delivery_is_added_with_its_lot_and_the_shop_shows_it():
    pack, place = one_pack(in_stock=0)
    assert availability() == "OUT"
    received = receive(pack, place, quantity=5, lot="L1", best_before=date(2027, 5, 1))
    assert received.on_hand == 5
    assert list(Lot.objects.values_list("code", "best_before", "quantity")) == [
        ("L1", date(2027, 5, 1), 5)
    ]
    assert availability() == "IN_STOCK"


def test_the_same_delivery_note_is_booked_once():
    pack, place = one_pack()
    receive(pack, place, quantity=5, reference="BL-1")
    assert receive(pack, place, quantity=5, reference="BL-1").on_hand == 5
    assert StockMovement.objects.count() == 1


def test_the_same_lot_grows():
    pack, place = one_pack()
    for _ in range(2):
        receive(pack, place, quantity=5, lot="L1", best_before=date(2027, 5, 1))
    assert Lot.objects.get().quantity == 10


@pytest.mark.parametrize("quantity", [0, -1, 100_001])
def test_absurd_quantities_are_refused(quantity):
    pack, place = one_pack()
    with pytest.raises(Invalid):
        receive(pack, place, quantity=quantity)
    assert StockMovement.objects.count() == 0


def test_what_is_past_its_date_does_not_enter():
    pack, place = one_pack()
    with pytest.raises(BestBeforePassed):
        receive(pack, place, quantity=1, lot="L1", best_before=NOW.date())
    assert Lot.objects.count() == 0


def test_the_database_itself_refuses_to_promise_more_than_there_is():
    pack, place = one_pack(in_stock=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        Stock.objects.filter(variant=pack, place=place).update(reserved=4)


def test_a_sale_touches_the_card_only_when_the_state_turns():
    pack, place = one_pack(in_stock=5)
    before = Card.objects.get().revision
    assert promised(pack, place)
    assert Card.objects.get().revision == before
    assert promised(pack, place)
    assert availability() == "LOW"
    assert not promised(pack, place, 4)


class StockMachine(RuleBasedStateMachine):
    """Whatever is received and promised, in any order: never more promised than there is."""

    def __init__(self):
        super().__init__()
        self.pack, self.place = one_pack(in_stock=0)
        self.on_hand = self.reserved = 0

    @rule(quantity=st.integers(1, 20))
    def receive(self, quantity):
        receive(self.pack, self.place, quantity=quantity)
        self.on_hand += quantity

    @rule(quantity=st.integers(1, 20))
    def promise(self, quantity):
        fits = self.on_hand - self.reserved >= quantity
        taken = promised(self.pack, self.place, quantity)
        assert taken == fits
        self.reserved += quantity if fits else 0

    @invariant()
    def books_agree(self):
        row = Stock.objects.get(variant=self.pack)
        assert (row.on_hand, row.reserved) == (self.on_hand, self.reserved)
        left = self.on_hand - self.reserved
        assert availability(self.pack) == (
            "OUT" if left == 0 else "LOW" if left <= 3 else "IN_STOCK"
        )


def test_the_books_agree_whatever_is_received_and_promised():
    few = settings(max_examples=15, stateful_step_count=12, deadline=None)
    run_state_machine_as_test(StockMachine, settings=few)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_threads_and_fifty_packs_sell_exactly_fifty():
    pack, place = one_pack(in_stock=50)
    sold = []

    def buy():
        try:
            sold.extend(promised(pack, place) for _ in range(5))
        finally:
            connection.close()

    threads = [threading.Thread(target=buy) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(sold), sum(sold)) == (100, 50)
    assert Stock.objects.get(variant=pack).reserved == 50
