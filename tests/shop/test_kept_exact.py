"""A kept answer is the fresh one, byte for byte: random documents, writes and moments."""

import json
from collections import Counter
from datetime import date, time, timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from advice import naming as advice_naming
from advice import publishing
from advice import search as advice_search
from advice.models import Article, Author
from catalog import naming, prices, products, reviews, reviews_moderation, search, stock
from catalog.models import Brand, Category, Product, SynonymGroup, Variant
from catalog.reviews import ReviewGiven
from clinic import details
from clinic.models import Clinic, Closure, OpeningHours, Place
from clinic.vocabulary import LegalKind
from kernel.animals import Language
from kernel.graphql.keeping import kept_fields
from kernel.money import Money
from kernel.refusals import Refusal
from shop import kept
from shop.schema import schema
from tests.advice.builders import draft as article_draft
from tests.advice.builders import edited, topic
from tests.advice.builders import published as article_published
from tests.builders import NOW, Pack, make_clinic, person, published
from tests.drawing import Drawing

VALUES = {
    "slug": ['"p0"', '"p1"', '"p2"', '"a0"', '"a1"', '"chien"', '"nowhere"'],
    "search": ['"croquettes"', '"brisalune"', '"peser chat"', '"croqettes"'],
    "text": ['"croq"', '"peser"', '"croquettes"'],
    "first": ["1", "2", "7"],
    "where": ["{not: {}}"],
    "id": ['"UHJvZHVjdDox"', '"VmFyaWFudDox"'],
    "width": ["320"],
}
STEPS = [timedelta(0), timedelta(seconds=1), timedelta(minutes=29), timedelta(hours=7)]
DRAWING = Drawing(schema._schema, sorted(kept_fields(schema)), VALUES, without=["boughtTogether"])


def sent(query, **headers):
    return Client().post(
        "/graphql/", json.dumps({"query": query}), content_type="application/json", headers=headers
    )


def told(response):
    """The bytes of an answer; of one with errors all but the number of its request."""
    if b'"errors"' not in response.content:
        return response.content
    answer = response.json()
    for error in answer["errors"]:
        error["extensions"].pop("requestId")
    return json.dumps(answer)


