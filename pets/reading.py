"""Pets read together: what one of them needs is fetched for all, in one statement a kind."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import cached_property

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from pets.facts import facts_of
from pets.health import PetFacts
from pets.models import Guardian, HistoryEntry, Identification, Pet
from pets.vocabulary import HistoryKind

type Kinds = tuple[HistoryKind, ...]
type Place = tuple[date, int]


class PetsRead:
    """Some pets on a day, and what hangs on them; each part is fetched when first asked for."""

    def __init__(self, pets: Sequence[Pet], *, on: date) -> None:
        self.pets = pets
        self.on = on
        self._pages: dict[tuple[Kinds, int, Place | None], dict[int, list[HistoryEntry]]] = {}

    @cached_property
    def facts(self) -> dict[int, PetFacts]:
        return facts_of(self.pets, on=self.on)

    @cached_property
    def identifications(self) -> dict[int, list[Identification]]:
        found: dict[int, list[Identification]] = defaultdict(list)
        for each in Identification.objects.filter(pet__in=self.pets).order_by("kind"):
            found[each.pet_id].append(each)
        return found

    @cached_property
    def guardians(self) -> dict[int, list[Guardian]]:
        found: dict[int, list[Guardian]] = defaultdict(list)
        rows = Guardian.objects.filter(pet__in=self.pets).select_related("person").order_by("pk")
        for each in rows:
            found[each.pet_id].append(each)
        return found

    def history(
        self, pet: Pet, *, kinds: Kinds, first: int, after: Place | None
    ) -> list[HistoryEntry]:
        """At most `first` + 1 entries of a pet, the latest first, after a place in the list."""
        asked = (kinds, first, after)
        if asked not in self._pages:
            self._pages[asked] = self._page(kinds, first, after)
        return self._pages[asked].get(pet.pk, [])

    def _page(self, kinds: Kinds, first: int, after: Place | None) -> dict[int, list[HistoryEntry]]:
        entries = HistoryEntry.objects.filter(pet__in=self.pets)
        if kinds:
            entries = entries.filter(kind__in=kinds)
        if after is not None:
            day, key = after
            entries = entries.exclude(happened_on__gt=day).exclude(happened_on=day, pk__gte=key)
        newest = [F("happened_on").desc(), F("pk").desc()]
        numbered = entries.annotate(
            place=Window(RowNumber(), partition_by=F("pet_id"), order_by=newest)
        )
        found: dict[int, list[HistoryEntry]] = defaultdict(list)
        for entry in numbered.filter(place__lte=first + 1).order_by("-happened_on", "-pk"):
            found[entry.pet_id].append(entry)
        return found
