"""How long everything is kept, as data, and the nightly round that keeps to it.

Each app registers the rules of its own tables. A round is bounded: what is left of a long queue
goes the next night.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import audit, erasing, exporting, idempotency, logins, notices, privacy
from accounts.models import AuditEntry, FileClaim, Notice, Person, PrivacyRequest
from accounts.notices import Message
from accounts.privacy import FilesOrphaned
from accounts.vocabulary import PrivacyKind, PrivacyState
from kernel import events
from kernel.animals import Language

CHUNK = 500
MOST_CHUNKS = 40
MOST_PEOPLE = 200
WARNED_BEFORE = timedelta(days=30)
INACTIVE = "person.inactive"
#: A warning counts for one silence; one of years ago does not.
_WARNING_COUNTS_FOR = timedelta(days=365)
MONTH = timedelta(days=30)
_DAY = timedelta(days=1)
_YEAR = timedelta(days=365, hours=6)
_LIMITATION = "GDPR art. 5(1)(e)"
#: Entries of the trail that tell who read a file.
READS = ("person.read", "person.search", "pet.read", "pet.search", "question.read")
#: Notices whose words open something: blanked as soon as they are sent.
_SECRET_NOTICES = (privacy.FAREWELL, "export:", "file-claim:", "question:", "review-ask:")


@dataclass(frozen=True, slots=True)
class Rule:
    """What is kept for how long, by which article; `forget` gives the number of rows it met."""

    name: str
    what: str | Promise
    kept: timedelta
    article: str
    forget: Callable[[datetime], int]


_rules: dict[str, Rule] = {}


def register(*rules: Rule) -> None:
    """Raises: TypeError, for a name that is taken."""
    for rule in rules:
        if rule.name in _rules:
            raise TypeError(f"There is a rule {rule.name} already.")
        _rules[rule.name] = rule


def rules() -> tuple[Rule, ...]:
    return tuple(_rules.values())


def forget_due(*, at: datetime) -> dict[str, int]:
    """Forget all that was kept long enough: rows by rule. The same night again does nothing."""
    return {rule.name: rule.forget(at - rule.kept) for rule in rules()}


def delete_in_chunks(due: QuerySet[models.Model]) -> int:
    """Delete rows 500 at a time, each time in a transaction of its own; how many went."""
    return _in_chunks(due, lambda rows: rows.delete()[0])


def _in_chunks(due: privacy.Rows, change: Callable[[privacy.Rows], int]) -> int:
    total = 0
    for _chunk in range(MOST_CHUNKS):
        keys = list(due.order_by("pk").values_list("pk", flat=True)[:CHUNK])
        if not keys:
            break
        with transaction.atomic():
            change(due.model._base_manager.filter(pk__in=keys))  # noqa: SLF001
        total += len(keys)
    return total


def _blank(rows: privacy.Rows) -> int:
    return rows.update(recipient="", subject="", body="", html="")


def _forget_keys(before: datetime) -> int:
    return idempotency.forget_old(at=before + idempotency.KEPT_FOR)


def _blank_notices(before: datetime) -> int:
    due = Notice.objects.filter(sent_at__lt=before).exclude(recipient="", subject="", body="")
    return _in_chunks(due, _blank)


def _blank_secrets(before: datetime) -> int:
    secret = Q()
    for beginning in _SECRET_NOTICES:
        secret |= Q(key__startswith=beginning)
    due = Notice.objects.filter(secret, sent_at__lt=before)
    return _in_chunks(due.exclude(recipient="", subject="", body=""), _blank)


def _delete_exports(before: datetime) -> int:
    """Files by an event of the same transaction, so that none outlives its row's word of it."""

    def forget(rows: privacy.Rows) -> int:
        names = list(rows.values_list("file_name", flat=True))
        events.enqueue(FilesOrphaned(files=[["private", name] for name in names]))
        return rows.update(file_name="", checksum="")

    due = PrivacyRequest.objects.filter(done_at__lt=before).exclude(file_name="")
    return _in_chunks(due, forget)


def _give_up_exports(before: datetime) -> int:
    """An archive that could not be made may be asked for again; an erasure is never given up."""
    due = PrivacyRequest.objects.filter(
        kind=PrivacyKind.EXPORT, state=PrivacyState.REQUESTED, requested_at__lt=before
    )
    return due.update(state=PrivacyState.FAILED)


def _forget_claims(before: datetime) -> int:
    return delete_in_chunks(FileClaim.objects.filter(expires_at__lt=before))


def _forget_reads(before: datetime) -> int:
    return delete_in_chunks(AuditEntry.objects.filter(action__in=READS, at__lt=before))


def _forget_sessions(before: datetime) -> int:
    return delete_in_chunks(Session.objects.filter(expire_date__lt=before))


def _forget_unproved(before: datetime) -> int:
    return logins.forget_unproved(at=before + logins.UNPROVED_KEPT_FOR)


