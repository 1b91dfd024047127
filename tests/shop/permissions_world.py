"""One small clinic, and who may ask it for what."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.utils import timezone
from PIL import Image

from accounts import erasing, service_tokens
from accounts.access import viewer_of
from accounts.addresses import AddressGiven, add_address
from accounts.models import Login, Notice, Person
from accounts.roles import DUTIES, Role
from accounts.vocabulary import Origin
from advice import publishing
from kernel import uploads
from kernel.animals import Condition, Species
from kernel.graphql.nodes import global_id
from kernel.uploads import UploadPurpose
from orders.models import Cart
from orders.vocabulary import CartState
from pets import guardians, history
from pets.history import Fact
from pets.models import Breed, Guardian
from pets.vocabulary import HistoryKind
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
        make_clinic()
        self.shown = published("p", Pack(sku="S1", stock=5))
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
        self.cart = cart_with((self.shown.variants.get(), 1), login=self.logins["owner"])
        self.files = [Person.objects.create(first_name="Ida") for _ in range(2)]
        self.login = self.logins.get(asker)
        self.bearer = self.token if asker == MACHINE else ""

    def person(self, asker: str) -> Person:
        return Person.objects.get(login=self.logins[asker])

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

    def preview(self) -> str:
        return erasing.preview_erasure(self.me, at=timezone.now()).token
