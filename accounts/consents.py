"""What people agree to, purpose by purpose, with the history of their answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.db import transaction

from accounts import audit
from accounts.models import Consent, Person
from accounts.vocabulary import Origin, Purpose


@dataclass(frozen=True, slots=True)
class Ground:
    """The legal ground of a purpose; `is_assumed` until the person says no, or only once they say
    yes.
    """

    is_assumed: bool
    article: str


GROUNDS: MappingProxyType[Purpose, Ground] = MappingProxyType(
    {
        Purpose.MARKETING_EMAIL: Ground(
            is_assumed=False, article="CPCE L.34-5; GDPR art. 6.1.a (consent)"
        ),
        Purpose.SUGGESTIONS: Ground(
            is_assumed=True, article="GDPR art. 6.1.f (legitimate interest), art. 21 (objection)"
        ),
        Purpose.SHARING: Ground(is_assumed=False, article="GDPR art. 6.1.a (consent)"),
    }
)


@dataclass(frozen=True, slots=True)
class ConsentState:
    """The answer in force; `since` and `origin` are None while the person has said nothing."""

    purpose: Purpose
    is_granted: bool
    since: datetime | None = None
    origin: Origin | None = None

    @property
    def article(self) -> str:
        return GROUNDS[self.purpose].article


def set_consent(
    *,
    person: Person,
    purpose: Purpose,
    granted: bool,
    by: Person | None,
    at: datetime,
    origin: Origin,
) -> ConsentState:
    """Write down an answer; the same answer again adds nothing to the history.

    A first answer is always written, even when it is what was assumed: it is the proof.
    """
    with transaction.atomic():
        # One answer at a time, so that the last row is the answer in force.
        Person.objects.select_for_update().get(pk=person.pk)
        last = person.consents.filter(purpose=purpose).first()
        if last is None or last.is_granted != granted:
            before = None if last is None else last.is_granted
            last = Consent.objects.create(
                person=person, purpose=purpose, is_granted=granted, at=at, origin=origin, by=by
            )
            audit.record(
                action="consent.set",
                subject=person,
                by=by,
                at=at,
                changes={str(purpose): [before, granted]},
            )
    return _state(last)


def consents_of(person: Person) -> dict[Purpose, ConsentState]:
    """The answer in force for every purpose, read now; rows already fetched are not read again."""
    last: dict[str, Consent] = {}
    for row in person.consents.all():
        last.setdefault(row.purpose, row)
    return {
        purpose: _state(last[purpose])
        if purpose in last
        else ConsentState(purpose, is_granted=GROUNDS[purpose].is_assumed)
        for purpose in Purpose
    }


def has_consented(person_id: int, purpose: Purpose) -> bool:
    return person_id in who_consented([person_id], purpose)


def who_consented(person_ids: Iterable[int], purpose: Purpose) -> set[int]:
    """Those whose answer in force is yes; without an answer, those of whom it may be assumed."""
    asked = set(person_ids)
    rows = Consent.objects.filter(person__in=asked, purpose=purpose).order_by("at", "id")
    said = dict(rows.values_list("person_id", "is_granted"))
    assumed = GROUNDS[purpose].is_assumed
    return {person_id for person_id in asked if said.get(person_id, assumed)}


def _state(row: Consent) -> ConsentState:
    return ConsentState(
        Purpose(row.purpose), is_granted=row.is_granted, since=row.at, origin=Origin(row.origin)
    )