def inactive_since(moment: datetime) -> QuerySet[Person]:
    """Clients of whom nothing dates from after a moment, by what every app registered as dated.

    Staff and machines are none, and neither is who waits to be erased already.
    """
    account_rests = Q(login__is_staff=False, login__joined_at__lt=moment) & (
        Q(login__last_login=None) | Q(login__last_login__lt=moment)
    )
    idle = Person.objects.filter(
        Q(login=None) | account_rests, erased_at=None, created_at__lt=moment, service_tokens=None
    )
    waiting = PrivacyRequest.objects.filter(
        kind=PrivacyKind.ERASE, state=PrivacyState.REQUESTED, person__isnull=False
    )
    idle = idle.exclude(pk__in=waiting.values("person"))
    for entry in privacy.registered():
        if entry.dated_by is not None:
            active = entry.all_rows().filter(
                **{f"{entry.dated_by}__gte": moment, f"{entry.person}__isnull": False}
            )
            idle = idle.exclude(pk__in=active.values(entry.person))
    return idle.order_by("pk")


def _warn_inactive(before: datetime) -> int:
    """Tell those whose file ends in thirty days; once for each silence."""
    at = before + INACTIVE_FOR - WARNED_BEFORE
    told = _warned(since=at - _WARNING_COUNTS_FOR, until=at)
    due = list(inactive_since(before).exclude(pk__in=told)[:MOST_PEOPLE])
    for person in due:
        with transaction.atomic():
            _tell_inactive(person, at=at)
            audit.record(action=INACTIVE, subject=person, by=None, at=at)
    return len(due)


def _erase_inactive(before: datetime) -> int:
    at = before + INACTIVE_FOR
    told = _warned(since=at - _WARNING_COUNTS_FOR, until=at - WARNED_BEFORE)
    due = list(inactive_since(before).filter(pk__in=told)[:MOST_PEOPLE])
    for person in due:
        erasing.request_erasure_of_inactive(person=person, at=at)
    return len(due)


def _warned(*, since: datetime, until: datetime) -> list[int]:
    entries = AuditEntry.objects.filter(action=INACTIVE, at__gte=since, at__lte=until)
    return [
        int(subject.rpartition(":")[2]) for subject in entries.values_list("subject", flat=True)
    ]


def _tell_inactive(person: Person, *, at: datetime) -> None:
    recipient = person.email or (person.login.email if person.login else "")
    if not recipient:
        return
    with translation.override(person.language):
        message = Message(
            subject=gettext("Your file at the clinic's shop ends soon"),
            body=gettext(
                "We have heard nothing of you for three years: in thirty days we erase what the "
                "shop knows of you. To keep it, sign in once before then: %(url)s"
            )
            % {"url": settings.STOREFRONT_URL},
        )
    notices.notify(
        key=f"inactive:{person.pk}:{at:%Y-%m-%d}",
        recipient=recipient,
        language=Language(person.language),
        message=message,
    )


INACTIVE_FOR = 3 * _YEAR

register(
    Rule(
        "idempotency-keys",
        _("Requests that were carried out, so that none is twice"),
        idempotency.KEPT_FOR,
        _LIMITATION,
        _forget_keys,
    ),
    Rule(
        "secret-notices",
        _("Words of sent messages that open something: codes, addresses of archives, farewells"),
        timedelta(0),
        _LIMITATION,
        _blank_secrets,
    ),
    Rule(
        "notices",
        _("Address and words of sent messages"),
        _YEAR,
        _LIMITATION,
        _blank_notices,
    ),
    Rule(
        "exports",
        _("Archives of people's data"),
        exporting.KEPT_FOR,
        _LIMITATION,
        _delete_exports,
    ),
    Rule(
        "exports-not-made",
        _("Requests for an archive that could not be made"),
        _DAY,
        _LIMITATION,
        _give_up_exports,
    ),
    Rule(
        "file-claims",
        _("Codes by which an account joins a file"),
        _DAY,
        _LIMITATION,
        _forget_claims,
    ),
    Rule(
        "reads",
        _("Who of the staff opened whose file"),
        3 * _YEAR,
        _LIMITATION,
        _forget_reads,
    ),
    Rule(
        "sessions",
        _("Where people are signed in, after it ended"),
        timedelta(0),
        _LIMITATION,
        _forget_sessions,
    ),
    Rule(
        "unproved",
        _("Sign-ups whose address nobody proved"),
        logins.UNPROVED_KEPT_FOR,
        _LIMITATION,
        _forget_unproved,
    ),
    Rule(
        "inactive-warning",
        _("Clients of whom nothing is heard: thirty days before, they are told"),
        INACTIVE_FOR - WARNED_BEFORE,
        "GDPR art. 13(2)(a)",
        _warn_inactive,
    ),
    Rule(
        "inactive",
        _("Clients of whom nothing is heard"),
        INACTIVE_FOR,
        "GDPR art. 5(1)(e), CNIL délib. 2021-131",
        _erase_inactive,
    ),
)
