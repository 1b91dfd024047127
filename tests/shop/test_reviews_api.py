"""Reviews through the API: read, written, reported, decided and answered."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Notice
from accounts.roles import Role
from catalog import reviews, reviews_moderation
from catalog.models import Review, ReviewReport, Variant
from catalog.reviews import ReviewGiven
from catalog.vocabulary import RegulatoryClass
from kernel.graphql.nodes import global_id
from tests.builders import NOW, answered, ask, make_clinic, owner, person, published, staff

pytestmark = pytest.mark.django_db

PRODUCT = """query($after: String, $sort: ReviewSort! = NEWEST, $first: Int) {
  product(slug: "p") {
    rating { average count }
    reviews(first: $first, after: $after, sort: $sort) {
      nodes { rating text signature species ageMonths experiencedOn publishedAt state
              answer { text at } }
      pageInfo { hasNextPage endCursor }
      totalCount
      policy
    }
  }
}"""
WRITE = """mutation($input: ReviewWriteInput!) {
  reviewWrite(input: $input) { review { rating state } userErrors { code path } }
}"""
MODERATE = """mutation($id: ID!, $refuse: ReviewRefusalReason) {
  reviewModerate(input: {id: $id, refuse: $refuse}) { review { state } userErrors { code } }
}"""
ANSWER = """mutation($id: ID!, $text: String!) {
  reviewAnswer(input: {id: $id, text: $text}) {
    review { answer { text } } userErrors { code path }
  }
}"""


@pytest.fixture(autouse=True)
def _clinic():
    make_clinic()


def invited(product, reference="line:1", by=None):
    return reviews.invite(
        product=product,
        person=by,
        email="ada@clients.example",
        reference=reference,
        experienced_on=date(2026, 11, 10),
        # The endpoint reads the clock: an invitation of NOW is over one day.
        at=timezone.now(),
    )


def shown(product, rating=5, text="Bien", **given):
    invitation = invited(product, f"line:{Review.objects.count() + 1}")
    given = ReviewGiven(rating=rating, text=text, **given)
    review = reviews.write(invitation=invitation, given=given, by=None, at=NOW)
    return reviews_moderation.publish(review=review, by=person(), at=NOW)


def test_readers_see_the_rating_and_the_reviews_with_how_they_are_made():
    product = published("p")
    shown(product, 4, "Bien", signature="Ada", age_months=24)
    found = answered(PRODUCT)["product"]
    assert found["rating"] == {"average": "4.00", "count": 1}
    assert found["reviews"]["nodes"] == [
        {
            "rating": 4,
            "text": "Bien",
            "signature": "Ada",
            "species": None,
            "ageMonths": 24,
            "experiencedOn": "2026-11-10",
            "publishedAt": "2026-11-22T12:00:00+00:00",
            "state": "PUBLISHED",
            "answer": None,
        }
    ]
    assert found["reviews"]["totalCount"] == 1
    assert found["reviews"]["policy"].startswith("Seuls écrivent ceux qui ont acheté et reçu")


def test_reviews_come_in_pages_and_a_cursor_belongs_to_its_order():
    product = published("p")
    for rating in (1, 5, 3):
        shown(product, rating)
    asked = {"sort": "RATING_ASC", "first": 2}
    first = answered(PRODUCT, asked)["product"]["reviews"]
    assert [each["rating"] for each in first["nodes"]] == [1, 3]
    asked["after"] = first["pageInfo"]["endCursor"]
    second = answered(PRODUCT, asked)["product"]["reviews"]
    assert [each["rating"] for each in second["nodes"]] == [5]
    assert not second["pageInfo"]["hasNextPage"]
    wrong = ask(PRODUCT, {**asked, "sort": "NEWEST"})
    assert wrong["errors"][0]["extensions"]["code"] == "BAD_CURSOR"


def test_a_product_page_reads_its_reviews_in_one_statement_and_a_list_too():
    for slug in ("p", "q", "r"):
        shown(published(slug))
    listed = "{ products { nodes { slug reviews(first: 2) { nodes { text } } } } }"
    bare = "{ products { nodes { slug } } }"
    answered(bare)
    with CaptureQueriesContext(connection) as without:
        answered(bare)
    with CaptureQueriesContext(connection) as captured:
        found = answered(listed)["products"]["nodes"]
    assert [len(each["reviews"]["nodes"]) for each in found] == [1, 1, 1]
    assert len(captured) == len(without) + 1


def test_the_best_rated_come_first_and_what_nobody_rated_last():
    shown(published("fair"), 3)
    published("unknown")
    shown(published("best"), 5)
    found = answered("{ products(sort: RATING_DESC) { nodes { slug } } }")["products"]["nodes"]
    assert [each["slug"] for each in found] == ["best", "fair", "unknown"]


def test_a_medicine_shows_neither_rating_nor_reviews():
    product = published("p")
    shown(product)
    Variant.objects.update(regulatory_class=RegulatoryClass.MEDICINE_OTC)
    reviews_moderation.cards.project([product.pk], at=NOW)
    found = answered(PRODUCT)["product"]
    assert (found["rating"], found["reviews"]["nodes"]) == (None, [])


def test_a_guest_writes_by_the_link_of_the_mail_once():
    invited(published("p"))
    reviews.ask_buyers(at=NOW + timedelta(days=9))
    token = re.search(r"token=(\S+)", Notice.objects.get().body)[1]
    given = {"input": {"token": token, "rating": 2, "text": "Bof"}}
    assert answered(WRITE, given)["reviewWrite"] == {
        "review": {"rating": 2, "state": "PENDING"},
        "userErrors": [],
    }
    again = answered(WRITE, given)["reviewWrite"]
    assert again == {"review": None, "userErrors": [{"code": "ALREADY_USED", "path": ["input"]}]}
    made_up = {"input": {"token": "x", "rating": 2}}
    assert answered(WRITE, made_up)["reviewWrite"]["userErrors"] == [
        {"code": "CODE_REFUSED", "path": ["input", "token"]}
    ]
    assert answered(PRODUCT)["product"]["reviews"]["nodes"] == []
    assert Review.objects.count() == 1


def test_a_buyer_finds_what_to_review_and_another_does_not():
    ada, eve = owner("Ada"), owner("Eve")
    invitation = invited(published("p", name="Croquettes"), by=ada.person)
    mine = "{ me { reviewInvitations { id productSlug productName experiencedOn } } }"
    assert answered(mine, login=eve)["me"]["reviewInvitations"] == []
    found = answered(mine, login=ada)["me"]["reviewInvitations"]
    assert found == [
        {
            "id": global_id("ReviewInvitation", invitation.pk),
            "productSlug": "p",
            "productName": "Croquettes",
            "experiencedOn": "2026-11-10",
        }
    ]
    given = {"input": {"invitationId": found[0]["id"], "rating": 5}}
    refused = answered(WRITE, given, login=eve)["reviewWrite"]["userErrors"]
    assert refused == [{"code": "NOT_FOUND", "path": ["input", "invitationId"]}]
    assert Review.objects.count() == 0
    assert answered(WRITE, given, login=ada)["reviewWrite"]["userErrors"] == []
    assert answered(mine, login=ada)["me"]["reviewInvitations"] == []


def test_staff_read_the_queue_decide_and_answer():
    login = staff(Role.CONVERSATIONS)
    invitation = invited(published("p"))
    review = reviews.write(invitation=invitation, given=ReviewGiven(rating=1), by=None, at=NOW)
    queue = """{ reviewQueue { nodes { productSlug review { id rating } reports { reason } }
                 pageInfo { endCursor } } }"""
    found = answered(queue, login=login)["reviewQueue"]["nodes"]
    key = global_id("Review", review.pk)
    assert found == [{"productSlug": "p", "review": {"id": key, "rating": 1}, "reports": []}]
    early = answered(ANSWER, {"id": key, "text": "Merci"}, login=login)["reviewAnswer"]
    assert early["userErrors"] == [{"code": "WRONG_STATE", "path": ["input", "id"]}]
    decided = answered(MODERATE, {"id": key}, login=login)["reviewModerate"]
    assert decided == {"review": {"state": "PUBLISHED"}, "userErrors": []}
    assert answered(queue, login=login)["reviewQueue"]["nodes"] == []
    said = answered(ANSWER, {"id": key, "text": "Merci"}, login=login)["reviewAnswer"]
    assert said == {"review": {"answer": {"text": "Merci"}}, "userErrors": []}


def test_the_queue_takes_as_many_statements_for_ten_reviews_as_for_one():
    login = staff(Role.CONVERSATIONS)
    product = published("p")
    queue = "{ reviewQueue { nodes { productSlug reports { text } } } }"
    counts = []
    for many in (1, 9):
        for _each in range(many):
            review = shown(product)
            ReviewReport.objects.create(review=review, reason="OTHER", reported_at=NOW)
        with CaptureQueriesContext(connection) as captured:
            answered(queue, login=login)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_reader_reports_a_review_and_a_hidden_one_is_not_there():
    review = shown(published("p"))
    report = """mutation($id: ID!) { reviewReport(input: {id: $id, reason: UNLAWFUL, text: "Non"})
                { userErrors { code } } }"""
    key = {"id": global_id("Review", review.pk)}
    assert answered(report, key)["reviewReport"] == {"userErrors": []}
    assert ReviewReport.objects.values_list("reason", "text").get() == ("UNLAWFUL", "Non")
    Review.objects.update(state="PENDING")
    refused = answered(report, key)["reviewReport"]["userErrors"]
    assert refused == [{"code": "NOT_FOUND"}]
    assert ReviewReport.objects.count() == 1
