"""A cart becomes an order: frozen prices, promised stock, or nothing at all."""

from datetime import timedelta

import pytest

from catalog import prices
from catalog.models import Stock
from catalog.stock import OutOfStock
from catalog.vocabulary import RegulatoryClass
from clinic import details
from kernel.animals import Species
from kernel.money import Money
from kernel.refusals import Invalid, Stale
from orders import carts, reckoning, settlement
from orders.carts import CartClosed, Change, NotSoldOnline, Wanted
from orders.checkout import CartNotReady, PriceChanged
from orders.models import Cart, Order, OrderEvent, Payment, Refund, Reservation
from orders.settlement import PaymentNews, Standing
from orders.vocabulary import CancelReason, CartState, OrderState, PaymentState, ProblemCode
from tests.builders import NOW, Pack, draft, make_clinic, owner, pet_of
from tests.orders.world import cart_with, pack, placed, reading

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clinic():
    make_clinic()


def stock_of(variant):
    row = Stock.objects.get(variant=variant)
    return row.on_hand, row.reserved


def paid(order, cents=None, standing=Standing.RECEIVED, at=NOW):
    payment = order.payments.get()
    Payment.objects.filter(pk=payment.pk).update(intent_id=f"pi_{payment.pk}")
    received = Money(order.total_cents if cents is None else cents)
    news = PaymentNews(intent_id=f"pi_{payment.pk}", standing=standing, received=received)
    return settlement.settle(news=news, at=at)


def expired(order):
    reason, at = CancelReason.PAYMENT_EXPIRED, NOW + timedelta(hours=1)
    for _ in range(2):
        settlement.cancel_order(order=order, reason=reason, by=None, at=at)


def changed(cart, at=NOW, **what):
    change = Change(line=cart.lines.get(), **what)
    return carts.change_lines(cart=cart, changes=[change], at=at)


def codes(cart, person=None):
    return [
        (each.code, each.is_blocking)
        for each in reckoning.reckon(cart, reading(), person=person).problems
    ]


def test_an_order_freezes_what_was_bought():
    variant = pack(price=1250)
    order = placed(cart_with((variant, 3)))
    line = order.lines.get()
    assert (line.sku, line.quantity, line.unit_cents, line.gross_cents) == ("S1", 3, 1250, 3750)
    assert (order.state, order.total_cents) == (OrderState.PENDING_PAYMENT, 3750)
    assert order.vat_lines == [
        {"rate": "20.00", "gross_cents": 3750, "base_cents": 3125, "vat_cents": 625}
    ]
    assert stock_of(variant) == (10, 3)
    assert Cart.objects.get().state == CartState.FROZEN
    assert [each.kind for each in OrderEvent.objects.all()] == ["placed"]


def test_a_cart_is_bought_once():
    cart = cart_with((pack(), 1))
    placed(cart)
    with pytest.raises(CartClosed):
        placed(cart)
    assert Order.objects.count() == 1


def test_a_frozen_cart_is_not_changed():
    variant = pack()
    cart = cart_with((variant, 1))
    placed(cart)
    with pytest.raises(CartClosed):
        carts.add_packs(cart=cart, wanted=[Wanted(variant=variant, quantity=1)], at=NOW)
    assert cart.lines.get().quantity == 1


def test_a_cart_that_changed_since_it_was_seen_is_refused():
    cart = cart_with((pack(), 1))
    with pytest.raises(Stale):
        placed(cart, cart_version=cart.version - 1)
    assert (Order.objects.count(), Reservation.objects.count()) == (0, 0)


def test_another_total_than_the_one_seen_is_told():
    variant = pack(price=1000)
    cart = cart_with((variant, 2))
    with pytest.raises(PriceChanged) as refused:
        placed(cart, total=Money(1))
    assert (refused.value.before, refused.value.after) == (Money(1), Money(2000))
    assert stock_of(variant) == (10, 0)


def test_a_price_that_changed_under_the_cart_is_a_problem_until_it_is_seen():
    variant = pack(price=1000)
    cart = cart_with((variant, 1))
    later = NOW + timedelta(hours=1)
    prices.set_price(variant=variant, price=Money(1200), since=None, by=None, at=NOW)
    with pytest.raises(CartNotReady) as refused:
        placed(cart, at=later)
    assert [each.code for each in refused.value.problems] == [ProblemCode.PRICE_CHANGED]
    changed(cart, at=later, seen_cents=1200)
    assert placed(Cart.objects.get(), at=later).total_cents == 1200


def test_more_than_there_is_is_refused_and_nothing_is_promised():
    plenty, few = pack("S1", stock=10), pack("S2", stock=2)
    cart = cart_with((plenty, 1), (few, 3))
    with pytest.raises(CartNotReady) as refused:
        placed(cart)
    assert [each.code for each in refused.value.problems] == [ProblemCode.OUT_OF_STOCK]
    assert (stock_of(plenty), stock_of(few), Order.objects.count()) == ((10, 0), (2, 0), 0)


