"""A person is forgotten: shown what goes and what stays, then erased at once or not at all."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import audit, notices, privacy
from accounts.models import Login, Person, PrivacyRequest, ServiceToken
from accounts.notices import Message
from accounts.privacy import FAREWELL, FilesOrphaned, PersonalData, StoredFile
from accounts.vocabulary import Fate, PrivacyKind, PrivacyState
from kernel import events
from kernel.animals import Language
from kernel.refusals import ErrorCode, NotAllowed, Refusal, Stale

PREVIEW_HOLDS_FOR = timedelta(minutes=30)
_SALT = "accounts.erasing"


class NotYetForgotten(Refusal):
    """Something is under way for a person that needs their name and address still."""

    code = ErrorCode.WRONG_STATE
    words = "%(why)s"


@dataclass(frozen=True, slots=True)
class ErasureRequested(events.Event):
    """A person waits to be forgotten."""

    request_id: int


@dataclass(frozen=True, slots=True)
class FateLine:
    """What becomes of the rows of one table, with the reason and the article of law."""

    what: str
    rows: int
    fate: Fate
    reason: str
    article: str


@dataclass(frozen=True, slots=True)
class ErasurePreview:
    """What would go and what would stay; the token says that the person was shown this."""

    lines: list[FateLine]
    token: str


def preview_erasure(person: Person, *, at: datetime) -> ErasurePreview:
    """Count what is known of a person, in the reader's language; nothing is written."""
    counted = _counted(person)
    lines = [
        FateLine(each.what, rows, fate, str(each.reason), each.article)
        for each, rows, fate in counted
    ]
    return ErasurePreview(lines=lines, token=_token(person, _digest(counted), at=at))


def request_erasure(
    *, person: Person, preview_token: str, by: Person | None, at: datetime
) -> PrivacyRequest:
    """Have a person forgotten by the worker; a request that waits already is the answer.

    Raises:
        NotYetForgotten: something is under way for them.
        NotAllowed: staff and machines, while they hold a role: a manager takes it from them first.
        Stale: the figures changed since the preview, or it is over 30 minutes old.
    """
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person.pk)
        known = _open_requests(person).first()
        if known is not None:
            return known
        if _holds_a_role(person):
            raise NotAllowed
        why = privacy.hindrance_of(person)
        if why is not None:
            raise NotYetForgotten(why=why)
        counted = _counted(person)
        if not _is_fresh(preview_token, person, _digest(counted), at=at):
            raise Stale(path=["input", "previewToken"])
        return _enqueue(person, counted, by=by, at=at)


def request_erasure_of_inactive(*, person: Person, at: datetime) -> PrivacyRequest:
    """Have a person forgotten whom nothing was heard of for years, and who was told beforehand."""
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person.pk)
        known = _open_requests(person).first()
        return known or _enqueue(person, _counted(person), by=None, at=at)


def awaits_erasure(person: Person) -> bool:
    return _open_requests(person).exists()


def carry_out(request_id: int, *, at: datetime) -> None:
    """Forget a person in one transaction; a request that was carried out is left alone.

    Files are deleted by an event of the same transaction. The farewell is written before the
    address is forgotten. What is kept as proof is the figures by table, and their digest.
    """
    with transaction.atomic():
        request = (
            PrivacyRequest.objects.select_for_update()
            .filter(pk=request_id, kind=PrivacyKind.ERASE, state=PrivacyState.REQUESTED)
            .first()
        )
        if request is None:
            return
        proof = []
        person = Person.objects.select_for_update().filter(privacy_requests=request).first()
        if person is not None:
            _say_farewell(person, request)
            proof = _forget(person, at=at)
        digest = hashlib.sha256(json.dumps(proof, sort_keys=True).encode()).hexdigest()
        PrivacyRequest.objects.filter(pk=request.pk).update(
            person=None,
            by=None,
            state=PrivacyState.DONE,
            done_at=at,
            preview=[],
            proof=[*proof, {"sha256": digest}],
        )
        audit.record(action="person.erase", subject=request, by=None, at=at)


type _Counted = list[tuple[PersonalData, int, Fate]]


