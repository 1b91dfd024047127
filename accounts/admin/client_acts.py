"""What is done to a client's file in one go: contact, addresses, consents, privacy."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.forms import Form
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts import addresses, consents, erasing, exporting, people, phones
from accounts.addresses import FIELDS, AddressGiven
from accounts.admin import labels
from accounts.admin.acting import Act
from accounts.admin.client_forms import (
    AddressEditForm,
    AddressForm,
    ConsentForm,
    ContactForm,
    DeskForm,
    EraseForm,
    WhichAddressForm,
)
from accounts.admin.files import Opening
from accounts.models import Address, Person
from accounts.people import Introduced
from accounts.roles import Duty
from accounts.vocabulary import Origin, Purpose
from kernel.animals import Language
from kernel.refusals import NotFound

_CONTACT = ("last_name", "first_name", "email", "language")

type Given = dict[str, Any]


def _contact(person: Person, _asked: Mapping[str, str]) -> Given:
    known = {name: getattr(person, name) for name in _CONTACT}
    return {**known, "phone": phones.shown(person.phone), "expected_version": person.version}


def _change_contact(person: Person, given: Given, by: Person, at: datetime) -> Promise:
    version = given.pop("expected_version")
    before = _contact(person, {})
    changes = {name: text for name, text in given.items() if text != before[name]}
    people.update_person(person=person, changes=changes, expected_version=version, by=by, at=at)
    return _("The file is up to date.")


def _mark_known(person: Person, _given: Given, by: Person, at: datetime) -> Promise:
    people.mark_known(person=person, by=by, at=at)
    return _("The clinic knows this client.")


def _address_given(given: Given) -> AddressGiven:
    return AddressGiven(**{name: given[name] for name in FIELDS})


def _fresh_address(person: Person, _asked: Mapping[str, str]) -> Given:
    return {"recipient": str(person), "country": "FR", "is_default": not person.addresses.exists()}


def _add_address(person: Person, given: Given, by: Person, at: datetime) -> Promise:
    addresses.add_address(
        person=person,
        given=_address_given(given),
        make_default=given["is_default"],
        by=by,
        at=at,
    )
    return _("The address is there.")


def _which(person: Person, key: int) -> Address:
    """Raises: NotFound, for an address of somebody else's file."""
    found = person.addresses.filter(pk=key).first()
    if found is None:
        raise NotFound(what=pgettext_lazy("not found", "address"))
    return found


def _asked_for(person: Person, asked: Mapping[str, str]) -> Given:
    key = asked.get("address", "")
    found = person.addresses.filter(pk=int(key) if key.isdecimal() else 0).first()
    if found is None:
        return {}
    known = {name: getattr(found, name) for name in FIELDS}
    shown = phones.shown(found.phone, country=found.country)
    return {**known, "phone": shown, "is_default": found.is_default, "address": found.pk}


def _change_address(person: Person, given: Given, by: Person, at: datetime) -> Promise:
    addresses.update_address(
        address=_which(person, given["address"]),
        changes={name: given[name] for name in FIELDS},
        make_default=given["is_default"],
        by=by,
        at=at,
    )
    return _("The address is up to date.")


def _remove_address(person: Person, given: Given, by: Person, at: datetime) -> Promise:
    addresses.remove_address(address=_which(person, given["address"]), by=by, at=at)
    return _("The address is gone.")


def _record_consent(person: Person, given: Given, by: Person, at: datetime) -> str:
    state = consents.set_consent(
        person=person,
        purpose=Purpose(given["purpose"]),
        granted=given["granted"] == "yes",
        by=by,
        at=at,
        origin=Origin.STAFF,
    )
    answer = gettext("agrees") if state.is_granted else gettext("does not agree")
    return f"{labels.PURPOSES[state.purpose]} · {answer}"


def _export(person: Person, _given: Given, by: Person, at: datetime) -> Promise:
    exporting.request_export(person=person, by=by, at=at)
    return _("The archive is being made: its owner is told by e-mail when it is there.")


