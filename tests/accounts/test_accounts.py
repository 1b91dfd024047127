from datetime import timedelta
from uuid import UUID

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django_ox.testing import run_tasks

from accounts import idempotency, notices
from accounts.access import GUEST, require, viewer_of
from accounts.idempotency import IdempotencyConflict
from accounts.models import IdempotencyKey, Login, Notice, Person
from accounts.notices import Message
from accounts.roles import Duty, Role, duties_of
from kernel.animals import Language
from kernel.refusals import NotAllowed
from tests.builders import NOW, staff

pytestmark = pytest.mark.django_db
KEY = UUID("2f1f5a0e-2f59-4b8f-9a0b-1d9d5c0b7f11")


def test_an_address_has_one_account_whatever_its_case():
    Login.objects.create_user("a@b.example", "x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Login.objects.create(email="A@B.example")


def test_a_vet_is_not_an_assistant():
    vet, assistant = duties_of(staff(Role.VET)), duties_of(staff(Role.ASSISTANT))
    assert vet - assistant == {
        Duty.RECORD_HEALTH,
        Duty.APPROVE_PRODUCTS,
        Duty.PUBLISH_ADVICE,
        Duty.OVERRIDE_CLAIMS,
    }
    assert assistant - vet == {Duty.RECEIVE_STOCK, Duty.EDIT_CLIENTS, Duty.FULFIL_ORDERS}


def test_an_upgrade_gives_roles_their_pages_again(capsys):
    call_command("prepare_roles")
    vet = Group.objects.get(name=Role.VET)
    pages = set(vet.permissions.values_list("codename", flat=True))
    vet.permissions.clear()
    call_command("prepare_roles")
    assert pages == set(vet.permissions.values_list("codename", flat=True)) != set()


def test_an_account_put_to_rest_has_no_duties():
    login = staff(Role.MANAGER)
    login.is_active = False
    assert duties_of(login) == frozenset()


def test_who_acts_is_the_person_behind_the_account():
    login = staff(Role.MANAGER)
    viewer = viewer_of(login)
    assert require(viewer, Duty.SET_PRICES) == Person.objects.get(login=login)
    with pytest.raises(NotAllowed):
        require(GUEST, Duty.SET_PRICES)


def once(run, *, request="a", actor="me"):
    return idempotency.once(actor=actor, key=KEY, request=request, at=NOW, run=run)


def test_what_was_done_once_is_answered_again_and_not_done_again():
    done = []
    assert once(lambda: done.append(1) or 7) == 7
    assert once(lambda: done.append(2) or 8) == 7
    assert done == [1]


def test_another_request_under_the_same_key_is_a_conflict():
    once(lambda: 1)
    with pytest.raises(IdempotencyConflict):
        once(lambda: 2, request="b")


def test_a_failure_leaves_the_key_free():
    with pytest.raises(ZeroDivisionError):
        once(lambda: 1 // 0)
    assert once(lambda: 3) == 3


def test_old_keys_are_forgotten():
    once(lambda: 1)
    assert idempotency.forget_old(at=NOW + timedelta(hours=48)) == 0
    assert idempotency.forget_old(at=NOW + timedelta(hours=48, seconds=1)) == 1
    assert IdempotencyKey.objects.count() == 0


def test_a_notice_is_written_and_sent_once():
    for _ in range(2):
        told = notices.notify(
            key="order-paid:1",
            recipient="ada@owner.example",
            language=Language.FR,
            message=Message(subject="Merci", body="Votre commande est payée."),
        )
    assert told is False
    run_tasks()
    run_tasks()
    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["ada@owner.example"], "Merci")
    ]
    assert Notice.objects.get().sent_at is not None
