"""What accounts keeps of people, and what becomes of it."""

from collections import defaultdict

from django.contrib.sessions.models import Session
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _

from accounts import privacy
from accounts.audit import subject_of
from accounts.models import (
    Address,
    AuditEntry,
    Consent,
    FileClaim,
    IdempotencyKey,
    Login,
    Notice,
    Person,
    PersonReference,
    PrivacyRequest,
    ServiceToken,
)
from accounts.privacy import PersonalData, Rows, StoredFile
from accounts.vocabulary import Fate

ERASED = "GDPR art. 17(1)"
ACCOUNTABLE = "GDPR art. 5(2)"
CONTRACT = "GDPR art. 6(1)(b)"

#: What is given out of tables of other packages that hang on a login; of the rest, nothing.
_EXPORTED_OF_LOGIN = {
    "account.emailaddress": ("email", "verified", "primary"),
    "mfa.authenticator": ("type", "created_at", "last_used_at"),
    "usersessions.usersession": ("created_at", "last_seen_at", "ip", "user_agent"),
    "admin.logentry": ("action_time", "object_repr"),
}


def addresses_of(person: Person) -> set[str]:
    """The e-mail addresses of a person, in lower case."""
    login = person.login
    return {each.lower() for each in (person.email, login.email if login else "") if each}


def _keys_of(person: Person) -> QuerySet[IdempotencyKey]:
    return IdempotencyKey.objects.filter(actor=f"login:{person.login_id or 0}")


def _claims_of(person: Person) -> QuerySet[FileClaim]:
    return FileClaim.objects.filter(Q(person=person) | Q(login__person=person))


def _notices_to(person: Person) -> QuerySet[Notice]:
    """Notices to an address that nobody else has; those of a shared one wait for retention."""
    others = Person.objects.exclude(pk=person.pk).filter(erased_at=None)
    mine = {
        each
        for each in addresses_of(person)
        if not others.filter(Q(email__iexact=each) | Q(login__email__iexact=each)).exists()
    }
    found = Notice.objects.annotate(to=Lower("recipient")).filter(to__in=mine)
    return found.exclude(key__startswith=privacy.FAREWELL)


def _blank_notices(rows: Rows) -> None:
    """Forget to whom and what; one that was not sent is taken for sent, so that it never is."""
    rows.update(
        recipient="",
        subject="",
        body="",
        html="",
        sent_at=Coalesce(F("sent_at"), F("created_at")),
    )


def _consents_taken(person: Person) -> QuerySet[Consent]:
    return Consent.objects.filter(by=person).exclude(person=person)


def _own_trail(person: Person) -> QuerySet[AuditEntry]:
    """Changes of what is the person's own, and those that they made of what is gone."""
    subjects = {
        subject_of(row)
        for entry in privacy.registered()
        if entry.fate is Fate.DELETE and not entry.is_fleeting
        for row in entry.rows(person).only("pk")
    }
    mine = AuditEntry.objects.filter(by=person).order_by().values_list("subject", flat=True)
    return AuditEntry.objects.filter(subject__in=subjects | _gone(set(mine)))


def _gone(subjects: set[str]) -> set[str]:
    """Those that were about people or pets, and whose row no longer exists."""
    models = {entry.label: entry for entry in privacy.registered()}
    keys: dict[str, set[str]] = defaultdict(set)
    for subject in subjects:
        label, _colon, key = subject.partition(":")
        if label in privacy.subjects_told_of() and key.isdecimal():
            keys[label].add(key)
    gone = set()
    for label, asked in keys.items():
        living = models[label].all_rows().filter(pk__in=asked).values_list("pk", flat=True)
        gone |= {f"{label}:{key}" for key in asked - {str(pk) for pk in living}}
    return gone


def _shop_trail(person: Person) -> QuerySet[AuditEntry]:
    """Changes of the shop itself (prices, products, places), which staff alone make."""
    about_people = Q()
    for label in privacy.subjects_told_of():
        about_people |= Q(subject__startswith=f"{label}:")
    return AuditEntry.objects.filter(by=person).exclude(about_people)


def _sessions_of(person: Person) -> QuerySet[Session]:
    """Sessions hold whose they are inside: each is opened, so this is for a worker to ask."""
    key = str(person.login_id or "")
    opened = Session.objects.iterator() if key else iter(())
    mine = [each.pk for each in opened if each.get_decoded().get("_auth_user_id") == key]
    return Session.objects.filter(pk__in=mine)


def _export_files(rows: Rows) -> list[StoredFile]:
    names = rows.exclude(file_name="").values_list("file_name", flat=True)
    return [StoredFile("private", name) for name in names]