def _erasure_beside(person: Person, at: datetime) -> Given:
    """What goes and what stays, each with its reason and its article."""
    words = gettext("%(rows)d: %(fate)s. %(reason)s (%(article)s)")
    lines = erasing.preview_erasure(person, at=at).lines
    return {
        "facts": [
            (
                line.what,
                words
                % {
                    "rows": line.rows,
                    "fate": labels.FATES[line.fate],
                    "reason": line.reason,
                    "article": line.article,
                },
            )
            for line in lines
        ]
    }


def _erasure_shown(person: Person, _asked: Mapping[str, str]) -> Given:
    return {"preview_token": erasing.preview_erasure(person, at=timezone.now()).token}


def _erase(person: Person, given: Given, by: Person, at: datetime) -> Promise:
    token = given["preview_token"]
    erasing.request_erasure(person=person, preview_token=token, by=by, at=at)
    return _("The file is being erased: in a moment it is gone.")


def _open_file(given: Given, by: Person, at: datetime) -> Person:
    names = ("last_name", "first_name", "email", "phone")
    introduced = Introduced(
        **{name: given[name] for name in names}, language=Language(given["language"])
    )
    lines = {name: given[name] for name in ("line1", "postal_code", "city")}
    recipient = " ".join(filter(None, (given["first_name"], given["last_name"])))
    return people.open_file_at_the_desk(
        introduced=introduced,
        address=AddressGiven(recipient=recipient, **lines) if any(lines.values()) else None,
        even_if_known=given["even_if_known"],
        by=by,
        at=at,
    )


OPENING = Opening(
    title=_("New client"),
    button=_("Open the file"),
    words=_("The file is open: a pet comes next."),
    duty=Duty.EDIT_CLIENTS,
    form=DeskForm,
    carry_out=_open_file,
)

ACTS: tuple[Act[Person], ...] = (
    Act(
        name="contact",
        title=_("Contact"),
        button=_("Save"),
        duty=Duty.EDIT_CLIENTS,
        carry_out=_change_contact,
        form=ContactForm,
        start=_contact,
    ),
    Act(
        name="known",
        title=_("The clinic knows this client"),
        button=_("Mark as known"),
        duty=Duty.EDIT_CLIENTS,
        carry_out=_mark_known,
    ),
    Act(
        name="address",
        title=_("New address"),
        button=_("Add the address"),
        duty=Duty.EDIT_CLIENTS,
        carry_out=_add_address,
        form=AddressForm,
        start=_fresh_address,
    ),
    Act(
        name="address-edit",
        title=_("Address"),
        button=_("Save"),
        duty=Duty.EDIT_CLIENTS,
        carry_out=_change_address,
        form=AddressEditForm,
        start=_asked_for,
    ),
    Act(
        name="address-remove",
        title=_("Remove an address"),
        button=_("Remove the address"),
        duty=Duty.EDIT_CLIENTS,
        carry_out=_remove_address,
        form=WhichAddressForm,
        start=_asked_for,
        is_grave=True,
    ),
    Act(
        name="consent",
        title=_("What the client agrees to"),
        button=_("Write it down"),
        duty=Duty.EDIT_CLIENTS,
        carry_out=_record_consent,
        form=ConsentForm,
        start=lambda _person, asked: {"purpose": asked.get("purpose", "")},
    ),
    Act(
        name="export",
        title=_("Archive of the client's data"),
        button=_("Make the archive"),
        duty=Duty.EDIT_CLIENTS,
        carry_out=_export,
        form=Form,
    ),
    Act(
        name="erase",
        title=_("Erase the file"),
        button=_("Erase for good"),
        duty=Duty.MERGE_CLIENTS,
        carry_out=_erase,
        form=EraseForm,
        beside=_erasure_beside,
        start=_erasure_shown,
        is_grave=True,
    ),
)
