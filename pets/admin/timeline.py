"""The history of a pet, the latest first, fifty entries a page, by year."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Q

from accounts.admin.labels import ORIGINS, day
from accounts.roles import Duty
from accounts.vocabulary import Origin
from pets.access import DUTY_TO_RECORD
from pets.admin import labels
from pets.models import HistoryEntry, Pet
from pets.vocabulary import HistoryKind

PAGE = 50
LASTING = frozenset({HistoryKind.CONDITION, HistoryKind.ALLERGY, HistoryKind.TREATMENT})


@dataclass(frozen=True, slots=True)
class Told:
    """An entry in words; what may be done to it hangs on the reader's duties."""

    key: int
    icon: str
    kind: str
    words: str
    day: str
    until: str
    source: str
    may_end: bool
    may_take_back: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of the history; `older` names where the next one begins."""

    years: list[tuple[int, list[Told]]]
    older: str


def timeline_of(pet: Pet, *, before: str, duties: Collection[Duty]) -> Timeline:
    """One page, in one statement; `before` is where the page before it ended."""
    entries = HistoryEntry.objects.filter(pet=pet).select_related("author")
    place = _place(before)
    if place is not None:
        since, key = place
        entries = entries.filter(Q(happened_on__lt=since) | Q(happened_on=since, pk__lt=key))
    found = list(entries.order_by("-happened_on", "-pk")[: PAGE + 1])
    page = found[:PAGE]
    years = [
        (year, [told(each, pet=pet, duties=duties) for each in rows])
        for year, rows in groupby(page, key=lambda entry: entry.happened_on.year)
    ]
    older = f"{page[-1].happened_on.isoformat()}.{page[-1].pk}" if len(found) > PAGE else ""
    return Timeline(years=years, older=older)


def told(entry: HistoryEntry, *, pet: Pet, duties: Collection[Duty]) -> Told:
    kind = HistoryKind(entry.kind)
    may_write = pet.is_served and DUTY_TO_RECORD[kind] in duties
    author = str(entry.author) if entry.author else ""
    return Told(
        key=entry.pk,
        icon=labels.ICONS[kind],
        kind=labels.word(kind),
        words=labels.told(entry),
        day=day(entry.happened_on),
        until=day(entry.ended_on) if entry.ended_on else "",
        source=" · ".join(filter(None, (str(ORIGINS[Origin(entry.origin)]), author))),
        may_end=may_write and kind in LASTING and entry.ended_on is None,
        may_take_back=may_write,
    )


def _place(before: str) -> tuple[date, int] | None:
    """Where a page begins; what is no place begins at the top."""
    text, _dot, key = before.partition(".")
    if not key.isdecimal():
        return None
    try:
        return date.fromisoformat(text), int(key)
    except ValueError:
        return None