def _forget_requests(rows: Rows) -> None:
    rows.update(person=None, by=None, file_name="", checksum="", expires_at=None)


def _of_login() -> list[PersonalData]:
    """Tables of other packages that hang on a login: second factors, devices, addresses."""
    return [
        PersonalData(
            model=relation.related_model,
            person=f"{relation.field.name}__person",
            fate=Fate.DELETE,
            reason=_("Part of the account, which goes."),
            article=ERASED,
            exported=_EXPORTED_OF_LOGIN.get(relation.related_model._meta.label_lower, ()),  # noqa: SLF001
        )
        for relation in Login._meta.related_objects  # noqa: SLF001
        if not relation.many_to_many and relation.related_model not in (Person, FileClaim)
    ]


privacy.register(
    PersonalData(
        model=Person,
        person="pk",
        fate=Fate.DELETE,
        reason=_("Your file: deleted, or blanked where something that stays must name it."),
        article=ERASED,
        exported=("first_name", "last_name", "email", "phone", "language", "known_since"),
    ),
    PersonalData(
        model=Login,
        person="person",
        fate=Fate.DELETE,
        reason=_("Your account and its password: you can no longer sign in."),
        article=ERASED,
        exported=("email", "joined_at", "last_login"),
    ),
    *_of_login(),
    PersonalData(
        model=Session,
        scope=_sessions_of,
        fate=Fate.DELETE,
        reason=_("Where you are signed in."),
        article=ERASED,
        is_fleeting=True,
    ),
    PersonalData(
        model=IdempotencyKey,
        scope=_keys_of,
        fate=Fate.DELETE,
        reason=_("Requests that were carried out, so that none is twice."),
        article=ERASED,
        is_fleeting=True,
    ),
    PersonalData(
        model=FileClaim,
        scope=_claims_of,
        fate=Fate.DELETE,
        reason=_("Codes by which an account joins a file."),
        article=ERASED,
        exported=("created_at", "used_at"),
        is_fleeting=True,
    ),
    PersonalData(
        model=PersonReference,
        person="person",
        fate=Fate.DELETE,
        reason=_("The number of your file in the practice's software."),
        article=ERASED,
        exported=("source", "reference"),
    ),
    PersonalData(
        model=Address,
        person="person",
        fate=Fate.DELETE,
        reason=_("Where you are delivered."),
        article=ERASED,
        exported=(
            *("label", "recipient", "company", "line1", "line2", "postal_code", "city"),
            *("country", "phone", "instructions", "is_default", "created_at"),
        ),
        dated_by="created_at",
    ),
    PersonalData(
        model=Consent,
        person="person",
        fate=Fate.DELETE,
        reason=_("What you agreed to: without you, nothing rests on it."),
        article=ERASED,
        exported=("purpose", "is_granted", "at", "origin"),
        dated_by="at",
    ),
    PersonalData(
        model=Consent,
        person="by",
        scope=_consents_taken,
        fate=Fate.KEEP,
        reason=_("Agreements of clients that you noted as a colleague."),
        article="GDPR art. 7(1)",
    ),
    PersonalData(
        model=ServiceToken,
        person="person",
        fate=Fate.DELETE,
        reason=_("Keys of machines that act for you."),
        article=ERASED,
        exported=("name", "created_at", "expires_at", "last_used_at"),
    ),
    PersonalData(
        model=ServiceToken,
        person="created_by",
        fate=Fate.KEEP,
        reason=_("Keys of machines that you gave as a colleague."),
        article=ACCOUNTABLE,
    ),
    PersonalData(
        model=PrivacyRequest,
        person="person",
        fate=Fate.PSEUDONYMISE,
        reason=_("The proof that your requests were carried out, without your name."),
        article=ACCOUNTABLE,
        exported=("kind", "state", "requested_at", "done_at"),
        dated_by="requested_at",
        files=_export_files,
        erase=_forget_requests,
    ),
    PersonalData(
        model=Notice,
        scope=_notices_to,
        fate=Fate.PSEUDONYMISE,
        reason=_("That messages were sent, without address or words."),
        article=ACCOUNTABLE,
        exported=("created_at", "channel", "subject", "body"),
        erase=_blank_notices,
    ),
    PersonalData(
        model=AuditEntry,
        scope=_own_trail,
        fate=Fate.PSEUDONYMISE,
        reason=_("That something was changed and when, without what it said."),
        article=ACCOUNTABLE,
        exported=("at", "action", "subject"),
        erase=lambda rows: rows.update(changes={}),
    ),
    PersonalData(
        model=AuditEntry,
        person="by",
        scope=_shop_trail,
        fate=Fate.KEEP,
        reason=_("What you changed in the shop as a colleague."),
        article=ACCOUNTABLE,
    ),
)
