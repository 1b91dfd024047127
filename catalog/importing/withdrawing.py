"""What an import takes off sale, remembered, so that it may return; what staff took off stays."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Max, Model, Q

from accounts import audit
from accounts.models import AuditEntry, Person

_TAKEN_OFF = "import.take_off"
_OF_STATUS = Q(action=_TAKEN_OFF) | Q(action="product.status")
_OF_SALE = Q(action="pack.facts", changes__has_key="is_active")


def note_taken_off(rows: Iterable[Model], *, by: Person | None, at: datetime) -> None:
    """Remember that an import, not staff, took products or packs off sale."""
    AuditEntry.objects.bulk_create(
        AuditEntry(at=at, by=by, action=_TAKEN_OFF, subject=audit.subject_of(row)) for row in rows
    )


def may_return(rows: Sequence[Model]) -> set[int]:
    """The keys of those whose last change of status was an import's."""
    subjects = {audit.subject_of(row): row.pk for row in rows}
    if not subjects:
        return set()
    entries = AuditEntry.objects.filter(_OF_STATUS | _OF_SALE, subject__in=list(subjects))
    last = entries.order_by().values("subject").annotate(last=Max("pk")).values("last")
    taken = AuditEntry.objects.filter(pk__in=last, action=_TAKEN_OFF)
    return {subjects[subject] for subject in taken.values_list("subject", flat=True)}
