"""What the page of a client shows beside the parts that other apps add."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from accounts import audit, consents, exporting, merging, people, phones, retention
from accounts.admin import labels
from accounts.admin.acting import ActsAdmin, has_duty
from accounts.admin.actions import ACTION_NAMES
from accounts.admin.shown import told_changes
from accounts.mail_labels import warnings_of
from accounts.models import Address, AuditEntry, Person, PrivacyRequest
from accounts.roles import Duty
from accounts.vocabulary import Origin, PrivacyKind, PrivacyState, Purpose
from kernel.animals import Language

_LATEST = 20


@dataclass(frozen=True, slots=True)
class AddressShown:
    address: Address
    doubts: list[str]
    phone: str


@dataclass(frozen=True, slots=True)
class ConsentShown:
    """A purpose with the answer in force, its ground, and the answers before it."""

    purpose: Purpose
    name: str
    is_granted: bool
    since: str
    article: str
    history: list[tuple[str, bool, str]]


@dataclass(frozen=True, slots=True)
class RequestShown:
    request: PrivacyRequest
    name: str
    state: str
    asked: str
    done: str
    archive: str | None


@dataclass(frozen=True, slots=True)
class TrailRow:
    action: str
    moment: str
    by: str
    changes: str


def shown_of(page: ActsAdmin, request: HttpRequest, person: Person, at: datetime) -> dict[str, Any]:
    """The panels of accounts: contact, addresses, consents, references, requests and trail."""
    may_merge = has_duty(request, Duty.MERGE_CLIENTS)
    may_edit = has_duty(request, Duty.EDIT_CLIENTS)
    return {
        "is_known": people.is_known_client(person),
        "phone": phones.shown(person.phone),
        "language": labels.LANGUAGES[Language(person.language)],
        "addresses": [_address(each) for each in person.addresses.all()],
        "consents": _consents(person),
        "references": list(person.references.all()),
        "requests": [_request(each, person, at, may_edit) for each in _requests(person)],
        "trail": trail_of(person),
        "alike": len(merging.duplicates_of(person)) if may_merge else 0,
        "merge": reverse("admin:accounts_person_merge", args=[person.pk]) if may_merge else "",
        "login_page": _login_page(request, person),
    }


def _address(address: Address) -> AddressShown:
    doubts = []
    for doubt in warnings_of(address):
        near = ", ".join(f"{each.postal_code} {each.name}" for each in doubt.suggestions[:5])
        doubts.append(f"{labels.DOUBTS[doubt.reason]} {near}".strip())
    return AddressShown(address, doubts, phones.shown(address.phone, country=address.country))


def _consents(person: Person) -> list[ConsentShown]:
    rows = person.consents.select_related("by").all()
    said: dict[str, list[tuple[str, bool, str]]] = {}
    for row in rows:
        who = str(row.by) if row.by and row.by_id != person.pk else ""
        told = " · ".join(filter(None, (str(labels.ORIGINS[Origin(row.origin)]), who)))
        said.setdefault(row.purpose, []).append((labels.moment(row.at), row.is_granted, told))
    return [
        ConsentShown(
            purpose=purpose,
            name=str(labels.PURPOSES[purpose]),
            is_granted=state.is_granted,
            since=labels.day(state.since.date()) if state.since else "",
            article=state.article,
            history=said.get(purpose, []),
        )
        for purpose, state in consents.consents_of(person).items()
    ]


def _requests(person: Person) -> list[PrivacyRequest]:
    return list(person.privacy_requests.select_related("by")[:_LATEST])


def _request(
    request: PrivacyRequest,
    person: Person,
    at: datetime,
    may_edit: bool,  # noqa: FBT001
) -> RequestShown:
    """Staff hand the archive over to those alone who have no mailbox to get it by."""
    has_mailbox = bool(person.email or person.login_id)
    archive = None if has_mailbox or not may_edit else exporting.address_of(request, at=at)
    return RequestShown(
        request=request,
        name=str(labels.PRIVACY_KINDS[PrivacyKind(request.kind)]),
        state=str(labels.PRIVACY_STATES[PrivacyState(request.state)]),
        asked=labels.moment(request.requested_at),
        done=labels.moment(request.done_at) if request.done_at else "",
        archive=archive,
    )


def trail_of(*rows: Any) -> list[TrailRow]:
    """The latest changes of some rows, without who read them; an address is told with its owner."""
    subjects = Q(subject__in=[audit.subject_of(row) for row in rows])
    for row in rows:
        if isinstance(row, Person):
            keys = [each.pk for each in row.addresses.all()]
            subjects |= Q(subject__in=[f"accounts.address:{key}" for key in keys])
    entries = AuditEntry.objects.filter(subjects).exclude(action__in=retention.READS)
    return [
        TrailRow(
            action=str(ACTION_NAMES.get(entry.action, entry.action)),
            moment=labels.moment(entry.at),
            by=str(entry.by or gettext("the shop itself")),
            changes=told_changes(entry.changes),
        )
        for entry in entries.select_related("by")[:_LATEST]
    ]


def _login_page(request: HttpRequest, person: Person) -> str:
    if not person.login_id or not request.user.has_perm("accounts.view_login"):
        return ""
    return reverse("admin:accounts_login_change", args=[person.login_id])
