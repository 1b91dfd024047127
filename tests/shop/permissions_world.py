"""One small clinic, and a call of every root field that would work for whoever may make it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import Login
from accounts.roles import Role
from accounts.vocabulary import Origin
from kernel.animals import Condition, Species
from kernel.graphql.nodes import global_id
from pets import history
from pets.history import Fact
from pets.models import Breed, Guardian, HistoryEntry, Pet
from pets.vocabulary import HistoryKind
from tests.builders import NOW, Pack, draft, make_clinic, owner, pet_of, published, staff

MADE_UP = 987_654
STAFF_ROLES = tuple(role for role in Role if role is not Role.SERVICE)
ASKERS = ("guest", "owner", "guardian", "stranger", *(str(role) for role in STAFF_ROLES))


@dataclass(frozen=True)
class Call:
    """A root field with its selection, and the variables of a call that would work.

    `about` names the id among the variables that is somebody's own, and the kind of thing it is:
    a call about another's is answered as one about a made-up id.
    """

    text: str
    variables: Callable[["World"], dict[str, Any]] = lambda _world: {}
    about: tuple[str, str] | None = None


class World:
    """An owner with a pet that a guardian shares, a stranger, and one of each of the staff."""

    def __init__(self) -> None:
        make_clinic()
        self.product = published("p", Pack(sku="S1", stock=5))
        self.draft = draft("d")
        self.logins: dict[str, Login | None] = {
            "guest": None,
            "owner": owner("Ada"),
            "guardian": owner("Béa"),
            "stranger": owner("Eve"),
            **{str(role): staff(role) for role in STAFF_ROLES},
        }
        self.breed = Breed.objects.create(slug="beagle", species=Species.DOG, name_fr="Beagle")
        self.pet: Pet = pet_of(self.logins["owner"], "Rex")
        Guardian.objects.create(pet=self.pet, person=self.person("guardian"), since=NOW)
        pet_of(self.logins["stranger"], "Médor")
        self.entry: HistoryEntry = history.record_fact(
            pet=self.pet,
            fact=Fact(
                kind=HistoryKind.CONDITION, happened_on=NOW.date(), condition=Condition.RENAL
            ),
            origin=Origin.OWNER,
            by=self.person("owner"),
            at=NOW,
        )

    def person(self, asker: str) -> Any:
        login = self.logins[asker]
        assert login is not None
        return login.person

    def id(self, kind: str, row: Any) -> str:
        return global_id(kind, row.pk)
