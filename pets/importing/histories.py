"""What a row tells of an animal's body: weighings, conditions and allergies, added and never ended.

An entry that staff or owners ended, and one that the file no longer names, is listed: to take a
diet or an allergen off an animal is for people to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import Person
from accounts.vocabulary import Origin
from clinic.details import PARIS
from kernel.animals import Condition, IngredientGroup
from pets.facts import TRUSTED
from pets.importing.reading import Row
from pets.importing.report import Report
from pets.models import HistoryEntry, Pet, PetReference
from pets.vocabulary import HistoryKind

type Lasting = Condition | IngredientGroup
#: By column: the kind of entry, where it keeps its code, and whose word counts.
_LASTING = {
    "conditions": (HistoryKind.CONDITION, "condition", TRUSTED),
    "allergies": (HistoryKind.ALLERGY, "allergen", frozenset(Origin)),
}


@dataclass(frozen=True, slots=True)
class Body:
    """What a row tells of a body."""

    weight_g: int | None
    weighed_on: date | None
    lasting: dict[str, list[Lasting]]


@dataclass(frozen=True, slots=True)
class Case:
    """A row, and the animal that it tells of: `entries` are all that its history has of the kinds
    and days that the row names; a file that is not open gets nothing new.
    """

    row: Row
    body: Body
    reference: PetReference
    entries: Sequence[HistoryEntry]
    is_open: bool


class HistoryKeeper:
    """Compares what rows tell of bodies with histories; gathers what is to be written."""

    def __init__(self, source: str, report: Report, *, by: Person | None, at: datetime) -> None:
        self._source = source
        self._report = report
        self._by = by
        self._at = at
        self.made: list[HistoryEntry] = []
        self.corrected: list[HistoryEntry] = []

    def write(self) -> None:
        HistoryEntry.objects.bulk_create(self.made)
        HistoryEntry.objects.bulk_update(self.corrected, ["weight_g", "recorded_at"])
        self.made, self.corrected = [], []

    def compare(self, case: Case) -> bool:
        """Whether the history gets something that was not there."""
        changed = self._weigh(case)
        for column, codes in case.body.lasting.items():
            if self._last(case, column, codes):
                changed = True
        return changed

    def _weigh(self, case: Case) -> bool:
        body, reference = case.body, case.reference
        if body.weight_g is None or body.weighed_on is None:
            return False
        key = f"{self._source}:weight:{body.weighed_on.isoformat()}"
        said = f"{body.weighed_on.isoformat()} {body.weight_g}"
        weighings = [
            entry
            for entry in case.entries
            if entry.kind == HistoryKind.WEIGHT and entry.happened_on == body.weighed_on
        ]
        if any(entry.weight_g == body.weight_g for entry in weighings):
            reference.imported["weight"] = said
            return False
        ours = next((entry for entry in weighings if entry.external_reference == key), None)
        was_taken_back = ours is None and reference.imported.get("weight") == said
        if was_taken_back or not case.is_open:
            self._report.differ(case.row, "weight_kg", here="", there=f"{body.weight_g} g")
            return False
        reference.imported["weight"] = said
        entry = ours or self._entry(reference.pet, HistoryKind.WEIGHT, body.weighed_on, key)
        entry.weight_g, entry.recorded_at = body.weight_g, self._at
        (self.corrected if ours else self.made).append(entry)
        return True

    def _last(self, case: Case, column: str, codes: Sequence[Lasting]) -> bool:
        kind, attribute, counted = _LASTING[column]
        pet, imported = case.reference.pet, case.reference.imported
        day = pet.died_on or self._at.astimezone(PARIS).date()
        of_kind = [each for each in case.entries if each.kind == kind and each.origin in counted]
        standing = {
            getattr(each, attribute)
            for each in of_kind
            if each.ended_on is None or each.ended_on > day
        }
        told = set(imported.get(column, []))
        over = {getattr(each, attribute) for each in of_kind} | told
        made = [code for code in codes if code not in over and case.is_open]
        for code in made:
            entry = self._entry(pet, kind, day, f"{self._source}:{kind}:{code}")
            setattr(entry, attribute, code)
            self.made.append(entry)
        for code in set(codes) - standing - set(made):
            self._report.differ(case.row, column, here="", there=code)
        for code in sorted(standing & told - set(codes)):
            self._report.differ(case.row, column, here=code, there="")
        kept = {str(code) for code in codes if code in over or code in made} | (standing & told)
        if kept or told:
            imported[column] = sorted(kept)
        return bool(made)

    def _entry(self, pet: Pet, kind: HistoryKind, day: date, key: str) -> HistoryEntry:
        return HistoryEntry(
            pet=pet,
            kind=kind,
            happened_on=day,
            origin=Origin.IMPORT,
            author=self._by,
            external_reference=key,
            recorded_at=self._at,
        )
