"""What must hold when many buy at once, when the post is bad, and when processes die."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django_ox.testing import run_tasks

from catalog.models import Stock
from catalog.stock import OutOfStock
from orders import payments
from orders.carts import CartClosed
from orders.checkout import CartNotReady
from orders.models import Cart, CartLine, Document, Order, OrderLine, Payment, Reservation
from orders.vocabulary import CartState, OrderState
from shop.stripe_stand_in.server import standing_in
from tests.builders import NOW, make_clinic
from tests.orders.world import cart_with, pack, placed

HOURS = timedelta(hours=3)
ROOT = Path(__file__).parent.parent.parent


def sold_at_once(carts):
    """Twenty threads buy what is in the carts; the orders that came of it."""
    waiting, bought, failed = list(carts), [], []

    def buy():
        try:
            while True:
                try:
                    cart = waiting.pop()
                except IndexError:
                    return
                try:
                    bought.append(placed(cart))
                except (OutOfStock, CartNotReady):
                    failed.append(cart)
        finally:
            connection.close()

    threads = [threading.Thread(target=buy) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(bought) + len(failed) == len(carts)
    return bought


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_threads_and_fifty_packs_place_fifty_orders():
    make_clinic()
    variant = pack(stock=50)
    carts = [cart_with((variant, 1)) for _ in range(70)]
    assert len(sold_at_once(carts)) == 50
    assert Stock.objects.get().reserved == 50
    assert Reservation.objects.count() == Order.objects.count() == 50


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_lines_of_one_pack_are_sold_whole_or_not_at_all():
    make_clinic()
    variant = pack(stock=49)
    carts = []
    for _ in range(30):
        cart = cart_with((variant, 1))
        line = cart.lines.get()
        seen = {"seen_cents": line.seen_cents, "added_at": NOW}
        CartLine.objects.create(cart=cart, variant=variant, quantity=1, text="Rex", **seen)
        carts.append(cart)
    assert len(sold_at_once(carts)) == 24
    assert Stock.objects.get().reserved == 48
    assert OrderLine.objects.count() == 48


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_one_cart_bought_by_twenty_threads_is_one_order():
    make_clinic()
    cart = cart_with((pack(stock=50), 1))
    made, refused = [], []

    def buy():
        try:
            made.append(placed(Cart.objects.get(pk=cart.pk)))
        except CartClosed:
            refused.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=buy) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len(refused), Order.objects.count()) == (1, 19, 1)


def standing():
    """All that the end of a purchase leaves behind, without keys and moments."""
    order, payment = Order.objects.get(), Payment.objects.get()
    stock, cart = Stock.objects.get(), Cart.objects.get()
    return {
        "order": order.state,
        "payment": (payment.state, payment.captured_cents),
        "stock": (stock.on_hand, stock.reserved),
        "cart": cart.state,
        "parcels": order.shipments.count(),
        "invoices": Document.objects.count(),
        "told": list(order.events.values_list("kind", flat=True)),
    }


PAID = {
    "order": OrderState.PAID,
    "payment": ("paid", 2000),
    "stock": (10, 2),
    "cart": CartState.ORDERED,
    "parcels": 1,
    "invoices": 1,
    "told": ["placed", "paid"],
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("post", ["normal", "duplicate", "reversed", "held", "lost"])
def test_however_the_post_comes_the_end_is_the_same(told_by_stripe, post):
    make_clinic()
    told_by_stripe.deliver(post)
    order = placed(cart_with((pack(price=1000), 2)))
    payment = payments.begin(order, at=NOW)
    told_by_stripe.confirm(payment.client_secret)
    if post in ("reversed", "held"):
        # An hour late, by Stripe's clock.
        told_by_stripe.advance(seconds=3600)
        told_by_stripe.release()
    told_by_stripe.settle()
    run_tasks()
    if post == "lost":
        payments.reconcile(since=HOURS, at=NOW)
        run_tasks()
    assert standing() == PAID


# Each step of a purchase, in a process of its own that dies behind the step that is named.
SCRIPT = """
import json, os, signal, sys
import django
django.setup()
from django.core.management import call_command
from django.utils import timezone

step, args = sys.argv[1], sys.argv[2:]

def die(where):
    if args and args[0] == where:
        os.kill(os.getpid(), signal.SIGKILL)

if step == "open":
    call_command("migrate", verbosity=0)
    from tests.builders import make_clinic
    from tests.orders.world import cart_with, pack
    make_clinic()
    cart_with((pack(price=1000), 2))

if step == "buy":
    from orders import payments, stripe_gateway
    from orders.models import Cart
    from tests.orders.world import placed
    from tests.stripe_holder import Holder
    from django.conf import settings
    real = stripe_gateway.create_intent
    def made(asked):
        intent = real(asked)
        die("intent made")
        return intent
    payments.stripe_gateway.create_intent = made
    order = placed(Cart.objects.get(), at=timezone.now())
    die("order placed")
    payment = payments.begin(order, at=timezone.now())
    die("intent known")
    Holder(settings.STRIPE_STAND_IN_URL).confirm(payment.client_secret)
    die("paid at the bank")
    payments.look(order, at=timezone.now())
    die("settled")

