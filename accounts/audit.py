"""The trail of changes: who, what, when."""

from collections.abc import Mapping
from datetime import datetime

from django.db import models

from accounts.models import AuditEntry, Person


def subject_of(row: models.Model) -> str:
    return f"{row._meta.label_lower}:{row.pk}"  # noqa: SLF001  (Django documents `_meta`)


def record(
    *,
    action: str,
    subject: models.Model,
    by: Person | None,
    at: datetime,
    changes: Mapping[str, object] | None = None,
) -> None:
    """Note a change in the transaction that makes it; `changes` maps a field to [before, after]."""
    AuditEntry.objects.create(
        at=at, by=by, action=action, subject=subject_of(subject), changes=dict(changes or {})
    )
