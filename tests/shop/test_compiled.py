"""The shop's own schema answers the same bytes by compiled steps as by the plain executor."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import RequestFactory
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from accounts.access import viewer_of
from accounts.models import Login
from advice import search as advice_search
from catalog import search
from catalog.models import Variant
from kernel.graphql.execution import CompiledExecutor
from kernel.graphql.nodes import global_id
from orders import sharing
from orders.models import Cart
from orders.vocabulary import CartState
from shop.endpoint import endpoint
from shop.schema import schema
from tests.advice.builders import published as published_article
from tests.advice.builders import topic, video
from tests.builders import NOW, Pack, make_clinic, owner, pet_of, published, staff
from tests.conversations.world import asks
from tests.kernel.random_documents import documents
from tests.orders.world import cart_with, placed
from tests.shop.test_documents import DOCUMENTS, GIVEN, reviewed

WORDS = ["croquettes", "p1", "a1", "chien/croquettes", "35000", "1.5", "2026-11-22", "Rennes"]
QUERIES = [path for path in DOCUMENTS if "query" in path.read_text()]


@dataclass
class World:
    """A shop with something in every corner, and who asks of it."""

    ada: Login
    desk: Login
    ids: dict[str, str]
    token: str

    @cached_property
    def words(self) -> list[str]:
        return [*WORDS, *self.ids.values(), self.token]

    def given(self, name: str) -> dict[str, Any]:
        kinds = {"client": "Client", "order_page": "Order", "pet": "Pet", "question": "Question"}
        if name in kinds:
            return {"id": self.ids[kinds[name]]}
        if name == "cart_page":
            return {"id": self.ids["Cart"]}
        if name == "delivery_choice":
            return {"cartId": self.ids["Cart"], "postalCode": "35000"}
        if name == "shared_cart":
            return {"token": self.token}
        return dict(GIVEN.get(name, {}))  # type: ignore[call-overload]


def small_world() -> World:
    make_clinic()
    topic()
    for number in range(3):
        published(f"p{number}", Pack(sku=f"S{number}a"), Pack(sku=f"S{number}b", price=2500))
        about: dict[str, Any] = {"products": ("p0",), "topics": ("poids",)}
        published_article(f"Les croquettes {number}", slug=f"a{number}", **about)
    video("Peser les croquettes")
    reviewed("p1")
    search.rebuild()
    advice_search.rebuild()
    ada, pack = owner("Ada", "Lovelace"), Variant.objects.get(sku="S1a")
    order = placed(cart_with((pack, 1), login=ada), viewer=viewer_of(ada))
    Cart.objects.update(state=CartState.ORDERED)
    cart, pet = cart_with((pack, 2), login=ada), pet_of(ada)
    keys = {
        "Product": pack.product_id,
        "Variant": pack.pk,
        "Client": ada.person.pk,
        "Order": order.pk,
        "Cart": cart.pk,
        "Pet": pet.pk,
        "Question": asks(ada, pet=pet, at=NOW).pk,
    }
    ids = {kind: str(global_id(kind, key)) for kind, key in keys.items()}
    return World(ada, staff(), ids, sharing.share_cart(cart=cart, days=7, at=NOW).token)


def answer(executor: type, text: str, variables: dict[str, Any], login: Login | None) -> bytes:
    """What the endpoint answers when documents are executed so; behind whatever is kept."""
    body = json.dumps({"query": text, "variables": variables})
    request: Any = RequestFactory().post("/graphql/", body, content_type="application/json")
    if login is not None:
        request.COOKIES[settings.SESSION_COOKIE_NAME] = "known"
        request.user = Login.objects.get(pk=login.pk)
        request._dont_enforce_csrf_checks = True
    usual, schema.execution_context_class = schema.execution_context_class, executor
    try:
        with time_machine.travel(NOW, tick=False):
            content = endpoint(request).content
    finally:
        schema.execution_context_class = usual
    return re.sub(rb'"requestId":"\w+"', b"", content)


def assert_same(text: str, variables: dict[str, Any], login: Login | None) -> bytes:
    plain = answer(StrawberryGraphQLCoreExecutionContext, text, variables, login)
    for _time in range(2):
        assert answer(CompiledExecutor, text, variables, login) == plain
    return plain


def test_the_schema_is_executed_so():
    assert schema.execution_context_class is CompiledExecutor


@pytest.mark.django_db
def test_shipped_documents_are_answered_the_same_to_everybody():
    world, without_errors = small_world(), set()
    for path in QUERIES:
        for login in (None, world.ada, world.desk):
            plain = assert_same(path.read_text(), world.given(path.stem), login)
            if b'"errors"' not in plain:
                without_errors.add(path.stem)
    assert without_errors == {path.stem for path in QUERIES}


@pytest.mark.django_db
def test_drawn_documents_are_answered_the_same_to_everybody():
    world = small_world()
    drawn = documents(schema._schema, words=world.words)

    @hypothesis(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(drawn, st.sampled_from([None, world.ada, world.desk]))
    def same(document, login):
        assert_same(document.text, document.variables, login)

    same()
