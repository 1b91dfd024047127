"""What staff and machines change through the API, and who may."""

import pytest

from accounts.models import AuditEntry, IdempotencyKey
from accounts.roles import Role
from catalog.models import PriceChange, Stock, StockMovement
from catalog.vocabulary import ProductStatus
from kernel.graphql.nodes import global_id
from tests.builders import Pack, answered, draft, make_clinic, published, staff

pytestmark = pytest.mark.django_db

PUBLISH = """mutation($id: ID!) { productPublish(input: {id: $id}) {
    product { slug } userErrors { code message path article } } }"""
PRICE = """mutation($sku: String!, $cents: Int!, $key: UUID) {
    variantPriceSet(input: {sku: $sku, cents: $cents, idempotencyKey: $key}) {
        variant { price { cents } } userErrors { code path } } }"""
RECEIVE = """mutation($input: StockReceiveInput!) { stockReceive(input: $input) {
    onHand userErrors { code path article } } }"""
KEY = "2f1f5a0e-2f59-4b8f-9a0b-1d9d5c0b7f11"


@pytest.fixture(autouse=True)
def _clinic():
    make_clinic()


def test_a_draft_is_published_by_who_may():
    product = draft("p")
    data = answered(PUBLISH, {"id": global_id("Product", product.pk)}, login=staff())
    assert data["productPublish"] == {"product": {"slug": "p"}, "userErrors": []}
    product.refresh_from_db()
    assert product.status == ProductStatus.PUBLISHED


def test_what_is_missing_is_told_with_its_article():
    product = draft("p", words={"composition": ""})
    payload = answered(PUBLISH, {"id": global_id("Product", product.pk)}, login=staff())
    assert payload["productPublish"]["userErrors"][0]["code"] == "NOT_PUBLISHABLE"
    assert payload["productPublish"]["userErrors"][0]["article"].startswith("Reg. (EC) 767/2009")


def test_a_withdrawn_product_is_named():
    product = published("p")
    query = """mutation($id: ID!) { productWithdraw(input: {id: $id}) {
        withdrawnId userErrors { code } } }"""
    key = global_id("Product", product.pk)
    assert answered(query, {"id": key}, login=staff())["productWithdraw"] == {
        "withdrawnId": key,
        "userErrors": [],
    }


def test_a_price_is_set_and_read_back():
    published("p", Pack(sku="S1", price=1000))
    data = answered(PRICE, {"sku": "S1", "cents": 1234}, login=staff())
    assert data["variantPriceSet"] == {"variant": {"price": {"cents": 1234}}, "userErrors": []}
    entry = AuditEntry.objects.get(action="price.set")
    assert entry.by.login.groups.get().name == "manager"


def test_unknown_packs_and_absurd_prices_are_refused_in_the_payload():
    published("p", Pack(sku="S1"))
    login = staff()
    refused = [
        answered(PRICE, {"sku": sku, "cents": cents}, login=login)["variantPriceSet"]["userErrors"]
        for sku, cents in (("none", 5), ("S1", 0))
    ]
    assert refused == [
        [{"code": "NOT_FOUND", "path": ["input", "sku"]}],
        [{"code": "INVALID", "path": ["input", "cents"]}],
    ]
    assert PriceChange.objects.count() == 1


def test_a_delivery_is_booked_by_external_reference():
    published("p", Pack(sku="S1", stock=2))
    given = {
        "externalReference": {"source": "wholesaler", "reference": "W-S1"},
        "quantity": 5,
        "lot": "L1",
        "bestBefore": "2031-01-01",
        "deliveryReference": "BL-7",
    }
    login = staff(Role.ASSISTANT)
    for _ in range(2):
        data = answered(RECEIVE, {"input": given}, login=login)
        assert data["stockReceive"] == {"onHand": 7, "userErrors": []}
    assert StockMovement.objects.count() == 1


def test_a_repeated_key_carries_the_mutation_out_once():
    published("p", Pack(sku="S1", stock=0))
    given = {
        "externalReference": {"source": "wholesaler", "reference": "W-S1"},
        "quantity": 5,
        "idempotencyKey": KEY,
    }
    login = staff()
    answers = [answered(RECEIVE, {"input": given}, login=login) for _ in range(2)]
    assert answers[0] == answers[1]
    assert (Stock.objects.get().on_hand, IdempotencyKey.objects.count()) == (5, 1)


def test_a_key_for_another_request_is_a_conflict():
    published("p", Pack(sku="S1"))
    login = staff()
    answered(PRICE, {"sku": "S1", "cents": 1100, "key": KEY}, login=login)
    data = answered(PRICE, {"sku": "S1", "cents": 1200, "key": KEY}, login=login)
    assert data["variantPriceSet"]["userErrors"] == [
        {"code": "IDEMPOTENCY_CONFLICT", "path": ["input", "idempotencyKey"]}
    ]
    assert PriceChange.objects.count() == 2


def test_a_refused_request_may_be_sent_again_with_its_key():
    published("p", Pack(sku="S1"))
    login = staff()
    answered(PRICE, {"sku": "S1", "cents": 0, "key": KEY}, login=login)
    assert IdempotencyKey.objects.count() == 0


def test_keys_are_each_callers_own():
    published("p", Pack(sku="S1", price=1000))
    answered(PRICE, {"sku": "S1", "cents": 1100, "key": KEY}, login=staff())
    data = answered(PRICE, {"sku": "S1", "cents": 1200, "key": KEY}, login=staff())
    assert data["variantPriceSet"]["variant"] == {"price": {"cents": 1200}}


def test_me_is_null_for_guests_and_a_person_otherwise():
    assert answered("{ me { person { firstName } } }") == {"me": None}
    data = answered("{ me { person { firstName language } } }", login=staff())
    assert data == {"me": {"person": {"firstName": "", "language": "FR"}}}
