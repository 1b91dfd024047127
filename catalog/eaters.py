"""Those who will eat: pets in the files or profiles that a guest gave, read together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import pgettext_lazy

from accounts.access import Viewer
from clinic.details import PARIS
from kernel.animals import Species
from kernel.refusals import NotFound
from pets.access import files_named
from pets.facts import facts_of, household_of, households_of
from pets.health import PetFacts

MOST_EATERS = 12

type Named = int | PetFacts


@dataclass(frozen=True)
class Eaters:
    """Animals in the order in which they were named, and who lives with them."""

    facts: tuple[PetFacts, ...]
    pet_ids: tuple[int, ...]
    viewer: Viewer

    @cached_property
    def household(self) -> frozenset[Species]:
        """The species of the asker's pets, of those who live with the pets named, and of all."""
        species = {each.species for each in self.facts}
        known = households_of(self.pet_ids) if self.pet_ids else frozenset()
        return household_of(self.viewer.person) | known | species


def eaters_of(viewer: Viewer, named: Sequence[Named], *, at: datetime) -> Eaters:
    """The facts of pets by their keys, and of profiles as they were given; two statements at most.

    Raises:
        NotFound: a pet does not exist, or is none of the viewer's business.
    """
    keys = tuple(dict.fromkeys(each for each in named if isinstance(each, int)))
    known: dict[int, PetFacts] = {}
    if keys and viewer.person is not None:
        pets = list(files_named(viewer, keys, at=at).select_related("breed"))
        known = facts_of(pets, on=at.astimezone(PARIS).date())
    if len(known) < len(keys):
        raise NotFound(path=["eaters", "petId"], what=pgettext_lazy("not found", "pet"))
    facts = tuple(known[each] if isinstance(each, int) else each for each in named)
    return Eaters(facts=facts, pet_ids=keys, viewer=viewer)
