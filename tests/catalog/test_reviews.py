"""Reviews: who is invited, who may write, what is shown, refused, answered and forgotten."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts import erasing, retention
from accounts.models import AuditEntry, Notice
from catalog import cards, json_ld, listing, reviews, reviews_moderation, reviews_reading
from catalog.listing import Reading
from catalog.models import Card, Review, ReviewInvitation, ReviewReport, Variant
from catalog.reviews import AlreadyReviewed, InvitationRefused, NoReviewsHere, ReviewGiven
from catalog.reviews_moderation import NotShown
from catalog.reviews_reading import Rating
from catalog.vocabulary import (
    RegulatoryClass,
    ReportReason,
    ReviewRefusalReason,
    ReviewSort,
    ReviewState,
)
from clinic import details, revision
from kernel.animals import Language, Species
from kernel.refusals import Invalid
from tests.builders import NOW, Pack, make_clinic, owner, person, pet_of, published

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
RECEIVED = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _clinic():
    make_clinic()


def invited(product, reference="line:1", by=None, email="ada@clients.example", on=RECEIVED):
    return reviews.invite(
        product=product, person=by, email=email, reference=reference, experienced_on=on, at=NOW
    )


def wrote(product, rating=5, text="", at=NOW, **given):
    invitation = invited(product, reference=f"line:{ReviewInvitation.objects.count()}")
    return reviews.write(
        invitation=invitation, given=ReviewGiven(rating=rating, text=text, **given), by=None, at=at
    )


def shown(product, rating=5, text="", at=NOW):
    review = wrote(product, rating, text, at=at)
    return reviews_moderation.publish(review=review, by=person(), at=at)


def reading():
    now = revision.current()
    return Reading(now, details.public_details(now), NOW, Language.FR)


def refused(refusal, call):
    with pytest.raises(refusal) as told:
        call()
    return told.value.path


def test_a_delivery_told_twice_invites_once():
    product, ada = published(), person()
    first = invited(product, by=ada)
    assert first.expires_at == NOW + timedelta(days=180)
    assert invited(product, by=ada, email="other@clients.example") == first
    assert ReviewInvitation.objects.get().email == "ada@clients.example"


@pytest.mark.parametrize(
    ("kind", "takes"),
    [
        (RegulatoryClass.FOOD, True),
        (RegulatoryClass.DIETETIC_FOOD, True),
        (RegulatoryClass.BIOCIDE, True),
        (RegulatoryClass.ANTIPARASITIC_EXTERNAL, False),
        (RegulatoryClass.MEDICINE_OTC, False),
        (RegulatoryClass.MEDICINE_RX, False),
        (RegulatoryClass.UNKNOWN, False),
    ],
)
def test_the_law_says_what_takes_reviews(kind, takes):
    product = published()
    Variant.objects.update(regulatory_class=kind)
    assert (invited(product) is not None) is takes
    assert ReviewInvitation.objects.count() == takes


def test_one_pack_that_takes_none_bars_the_product():
    product = published("", Pack(), Pack(kind=RegulatoryClass.MEDICINE_OTC))
    assert invited(product) is None


def test_a_buyer_is_asked_a_week_later_in_one_mail_for_all_that_came():
    kibble, tin = published(name="Croquettes"), published(name="Terrine")
    invited(kibble, "line:1")
    invited(tin, "line:2")
    invited(tin, "line:3", email="bo@clients.example", on=RECEIVED + DAY)
    assert reviews.ask_buyers(at=NOW + 4 * DAY) == 0
    assert reviews.ask_buyers(at=NOW + 5 * DAY) == 1
    assert reviews.ask_buyers(at=NOW + 5 * DAY) == 0
    notice = Notice.objects.get()
    assert notice.recipient == "ada@clients.example"
    assert notice.subject == "Qu’en pensez-vous\u00a0?"
    tokens = re.findall(r"(\w+)\n\S+/avis\?token=(\S+)", notice.body)
    assert [name for name, _token in tokens] == ["Croquettes", "Terrine"]
    assert [reviews.invitation_by(token, at=NOW).product for _name, token in tokens] == [
        kibble,
        tin,
    ]
    assert all(token not in str(ReviewInvitation.objects.values()) for _name, token in tokens)


def test_nobody_is_asked_about_what_takes_no_reviews_by_now():
    invited(published())
    Variant.objects.update(regulatory_class=RegulatoryClass.MEDICINE_RX)
    assert reviews.ask_buyers(at=NOW + 9 * DAY) == 0
    assert Notice.objects.count() == 0


def test_a_link_that_is_made_up_or_too_old_opens_nothing():
    invited(published())
    reviews.ask_buyers(at=NOW + 9 * DAY)
    token = re.search(r"token=(\S+)", Notice.objects.get().body)[1]
    late = NOW + timedelta(days=180)
    assert refused(InvitationRefused, lambda: reviews.invitation_by("x", at=NOW)) == [
        "input",
        "token",
    ]
    refused(InvitationRefused, lambda: reviews.invitation_by("", at=NOW))
    refused(InvitationRefused, lambda: reviews.invitation_by(token, at=late))
    assert reviews.invitation_by(token, at=late - DAY).reference == "line:1"


def test_a_review_waits_and_tells_of_the_pet():
    ada = person()
    rex = pet_of(ada, born_on=date(2024, 11, 20))
    invitation = invited(published(), by=ada)
    review = reviews.write(
        invitation=invitation,
        given=ReviewGiven(
            rating=4, text="Rex\r\nadore\x00 ça !\n\n\n\nOui.", signature=" A. ", pet=rex
        ),
        by=ada,
        at=NOW,
    )
    facts = ("rating", "text", "signature", "species", "age_months", "experienced_on", "state")
    assert Review.objects.values_list(*facts).get() == (
        *(4, "Rex\nadore ça !\n\nOui.", "A.", Species.DOG, 24, RECEIVED, ReviewState.PENDING),
    )
    assert (review.author, review.published_at) == (ada, None)
    assert AuditEntry.objects.filter(action="review.write").count() == 1


def test_a_purchase_is_reviewed_once():
    product = published()
    wrote(product)
    again = ReviewGiven(rating=1)
    invitation = ReviewInvitation.objects.get()
    refused(
        AlreadyReviewed,
        lambda: reviews.write(invitation=invitation, given=again, by=None, at=NOW),
    )
    assert Review.objects.get().rating == 5


def test_what_became_a_medicine_is_not_reviewed():
    invitation = invited(published())
    Variant.objects.update(regulatory_class=RegulatoryClass.MEDICINE_OTC)
    given = ReviewGiven(rating=5)
    refused(
        NoReviewsHere, lambda: reviews.write(invitation=invitation, given=given, by=None, at=NOW)
    )
    assert Review.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (ReviewGiven(rating=0), "rating"),
        (ReviewGiven(rating=6), "rating"),
        (ReviewGiven(rating=3, text="a" * 3001), "text"),
        (ReviewGiven(rating=3, text="a" * 1_000_000), "text"),
        (ReviewGiven(rating=3, signature="a" * 41), "signature"),
        (ReviewGiven(rating=3, age_months=-1), "ageMonths"),
        (ReviewGiven(rating=3, age_months=1201), "ageMonths"),
    ],
)
def test_what_a_review_cannot_be_is_refused(given, field):
    invitation = invited(published())
    path = refused(
        Invalid, lambda: reviews.write(invitation=invitation, given=given, by=None, at=NOW)
    )
    assert path == ["input", field]
    assert Review.objects.count() == 0


def test_the_rating_is_on_the_card_once_it_is_published():
    product = published("p")
    wrote(product, 1)
    assert listing.card_by_slug("p", reading()).brief["rating"] is None
    shown(product, 5)
    shown(product, 4)
    shown(product, 4)
    body = listing.card_by_slug("p", reading())
    assert body.brief["rating"] == {"average": "4.33", "count": 3}
    assert json_ld.product(body, reading(), storefront="")["aggregateRating"] == {
        "@type": "AggregateRating",
        "ratingValue": "4.33",
        "reviewCount": 3,
        "bestRating": 5,
        "worstRating": 1,
    }
    assert cards.differing(at=NOW) == []


def test_a_product_that_became_a_medicine_loses_its_rating():
    product = published("p")
    shown(product, 5)
    Variant.objects.update(regulatory_class=RegulatoryClass.MEDICINE_RX)
    cards.project([product.pk], at=NOW)
    body = listing.card_by_slug("p", reading())
    assert body.brief["rating"] is None
    assert "aggregateRating" not in json_ld.product(body, reading(), storefront="")


def test_the_search_has_nothing_to_learn_from_a_rating():
    product = published()
    Card.objects.update(indexed=True)
    shown(product)
    assert Card.objects.get().indexed


@pytest.mark.parametrize(
    ("total", "count", "average", "weight"),
    [
        (5, 1, "5.00", 500_001),
        (13, 3, "4.33", 433_003),
        (9, 2, "4.50", 450_002),
        (29, 8, "3.63", 363_008),
        (5_000, 1_000, "5.00", 500_999),
    ],
)
def test_ratings_sort_by_their_average_then_by_how_many_they_are(total, count, average, weight):
    rating = Rating(total=total, count=count)
    assert (rating.average, rating.weight) == (Decimal(average), weight)


def test_a_refused_author_is_told_why_once():
    review = wrote(published(name="Croquettes"))
    for _twice in range(2):
        reviews_moderation.refuse(
            review=review,
            reason=ReviewRefusalReason.HEALTH_CLAIM,
            note="« soigne l’arthrose »",
            by=person(),
            at=NOW,
        )
    review.refresh_from_db()
    assert (review.state, review.refusal_reason) == (
        ReviewState.REFUSED,
        ReviewRefusalReason.HEALTH_CLAIM,
    )
    notice = Notice.objects.get()
    assert notice.recipient == "ada@clients.example"
    assert notice.body.startswith(
        "Nous ne publions pas votre avis sur Croquettes, car il dit qu’un produit soigne ou guérit"
    )
    assert "« soigne l’arthrose »" in notice.body
    assert reviews_reading.ratings_of([review.product_id]) == {}


def test_a_review_taken_down_may_be_shown_again_with_its_first_date():
    product = published("p")
    review, by = shown(product), person()
    reason = ReviewRefusalReason.OFF_TOPIC
    reviews_moderation.refuse(review=review, reason=reason, note="", by=by, at=NOW + DAY)
    assert listing.card_by_slug("p", reading()).brief["rating"] is None
    again = reviews_moderation.publish(review=review, by=by, at=NOW + 2 * DAY)
    assert (again.state, again.published_at, again.refusal_reason) == (
        ReviewState.PUBLISHED,
        NOW,
        "",
    )


def test_the_clinic_answers_what_is_shown_and_readers_see_it_at_once():
    review, by = wrote(published()), person()

    def say(text):
        return reviews_moderation.answer(review=review, text=text, by=by, at=NOW)

    refused(NotShown, lambda: say("Merci"))
    assert Review.objects.get().answer == ""
    reviews_moderation.publish(review=review, by=by, at=NOW)
    before = revision.current()
    assert (say("Merci").answer, revision.current() != before) == ("Merci", True)
    assert (say("").answered_by, say("").answered_at) == (None, None)
    refused(Invalid, lambda: say("a" * 3001))


def test_reports_are_kept_once_a_person_and_settled_by_a_decision():
    review, ada = shown(published()), person()
    for _twice in range(2):
        reviews_moderation.report(
            review=review, reason=ReportReason.OTHER, text="Faux", by=ada, at=NOW
        )
    for _each in range(30):
        reviews_moderation.report(
            review=review, reason=ReportReason.UNLAWFUL, text="", by=None, at=NOW
        )
    assert ReviewReport.objects.count() == 20
    assert list(reviews_reading.waiting()) == [review]
    reviews_moderation.publish(review=review, by=ada, at=NOW)
    assert list(reviews_reading.waiting()) == []


def test_pages_go_on_where_the_last_ended_in_every_order():
    product = published()
    for index, rating in enumerate((3, 5, 1, 5)):
        shown(product, rating, str(index), at=NOW + index * DAY)
    orders = {
        ReviewSort.NEWEST: ["3", "2", "1", "0"],
        ReviewSort.RATING_DESC: ["3", "1", "0", "2"],
        ReviewSort.RATING_ASC: ["2", "0", "3", "1"],
    }
    for sort, expected in orders.items():
        seen, after = [], None
        for _page in range(4):
            pages = reviews_reading.pages_of([product.pk], sort=sort, first=1, after=after)
            seen.append(pages[product.pk][0].text)
            after = reviews_reading.place_of(pages[product.pk][0], sort)
        assert seen == expected
        assert reviews_reading.pages_of([product.pk], sort=sort, first=1, after=after) == {}


def test_reviews_of_a_page_of_products_take_one_statement(django_assert_num_queries):
    first, second = published(), published()
    for _each in range(3):
        shown(first)
        shown(second)
    with django_assert_num_queries(1):
        found = reviews_reading.pages_of([first.pk, second.pk], sort=ReviewSort.NEWEST, first=1)
    assert {key: len(rows) for key, rows in found.items()} == {first.pk: 2, second.pk: 2}


def test_a_night_forgets_invitations_addresses_and_old_reviews():
    product = published("p")
    shown(product)
    invited(product, "unused")
    after = {name: (NOW + kept, rows) for name, kept, rows in _nights()}
    for name, (night, rows) in after.items():
        done = retention.forget_due(at=night)
        assert done[name] == rows
    assert (ReviewInvitation.objects.count(), Review.objects.count()) == (0, 0)
    assert listing.card_by_slug("p", reading()).brief["rating"] is None


def _nights():
    yield "review-invitations", timedelta(days=211), 2
    yield "review-contacts", timedelta(days=366), 1
    yield "reviews", timedelta(days=5 * 365 + 1), 1


def test_erasing_the_author_leaves_the_review_without_a_name():
    ada = owner("Ada").person
    invitation = invited(published(), by=ada)
    invited(published(), "line:2", by=ada)
    given = ReviewGiven(rating=5, text="Bien", signature="Ada L.")
    reviews.write(invitation=invitation, given=given, by=ada, at=NOW)
    token = erasing.preview_erasure(ada, at=NOW).token
    request = erasing.request_erasure(person=ada, preview_token=token, by=ada, at=NOW)
    erasing.carry_out(request.pk, at=NOW)
    assert Review.objects.values_list("author", "email", "signature", "text", "rating").get() == (
        *(None, "", "", "Bien", 5),
    )
    assert ReviewInvitation.objects.count() == 0
