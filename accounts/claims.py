"""An account joins the clinic's file on the same client, by a code to the contact on file."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import phonenumbers
from django.db import transaction
from django.db.models import F, Q
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import audit, erasing, merging, notices
from accounts.access import viewer_of
from accounts.models import AuditEntry, FileClaim, Login, Person
from accounts.notices import Message
from kernel import events
from kernel.animals import Language
from kernel.refusals import ErrorCode, LimitReached, Refusal
from kernel.text_index.analysis import fold

VALID_FOR = timedelta(minutes=15)
MOST_STARTS_A_DAY = 5
MOST_ATTEMPTS = 5
STARTED = "file.claim_start"

_SALT = "accounts.claims"
_DAY = timedelta(days=1)


class CodeRefused(Refusal):
    """Wrong, expired, used up, or never sent: the asker is not told which."""

    code = ErrorCode.CODE_REFUSED
    words = _("This code does not open a file: check it, or ask for a new one.")


class TooManyStarts(LimitReached):
    """An account asked for more codes than a day has."""

    words = _("You asked for a code %(most)d times today: try again tomorrow, or call the clinic.")


@dataclass(frozen=True, slots=True)
class FileClaimStarted(events.Event):
    """An account asks for a code; `claim_id` is 0 when no file has the contact that was given."""

    claim_id: int


def start_claim(*, login: Login, contact: str, at: datetime) -> None:
    """Have a code sent to the contact on file of the one file that matches, if one does.

    The answer never tells whether one does, and its time hardly: the code is made by the worker. It
    goes to the e-mail on file, never to what was typed; a file known by its phone alone gets none.
    Of several files of one contact, the one with the last name of the account's own file is
    meant; of several of that name, none. A file is sent five codes a day at most, whoever asks.

    Raises:
        TooManyStarts: a sixth start in 24 hours.
    """
    person = viewer_of(login).person
    with transaction.atomic():
        login = Login.objects.select_for_update(of=("self",)).get(pk=login.pk)
        recent = AuditEntry.objects.filter(
            subject=audit.subject_of(login), action=STARTED, at__gt=at - _DAY
        )
        if recent.count() >= MOST_STARTS_A_DAY:
            raise TooManyStarts(path=["input", "contact"], most=MOST_STARTS_A_DAY)
        audit.record(action=STARTED, subject=login, by=person, at=at)
        found = _file_meant(login, contact)
        claim_id = 0
        if found is not None and _may_be_sent_a_code(found, at=at):
            claim = FileClaim.objects.create(
                login=login, person=found, created_at=at, expires_at=at + VALID_FOR
            )
            claim_id = claim.pk
        events.enqueue(FileClaimStarted(claim_id=claim_id))


def send_code(claim_id: int) -> None:
    """Make the code of a claim and write it to the contact on file; once."""
    code = f"{secrets.randbelow(10**6):06d}"
    with transaction.atomic():
        claim = (
            FileClaim.objects.select_for_update(of=("self",))
            .select_related("person")
            .filter(pk=claim_id, code_hash="")
            .first()
        )
        if claim is None:
            return
        FileClaim.objects.filter(pk=claim.pk).update(code_hash=_hash(claim, code))
        with translation.override(claim.person.language):
            message = Message(
                subject=gettext("Your code"),
                body=gettext(
                    "%(code)s joins your account to your file at the clinic, for 15 minutes. "
                    "If you did not ask for it, do nothing: without it, nobody sees your file."
                )
                % {"code": code},
            )
        notices.notify(
            key=f"file-claim:{claim.pk}",
            recipient=claim.person.email,
            language=Language(claim.person.language),
            message=message,
        )


def claim_file(*, login: Login, code: str, at: datetime) -> Person:
    """Join the account to the file that its latest code was sent for; the file, now with a login.

    What the account's own file held is merged into it. The attempt is counted in a transaction of
    its own, which no refusal undoes: call this outside of any other.

    Raises:
        CodeRefused: wrong, expired or used up, five attempts made, or the file has a login by now.
        TwoAccounts, ErasureAwaited: as `merging.merge_people`.
    """
    key = _count_attempt(login, at=at)
    with transaction.atomic():
        claim = (
            FileClaim.objects.select_for_update(of=("self",))
            .select_related("person")
            .filter(pk=key, used_at=None)
            .first()
        )
        if claim is None or not constant_time_compare(claim.code_hash, _hash(claim, code.strip())):
            raise CodeRefused(path=["input", "code"])
        file = Person.objects.select_for_update().get(pk=claim.person_id)
        if file.login_id or file.erased_at:
            raise CodeRefused(path=["input", "code"])
        FileClaim.objects.filter(pk=claim.pk).update(used_at=at)
        audit.record(action="file.claim", subject=file, by=file, at=at)
        own = viewer_of(login).person
        if own is None:
            return file
        kept, _moved = merging.merge_people(kept=file, other=own, by=own, at=at)
    return kept


def join_guest_person(*, login: Login, at: datetime) -> int:
    """Join the files of guest orders that have an account's e-mail; how many were joined.

    Call it once the account's e-mail is verified: that is the proof here. A file that the practice
    knows (a reference in its software, or marked by staff) is claimed by code instead.
    """
    own = viewer_of(login).person
    if own is None or erasing.awaits_erasure(own):
        return 0
    with transaction.atomic():
        guests = (
            Person.objects.select_for_update(of=("self",))
            .filter(
                email__iexact=login.email,
                login=None,
                erased_at=None,
                known_since=None,
                references=None,
            )
            .order_by("pk")
        )
        joined = [each for each in guests if not erasing.awaits_erasure(each)]
        for guest in joined:
            merging.merge_people(kept=own, other=guest, by=own, at=at)
    return len(joined)


def _count_attempt(login: Login, *, at: datetime) -> int:
    """The claim that a code is tried on, one attempt the fewer; durable whatever comes of it."""
    with transaction.atomic(durable=True):
        claim = (
            FileClaim.objects.select_for_update()
            .filter(login=login, used_at=None, expires_at__gt=at)
            .exclude(code_hash="")
            .order_by("-id")
            .first()
        )
        if claim is None or claim.attempts >= MOST_ATTEMPTS:
            raise CodeRefused(path=["input", "code"])
        FileClaim.objects.filter(pk=claim.pk).update(attempts=F("attempts") + 1)
    return claim.pk


def _file_meant(login: Login, contact: str) -> Person | None:
    contact = contact.strip()
    if not contact:
        return None
    same = Q(email__iexact=contact) | Q(phone__in=[contact, _international(contact)])
    free = Person.objects.filter(same, login=None, erased_at=None).exclude(email="")
    found = list(free.order_by("pk")[: MOST_STARTS_A_DAY * 2])
    if len(found) > 1:
        own = viewer_of(login).person
        name = fold(own.last_name) if own else ""
        found = [each for each in found if name and fold(each.last_name) == name]
    return found[0] if len(found) == 1 else None


def _international(contact: str) -> str:
    """A French or international number as files keep it; what is no number stays as it is."""
    try:
        number = phonenumbers.parse(contact, "FR")
    except phonenumbers.NumberParseException:
        return contact
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _may_be_sent_a_code(person: Person, *, at: datetime) -> bool:
    sent = FileClaim.objects.filter(person=person, created_at__gt=at - _DAY)
    return sent.count() < MOST_STARTS_A_DAY


def _hash(claim: FileClaim, code: str) -> str:
    return salted_hmac(f"{_SALT}:{claim.pk}", code, algorithm="sha256").hexdigest()
