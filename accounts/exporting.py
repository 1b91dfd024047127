"""A person takes away what the shop knows of them: one archive, behind a signed address."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from tempfile import SpooledTemporaryFile
from typing import IO

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.core.files import File
from django.core.files.storage import Storage, storages
from django.core.serializers.json import DjangoJSONEncoder
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts import audit, notices, privacy
from accounts.models import Person, PrivacyRequest
from accounts.notices import Message
from accounts.privacy import PersonalData
from accounts.vocabulary import PrivacyKind, PrivacyState
from kernel import events
from kernel.animals import Language
from kernel.refusals import NotFound

KEPT_FOR = timedelta(days=7)
FOLDER = "exports"
MOST_SHOWN = 10

_SALT = "accounts.exporting"
_IN_MEMORY_BYTES = 1024 * 1024
_READ_ME = {
    "LISEZMOI.txt": (
        "Vos données\n\n"
        "data.json : tout ce que la boutique sait de vous, table par table, avec pour chacune sa\n"
        "raison et l'article de loi. Les dates sont au format ISO 8601.\n"
        "files/ : les photos et les documents que vous avez confiés.\n\n"
        "Règlement (UE) 2016/679, articles 15 et 20.\n"
    ),
    "README.txt": (
        "Your data\n\n"
        "data.json: all that the shop knows of you, table by table, each with its reason and the\n"
        "article of law. Dates are in ISO 8601.\n"
        "files/: the photos and documents that you entrusted.\n\n"
        "Regulation (EU) 2016/679, articles 15 and 20.\n"
    ),
}


@dataclass(frozen=True, slots=True)
class ExportRequested(events.Event):
    """A person waits for their archive."""

    request_id: int


def request_export(*, person: Person, by: Person | None, at: datetime) -> PrivacyRequest:
    """Have the archive made by the worker; one that is being made already is the answer."""
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person.pk)
        known = PrivacyRequest.objects.filter(
            person=person, kind=PrivacyKind.EXPORT, state=PrivacyState.REQUESTED
        ).first()
        if known is not None:
            return known
        request = PrivacyRequest.objects.create(
            person=person, kind=PrivacyKind.EXPORT, requested_at=at, by=by
        )
        audit.record(action="person.export_request", subject=request, by=by, at=at)
        events.enqueue(ExportRequested(request_id=request.pk))
    return request


def make_export(request_id: int, *, at: datetime) -> None:
    """Write the archive and tell its owner where it is; a request that was met is left alone.

    The name comes from the request, so that a worker that starts anew writes over what it left.
    """
    request = (
        PrivacyRequest.objects.select_related("person__login")
        .filter(pk=request_id, kind=PrivacyKind.EXPORT, state=PrivacyState.REQUESTED)
        .first()
    )
    if request is None or request.person is None:
        return
    name = f"{FOLDER}/{salted_hmac(_SALT, str(request.pk), algorithm='sha256').hexdigest()}.zip"
    with SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as spool:
        with translation.override(request.person.language):
            _pack(spool, request.person, at=at)
        spool.seek(0)
        checksum = hashlib.file_digest(spool, "sha256").hexdigest()
        spool.seek(0)
        _storage().delete(name)
        _storage().save(name, File(spool))
    if not _close(request, name, checksum, at=at):
        _storage().delete(name)


def exports_of(person: Person) -> list[PrivacyRequest]:
    """The latest requests for an archive, newest first, at most ten."""
    found = PrivacyRequest.objects.filter(person=person, kind=PrivacyKind.EXPORT)
    return list(found.order_by("-id")[:MOST_SHOWN])


def address_of(request: PrivacyRequest, *, at: datetime) -> str | None:
    """Where the archive is fetched, by whoever holds the address; None when there is none."""
    if not request.file_name or request.expires_at is None or request.expires_at <= at:
        return None
    token = Signer(salt=_SALT).sign_object([request.pk, request.checksum])
    return f"{settings.PUBLIC_URL}/{FOLDER}/{token}"


def open_export(token: str, *, at: datetime) -> IO[bytes]:
    """The archive behind a signed address, until it expires.

    Raises:
        NotFound: forged, expired, or deleted since.
    """
    try:
        key, checksum = Signer(salt=_SALT).unsign_object(token)
    except BadSignature:
        raise NotFound(what=_("archive")) from None
    request = PrivacyRequest.objects.filter(
        pk=key, checksum=checksum, kind=PrivacyKind.EXPORT, expires_at__gt=at
    ).first()
    if request is None or not request.file_name or not _storage().exists(request.file_name):
        raise NotFound(what=_("archive"))
    return _storage().open(request.file_name)


def _close(request: PrivacyRequest, name: str, checksum: str, *, at: datetime) -> bool:
    """Note that the archive is there; False when its owner was forgotten meanwhile."""
    person = request.person
    if person is None:
        return False
    with transaction.atomic():
        met = PrivacyRequest.objects.filter(
            pk=request.pk, person=person, state=PrivacyState.REQUESTED
        ).update(
            state=PrivacyState.DONE,
            done_at=at,
            file_name=name,
            checksum=checksum,
            expires_at=at + KEPT_FOR,
        )
        if met:
            request.refresh_from_db()
            _tell(person, request, at=at)
    return bool(met)


def _tell(person: Person, request: PrivacyRequest, *, at: datetime) -> None:
    recipient = person.email or (person.login.email if person.login else "")
    if not recipient:
        return
    with translation.override(person.language):
        message = Message(
            subject=_("Your data are ready"),
            body=_(
                "The archive of what the shop knows of you waits for seven days at %(url)s\n"
                "Whoever has this address can open it: do not pass it on."
            )
            % {"url": address_of(request, at=at)},
        )
    notices.notify(
        key=f"export:{request.pk}",
        recipient=recipient,
        language=Language(person.language),
        message=message,
    )


def _pack(target: IO[bytes], person: Person, *, at: datetime) -> None:
    tables = [_table(entry, person) for entry in privacy.registered() if entry.exported]
    told = {"made_at": at, "tables": [table for table in tables if table["rows"]]}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _READ_ME.items():
            archive.writestr(name, text)
        text = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        archive.writestr("data.json", text)
        for name, content in _files_of(person):
            archive.writestr(name, content)


def _table(entry: PersonalData, person: Person) -> dict[str, object]:
    return {
        "table": entry.label,
        "label": entry.what,
        "reason": str(entry.reason),
        "article": entry.article,
        "columns": {name: _column(entry, name) for name in entry.exported},
        "rows": list(entry.rows(person).order_by("pk").values(*entry.exported)),
    }


def _column(entry: PersonalData, name: str) -> str:
    """What a column is called in the reader's language; the name itself where it leads further."""
    try:
        field = entry.model._meta.get_field(name)  # noqa: SLF001  (Django documents `_meta`)
    except FieldDoesNotExist:
        return name
    return str(getattr(field, "verbose_name", name))


def _files_of(person: Person) -> Iterator[tuple[str, bytes]]:
    """What was entrusted to us; earlier archives are not packed again."""
    for entry in privacy.registered():
        if entry.files is None or entry.model is PrivacyRequest:
            continue
        for each in entry.files(entry.rows(person)):
            if storages[each.storage].exists(each.name):
                with storages[each.storage].open(each.name) as file:
                    yield f"files/{entry.label}/{each.name}", bytes(file.read())


def _storage() -> Storage:
    return storages["private"]
