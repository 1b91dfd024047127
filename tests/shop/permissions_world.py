"""One small clinic, and who may ask it for what."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.utils import timezone
from PIL import Image

from accounts import erasing, service_tokens
from accounts.access import Viewer, viewer_of
from accounts.addresses import AddressGiven, add_address
from accounts.models import Login, Notice, Person
from accounts.roles import DUTIES, Role
from accounts.vocabulary import Origin
from advice import publishing
from catalog import reviews, reviews_moderation
from catalog.reviews import ReviewGiven
from catalog.vocabulary import RegulatoryClass
from clinic.models import Place
from conversations import asking, talking
from conversations.asking import Asked, Asker
from kernel import uploads
from kernel.animals import Condition, Species
from kernel.graphql.nodes import global_id
from kernel.money import Money
from kernel.uploads import UploadPurpose
from orders import fulfilment, settlement, sharing, stripe_gateway
from orders.models import Approval, CardHolder, Cart, Payment, SavedCard
from orders.settlement import PaymentNews, Standing
from orders.vocabulary import CartState
from pets import guardians, history
from pets.history import Fact
from pets.models import Breed, Guardian
from pets.vocabulary import HistoryKind
from recommendations import tokens
from recommendations.tokens import Suggested
from recommendations.vocabulary import ReasonKind, Shelf
from tests.advice.builders import draft as draft_article
from tests.advice.builders import published as published_article
from tests.builders import NOW, Pack, draft, make_clinic, owner, pet_of, published, staff
from tests.orders.world import cart_with, placed

MADE_UP = 987_654
MACHINE = "machine"
STAFF_ROLES = tuple(role for role in Role if role is not Role.SERVICE)
ASKERS = ("guest", "owner", "guardian", "stranger", *map(str, STAFF_ROLES), MACHINE)


@dataclass(frozen=True)
class Call:
    """A root field with its selection, and the variables of a call that works for who may make it.

    `about` names the id among the variables that is somebody's own, and the kind of thing it is:
    a call about another's is answered as one about a made-up id.
    """

    text: str
    variables: Callable[["World"], dict[str, Any]] = lambda _world: {}
    about: tuple[str, str] | None = None


class World:
    """An owner with a pet that a guardian shares, a stranger, one of each of the staff, a machine.

    The calls are those of one asker.
    """

    def __init__(self, asker: str) -> None:
        place = make_clinic()
        self.shown = published("p", Pack(sku="S1", stock=9))
        self.draft = draft("d")
        self.logins: dict[str, Login] = {
            "owner": owner("Ada"),
            "guardian": owner("Béa"),
            "stranger": owner("Eve"),
            **{str(role): staff(role) for role in STAFF_ROLES},
        }
        given = service_tokens.give_token(
            name="till", duties=sorted(DUTIES[Role.SERVICE]), by=self.person("manager"), at=NOW
        )
        self.token, self.token_row = given.text, given.row
        self.article = published_article("Peser")
        self.article_draft = draft_article("Mesurer")
        reviewed = draft_article("Relire")
        self.article_reviewed = publishing.submit(article=reviewed, by=None, at=NOW)
        self.breed = Breed.objects.create(slug="beagle", species=Species.DOG, name_fr="Beagle")
        ada = self.person("owner")
        self.pet = pet_of(ada)
        Guardian.objects.create(pet=self.pet, person=self.person("guardian"), since=NOW)
        self.address = add_address(
            person=ada,
            given=AddressGiven(recipient="A", line1="1 rue", postal_code="35000", city="Rennes"),
            by=ada,
            at=NOW,
        )
        fact = Fact(kind=HistoryKind.CONDITION, happened_on=NOW.date(), condition=Condition.RENAL)
        self.entry = history.record_fact(
            pet=self.pet, fact=fact, origin=Origin.OWNER, by=ada, at=NOW
        )
        self.order = placed(
            cart_with((self.shown.variants.get(), 1), login=self.logins["owner"]),
            viewer=viewer_of(self.logins["owner"]),
        )
        Cart.objects.update(state=CartState.ORDERED)
        self.sell()
        self.ask_a_vet()
        self.cart = cart_with((self.shown.variants.get(), 1), login=self.logins["owner"])
        self.talk(place)
        self.files = [Person.objects.create(first_name="Ida") for _ in range(2)]
        self.login = self.logins.get(asker)
        self.bearer = self.token if asker == MACHINE else ""

    def talk(self, place: Place) -> None:
        """Reviews, questions and articles: those of the owner, and those of others."""
        ada = self.person("owner")
        self.bought = reviews.invite(
            product=self.shown,
            person=ada,
            email="ada@clients.example",
            reference="order-line:1",
            experienced_on=NOW.date(),
            at=timezone.now(),
        )
        other = reviews.invite(
            product=self.shown,
            person=None,
            email="guest@clients.example",
            reference="order-line:2",
            experienced_on=NOW.date(),
            at=NOW,
        )
        assert other
        self.review = reviews.write(invitation=other, given=ReviewGiven(rating=4), by=None, at=NOW)
        reviews_moderation.publish(review=self.review, by=self.person("manager"), at=NOW)
        asked = Asked(text="Combien de croquettes ?", may_be_published=True)
        self.question = asking.ask(asker=Asker(person=ada), asked=asked, place=place, at=NOW)
        talking.answer(thread=self.question, text="Oui.", by=self.person("vet"), at=NOW)

    def sell(self) -> None:
        """Two packs that the owner paid: one was sent, one waits."""
        ada = self.logins["owner"]
        variant = self.shown.variants.get()
        self.sold = placed(cart_with((variant, 2), login=ada), viewer=viewer_of(ada))
        Cart.objects.update(state=CartState.ORDERED)
        Payment.objects.filter(order=self.sold).update(intent_id="pi_sold")
        news = PaymentNews(
            intent_id="pi_sold", standing=Standing.RECEIVED, received=Money(self.sold.total_cents)
        )
        settlement.settle(news=news, at=NOW)
        self.line = self.sold.lines.get()
        self.sent = self.sold.shipments.get()
        fulfilment.send(shipment=self.sent, quantities={self.line.pk: 1}, by=None, at=NOW)
        self.waiting = self.sold.shipments.exclude(pk=self.sent.pk).get()
        holder = CardHolder.objects.create(
            person=self.person("owner"),
            customer_id=stripe_gateway.create_customer("ada", "ada@clients.example"),
            created_at=NOW,
        )
        self.card = SavedCard.objects.create(holder=holder, method_id="pm_gone", saved_at=NOW)

    def ask_a_vet(self) -> None:
        self.diet = published(
            "v",
            Pack(sku="V1", kind=RegulatoryClass.DIETETIC_FOOD),
            needs_vet_approval=True,
            words={"dietetic_purpose": "Soutien de la fonction rénale"},
        )
        self.approval = Approval.objects.create(
            pet=self.pet,
            product=self.diet,
            quantity=1,
            asked_at=NOW,
            expires_at=NOW + timedelta(days=4),
        )

    def link(self) -> str:
        """The token of a link to the owner's cart."""
        return sharing.share_cart(cart=self.cart, days=7, at=NOW).token

    def person(self, asker: str) -> Person:
        return Person.objects.get(login=self.logins[asker])

    def viewer(self, asker: str) -> Viewer:
        return viewer_of(self.logins[asker])

    @property
    def me(self) -> Person:
        """The asker's own file; the owner's for those who have none."""
        return Person.objects.get(login=self.login or self.logins["owner"])

    def id(self, kind: str, row: Any) -> str:
        return global_id(kind, row.pk)

    def ticket(self, purpose: UploadPurpose = UploadPurpose.PET_PHOTO) -> str:
        """A picture that the asker has sent."""
        content = BytesIO()
        Image.new("RGB", (8, 8), "teal").save(content, "PNG")
        data = content.getvalue()
        ticket = uploads.issue(
            purpose=purpose,
            content_type="image/png",
            size_bytes=len(data),
            owner=f"login:{self.login.pk}" if self.login else "guest",
            at=timezone.now(),
        )
        uploads.receive(ticket.token, [data], at=timezone.now())
        return ticket.token

    def article_ticket(self) -> str:
        return self.ticket(UploadPurpose.ARTICLE_PICTURE)

    def invitation(self) -> str:
        guardians.invite(pet=self.pet, email="new@clients.example", by=self.me, at=NOW)
        found = re.search(r"token=(\S+)", Notice.objects.latest("pk").body)
        assert found
        return found[1]

    def confirmation(self) -> str:
        asker, at = Asker(email="guest@clients.example"), timezone.now()
        asking.ask(asker=asker, asked=Asked(text="Quoi ?"), place=self.question.place, at=at)
        found = re.search(r"token=(\S+)", Notice.objects.latest("pk").body)
        assert found
        return found[1]

    def suggested(self) -> str:
        """The token of a suggestion that was shown to anybody."""
        shown = Suggested(
            shelf=Shelf.POPULAR,
            reason=ReasonKind.POPULAR,
            position=0,
            version=1,
            product=self.shown.pk,
        )
        return tokens.sign(shown)

    def preview(self) -> str:
        return erasing.preview_erasure(self.me, at=timezone.now()).token
