"""Keys of machines: given once, kept as a hash, within the duties of the role `service`."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import audit, link_tokens
from accounts.access import Viewer
from accounts.models import Person, ServiceToken
from accounts.roles import DUTIES, Duty, Role
from kernel.refusals import Invalid, NotFound

GRANTABLE: Final = DUTIES[Role.SERVICE]
_BEGINNING: Final = "vs_"
_BYTES: Final = 32
_SHOWN: Final = 8
_LONGEST_NAME: Final = 80
_USE_NOTED_EVERY: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class GivenToken:
    """A new token; `text` is shown now and never again."""

    text: str
    row: ServiceToken


def give_token(
    *,
    name: str,
    duties: Iterable[Duty],
    by: Person | None,
    at: datetime,
    expires_at: datetime | None = None,
) -> GivenToken:
    """A key for a machine, which acts as a person of its own.

    Raises:
        Invalid: no name, no duty, a duty that machines may not have, or an end in the past.
    """
    wanted = frozenset(duties)
    _refuse_absurd(name.strip(), wanted, expires_at, at)
    text = _BEGINNING + secrets.token_urlsafe(_BYTES)
    with transaction.atomic():
        row = ServiceToken.objects.create(
            person=Person.objects.create(last_name=name.strip()),
            name=name.strip(),
            prefix=text[:_SHOWN],
            token_hash=link_tokens.hashed(text),
            duties=sorted(wanted),
            created_by=by,
            created_at=at,
            expires_at=expires_at,
        )
        changes = {"name": row.name, "duties": row.duties, "expires_at": str(expires_at or "")}
        audit.record(action="service_token.give", subject=row, by=by, at=at, changes=changes)
    return GivenToken(text=text, row=row)


def _refuse_absurd(
    name: str, wanted: frozenset[Duty], expires_at: datetime | None, at: datetime
) -> None:
    """Raises: Invalid."""
    if not 0 < len(name) <= _LONGEST_NAME:
        expected = _("a name of 1 to 80 characters")
        raise Invalid(path=["input", "name"], value=name[:20] or "-", expected=expected)
    if not wanted or not wanted <= GRANTABLE:
        beyond = ", ".join(sorted(wanted - GRANTABLE)) or "-"
        expected = _("duties of the role service")
        raise Invalid(path=["input", "duties"], value=beyond, expected=expected)
    if expires_at is not None and expires_at <= at:
        expected = _("a moment to come")
        raise Invalid(path=["input", "expiresAt"], value=expires_at, expected=expected)


def revoke_token(*, token: ServiceToken, by: Person | None, at: datetime) -> ServiceToken:
    """Shut a machine out from now on; one that is shut out already stays as it is."""
    with transaction.atomic():
        token = ServiceToken.objects.select_for_update().get(pk=token.pk)
        if token.revoked_at is None:
            token.revoked_at = at
            token.save(update_fields=["revoked_at"])
            audit.record(action="service_token.revoke", subject=token, by=by, at=at)
    return token


def viewer_of_token(text: str, *, at: datetime) -> Viewer | None:
    """The machine behind a token; None when it is unknown, revoked or past its end.

    Looked up by hash, so that neither the database nor the time taken tells a token. A duty taken
    from the role since is taken from the token.
    """
    row = (
        ServiceToken.objects.select_related("person")
        .filter(token_hash=link_tokens.hashed(text))
        .first()
    )
    if row is None or not is_in_force(row, at=at):
        return None
    stale = Q(last_used_at=None) | Q(last_used_at__lte=at - _USE_NOTED_EVERY)
    if row.last_used_at is None or row.last_used_at <= at - _USE_NOTED_EVERY:
        ServiceToken.objects.filter(stale, pk=row.pk).update(last_used_at=at)
    duties = frozenset(duty for duty in GRANTABLE if duty in row.duties)
    return Viewer(person=row.person, duties=duties)


def is_in_force(row: ServiceToken, *, at: datetime) -> bool:
    return row.revoked_at is None and (row.expires_at is None or at < row.expires_at)


def token_for_staff(key: int | None) -> ServiceToken:
    """Raises: NotFound."""
    rows = ServiceToken.objects.select_related("created_by")
    row = rows.filter(pk=key).first() if key is not None else None
    if row is None:
        raise NotFound(path=["input", "id"], what=_("token"))
    return row


def newest_tokens(*, most: int, before: int | None) -> list[ServiceToken]:
    """Tokens newest first, revoked ones included; `before` is the key that the page follows."""
    rows = ServiceToken.objects.select_related("created_by").order_by("-pk")
    return list((rows.filter(pk__lt=before) if before else rows)[:most])
