"""Cards kept for later: confirmed by their holder, seen by the last digits, forgotten on demand."""

import pytest
from django_ox.testing import run_tasks

from accounts import erasing
from accounts.models import Person
from kernel.refusals import LimitReached, NotFound
from orders import saved_cards
from orders.models import CardHolder, SavedCard
from tests.builders import NOW, make_clinic, owner

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _clinic():
    make_clinic()


def file_of(login):
    return Person.objects.get(login=login)


def begun(person):
    return saved_cards.begin(person=person, email="ada@clients.example", at=NOW)


def kept(holder, person):
    saving = begun(person)
    holder.confirm(saving.client_secret)
    return saved_cards.keep(person=person, setup_id=saving.id, at=NOW)


def test_a_card_is_kept_once_its_holder_confirmed_it(stripe_stand_in):
    ada = file_of(owner("Ada"))
    saving = begun(ada)
    with pytest.raises(NotFound):
        saved_cards.keep(person=ada, setup_id=saving.id, at=NOW)
    stripe_stand_in.confirm(saving.client_secret, "pm_card_mastercard")
    for _ in range(2):
        card = saved_cards.keep(person=ada, setup_id=saving.id, at=NOW)
    assert (card.brand, card.last4) == ("mastercard", "4444")
    assert (SavedCard.objects.count(), CardHolder.objects.count()) == (1, 1)


def test_nobody_keeps_the_card_of_another(stripe_stand_in):
    ada, eve = file_of(owner("Ada")), file_of(owner("Eve"))
    saving = begun(ada)
    stripe_stand_in.confirm(saving.client_secret)
    begun(eve)
    with pytest.raises(NotFound):
        saved_cards.keep(person=eve, setup_id=saving.id, at=NOW)
    assert SavedCard.objects.count() == 0


def test_a_forgotten_card_is_forgotten_at_stripe_too(stripe_stand_in):
    ada = file_of(owner("Ada"))
    card = kept(stripe_stand_in, ada)
    saved_cards.forget(card=card, by=ada, at=NOW)
    assert SavedCard.objects.count() == 0
    assert "payment_method.detached" in stripe_stand_in.happened()


def test_ten_cards_are_enough(stripe_stand_in):
    ada = file_of(owner("Ada"))
    begun(ada)
    holder = CardHolder.objects.get()
    SavedCard.objects.bulk_create(
        SavedCard(holder=holder, method_id=f"pm_{number}", saved_at=NOW) for number in range(10)
    )
    with pytest.raises(LimitReached):
        begun(ada)


def test_an_erased_person_keeps_no_card_at_stripe(stripe_stand_in):
    ada = file_of(owner("Ada"))
    kept(stripe_stand_in, ada)
    token = erasing.preview_erasure(ada, at=NOW).token
    erasing.request_erasure(person=ada, preview_token=token, by=ada, at=NOW)
    run_tasks(raise_failures=True)
    assert (SavedCard.objects.count(), CardHolder.objects.count()) == (0, 0)
    assert "payment_method.detached" in stripe_stand_in.happened()
