"""A whole purchase by a guest: two packs brought home in a slot, paid at the stand-in of Stripe.

Eight requests to the shop, as many as were measured of other shops; the browser's call to Stripe
lies between the last two.
"""

import http.client
import json
import statistics
import threading
import time
import urllib.request
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any
from urllib import parse

from django.conf import settings
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from benchmarks.measuring import load
from benchmarks.serving import cpu_seconds_of, running, served, wait_for
from catalog.models import Stock, Variant
from catalog.vocabulary import ProductStatus, RegulatoryClass
from clinic.models import LegalText
from clinic.vocabulary import LegalKind
from kernel.animals import Language
from orders.models import SlotRule
from orders.stripe_gateway import STAND_IN_WEBHOOK_SECRET
from shop.endpoint import endpoint

_SHOWN = """fragment Shown on Cart { id version lines { id name quantity total { cents } }
    totals { delivery { cents } total { gross { cents } } } problems { code isBlocking } }"""
_CREATE = f"""mutation($sku: String!) {{ cartCreate(input: {{
    lines: [{{sku: $sku, quantity: 1}}]}}) {{
    cart {{ ...Shown }} userErrors {{ code }} }} }} {_SHOWN}"""
_ADD = f"""mutation($cart: ID!, $sku: String!) {{ cartLinesAdd(input: {{cartId: $cart,
    lines: [{{sku: $sku, quantity: 1}}]}}) {{
    cart {{ ...Shown }} userErrors {{ code }} }} }} {_SHOWN}"""
_CONTACT = """mutation($cart: ID!) { cartContactSet(input: {cartId: $cart, firstName: "Ada",
    lastName: "Lovelace", email: "ada@clients.example", phone: "0261911234"}) {
    cart { version } userErrors { code } } }"""
_ADDRESS = """mutation($cart: ID!) { cartAddressSet(input: {cartId: $cart,
    recipient: "Ada Lovelace", line1: "1 rue du Lavoir Bleu", postalCode: "35000",
    city: "Rennes"}) { cart { version } userErrors { code } } }"""
_OPTIONS = """query($cart: ID!) { deliveryOptions(cartId: $cart, postalCode: "35000") {
    method isPossible price { cents } days { day slots { id left } } } }"""
_DELIVERY = f"""mutation($cart: ID!, $slot: ID!) {{ cartDeliverySet(input: {{cartId: $cart,
    method: HOME, slotId: $slot}}) {{ cart {{ ...Shown }} userErrors {{ code }} }} }} {_SHOWN}"""
_BUY = """mutation($cart: ID!, $version: Int!, $total: Int!, $texts: [AcceptedTextInput!]!,
    $key: UUID!) { checkoutComplete(input: {cartId: $cart, cartVersion: $version,
    expectedTotalCents: $total, acceptedTexts: $texts, idempotencyKey: $key}) {
    order { id number payment { clientSecret amount { cents } } } userErrors { code } } }"""
_RETURN = """mutation($order: ID!) { paymentReturn(input: {orderId: $order}) {
    order { state number } userErrors { code } } }"""
_CONTROL = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
_ENOUGH = 1_000_000
_ROUNDS, _A_ROUND = 5, 8
_WARM_UPS = 4
_REQUESTS = 8

#: Asks the shop: the name of the step, its document, its variables; gives what the field answers.
type Ask = Callable[[str, str, Mapping[str, object]], Any]


@dataclass(frozen=True, slots=True)
class Basket:
    """What a guest buys and agrees to."""

    skus: tuple[str, str]
    texts: Sequence[Mapping[str, object]]


def buy(ask: Ask, basket: Basket) -> None:
    """Go through the whole purchase, once.

    Raises:
        RuntimeError: the shop refused a step, or the order is not paid in the end.
    """
    first, second = basket.skus
    cart = ask("cart opened with a pack", _CREATE, {"sku": first})["cart"]["id"]
    ask("cart line added", _ADD, {"cart": cart, "sku": second})
    ask("contact", _CONTACT, {"cart": cart})
    ask("address", _ADDRESS, {"cart": cart})
    home = ask("delivery options, with their slots", _OPTIONS, {"cart": cart})[0]
    slot = home["days"][0]["slots"][0]["id"]
    ready = ask("delivery chosen", _DELIVERY, {"cart": cart, "slot": slot})["cart"]
    agreed = {
        "cart": cart,
        "version": ready["version"],
        "total": ready["totals"]["total"]["gross"]["cents"],
        "texts": basket.texts,
        "key": str(uuid.uuid4()),
    }
    order = ask("checkout completed", _BUY, agreed)["order"]
    pay(order["payment"]["clientSecret"])
    paid = ask("return from the payment", _RETURN, {"order": order["id"]})["order"]
    if paid["state"] != "PAID":
        raise RuntimeError(f"Order {paid['number']} is {paid['state']}.")


def pay(client_secret: str) -> None:
    """What the browser asks of Stripe."""
    intent = client_secret.partition("_secret_")[0]
    asked = {
        "client_secret": client_secret,
        "payment_method": "pm_card_visa",
        "return_url": "https://shop.example/",
    }
    tell_stand_in(f"/v1/payment_intents/{intent}/confirm", parse.urlencode(asked))


def tell_stand_in(path: str, body: str, kind: str = "application/x-www-form-urlencoded") -> None:
    asked = urllib.request.Request(
        settings.STRIPE_STAND_IN_URL + path,
        data=body.encode(),
        headers={"Authorization": "Bearer pk_test_stand_in", "Content-Type": kind},
    )
    urllib.request.urlopen(asked, timeout=30).read()


