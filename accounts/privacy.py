"""Which rows are about whom, why the shop has them and what becomes of them.

Each app says so of its own tables in `personal_data.py`; export, erasure and retention read it.
An app registers a thing before what hangs on it: rows are erased in the opposite order.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.files.storage import storages
from django.db import models
from django.utils.functional import Promise

from accounts.models import Person
from accounts.vocabulary import Fate
from kernel import events

#: How the keys of farewells begin: they outlive what they tell of, until they are sent.
FAREWELL = "erased:"

type Rows = models.QuerySet[models.Model]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file by the alias of its storage and its name there."""

    storage: str
    name: str


@dataclass(frozen=True, slots=True)
class FilesOrphaned(events.Event):
    """The rows that named these files are gone; each file is [storage, name]."""

    files: list[list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """Rows about a person: how to find them, and what the law says of them.

    `person` is the lookup from the model to Person; `scope` finds the rows where a lookup cannot
    say it, or only some of those at its end. `erase` pseudonymises the rows it is given. A kept row
    that names the person itself (a `person` of one step) holds their file, which is then blanked
    instead of deleted. `dated_by` is a moment that shows the person active. `elsewhere` gives the
    events by which others, such as a payment service, are told to forget too. Fleeting rows are the
    shop's own working, gone in days: erased like others, but in no figures.
    """

    model: type[models.Model]
    fate: Fate
    reason: str | Promise
    article: str
    person: str = ""
    scope: Callable[[Person], models.QuerySet[models.Model]] | None = None
    exported: tuple[str, ...] = ()
    dated_by: str | None = None
    files: Callable[[Rows], Iterable[StoredFile]] | None = None
    erase: Callable[[Rows], object] | None = None
    elsewhere: Callable[[Rows], Iterable[events.Event]] | None = None
    is_fleeting: bool = False

    @property
    def label(self) -> str:
        return str(self.model._meta.label_lower)  # noqa: SLF001  (Django documents `_meta`)

    @property
    def what(self) -> str:
        return str(self.model._meta.verbose_name_plural)  # noqa: SLF001

    @property
    def holds_the_file(self) -> bool:
        return self.fate is Fate.KEEP and bool(self.person) and "__" not in self.person

    def all_rows(self) -> Rows:
        return self.model._base_manager.all()  # noqa: SLF001

    def rows(self, person: Person) -> Rows:
        """What there is of this about a person, each row once."""
        if self.scope is not None:
            return self.scope(person).distinct()
        return self.all_rows().filter(**{self.person: person.pk}).distinct()


_entries: list[PersonalData] = []


def register(*entries: PersonalData) -> None:
    """Promise that rows are exported and erased.

    Raises:
        TypeError: neither `person` nor `scope` says whose they are, or nothing says how rows are
            pseudonymised.
    """
    for entry in entries:
        if not entry.person and entry.scope is None:
            raise TypeError(f"{entry.label}: say whose the rows are.")
        if (entry.fate is Fate.PSEUDONYMISE) is (entry.erase is None):
            raise TypeError(f"{entry.label}: `erase` goes with pseudonymising, and only with it.")
        _entries.append(entry)


type Hindrance = Callable[[Person], str | Promise | None]

_hindrances: list[Hindrance] = []


def hinder(check: Hindrance) -> None:
    """Let an app above say why somebody cannot be forgotten yet; None when nothing hinders."""
    _hindrances.append(check)


def hindrance_of(person: Person) -> str | Promise | None:
    """Why a person cannot be forgotten yet, in words."""
    return next((why for check in _hindrances if (why := check(person))), None)


def registered() -> tuple[PersonalData, ...]:
    """All of it, in the order of registration: what is hung on comes before what hangs on it."""
    return tuple(_entries)


def subjects_told_of() -> frozenset[str]:
    """The labels of all that may be about a person, as the trail of changes names subjects."""
    return frozenset(entry.label for entry in _entries if entry.fate is not Fate.KEEP)


def delete_files(event: FilesOrphaned) -> None:
    """Delete files that no row names any more; one that is gone already is no failure."""
    for storage, name in event.files:
        storages[storage].delete(name)