if step == "pay":
    from orders import payments
    from orders.models import Order
    from tests.stripe_holder import Holder
    from django.conf import settings
    payment = payments.begin(Order.objects.get(), at=timezone.now())
    Holder(settings.STRIPE_STAND_IN_URL).confirm(payment.client_secret)

if step == "mend":
    from datetime import timedelta
    from orders import payments
    later = timezone.now() + timedelta(hours=2)
    for _ in range(2):
        payments.reconcile(since=timedelta(hours=3), at=later)
        payments.release_expired(at=later)
        call_command("worker", until_idle=True)

if step == "tell":
    from orders.models import *
    from catalog.models import Stock
    from accounts.models import Notice
    order, stock = Order.objects.first(), Stock.objects.get()
    print(json.dumps({
        "order": order and order.state,
        "captured": sum(Payment.objects.values_list("captured_cents", flat=True)),
        "reserved": stock.reserved,
        "cart": Cart.objects.get().state,
        "parcels": Shipment.objects.count(),
        "invoices": Document.objects.count(),
        "paid_mails": Notice.objects.filter(key__endswith=":paid").count(),
    }))
"""


def postgres(*statements):
    address = f"{_server()}/postgres".replace("postgres:", "postgresql:", 1)
    with psycopg.connect(address, autocommit=True) as link:
        for statement in statements:
            link.execute(statement)


def _server():
    facts = settings.DATABASES["default"]
    return f"postgres://{facts['USER']}@{facts['HOST']}:{facts['PORT']}"


@contextmanager
def database_in(folder, name, copy_of=None):
    """The address of a database of the kind that this run is on, empty or a copy of another."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder}/shop.sqlite3"
        return
    like = f'template "{copy_of}"' if copy_of else ""
    postgres(f'drop database if exists "{name}"', f'create database "{name}" {like}')
    try:
        yield f"{_server()}/{name}"
    finally:
        postgres(f'drop database "{name}" with (force)')


class Machine:
    """The shop's processes, on a database and a bank of their own."""

    def __init__(self, folder, database, bank):
        self.values = {
            **os.environ,
            "DATA_DIR": str(folder),
            "DATABASE_URL": database,
            "STRIPE_STAND_IN_URL": bank,
            "DJANGO_SETTINGS_MODULE": "shop.settings",
            "LOG_LEVEL": "ERROR",
        }

    def run(self, *step):
        return subprocess.run(
            [sys.executable, "-c", SCRIPT, *step],
            cwd=ROOT,
            env=self.values,
            capture_output=True,
            text=True,
            check=False,
        )

    def told(self):
        return json.loads(self.run("tell").stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """A shop with a cart that could be bought, which each test buys from a copy."""
    folder = tmp_path_factory.mktemp("opened")
    name = f"killed_{os.getpid()}"
    with database_in(folder, name) as database:
        made = Machine(folder, database, "http://127.0.0.1:1").run("open")
        assert made.returncode == 0, made.stderr
        yield folder, name


@pytest.fixture
def machine(opened, tmp_path):
    folder, name = opened
    if connection.vendor == "sqlite":
        shutil.copy(folder / "shop.sqlite3", tmp_path / "shop.sqlite3")
    with standing_in() as bank, database_in(tmp_path, f"{name}_copy", copy_of=name) as database:
        yield Machine(tmp_path, database, bank.world.address)


GONE = {
    "order": "cancelled",
    "captured": 0,
    "reserved": 0,
    "cart": "open",
    "parcels": 0,
    "invoices": 0,
    "paid_mails": 0,
}
KEPT = {
    "order": "paid",
    "captured": 2000,
    "reserved": 2,
    "cart": "ordered",
    "parcels": 1,
    "invoices": 1,
    "paid_mails": 1,
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("killed", "end"),
    [
        ("order placed", GONE),
        ("intent made", GONE),
        ("intent known", GONE),
        ("paid at the bank", KEPT),
        ("settled", KEPT),
    ],
)
def test_a_server_killed_between_two_steps_loses_nothing(machine, killed, end):
    assert machine.run("buy", killed).returncode == -signal.SIGKILL
    mended = machine.run("mend")
    assert mended.returncode == 0, mended.stderr
    assert machine.told() == end


@pytest.mark.slow
@pytest.mark.parametrize("killed", ["order placed", "intent made", "intent known"])
def test_a_buyer_who_comes_back_pays_the_order_that_was_left(machine, killed):
    machine.run("buy", killed)
    paid = machine.run("pay")
    assert paid.returncode == 0, paid.stderr
    machine.run("mend")
    assert machine.told() == KEPT