def prepare() -> Basket:
    """A shop that never runs out: of two foods, nor of room in its slots."""
    foods = Variant.objects.filter(
        regulatory_class=RegulatoryClass.FOOD,
        is_active=True,
        product__status=ProductStatus.PUBLISHED,
    ).order_by("pk")
    chosen = list(foods[:2])
    Stock.objects.filter(variant__in=chosen).update(on_hand=_ENOUGH)
    SlotRule.objects.update(capacity=_ENOUGH)
    terms = LegalText.objects.filter(kind=LegalKind.TERMS_OF_SALE, language=Language.FR)
    texts = [{"kind": "TERMS_OF_SALE", "version": text.version} for text in terms]
    return Basket((chosen[0].sku, chosen[1].sku), texts)


def answer_of(step: str, content: bytes) -> Any:
    told = json.loads(content)
    if "errors" in told:
        raise RuntimeError(f"{step}: {content[:300].decode()}")
    [payload] = told["data"].values()
    if isinstance(payload, dict) and payload["userErrors"]:
        raise RuntimeError(f"{step}: {payload['userErrors']}")
    return payload


def print_purchase(port: int, seconds: float) -> None:
    """Statements and CPU of every step in this process, then the whole served, beside its floor."""
    basket = prepare()
    stand_in = str(parse.urlsplit(settings.STRIPE_STAND_IN_URL).port)
    webhook = f"http://127.0.0.1:{port}/stripe/webhook"
    with running("stripe_stand_in", "--port", stand_in, "--webhook", webhook):
        wait_for(settings.STRIPE_STAND_IN_URL)
        tell_events_to("")
        print_steps(basket)
        with served(port) as group:
            print_served(port, group, basket, seconds, webhook)


def tell_events_to(address: str) -> None:
    """Have the stand-in tell events there; nowhere, without an address."""
    told = {"url": address, "secret": STAND_IN_WEBHOOK_SECRET}
    tell_stand_in("/_control/webhook", json.dumps(told), "application/json")


def print_steps(basket: Basket) -> None:
    factory = RequestFactory()
    taken: dict[str, list[float]] = defaultdict(list)
    statements: dict[str, int] = {}

    def ask(step: str, document: str, variables: Mapping[str, object]) -> Any:
        body = json.dumps({"query": document, "variables": variables})
        request = factory.post("/graphql/", body, content_type="application/json")
        begun = time.process_time()
        content = endpoint(request).content
        taken[step].append(1000 * (time.process_time() - begun))
        return answer_of(step, content)

    def count(step: str, document: str, variables: Mapping[str, object]) -> Any:
        with CaptureQueriesContext(connection) as captured:
            found = ask(step, document, variables)
        asked = [each["sql"] for each in captured if not each["sql"].startswith(_CONTROL)]
        statements[step] = len(asked)
        return found

    for _ in range(_WARM_UPS):
        buy(ask, basket)
    buy(count, basket)
    taken.clear()
    for _ in range(_ROUNDS * _A_ROUND):
        buy(ask, basket)
    # The least of some medians: the machine is shared, and noise only ever adds.
    medians = {
        step: min(statistics.median(each) for each in batched(times, _A_ROUND, strict=True))
        for step, times in taken.items()
    }
    print("| step of a purchase | statements | CPU ms |\n| --- | --- | --- |")
    for step, ms in medians.items():
        print(f"| {step} | {statements[step]} | {ms:.1f} |")
    print(f"| all {len(medians)} | {sum(statements.values())} | {sum(medians.values()):.1f} |\n")


@dataclass(frozen=True, slots=True)
class Bought:
    """Purchases made by some clients at once, in ms each, and what they took of the server."""

    times: Sequence[float]
    seconds: float
    cpu_seconds: float

    @property
    def per_second(self) -> float:
        return len(self.times) / self.seconds

    def at(self, share: float) -> float:
        return sorted(self.times)[int(len(self.times) * share)]


def print_served(port: int, group: int, basket: Basket, seconds: float, webhook: str) -> None:
    print(
        "| purchase, served | clients | floor (8 x `/healthz`) per s | per s | p50 ms | p95 ms "
        "| server CPU ms each |\n| --- | --- | --- | --- | --- | --- | --- |"
    )
    for name, address in (("", ""), (", webhooks beside", webhook)):
        tell_events_to(address)
        purchases(port, group, basket, clients=4, seconds=1)
        for clients in (1, 8):
            floor = load(port, "/healthz", None, clients=clients, seconds=seconds / 2)
            made = purchases(port, group, basket, clients=clients, seconds=seconds)
            each = 1000 * made.cpu_seconds / len(made.times)
            print(
                f"| whole journey{name} | {clients} | {floor.per_second / _REQUESTS:.0f} "
                f"| {made.per_second:.1f} | {made.at(0.5):.0f} | {made.at(0.95):.0f} "
                f"| {each:.0f} |"
            )
    print()


def purchases(port: int, group: int, basket: Basket, *, clients: int, seconds: float) -> Bought:
    """Buy again and again from several connections for a while; a refusal ends the measurement."""
    times: list[float] = []
    failed: list[BaseException] = []
    begun, cpu = time.perf_counter(), cpu_seconds_of(group)

    def shop() -> None:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"Content-Type": "application/json"}

        def ask(step: str, document: str, variables: Mapping[str, object]) -> Any:
            link.request(
                "POST",
                "/graphql/",
                json.dumps({"query": document, "variables": variables}),
                headers,
            )
            return answer_of(step, link.getresponse().read())

        try:
            while time.perf_counter() < begun + seconds:
                started = time.perf_counter()
                buy(ask, basket)
                times.append(1000 * (time.perf_counter() - started))
        except (RuntimeError, OSError, ValueError) as error:
            failed.append(error)
        finally:
            link.close()

    threads = [threading.Thread(target=shop) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return Bought(times, time.perf_counter() - begun, cpu_seconds_of(group) - cpu)