def _counted(person: Person) -> _Counted:
    found = [
        (entry, entry.rows(person).count())
        for entry in privacy.registered()
        if not entry.is_fleeting
    ]
    is_held = any(rows and entry.holds_the_file for entry, rows in found)
    blanked = Fate.PSEUDONYMISE if is_held else Fate.DELETE
    return [
        (entry, rows, blanked if entry.model is Person else entry.fate)
        for entry, rows in found
        if rows
    ]


def _digest(counted: _Counted) -> str:
    figures = [[entry.label, rows, fate] for entry, rows, fate in counted]
    return hashlib.sha256(json.dumps(figures).encode()).hexdigest()


def _token(person: Person, digest: str, *, at: datetime) -> str:
    return Signer(salt=_SALT).sign_object([person.pk, digest, int(at.timestamp())])


def _is_fresh(token: str, person: Person, digest: str, *, at: datetime) -> bool:
    try:
        key, shown, seconds = Signer(salt=_SALT).unsign_object(token)
    except BadSignature:
        return False
    age = at - datetime.fromtimestamp(seconds, tz=UTC)
    return [key, shown] == [person.pk, digest] and age <= PREVIEW_HOLDS_FOR


def _holds_a_role(person: Person) -> bool:
    login = person.login
    tokens = ServiceToken.objects.filter(person=person, revoked_at=None)
    return (login is not None and (login.is_staff or login.is_superuser)) or tokens.exists()


def _open_requests(person: Person) -> QuerySet[PrivacyRequest]:
    return PrivacyRequest.objects.filter(
        person=person, kind=PrivacyKind.ERASE, state=PrivacyState.REQUESTED
    )


def _enqueue(
    person: Person, counted: _Counted, *, by: Person | None, at: datetime
) -> PrivacyRequest:
    request = PrivacyRequest.objects.create(
        person=person,
        kind=PrivacyKind.ERASE,
        requested_at=at,
        by=by,
        preview=[[entry.label, rows, fate] for entry, rows, fate in counted],
    )
    audit.record(action="person.erase_request", subject=request, by=by, at=at)
    events.enqueue(ErasureRequested(request_id=request.pk))
    return request


def _say_farewell(person: Person, request: PrivacyRequest) -> None:
    recipient = person.email or (person.login.email if person.login else "")
    if not recipient:
        return
    with translation.override(person.language):
        message = Message(
            subject=_("You are forgotten"),
            body=_(
                "What the shop knew of you was erased; what the law has us keep no longer bears "
                "your name. This is the last message to this address. Proof: request %(number)d."
            )
            % {"number": request.pk},
        )
    notices.notify(
        key=f"{FAREWELL}{request.pk}",
        recipient=recipient,
        language=Language(person.language),
        message=message,
    )


def _forget(person: Person, *, at: datetime) -> list[dict[str, str | int]]:
    """Erase by the registry, and count what is left of what was found."""
    # All is looked up before anything goes: one table's rows are found through another's.
    found = [
        (entry, list(entry.rows(person).values_list("pk", flat=True)))
        for entry in privacy.registered()
    ]
    files: set[StoredFile] = set()
    for entry, keys in reversed(found):
        rows = entry.all_rows().filter(pk__in=keys)
        if entry.files is not None and entry.fate is not Fate.KEEP:
            files |= set(entry.files(rows))
        for event in entry.elsewhere(rows) if entry.elsewhere else ():
            events.enqueue(event)
        if entry.erase is not None:
            entry.erase(rows)
        elif entry.fate is Fate.DELETE and entry.model not in (Login, Person):
            rows.delete()
    _close(person, at=at)
    if files:
        names = sorted([each.storage, each.name] for each in files)
        events.enqueue(FilesOrphaned(files=names))
    return [
        {
            "what": entry.label,
            "fate": entry.fate,
            "rows": len(keys),
            "left": entry.all_rows().filter(pk__in=keys).count(),
        }
        for entry, keys in found
        if keys
    ]


def _close(person: Person, *, at: datetime) -> None:
    """Delete the login and the file; a file that something kept must name is blanked instead."""
    Login.objects.filter(person=person).delete()
    if not any(
        entry.holds_the_file and entry.rows(person).exists() for entry in privacy.registered()
    ):
        Person.objects.filter(pk=person.pk).delete()
        return
    Person.objects.filter(pk=person.pk).update(
        first_name="",
        name_key="",
        last_name="",
        email="",
        phone="",
        known_since=None,
        erased_at=at,
        version=F("version") + 1,
    )
