"""Owners, and everything that may be known of them."""

import itertools
from datetime import timedelta

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from accounts import audit
from accounts.models import (
    Address,
    AuditEntry,
    Consent,
    FileClaim,
    Login,
    Person,
    PersonReference,
    PrivacyRequest,
    ServiceToken,
)
from accounts.vocabulary import Origin, PrivacyKind, Purpose
from advice.models import Article, ClaimOverride, Revision
from catalog.models import (
    DietLine,
    ImportRun,
    PriceChange,
    Reduction,
    Review,
    ReviewInvitation,
    ReviewReport,
    StockMovement,
)
from clinic.models import Place
from conversations.models import Message, PublicQuestion, Thread
from kernel.animals import Species
from orders.models import Approval, CardHolder, Cart, Order, OrderEvent, Payment, Refund, Withdrawal
from orders.vocabulary import RefundReason
from pets.models import Guardian, GuardianInvite, HistoryEntry, Identification, Pet, PetReference
from pets.vocabulary import HistoryKind, IdentificationKind
from recommendations.models import Dismissal, Impression
from tests.builders import NOW, draft, make_clinic

_numbers = itertools.count(1)


def owner(email="ada@owner.example", *, has_login=True, **fields):
    login = Login.objects.create_user(email, "secret-secret") if has_login else None
    known = {"first_name": "Ada", "last_name": "Lovelace", "phone": "+33612345678", **fields}
    person = Person.objects.create(login=login, email=email, **known)
    return since(person, NOW)


def since(person, moment):
    """As though the file and the account were made at a moment."""
    Person.objects.filter(pk=person.pk).update(created_at=moment)
    Login.objects.filter(person=person).update(joined_at=moment)
    person.refresh_from_db()
    return person


def pet_of(*people, name="Rex", **fields):
    pet = Pet.objects.create(name=name, species=Species.DOG, **fields)
    Pet.objects.filter(pk=pet.pk).update(created_at=NOW)
    for person in people:
        Guardian.objects.create(pet=pet, person=person, since=NOW)
    return pet


def address_of(person, **fields):
    known = {"recipient": "Ada", "line1": "1 rue", "postal_code": "35000", "city": "Rennes"}
    address = Address.objects.create(person=person, **known | fields)
    Address.objects.filter(pk=address.pk).update(created_at=NOW)
    return address


def weighed(pet, author=None, origin=Origin.OWNER):
    return HistoryEntry.objects.create(
        pet=pet,
        kind=HistoryKind.WEIGHT,
        happened_on=NOW.date(),
        weight_g=5000,
        origin=origin,
        author=author,
        recorded_at=NOW,
    )


def eats(pet, author=None, origin=Origin.OWNER):
    return DietLine.objects.create(
        pet=pet,
        food_text="riz",
        since=NOW.date(),
        origin=origin,
        author=author,
        recorded_at=NOW,
    )


def token_of(person, created_by=None):
    return ServiceToken.objects.create(
        person=person,
        name="caisse",
        prefix="x",
        token_hash=f"hash-{next(_numbers)}",
        created_by=created_by,
        created_at=NOW,
    )


def invite(pet, by, email="c@owner.example", accepted_by=None):
    return GuardianInvite.objects.create(
        pet=pet,
        by=by,
        email=email,
        token_hash=f"hash-{next(_numbers)}",
        created_at=NOW,
        expires_at=NOW + timedelta(days=7),
        accepted_by=accepted_by,
        accepted_at=NOW if accepted_by else None,
    )


def consent_of(person, *, is_granted=True, at=NOW, by=None):
    return Consent.objects.create(
        person=person,
        purpose=Purpose.SUGGESTIONS,
        is_granted=is_granted,
        at=at,
        origin=Origin.OWNER,
        by=by,
    )


def known_owner(email="ada@owner.example"):
    """An owner with something in every table: a pet of their own, and one that is shared."""
    person = owner(email)
    other = owner(f"co-{email}", first_name="Charles", last_name="Babbage")
    own, shared = pet_of(person, name="Rex"), pet_of(person, other, name="Mia")
    address_of(person, is_default=True)
    consent_of(person)
    PersonReference.objects.create(person=person, source="practice", reference=f"P-{person.pk}")
    for pet in (own, shared):
        weighed(pet, author=person)
        weighed(pet, author=other)
        eats(pet, author=person)
        invite(pet, by=person)
        Identification.objects.create(
            pet=pet, kind=IdentificationKind.TATTOO, value=f"2{pet.name.upper()}"
        )
        PetReference.objects.create(pet=pet, source="practice", reference=f"A-{pet.pk}")
    invite(shared, by=other, email="ada@owner.example", accepted_by=person)
    changes = {"line1": ["1 rue", "2 rue"]}
    audit.record(action="person.edit", subject=person, by=person, at=NOW, changes=changes)
    LogEntry.objects.create(
        user=person.login,
        content_type=ContentType.objects.get_for_model(Person),
        object_repr="x",
        action_flag=1,
    )
    return person


