"""A person's own file: names, contact, language, and whether the clinic knows them."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit, phones, written
from accounts.models import Person
from kernel.animals import Language
from kernel.refusals import Invalid, Stale


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
