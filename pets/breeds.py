"""Breeds as people name them: found by a few letters, imported from lists, changed by hand."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.text import slugify

from accounts import audit
from accounts.models import AuditEntry, Person
from kernel.animals import Species
from pets.breed_names import spelt
from pets.importing.reading import Problem, Row, RowRefused, rows
from pets.models import Breed

COMMON = Path(__file__).parent / "data" / "breeds.csv"
_FCI_COLUMNS = ("id", "name")
_COMMON_COLUMNS = ("slug", "species", "name_fr", "name_en", "fci_number", "size_class")
_LONGEST_SLUG, _LONGEST_NAME = 80, 120
_MOST_FCI = 100_000


@dataclass(slots=True)
class BreedReport:
    """What came of a list: `new`, `changed`, `unchanged` and `refused` breeds, and why."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    def tell(self, problem: Problem) -> None:
        self.counts["refused"] += 1
        self.problems.append(problem)


def find_breeds(*, species: Species | None, text: str, first: int) -> QuerySet[Breed]:
    """Breeds whose French or English name holds the text, common ones first."""
    breeds = Breed.objects.order_by("-is_common", "name_fr", "pk")
    if species is not None:
        breeds = breeds.filter(species=species)
    words = text.split()[:5]
    for word in words:
        breeds = breeds.filter(
            Q(name_fr__icontains=word) | Q(name_en__icontains=word) | Q(slug__icontains=word)
        )
    return breeds[:first]


def save_common_breeds(*, by: Person | None = None, at: datetime) -> BreedReport:
    """Keep our own list of the breeds that are common in France; what staff edited stays."""
    report = BreedReport()
    listed = [_common(row) for row in rows(COMMON, _COMMON_COLUMNS) if isinstance(row, Row)]
    with transaction.atomic():
        _keep(listed, report, by=by, at=at)
    return report


def import_fci(
    path_fr: Path,
    path_en: Path | None,
    *,
    dry_run: bool = False,
    by: Person | None = None,
    at: datetime,
) -> BreedReport:
    """Keep the dog breeds of the FCI's nomenclature, in CSV with an `id` and a `name`.

    A breed that is there, by its number or its name, keeps its names: only blanks are filled.

    Raises:
        FileRefused: a file cannot be read at all.
    """
    report = BreedReport()
    english = dict(_fci_names(path_en, report)) if path_en else {}
    listed = [
        Breed(
            slug=slugify(name.replace("'", "-"))[:_LONGEST_SLUG],
            species=Species.DOG,
            name_fr=name,
            name_en=english.get(number, ""),
            fci_number=number,
        )
        for number, name in _fci_names(path_fr, report)
    ]
    with transaction.atomic():
        _keep(listed, report, by=by, at=at)
        transaction.set_rollback(dry_run)
    return report


def _common(row: Row) -> Breed:
    cells = row.cells
    return Breed(
        slug=cells["slug"],
        species=Species(cells["species"]),
        name_fr=cells["name_fr"],
        name_en=cells["name_en"],
        fci_number=int(cells["fci_number"]) if cells["fci_number"] else None,
        size_class=cells["size_class"],
        is_common=True,
    )


def _fci_names(path: Path, report: BreedReport) -> Iterator[tuple[int, str]]:
    seen: set[int] = set()
    for row in rows(path, _FCI_COLUMNS):
        if isinstance(row, Problem):
            report.tell(row)
            continue
        try:
            number = _number(row)
            name = spelt(row.needed("name", longest=_LONGEST_NAME))
            if number in seen:
                raise row.refused("id", "each number once")
            if not slugify(name):
                raise row.refused("name", "a name")
        except RowRefused as refusal:
            report.tell(refusal.problem)
            continue
        seen.add(number)
        yield number, name


def _number(row: Row) -> int:
    text = row.needed("id", longest=9)
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < _MOST_FCI):
        raise row.refused("id", "an FCI number")
    return int(text)


def _keep(listed: Iterable[Breed], report: BreedReport, *, by: Person | None, at: datetime) -> None:
    """Make what is not there, by number or by slug; fill the blanks of what is."""
    there = list(Breed.objects.select_for_update())
    by_number = {breed.fci_number: breed for breed in there if breed.fci_number}
    by_slug = {breed.slug: breed for breed in there}
    made: list[Breed] = []
    changed: list[Breed] = []
    for breed in listed:
        known = by_number.get(breed.fci_number) if breed.fci_number else None
        known = known or _of_that_name(breed, by_slug)
        if known is None:
            if breed.slug in by_slug:
                breed.slug = f"{breed.slug[:70]}-{breed.species}-{breed.fci_number or ''}"
            made.append(breed)
            by_slug[breed.slug] = breed
            report.counts["new"] += 1
            continue
        if _filled(known, breed, by_number):
            changed.append(known)
        else:
            report.counts["unchanged"] += 1
    Breed.objects.bulk_create(made)
    report.counts["changed"] += len(changed)
    Breed.objects.bulk_update(changed, ["name_en", "size_class", "fci_number", "is_common"])
    AuditEntry.objects.bulk_create(
        AuditEntry(at=at, by=by, action="breed.import", subject=audit.subject_of(breed))
        for breed in made
    )


def _of_that_name(breed: Breed, by_slug: dict[str, Breed]) -> Breed | None:
    """The breed of the same slug, unless its number says that it is another."""
    known = by_slug.get(breed.slug)
    if known is None or known.species != breed.species:
        return None
    numbers = {known.fci_number, breed.fci_number} - {None}
    return known if len(numbers) <= 1 else None


def _filled(known: Breed, breed: Breed, by_number: dict[int, Breed]) -> bool:
    before = (known.name_en, known.size_class, known.fci_number, known.is_common)
    known.name_en = known.name_en or breed.name_en
    known.size_class = known.size_class or breed.size_class
    known.is_common = known.is_common or breed.is_common
    if breed.fci_number and not known.fci_number and breed.fci_number not in by_number:
        known.fci_number = breed.fci_number
        by_number[breed.fci_number] = known
    return before != (known.name_en, known.size_class, known.fci_number, known.is_common)


def keep_breed(*, breed: Breed, by: Person | None, at: datetime) -> Breed:
    """Keep a breed as a form filled it in, new or changed."""
    with transaction.atomic():
        breed.save()
        audit.record(action="breed.save", subject=breed, by=by, at=at)
    return breed
