"""Colleagues in the back office: invited, appointed, dismissed, put to rest."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import notices, staffing
from accounts.models import AuditEntry, Login, Notice
from accounts.roles import Duty, Role, duties_of
from kernel.refusals import Invalid
from tests.builders import NOW, make_clinic, owner, staff
from tests.catalog.desk import acting, back_office, page, told

pytestmark = pytest.mark.django_db


def act(name, login):
    return page(f"accounts_login_{name}", login.pk)


def trail():
    entries = AuditEntry.objects.order_by("pk").values_list("action", "subject")
    return [(action, subject) for action, subject in entries if action.startswith("login.")]


def fresh(login):
    return Login.objects.get(pk=login.pk)


def test_an_owner_is_appointed_and_enters_the_back_office():
    make_clinic()
    ada = owner("Ada")
    client = back_office()
    response = client.post(act("appoint", ada), {"role": "assistant"}, follow=True)
    assert told(response) == ["The role is given."]
    assert (fresh(ada).is_staff, Duty.EDIT_CLIENTS in duties_of(fresh(ada))) == (True, True)
    assert trail() == [("login.appoint", f"accounts.login:{ada.pk}")]
    assert AuditEntry.objects.get(action="login.appoint").by == acting(client)
    assert [role["code"] for role in response.context["roles"]] == ["assistant"]


def test_a_role_that_is_held_is_not_given_again():
    vet, manager = staff(Role.VET), staff()
    staffing.give_role(login=vet, role=Role.VET, by=manager.person, at=NOW)
    assert trail() == []


def test_nobody_is_appointed_a_machine():
    manager = staff()
    with pytest.raises(Invalid):
        staffing.give_role(login=staff(Role.VET), role=Role.SERVICE, by=manager.person, at=NOW)
    assert trail() == []


def test_the_last_role_taken_closes_the_back_office():
    make_clinic()
    vet = staff(Role.VET)
    client = back_office()
    client.post(act("appoint", vet), {"role": "catalogue"})
    client.post(act("dismiss", vet), {"role": "vet"})
    assert fresh(vet).is_staff
    client.post(act("dismiss", vet), {"role": "catalogue"})
    assert (fresh(vet).is_staff, duties_of(fresh(vet))) == (False, frozenset())
    assert [action for action, _subject in trail()] == [
        "login.appoint",
        "login.dismiss",
        "login.dismiss",
    ]


def test_a_manager_does_not_dismiss_themselves():
    make_clinic()
    staff()
    client = back_office()
    mine = acting(client).login
    for name, sent in (("dismiss", {"role": "manager"}), ("rest", {})):
        client.post(act(name, mine), sent)
    assert (fresh(mine).is_active, Duty.MANAGE_ACCESS in duties_of(fresh(mine))) == (True, True)
    assert trail() == []


def test_the_refusal_stands_in_the_form():
    make_clinic()
    client = back_office()
    mine = acting(client).login
    form = client.post(act("dismiss", mine), {"role": "manager"}).context["form"]
    assert form.non_field_errors() == [str(staffing.NotOneself.words)]


def test_the_last_manager_stays():
    root = Login.objects.create_superuser("root@clinique.example", "secret-secret")
    client = Client(headers={"accept-language": "en"})
    client.force_login(root)
    manager = staff()
    form = client.post(act("dismiss", manager), {"role": "manager"}).context["form"]
    assert form.non_field_errors() == [
        f"{manager.email} is the last manager: appoint another one first."
    ]
    client.post(act("rest", manager))
    assert (fresh(manager).is_active, Duty.MANAGE_ACCESS in duties_of(fresh(manager))) == (
        True,
        True,
    )
    staff()
    client.post(act("dismiss", manager), {"role": "manager"})
    assert not fresh(manager).is_staff


def test_an_account_at_rest_is_signed_out_and_comes_back_with_its_roles():
    make_clinic()
    vet = staff(Role.VET)
    theirs = Client()
    theirs.force_login(vet)
    client = back_office()
    client.post(act("rest", vet))
    assert theirs.get(page("pets_pet_changelist")).status_code == 302
    assert duties_of(fresh(vet)) == frozenset()
    client.post(act("wake", vet))
    assert Duty.RECORD_HEALTH in duties_of(fresh(vet))
    assert [action for action, _subject in trail()] == ["login.rest", "login.wake"]


@pytest.mark.parametrize("role", [Role.VET, Role.ASSISTANT, Role.CATALOGUE])
@pytest.mark.parametrize("name", ["appoint", "dismiss", "rest", "wake"])
def test_who_does_not_manage_access_changes_none(role, name):
    make_clinic()
    vet = staff(Role.VET)
    client = back_office(role)
    assert client.get(act(name, vet)).status_code == 403
    assert client.post(act(name, vet), {"role": "manager"}).status_code == 403
    assert client.get(page("accounts_login_change", vet.pk)).status_code == 403
    assert client.post(page("accounts_login_add"), {}).status_code == 403
    assert trail() == []


def invite(client, **changes):
    sent = {"email": "Vera@clinique.example", "role": "vet", **changes}
    return client.post(page("accounts_login_add"), sent, follow=True)


def test_a_colleague_is_invited_and_chooses_a_password_by_code():
    make_clinic()
    client = back_office()
    response = invite(client)
    vera = Login.objects.get(email="vera@clinique.example")
    assert told(response) == ["The account is open, and its owner told by e-mail."]
    assert (vera.has_usable_password(), vera.is_staff) == (False, True)
    assert EmailAddress.objects.get(user=vera).verified
    assert Duty.RECORD_HEALTH in duties_of(vera)
    entry = AuditEntry.objects.get(action="login.open")
    assert (entry.by, entry.subject) == (acting(client), f"accounts.login:{vera.pk}")
    notice = Notice.objects.get()
    notices.send(notice.pk, at=NOW)
    assert "/account/password/reset/" in mail.outbox[0].body
    assert Client().get("/account/password/reset/").status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"), [({"email": "no"}, "email"), ({"role": "service"}, "role")]
)
def test_an_invitation_that_cannot_be_is_refused_beside_its_field(changes, field):
    make_clinic()
    client = back_office()
    before = Login.objects.count()
    assert list(invite(client, **changes).context["form"].errors) == [field]
    assert (Login.objects.count(), Notice.objects.count(), trail()) == (before, 0, [])


def test_who_has_an_account_is_appointed_and_not_invited():
    make_clinic()
    ada = owner("Ada")
    client = back_office()
    before = Login.objects.count()
    form = invite(client, email=ada.email).context["form"]
    assert form.errors == {"email": [f"{ada.email} has an account already: appoint it to a role."]}
    assert (Login.objects.count(), fresh(ada).is_staff) == (before, False)


def test_a_page_tells_roles_and_the_second_factor_and_never_the_password():
    make_clinic()
    vet = staff(Role.VET)
    client = back_office()
    address = page("accounts_login_change", vet.pk)
    before = client.get(address)
    Authenticator.objects.create(user=vet, type=Authenticator.Type.TOTP, data={"secret": "s3cr3t"})
    after = client.get(address)
    assert [each.context["has_second_factor"] for each in (before, after)] == [False, True]
    assert "note what a vet finds" in after.content.decode()
    assert "s3cr3t" not in after.content.decode()
    assert vet.password not in after.content.decode()


def test_twenty_accounts_are_listed_in_as_many_statements_as_one():
    def statements():
        with CaptureQueriesContext(connection) as captured:
            client.get(page("accounts_login_changelist"))
        return len(captured)

    client = back_office()
    statements()
    few = statements()
    for _number in range(20):
        staff(Role.VET)
    assert statements() == few


def test_a_sign_up_that_nobody_proved_is_not_appointed_and_gives_way_to_an_invitation():
    make_clinic()
    stranger = Login.objects.create_user("vera@clinique.example", "the strangers own")
    EmailAddress.objects.create(user=stranger, email=stranger.email, primary=True)
    client = back_office()
    form = client.post(act("appoint", stranger), {"role": "vet"}).context["form"]
    assert form.non_field_errors() == [
        "Nobody proved yet that vera@clinique.example is theirs: invite them instead."
    ]
    assert (fresh(stranger).is_staff, trail()) == (False, [])
    invite(client)
    vera = Login.objects.get(email="vera@clinique.example")
    assert (vera.pk != stranger.pk, vera.has_usable_password()) == (True, False)
