"""A person's own file: opened at the counter, names, contact, language, and whether known."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import addresses, audit, phones, written
from accounts.addresses import AddressGiven
from accounts.models import Person
from accounts.models.folded import folded
from kernel.animals import Language
from kernel.refusals import ErrorCode, Invalid, Refusal, Stale


class FileThereAlready(Refusal):
    """A file of that name with that e-mail or phone is open; `person_id` says which."""

    code = ErrorCode.ALREADY_USED
    words = _("%(name)s has a file already, with this e-mail or phone.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduced:
    """Somebody at the counter, as they give their name and how they are reached."""

    last_name: str
    first_name: str = ""
    email: str = ""
    phone: str = ""
    language: Language = Language.FR


def open_file_at_the_desk(
    *,
    introduced: Introduced,
    address: AddressGiven | None = None,
    even_if_known: bool = False,
    by: Person | None,
    at: datetime,
) -> Person:
    """Open the file of a client who stands at the counter, and whom the clinic knows from now on.

    `even_if_known` opens one for another person of the same name and contact: a mother, a son.

    Raises:
        Invalid: a name, e-mail or address that cannot be, or neither an e-mail nor a phone.
        PhoneRefused: there can be no such number.
        FileThereAlready.
    """
    path = ["input", "firstName"]
    person = Person(
        first_name=written.name(introduced.first_name, path=path) if introduced.first_name else "",
        last_name=written.name(introduced.last_name, path=["input", "lastName"]),
        email=written.email(introduced.email, path=["input", "email"]),
        phone=phones.normalise(introduced.phone, path=["input", "phone"]),
        language=introduced.language,
        known_since=at,
    )
    if not person.email and not person.phone:
        raise written.refused("", path=["input", "phone"], expected=_("a phone or an e-mail"))
    with transaction.atomic():
        known = None if even_if_known else _namesake(person)
        if known is not None:
            raise FileThereAlready(path=["input"], name=str(known), person_id=known.pk)
        person.save()
        audit.record(action="person.open", subject=person, by=by, at=at)
        if address is not None:
            addresses.add_address(person=person, given=address, by=by, at=at)
    return person


def _namesake(person: Person) -> Person | None:
    """The oldest file of the same name that has the e-mail or the phone."""
    same = Q(pk=None)
    if person.email:
        same |= Q(email__iexact=person.email)
    if person.phone:
        same |= Q(phone=person.phone)
    key = folded(person.last_name, person.first_name)
    found = Person.objects.filter(same, name_key=key, erased_at=None)
    return found.order_by("pk").first()


def update_person(
    *,
    person: Person,
    changes: Mapping[str, str],
    expected_version: int,
    by: Person | None,
    at: datetime,
) -> Person:
    """Change names, contact e-mail, phone or language; those not given stay.

    The address of the account, by which the person signs in, stays as it is.

    Raises:
        Stale: the file changed since it was read.
        Invalid: a name, e-mail or language cannot be what it claims to be.
        PhoneRefused: there can be no such number.
    """
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person.pk)
        if person.version != expected_version:
            raise Stale(path=["input", "expectedVersion"], version=person.version)
        tidy = {name: _READERS[name](text) for name, text in changes.items()}
        if person.login_id and tidy.get("email") == "":
            expected = _("an e-mail address, since this person has an account")
            raise written.refused("", path=["input", "email"], expected=expected)
        changed = [name for name, value in tidy.items() if value != getattr(person, name)]
        if not changed:
            return person
        for name in changed:
            setattr(person, name, tidy[name])
        person.version += 1
        person.save(update_fields=[*changed, "name_key", "version"])
        audit.record(
            action="person.update",
            subject=person,
            by=by,
            at=at,
            changes={"fields": ", ".join(changed)},
        )
    return person


def mark_known(*, person: Person, by: Person | None, at: datetime) -> Person:
    """Note that the clinic knows a person; one who is known already stays so since then."""
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person.pk)
        if person.known_since is None:
            person.known_since = at
            person.save(update_fields=["known_since"])
            audit.record(action="person.known", subject=person, by=by, at=at)
    return person


def is_known_client(person: Person) -> bool:
    """Whether staff marked the person, or another system has a file on them."""
    return person.known_since is not None or bool(person.references.all())


def _language(text: str) -> str:
    if text not in Language:
        raise Invalid(path=["input", "language"], value=written.shortened(text), expected="fr, en")
    return text


_READERS: Mapping[str, Callable[[str], str]] = {
    "first_name": lambda text: written.name(text, path=["input", "firstName"]),
    "last_name": lambda text: written.name(text, path=["input", "lastName"]),
    "email": lambda text: written.email(text, path=["input", "email"]),
    "phone": lambda text: phones.normalise(text, path=["input", "phone"]),
    "language": _language,
}