def test_two_lines_of_one_pack_are_promised_together():
    variant = pack(stock=3)
    cart = cart_with((variant, 2))
    each = Wanted(variant=variant, quantity=2, text="Rex", seen_cents=1000)
    carts.add_packs(cart=cart, wanted=[each], at=NOW)
    with pytest.raises(OutOfStock) as refused:
        placed(Cart.objects.get())
    assert refused.value.facts == {"sku": "S1", "left": 3}
    assert (stock_of(variant), Order.objects.count()) == ((3, 0), 0)


def test_the_terms_in_force_are_accepted_by_their_version():
    cart = cart_with((pack(), 1))
    text = details.publish_legal_text(
        kind="TERMS_OF_SALE", language="fr", title="CGV", body="…", effective_from=NOW
    )
    with pytest.raises(Invalid):
        placed(cart, texts=frozenset())
    assert placed(cart).accepted_texts == [{"kind": text.kind, "language": "fr", "version": 1}]


@pytest.mark.parametrize("kind", [RegulatoryClass.MEDICINE_RX, RegulatoryClass.UNKNOWN])
def test_what_may_not_be_sold_enters_no_cart(kind):
    product = draft("rx", Pack(sku="RX", kind=kind))
    variant = product.variants.get()
    cart = cart_with((pack(), 1))
    with pytest.raises(NotSoldOnline):
        carts.add_packs(cart=cart, wanted=[Wanted(variant=variant, quantity=1)], at=NOW)
    assert cart.lines.count() == 1


@pytest.mark.parametrize("quantity", [0, -1, 1000, 10**9])
def test_absurd_quantities_are_refused(quantity):
    variant = pack()
    cart = cart_with((variant, 1))
    with pytest.raises(Invalid) as refused:
        carts.add_packs(cart=cart, wanted=[Wanted(variant=variant, quantity=quantity)], at=NOW)
    assert refused.value.path == ["input", "quantity"]
    assert cart.lines.get().quantity == 1


def test_a_food_of_another_species_is_a_problem():
    login = owner("Ada")
    cat = pet_of(login, "Minette", species=Species.CAT)
    variant = pack()
    cart = cart_with((variant, 1), login=login)
    changed(cart, pets=[(cat, 100)])
    assert (ProblemCode.UNSUITABLE, True) in codes(Cart.objects.get(), login.person)


def test_payment_settles_once_however_often_it_is_told():
    order = placed(cart_with((pack(), 2)))
    for _ in range(3):
        paid(order)
    order.refresh_from_db()
    assert (order.state, order.payments.get().captured_cents) == (OrderState.PAID, 2000)
    assert [each.kind for each in OrderEvent.objects.all()] == ["placed", "paid"]
    assert Cart.objects.get().state == CartState.ORDERED


def test_news_of_nobody_are_nobodys():
    news = PaymentNews(intent_id="pi_x", standing=Standing.RECEIVED, received=Money(1))
    assert settlement.settle(news=news, at=NOW) is None


def test_an_order_that_is_not_paid_in_time_lets_everything_go():
    variant = pack()
    order = placed(cart_with((variant, 4)))
    expired(order)
    order.refresh_from_db()
    assert (order.state, order.cancel_reason) == (OrderState.CANCELLED, "payment_expired")
    assert (stock_of(variant), Cart.objects.get().state) == ((10, 0), CartState.OPEN)


def test_late_money_for_a_cancelled_order_goes_back():
    variant = pack()
    order = placed(cart_with((variant, 1)))
    expired(order)
    for _ in range(2):
        paid(order, at=NOW + timedelta(hours=2))
    order.refresh_from_db()
    refund = Refund.objects.get()
    assert (order.state, refund.amount_cents, refund.reason) == ("cancelled", 1000, "late_payment")
    assert stock_of(variant) == (10, 0)


def test_a_paid_order_is_cancelled_with_its_money_and_packs():
    variant = pack()
    order = placed(cart_with((variant, 2)))
    paid(order)
    for _ in range(2):
        settlement.cancel_order(order=order, reason=CancelReason.BY_OWNER, by=None, at=NOW)
    assert (stock_of(variant), Refund.objects.get().amount_cents) == ((10, 0), 2000)
    assert Payment.objects.get().state == PaymentState.PAID


def test_signing_in_brings_the_guests_cart_along():
    login = owner("Ada")
    variant = pack()
    mine, guests = cart_with((variant, 1), login=login), cart_with((variant, 2))
    joined = carts.claim(cart=guests, person=login.person, at=NOW)
    assert joined == mine
    assert [(each.person, each.lines.get().quantity) for each in Cart.objects.all()] == [
        (login.person, 3)
    ]
    assert carts.claim(cart=joined, person=login.person, at=NOW) == joined