class World:
    """A small shop, and what its staff may do at a moment."""

    def __init__(self):
        make_clinic()
        topic()
        for number in range(3):
            published(f"p{number}", Pack(price=1000 + number, stock=number * 3))
            article_published(
                f"Peser {number}", slug=f"a{number}", products=(f"p{number}",), topics=("poids",)
            )
        self.rebuild(NOW)
        self.acts = [
            self.price,
            self.future_price,
            self.reduction,
            self.receive,
            self.withdraw_or_publish,
            self.rename,
            self.rename_brand,
            self.rename_category,
            self.review,
            self.schedule,
            self.edit_article,
            self.withdraw_article,
            self.author,
            self.hours,
            self.closure,
            self.legal_text,
            self.clinic,
            self.synonyms,
            self.rebuild,
            self.move,
        ]

    def price(self, at, number):
        prices.set_price(variant=self.pack(number), price=Money(900 + number), by=None, at=at)

    def future_price(self, at, number):
        price, since = Money(700 + number), at + STEPS[number % 4]
        prices.set_price(variant=self.pack(number), price=price, since=since, by=None, at=at)

    def reduction(self, at, number):
        prices.start_reduction(
            variant=self.pack(number),
            price=Money(500 + number),
            starts_at=at + STEPS[number % 4],
            ends_at=at + timedelta(hours=8),
            by=None,
            at=at,
        )

    def receive(self, at, number):
        stock.receive_stock(
            variant=self.pack(number),
            place=Place.objects.get(),
            delivery=stock.Delivery(quantity=number + 1),
            by=None,
            at=at,
        )

    def withdraw_or_publish(self, at, number):
        product = self.product(number)
        act = products.publish if number % 2 else products.withdraw
        act(product=product, by=None, at=at)

    def rename(self, at, number):
        products.edit_texts(
            product=self.product(number),
            language=Language.FR,
            words={"name": f"Croquettes {number}"},
            by=None,
            at=at,
        )

    def rename_brand(self, at, number):
        brand = Brand.objects.get()
        brand.name = f"Brisalune {number}"
        naming.save_brand(brand=brand, at=at)

    def rename_category(self, at, number):
        row = Category.objects.order_by("pk")[number % 2]
        row.name_fr = f"Rayon {number}"
        naming.save_category(category=row, at=at)

    def review(self, at, number):
        invitation = reviews.invite(
            product=self.product(number),
            person=None,
            email="ada@clients.example",
            reference=f"line:{at.timestamp()}",
            experienced_on=date(2026, 11, 1),
            at=at,
        )
        given = ReviewGiven(rating=1 + number % 5, text="Bien")
        row = reviews.write(invitation=invitation, given=given, by=None, at=at)
        reviews_moderation.publish(review=row, by=person(), at=at)

    def schedule(self, at, number):
        article = article_draft(f"Plus tard {number}", products=("p1",), topics=("poids",))
        moment = at + STEPS[1 + number % 3]
        publishing.schedule(
            article=article, moment=moment, expected_version=article.version, by=None, at=at
        )

    def edit_article(self, at, number):
        article = edited(self.article(number), at=at, title=f"Peser encore {number}")
        publishing.publish(article=article, expected_version=article.version, by=None, at=at)

    def withdraw_article(self, at, number):
        publishing.withdraw(article=self.article(number), by=None, at=at)

    def author(self, at, number):
        author = Author.objects.get()
        author.name = f"Anne {number}"
        advice_naming.keep_author(author=author, by=None, at=at)

    def hours(self, at, number):
        weekday = 1 + at.weekday()
        row = OpeningHours(
            place=Place.objects.get(), weekday=weekday, opens=time(number), closes=time(number + 9)
        )
        details.save_details(row)

    def closure(self, at, number):
        day = at.date() + timedelta(days=number % 2)
        details.save_details(Closure(place=Place.objects.get(), first_day=day, last_day=day))

    def legal_text(self, at, number):
        details.publish_legal_text(
            kind=LegalKind.TERMS_OF_SALE,
            language=Language.FR,
            title=f"CGV {number}",
            body="…",
            effective_from=at + STEPS[number % 4],
        )

    def clinic(self, at, number):
        row = Clinic.objects.get()
        row.phone = f"+3319900000{number}"
        details.save_details(row)

    def synonyms(self, at, number):
        search.save_synonyms(group=SynonymGroup(terms=f"croquettes\nkibble{number}"))

    def rebuild(self, at, number=0):
        search.rebuild()
        advice_search.rebuild()

    def move(self, at, number):
        products.change_slug(
            product=self.product(number), slug=f"p{number}-{at.timestamp():.0f}", by=None, at=at
        )

    def pack(self, number):
        return Variant.objects.order_by("pk")[number % 3]

    def product(self, number):
        return Product.objects.order_by("pk")[number % 3]

    def article(self, number):
        return Article.objects.order_by("pk")[number % 3]


@pytest.mark.django_db
@pytest.mark.parametrize("examples", [15, pytest.param(60, marks=pytest.mark.slow)])
def test_kept_and_fresh_answers_are_the_same_bytes(examples):
    world, hits, acts = World(), Counter(), Counter()

    @settings(
        max_examples=examples,
        derandomize=examples < 60,
        deadline=None,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.data())
    def compared(data):
        kept.turns.forget()
        documents = [DRAWING.document(data.draw) for _ in range(3)]
        at = NOW
        with transaction.atomic(), time_machine.travel(at, tick=False) as clock:
            for _ in range(data.draw(st.integers(2, 6))):
                if data.draw(st.integers(0, 3)):
                    act = data.draw(st.sampled_from(world.acts))
                    try:
                        with transaction.atomic():
                            act(at, data.draw(st.integers(0, 7)))
                        acts[act.__name__] += 1
                    except Refusal:
                        acts["refused"] += 1
                at += data.draw(st.sampled_from(STEPS))
                clock.move_to(at)
                for query in documents:
                    given_answer, fresh = sent(query), sent(query, **{"cache-control": "no-cache"})
                    assert told(given_answer) == told(fresh), query
                    hits[given_answer.headers.get("Cache-Status", "no")] += 1
            transaction.set_rollback(True)

    compared()
    assert hits["shop; hit"] > examples / 5
    assert len(acts) > 3
