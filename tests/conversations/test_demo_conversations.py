"""The demonstration's questions and reviews: read like those of a clinic that works."""

import pytest

from catalog import cards
from catalog.models import Review
from catalog.vocabulary import RegulatoryClass, ReviewState
from conversations.models import CannedAnswer, PublicQuestion, Thread
from conversations.promises import figures
from conversations.vocabulary import ThreadState
from shop.demo.conversations import QUESTIONS, READY, load_conversations
from tests.builders import NOW, Pack, answered, owner, published, staff
from tests.conversations.world import open_clinic

pytestmark = pytest.mark.django_db


def test_the_demonstration_has_questions_of_six_weeks_and_reviews():
    open_clinic()
    for slug in ("a", "b", "c"):
        published(slug)
    published("rx", Pack(kind=RegulatoryClass.MEDICINE_RX))
    load_conversations(owner=owner("Camille").person, staff=staff().person, at=NOW)
    states = Thread.objects.order_by("state").values_list("state", flat=True)
    assert (len(states), list(states).count(ThreadState.WAITING)) == (len(QUESTIONS) + 1, 3)
    assert Thread.objects.filter(is_urgent=True).count() == 1
    assert (PublicQuestion.objects.count(), CannedAnswer.objects.count()) == (2, len(READY))
    weeks = [each for each in figures(at=NOW) if each.settled]
    assert sum(each.kept for each in weeks) < sum(each.settled for each in weeks)
    found = answered('{ product(slug: "a") { rating { count } reviews { nodes { text } } } }')
    assert found["product"]["rating"]["count"] == 4
    assert list(Review.objects.values_list("state", flat=True)).count(ReviewState.PENDING) == 2
    assert cards.differing(at=NOW) == []
    assert not Review.objects.filter(product__slug="rx").exists()
