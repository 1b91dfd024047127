"""Buyers, staff, the bank and the clock in any order: money and stock always balance."""

import itertools
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import F, Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from catalog.models import Stock
from kernel.money import Money
from kernel.refusals import Refusal
from orders import fulfilment, payments, refunds, settlement, withdrawal
from orders.models import (
    Order,
    Payment,
    Refund,
    RefundLine,
    Reservation,
    Shipment,
    ShipmentLine,
    SlotDay,
    Withdrawal,
)
from orders.refunds import Back
from orders.settlement import PaymentNews, Standing
from orders.states import AWAITING, MOVES, SENDABLE
from orders.stripe_gateway import RefundMade, RefundStatus
from orders.vocabulary import CancelReason, OrderState, RefundReason, RefundState, ShipmentState
from orders.withdrawal import Returned
from tests.builders import NOW, make_clinic
from tests.orders.world import cart_with, pack, placed

ON_SHELF = 6
PRICES = {"S1": 1000, "S2": 333}
choice = st.integers(0, 10**6)


@dataclass
class AtBank:
    """What the bank knows of an intent: it may have moved without the shop having heard."""

    amount: int
    standing: Standing = Standing.OPEN
    received: int = 0


class Shop(RuleBasedStateMachine):
    """Every rule is something that somebody may do at any moment; refusals are fine."""

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.savepoint_create()
        make_clinic()
        self.variants = [pack(sku, price=price, stock=ON_SHELF) for sku, price in PRICES.items()]
        self.bank: dict[str, AtBank] = {}
        self.intents = itertools.count(1)
        self.seen: dict[object, OrderState] = {}
        self.now = NOW

    def teardown(self):
        transaction.savepoint_rollback(self.savepoint)

    def order(self, chosen, *states):
        found = list(Order.objects.order_by("placed_at", "number"))
        fitting = [each for each in found if not states or each.state in states]
        return fitting[chosen % len(fitting)] if fitting else None

    @rule(first=st.integers(0, 3), second=st.integers(0, 3))
    def buy(self, first, second):
        wanted = [(v, n) for v, n in zip(self.variants, (first, second), strict=True) if n]
        if not wanted:
            return
        try:
            with transaction.atomic():
                order = placed(cart_with(*wanted, at=self.now), at=self.now)
        except Refusal:
            return
        intent = f"pi_{next(self.intents)}"
        Payment.objects.filter(order=order).update(intent_id=intent)
        self.bank[intent] = AtBank(order.total_cents)

    @precondition(lambda self: self.bank)
    @rule(chosen=choice)
    def the_holder_pays(self, chosen):
        account = list(self.bank.values())[chosen % len(self.bank)]
        if account.standing is Standing.OPEN:
            account.standing, account.received = Standing.RECEIVED, account.amount

    @precondition(lambda self: self.bank)
    @rule(chosen=choice, times=st.integers(1, 3))
    def the_bank_tells(self, chosen, times):
        intent = list(self.bank)[chosen % len(self.bank)]
        account = self.bank[intent]
        news = PaymentNews(
            intent_id=intent, standing=account.standing, received=Money(account.received)
        )
        for _ in range(times):
            settlement.settle(news=news, at=self.now)

    @rule(chosen=choice, by_clock=st.booleans())
    def a_payment_is_given_up(self, chosen, by_clock):
        """As `payments.abandon` does it: the intent first, then what was promised."""
        order = self.order(chosen, *AWAITING)
        if order is None:
            return
        account = self.bank[order.payments.get().intent_id]
        if account.standing is Standing.OPEN:
            account.standing = Standing.CANCELLED
            reason = CancelReason.PAYMENT_EXPIRED if by_clock else CancelReason.PAYMENT_ABANDONED
            settlement.cancel_order(order=order, reason=reason, by=None, at=self.now)

    @rule(chosen=choice)
    def an_order_is_cancelled(self, chosen):
        order = self.order(chosen)
        if order is not None:
            self.tried(
                settlement.cancel_order,
                order=order,
                reason=CancelReason.BY_STAFF,
                by=None,
                at=self.now,
            )

    @rule(chosen=choice, number=st.integers(0, 4))
    def a_parcel_is_sent(self, chosen, number):
        order = self.order(chosen, *SENDABLE)
        if order is None:
            return
        shipment = order.shipments.filter(state=ShipmentState.TO_PREPARE).first()
        line = order.lines.first()
        part = {line.pk: number} if number else None
        self.tried(fulfilment.send, shipment=shipment, quantities=part, by=None, at=self.now)

    @rule(chosen=choice)
    def a_parcel_arrives(self, chosen):
        found = list(Shipment.objects.order_by("pk"))
        if found:
            shipment = found[chosen % len(found)]
            self.tried(fulfilment.deliver, shipment=shipment, by=None, at=self.now)

    @rule(chosen=choice, number=st.integers(1, 3))
    def packs_are_left_out(self, chosen, number):
        order = self.order(chosen)
        if order is not None:
            packs = {order.lines.last().pk: number}
            given = {"reason": RefundReason.NOT_SENT, "by": None, "at": self.now}
            self.tried(fulfilment.leave_out, order=order, packs=packs, **given)

    @rule(chosen=choice, number=st.integers(0, 3), gesture=st.integers(0, 1500))
    def money_is_given_back(self, chosen, number, gesture):
        order = self.order(chosen)
        if order is not None:
            packs = {order.lines.first().pk: number} if number else {}
            back = Back(packs=packs, goodwill=Money(gesture))
            given = {"reason": RefundReason.RETURN, "by": None, "at": self.now}
            self.tried(refunds.decide, order=order, back=back, **given)

    @rule(chosen=choice, status=st.sampled_from([RefundStatus.SUCCEEDED, RefundStatus.FAILED]))
    def a_refund_ends(self, chosen, status):
        found = list(Refund.objects.select_related("payment").order_by("pk"))
        if found:
            refund = found[chosen % len(found)]
            amount = Money(refund.amount_cents)
            intent = refund.payment.intent_id
            made = RefundMade(f"re_{refund.pk}", intent, status, amount, refund.key, self.now)
            payments.hear_refund(made, at=self.now)

    @rule(chosen=choice, number=st.integers(1, 3))
    def a_contract_is_renounced(self, chosen, number):
        order = self.order(chosen)
        if order is None:
            return
        returned = {order.lines.first().pk: Returned(quantity=number)}
        made = self.tried(withdrawal.declare, order=order, returned=returned, by=None, at=self.now)
        if made is not None:
            found = withdrawal.confirm(token=made.token, at=self.now)
            back = withdrawal.refund_due(found)
            given = {"reason": RefundReason.WITHDRAWAL, "by": None, "at": self.now}
            self.tried(refunds.decide, order=order, back=back, **given)

    @rule(hours=st.integers(1, 72))
    def time_passes(self, hours):
        self.now += timedelta(hours=hours)

    def tried(self, verb, **given):
        """What a verb gives; None when it refuses, and then it wrote nothing."""
        before = self.written()
        try:
            with transaction.atomic():
                return verb(**given)
        except Refusal:
            assert self.written() == before
            return None

    def written(self):
        models = (Refund, RefundLine, ShipmentLine, Withdrawal)
        return [model.objects.count() for model in models]

    @invariant()
    def what_is_promised_is_what_orders_hold(self):
        for stock in Stock.objects.all():
            alive = Reservation.objects.filter(stock=stock, ended_at__isnull=True)
            held = alive.aggregate(packs=Sum(F("quantity") - F("taken")))["packs"] or 0
            sent = ShipmentLine.objects.filter(line__variant=stock.variant_id)
            gone = sent.aggregate(packs=Sum("quantity"))["packs"] or 0
            assert stock.reserved == held
            assert stock.on_hand == ON_SHELF - gone
            assert 0 <= stock.reserved <= stock.on_hand

    @invariant()
    def no_more_goes_back_than_came_in(self):
        for order in Order.objects.all():
            received = order.payments.aggregate(cents=Sum("captured_cents"))["cents"] or 0
            alive = order.refunds.exclude(state=RefundState.FAILED)
            back = alive.aggregate(cents=Sum("amount_cents"))["cents"] or 0
            assert back <= received
            for line in order.lines.all():
                lines = line.refund_lines.exclude(refund__state=RefundState.FAILED)
                assert (lines.aggregate(packs=Sum("quantity"))["packs"] or 0) <= line.quantity
                assert (lines.aggregate(cents=Sum("gross_cents"))["cents"] or 0) <= line.gross_cents

    @invariant()
    def a_cancelled_order_keeps_neither_packs_nor_money(self):
        for order in Order.objects.filter(state=OrderState.CANCELLED):
            assert not order.reservations.filter(ended_at__isnull=True).exists()
            failed = order.refunds.filter(state=RefundState.FAILED).exists()
            assert failed or refunds.refundable(order) == Money(0)

    @invariant()
    def what_is_sent_whole_holds_nothing_any_more(self):
        over = (OrderState.SHIPPED, OrderState.DELIVERED)
        for order in Order.objects.filter(state__in=over):
            assert fulfilment.left_to_send(order) == {}
        for order in Order.objects.filter(state__in=SENDABLE):
            assert fulfilment.left_to_send(order) != {}
            assert order.shipments.filter(state=ShipmentState.TO_PREPARE).count() == 1

    @invariant()
    def orders_go_only_where_they_may(self):
        for order in Order.objects.all():
            before = self.seen.get(order.pk, OrderState.PENDING_PAYMENT)
            now = OrderState(order.state)
            assert now == before or now in _reachable(before)
            self.seen[order.pk] = now

    @invariant()
    def no_day_is_overfull(self):
        assert not SlotDay.objects.filter(held__gt=F("capacity")).exists()


def _reachable(state):
    """A step may be several moves: what is left out may close an order at once."""
    found, ahead = set(), [state]
    while ahead:
        for each in MOVES[ahead.pop()]:
            if each not in found:
                found.add(each)
                ahead.append(each)
    return found


def played(examples, steps):
    run_state_machine_as_test(
        Shop,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )


@pytest.mark.django_db
def test_money_and_stock_balance_in_any_order_of_events():
    played(8, 20)


@pytest.mark.slow
@pytest.mark.django_db
def test_money_and_stock_balance_over_long_histories():
    played(40, 40)
