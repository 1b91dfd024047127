"""Tokens of machines: scoped, revocable, shown once, and never written down."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import service_tokens
from accounts.models import AuditEntry, IdempotencyKey, Person, ServiceToken
from accounts.roles import DUTIES, Duty, Role
from catalog.models import PriceChange
from kernel.graphql.nodes import global_id
from kernel.refusals import Invalid
from tests.builders import NOW, Pack, answered, ask, make_clinic, person, published, staff

pytestmark = pytest.mark.django_db
KEY = "2f1f5a0e-2f59-4b8f-9a0b-1d9d5c0b7f11"
CREATE = """mutation($input: ServiceTokenCreateInput!) { serviceTokenCreate(input: $input) {
    token serviceToken { name prefix duties givenBy revokedAt }
    userErrors { code path message } } }"""
REVOKE = """mutation($id: ID!) { serviceTokenRevoke(input: {id: $id}) {
    serviceToken { revokedAt } userErrors { code path } } }"""
LIST = """query($first: Int, $after: String) { serviceTokens(first: $first, after: $after) {
    nodes { name } pageInfo { hasNextPage endCursor } } }"""
PRICE = 'mutation { variantPriceSet(input: {sku: "S1", cents: 1234}) { userErrors { code } } }'


def give(*duties, by=None, at=NOW, name="till", expires_at=None):
    return service_tokens.give_token(
        name=name, duties=duties or (Duty.SET_PRICES,), by=by, at=at, expires_at=expires_at
    )


def post(query, token, **headers):
    return Client(enforce_csrf_checks=True).post(
        "/graphql/",
        {"query": query},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", **headers},
    )


def codes(response):
    return [error["extensions"]["code"] for error in response.json()["errors"]]


def test_a_machine_acts_as_a_person_of_its_own():
    manager = person()
    given = give(Duty.SET_PRICES, by=manager)
    viewer = service_tokens.viewer_of_token(given.text, at=NOW)
    assert (viewer.login, viewer.person.last_name, viewer.duties) == (
        None,
        "till",
        {Duty.SET_PRICES},
    )
    assert viewer.actor == f"person:{viewer.person.pk}"
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by, entry.changes["duties"]) == (
        "service_token.give",
        manager,
        ["set_prices"],
    )


def test_what_is_kept_does_not_tell_the_token():
    given = give()
    row = ServiceToken.objects.values().get()
    assert given.text not in json.dumps([str(value) for value in row.values()])
    assert (len(given.text), row["prefix"]) == (46, given.text[:8])
    assert given.text not in json.dumps(list(AuditEntry.objects.values("changes")))


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"duties": (Duty.MANAGE_ACCESS,)}, "duties"),
        ({"duties": (Duty.SET_PRICES, Duty.READ_CLIENTS)}, "duties"),
        ({"duties": ()}, "duties"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"expires_at": NOW}, "expiresAt"),
    ],
)
def test_nothing_beyond_the_role_of_machines_is_given(wrong, path):
    wanted = {"name": "till", "duties": (Duty.SET_PRICES,), "expires_at": None, **wrong}
    with pytest.raises(Invalid) as refused:
        service_tokens.give_token(**wanted, by=None, at=NOW)
    assert refused.value.path == ["input", path]
    assert (ServiceToken.objects.count(), Person.objects.count()) == (0, 0)


def test_a_duty_written_into_the_row_by_hand_is_not_had():
    given = give(Duty.SET_PRICES)
    ServiceToken.objects.update(duties=["set_prices", "manage_access", "nonsense"])
    assert service_tokens.viewer_of_token(given.text, at=NOW).duties == {Duty.SET_PRICES}


def test_a_token_ends_at_its_end_and_when_it_is_revoked():
    given = give(expires_at=NOW + timedelta(days=1))
    almost = NOW + timedelta(days=1) - timedelta(seconds=1)
    assert service_tokens.viewer_of_token(given.text, at=almost) is not None
    assert service_tokens.viewer_of_token(given.text, at=NOW + timedelta(days=1)) is None
    for _ in range(2):
        service_tokens.revoke_token(token=given.row, by=None, at=NOW)
    assert service_tokens.viewer_of_token(given.text, at=NOW) is None
    assert AuditEntry.objects.filter(action="service_token.revoke").count() == 1


def test_use_is_noted_once_an_hour():
    given = give()
    for minutes in (0, 59, 60, 61):
        service_tokens.viewer_of_token(given.text, at=NOW + timedelta(minutes=minutes))
    assert ServiceToken.objects.get().last_used_at == NOW + timedelta(minutes=60)


def test_a_token_is_asked_for_once_and_costs_one_read():
    given = give()
    service_tokens.viewer_of_token(given.text, at=NOW)
    with CaptureQueriesContext(connection) as captured:
        service_tokens.viewer_of_token(given.text, at=NOW)
    assert len(captured) == 1


def test_a_machine_sets_prices_through_graphql_and_nothing_more():
    make_clinic()
    published("p", Pack(sku="S1", price=1000))
    given = give(Duty.SET_PRICES)
    assert post(PRICE, given.text).json()["data"] == {"variantPriceSet": {"userErrors": []}}
    assert PriceChange.objects.count() == 2
    assert AuditEntry.objects.get(action="price.set").by == given.row.person
    receive = """mutation { stockReceive(input: {externalReference: {source: "a", reference: "b"},
        quantity: 1}) { userErrors { code } } }"""
    assert codes(post(receive, given.text)) == ["FORBIDDEN"]
    escalate = """mutation { serviceTokenCreate(input: {name: "x", duties: [SET_PRICES]}) {
        token } }"""
    assert codes(post(escalate, given.text)) == ["FORBIDDEN"]
    assert ServiceToken.objects.count() == 1


@pytest.mark.parametrize("token", ["wrong", "vs_wrong", "é"])
def test_a_token_not_in_force_is_refused_with_401(token):
    refused = post("{ shop { name } }", token)
    assert (refused.status_code, codes(refused)) == (401, ["UNAUTHENTICATED"])


def test_a_revoked_token_is_refused_with_401():
    given = give()
    service_tokens.revoke_token(token=given.row, by=None, at=NOW)
    assert post("{ shop { name } }", given.text).status_code == 401


def test_a_password_meant_for_a_proxy_is_not_ours():
    make_clinic()
    answer = Client().post(
        "/graphql/",
        {"query": "{ shop { name } }"},
        content_type="application/json",
        headers={"Authorization": "Basic dXNlcjpwYXNz"},
    )
    assert answer.json()["data"] == {"shop": {"name": "Clinique"}}


def test_tokens_are_never_logged(caplog):
    caplog.set_level("DEBUG")
    given = give()
    post(PRICE, given.text)
    post(PRICE, given.text + "x")
    post("{", given.text)
    assert given.text not in caplog.text


def test_who_manages_access_gives_a_token_and_sees_it_once():
    login = staff()
    wanted = {"name": "till", "duties": ["SET_PRICES"], "idempotencyKey": KEY}
    first, again = (
        answered(CREATE, {"input": wanted}, login=login)["serviceTokenCreate"] for _ in range(2)
    )
    assert service_tokens.viewer_of_token(first["token"], at=NOW) is not None
    assert (again["token"], again["serviceToken"]) == (None, first["serviceToken"])
    assert first["serviceToken"]["duties"] == ["SET_PRICES"]
    assert first["serviceToken"]["givenBy"] == login.email
    assert first["token"] not in json.dumps(list(IdempotencyKey.objects.values("answer")))


def test_a_duty_that_machines_may_not_have_is_told_in_the_payload():
    wanted = {"name": "till", "duties": ["MANAGE_ACCESS"]}
    payload = answered(CREATE, {"input": wanted}, login=staff(), language="en")
    assert payload["serviceTokenCreate"]["userErrors"] == [
        {
            "code": "INVALID",
            "path": ["input", "duties"],
            "message": "manage_access is not valid here: duties of the role service expected.",
        }
    ]
    assert ServiceToken.objects.count() == 0


def test_a_token_is_revoked_by_its_id_and_an_unknown_one_is_not_found():
    given = give()
    login = staff()
    ids = [global_id("ServiceToken", given.row.pk), global_id("ServiceToken", 10**9), "cGV0OjE="]
    done, *missed = [
        answered(REVOKE, {"id": each}, login=login)["serviceTokenRevoke"] for each in ids
    ]
    assert done["serviceToken"]["revokedAt"] is not None
    assert [each["userErrors"] for each in missed] == [
        [{"code": "NOT_FOUND", "path": ["input", "id"]}]
    ] * 2
    assert post("{ shop { name } }", given.text).status_code == 401


def test_tokens_are_listed_newest_first_a_page_at_a_time():
    login = staff()
    for name in "abc":
        give(name=name)
    first = answered(LIST, {"first": 2}, login=login)["serviceTokens"]
    assert [node["name"] for node in first["nodes"]] == ["c", "b"]
    after = first["pageInfo"]["endCursor"]
    rest = answered(LIST, {"first": 2, "after": after}, login=login)["serviceTokens"]
    assert ([node["name"] for node in rest["nodes"]], rest["pageInfo"]["hasNextPage"]) == (
        ["a"],
        False,
    )


def test_a_page_of_tokens_costs_the_same_however_long_it_is():
    login = staff()
    client = Client()
    client.force_login(login)
    counts = []
    for _ in range(2):
        give(by=person())
        with CaptureQueriesContext(connection) as captured:
            client.get("/graphql/", {"query": LIST})
        counts.append(len(captured))
    assert counts == [4, 4]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.MANAGER}))
def test_other_roles_do_not_even_see_them(role):
    answer = ask(LIST, login=staff(role))
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_the_back_office_gives_shows_once_and_revokes():
    make_clinic()
    client = Client()
    client.force_login(staff())
    home = "/admin/accounts/servicetoken/"
    assert client.get(f"{home}add/").status_code == 200
    page = client.post(f"{home}add/", {"name": "till", "duties": ["receive_stock"]})
    text = page.context["given"].text
    assert text in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    row = ServiceToken.objects.get()
    for path in (home, f"{home}{row.pk}/change/"):
        shown = client.get(path).content.decode()
        assert (text in shown, row.token_hash in shown, row.prefix in shown) == (False, False, True)
    client.post(home, {"action": "revoke", "_selected_action": [row.pk]})
    assert service_tokens.viewer_of_token(text, at=NOW) is None
    assert AuditEntry.objects.filter(action="service_token.revoke").count() == 1


def test_the_back_office_refuses_what_the_verb_refuses():
    make_clinic()
    client = Client()
    client.force_login(staff())
    page = client.post(
        "/admin/accounts/servicetoken/add/",
        {"name": "till", "duties": ["set_prices"], "expires_at": "2001-01-01T10:00"},
    )
    assert list(page.context["form"].errors) == ["expires_at"]
    assert ServiceToken.objects.count() == 0


@pytest.mark.parametrize("role", [Role.CATALOGUE, Role.VET])
def test_the_back_office_shows_tokens_to_who_manages_access_alone(role):
    client = Client()
    client.force_login(staff(role))
    for path in ("", "add/"):
        assert client.get(f"/admin/accounts/servicetoken/{path}").status_code == 403


def test_machines_have_the_duties_of_their_role():
    assert DUTIES[Role.SERVICE] == service_tokens.GRANTABLE