def rows_naming(person):
    """A row for each foreign key to Person, by `label.field`; a later app adds its own."""
    make_clinic()
    pet, variant = pet_of(name="Pax"), draft().variants.get()
    run = ImportRun.objects.create(path="x", started_at=NOW, by=person)
    asked = {"kind": PrivacyKind.EXPORT, "requested_at": NOW}
    claimed = {"created_at": NOW, "expires_at": NOW}
    return {
        "accounts.auditentry.by": AuditEntry.objects.create(
            at=NOW, by=person, action="x", subject="catalog.product:1"
        ),
        "accounts.personreference.person": PersonReference.objects.create(
            person=person, source="practice", reference="1"
        ),
        "accounts.address.person": address_of(person),
        "accounts.fileclaim.person": FileClaim.objects.create(
            login=owner("l@owner.example").login, person=person, **claimed
        ),
        "accounts.servicetoken.person": token_of(person),
        "accounts.servicetoken.created_by": token_of(
            owner("m@owner.example", has_login=False), created_by=person
        ),
        "accounts.consent.person": consent_of(person),
        "accounts.consent.by": consent_of(owner("n@owner.example", has_login=False), by=person),
        "accounts.privacyrequest.person": PrivacyRequest.objects.create(person=person, **asked),
        "accounts.privacyrequest.by": PrivacyRequest.objects.create(by=person, **asked),
        "pets.guardian.person": Guardian.objects.create(pet=pet, person=person, since=NOW),
        "pets.guardianinvite.by": invite(pet, by=person),
        "pets.guardianinvite.accepted_by": invite(
            pet, by=owner("o@owner.example", has_login=False), accepted_by=person
        ),
        "pets.historyentry.author": weighed(pet, author=person),
        "catalog.dietline.author": eats(pet, author=person),
        "catalog.importrun.by": run,
        "catalog.pricechange.by": PriceChange.objects.create(
            variant=variant, gross_cents=1, effective_from=NOW, recorded_at=NOW, by=person
        ),
        "catalog.reduction.by": Reduction.objects.create(
            variant=variant, price_cents=500, starts_at=NOW, by=person
        ),
        "catalog.stockmovement.by": StockMovement.objects.create(
            stock=variant.stocks.get(), quantity=1, reason="x", at=NOW, by=person
        ),
        "advice.revision.by": Revision.objects.create(
            article=Article.objects.create(slug="a"), number=1, at=NOW, by=person, kept={}
        ),
        "advice.claimoverride.by": ClaimOverride.objects.create(
            fingerprint="x",
            subject="article:1",
            word="x",
            excerpt="x",
            reason="x",
            at=NOW,
            by=person,
        ),
        **rows_of_orders(person, pet=pet, product=variant.product),
        **rows_of_reviews(person, product=variant.product),
        **rows_of_conversations(person),
        **rows_of_suggestions(person, pet=pet, product=variant.product),
    }


def rows_of_conversations(person):
    place = Place.objects.get()
    asked = {"place": place, "title": "x", "asked_at": NOW, "due_at": NOW}
    thread = Thread.objects.create(person=person, **asked)
    other = Thread.objects.create(email="o@owner.example", assignee=person, **asked)
    said = {"text": "x", "written_at": NOW}
    return {
        "conversations.thread.person": thread,
        "conversations.thread.assignee": other,
        "conversations.message.author": Message.objects.create(thread=other, author=person, **said),
        "conversations.publicquestion.published_by": PublicQuestion.objects.create(
            published_by=person, published_at=NOW
        ),
    }


def rows_of_reviews(person, *, product):
    received = {"product": product, "experienced_on": NOW.date()}
    review = {**received, "rating": 5, "written_at": NOW}
    invitation = {"reference": "x", "created_at": NOW, "expires_at": NOW}
    written = Review.objects.create(author=person, **review)
    return {
        "catalog.reviewinvitation.person": ReviewInvitation.objects.create(
            person=person, **received, **invitation
        ),
        "catalog.review.author": written,
        "catalog.review.moderated_by": Review.objects.create(moderated_by=person, **review),
        "catalog.review.answered_by": Review.objects.create(answered_by=person, **review),
        "catalog.reviewreport.reporter": ReviewReport.objects.create(
            review=written, reporter=person, reported_at=NOW
        ),
    }


def rows_of_orders(person, *, pet, product):
    place = Place.objects.get()
    order = Order.objects.create(
        number="N1", person=person, place=place, placed_at=NOW, goods_cents=0, total_cents=0
    )
    payment = Payment.objects.create(order=order, amount_cents=0, created_at=NOW)
    refund = {"amount_cents": 0, "reason": RefundReason.RETURN, "created_at": NOW, "key": "k"}
    asked = {"pet": pet, "product": product, "quantity": 1, "asked_at": NOW, "expires_at": NOW}
    return {
        "orders.order.person": order,
        "orders.cart.person": Cart.objects.create(
            person=person, place=place, created_at=NOW, updated_at=NOW
        ),
        "orders.cardholder.person": CardHolder.objects.create(
            person=person, customer_id="cus_1", created_at=NOW
        ),
        "orders.orderevent.by": OrderEvent.objects.create(order=order, at=NOW, kind="x", by=person),
        "orders.refund.by": Refund.objects.create(
            order=order, payment=payment, by=person, **refund
        ),
        "orders.withdrawal.by": Withdrawal.objects.create(
            order=order, declared_at=NOW, by=person, token_hash="x"
        ),
        "orders.approval.asked_by": Approval.objects.create(asked_by=person, **asked),
        "orders.approval.decided_by": Approval.objects.create(decided_by=person, **asked),
    }


def rows_of_suggestions(person, *, pet, product):
    seen = {"shelf": "new", "reason": "bought", "team": "model", "position": 0, "propensity": 1}
    return {
        "recommendations.dismissal.by": Dismissal.objects.create(
            pet=pet, product=product, by=person, at=NOW
        ),
        "recommendations.impression.person": Impression.objects.create(
            token_hash="x", person=person, product=product, seen_at=NOW, **seen
        ),
    }
