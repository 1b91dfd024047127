"""The public revision: what moves whenever the public would see something else."""

import secrets
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F

from clinic.models import PublicRevision

_TOKEN_BITS = 62
#: Read before every guest's answer, so without the ORM's ceremony.
_CURRENT = "SELECT number, token FROM clinic_publicrevision WHERE id = 1"


@dataclass(frozen=True, slots=True)
class Revision:
    number: int
    token: int


def bump() -> int:
    """Move the revision inside the writing transaction, and give its new number.

    Locks the revision's row until the commit: call it last, in short transactions.
    """
    with transaction.atomic():
        moved = PublicRevision.objects.filter(id=1).update(
            number=F("number") + 1, token=secrets.randbits(_TOKEN_BITS)
        )
        if not moved:
            PublicRevision.objects.create(number=1, token=secrets.randbits(_TOKEN_BITS))
        return current().number


def current() -> Revision:
    """The revision now: read it before the data that it vouches for."""
    with connection.cursor() as cursor:
        cursor.execute(_CURRENT)
        row = cursor.fetchone()
    return Revision(*row) if row else Revision(number=0, token=0)
