"""Reviews in the back office: a queue, and one page a review with its buttons."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Notice
from accounts.roles import Role
from catalog import reviews
from catalog.models import Review
from catalog.reviews import ReviewGiven
from catalog.vocabulary import ReviewState
from tests.builders import NOW, make_clinic, published, staff

pytestmark = pytest.mark.django_db
LIST = "admin:catalog_review_changelist"


def desk(role=Role.CONVERSATIONS):
    client = Client()
    client.force_login(staff(role))
    return client


def waiting(text="Bien", product=None):
    invitation = reviews.invite(
        product=product or published(),
        person=None,
        email="ada@clients.example",
        reference=f"line:{Review.objects.count()}",
        experienced_on=NOW.date(),
        at=NOW,
    )
    given = ReviewGiven(rating=2, text=text)
    return reviews.write(invitation=invitation, given=given, by=None, at=NOW)


def page(review):
    return reverse("admin:catalog_review_change", args=[review.pk])


def act(review, name):
    return reverse(f"admin:catalog_review_{name}", args=[review.pk])


@pytest.fixture(autouse=True)
def _clinic():
    make_clinic()


def test_who_moderates_opens_the_queue_and_nobody_else():
    review = waiting()
    assert desk().get(reverse(LIST)).status_code == 200
    for role in (Role.CATALOGUE, Role.ORDERS, Role.ASSISTANT):
        client = desk(role)
        assert client.get(reverse(LIST)).status_code == 403
        assert client.get(page(review)).status_code == 403
        assert client.post(act(review, "publish")).status_code == 403
    assert Review.objects.get().state == ReviewState.PENDING


def test_a_review_is_read_shown_answered_and_refused_on_its_page():
    review, client = waiting("Trop <b>cher</b> & fade"), desk()
    shown = client.get(page(review)).content.decode()
    assert "Trop &lt;b&gt;cher&lt;/b&gt; &amp; fade" in shown
    assert "★★☆☆☆" in shown
    client.post(act(review, "publish"))
    client.post(act(review, "answer"), {"text": "Merci de votre avis."})
    review.refresh_from_db()
    assert (review.state, review.answer) == (ReviewState.PUBLISHED, "Merci de votre avis.")
    client.post(act(review, "refuse"), {"reason": "OFF_TOPIC", "note": "Parle de la livraison."})
    review.refresh_from_db()
    assert (review.state, review.refusal_note) == (ReviewState.REFUSED, "Parle de la livraison.")
    assert Notice.objects.get().subject == "Votre avis n’est pas publié"


def test_an_answer_to_what_is_not_shown_is_refused_in_the_form():
    review = waiting()
    answer = desk().post(act(review, "answer"), {"text": "Merci"})
    assert "publiez-le d’abord" in answer.content.decode()
    assert Review.objects.get().answer == ""


def test_the_queue_takes_as_many_statements_for_ten_reviews_as_for_one():
    client, product, counts = desk(), published(), []
    for many in (1, 9):
        for _each in range(many):
            waiting(product=product)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(LIST), {"state": "waiting"}).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
