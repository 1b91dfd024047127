"""Where people are delivered: addresses added, changed and removed, one of them the usual one."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import audit, countries, phones, postal, written
from accounts.countries import COUNTRIES
from accounts.models import Address, Person
from kernel.refusals import LimitReached, NotFound

MOST_ADDRESSES = 20

#: The longest text of each field, and whether it may be left out.
_LINES = {
    "label": (40, False),
    "recipient": (120, True),
    "company": (120, False),
    "line1": (120, True),
    "line2": (120, False),
    "city": (80, True),
    "instructions": (200, False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressGiven:
    """An address as it was typed."""

    recipient: str
    line1: str
    postal_code: str
    city: str
    label: str = ""
    company: str = ""
    line2: str = ""
    country: str = "FR"
    phone: str = ""
    instructions: str = ""


FIELDS = tuple(AddressGiven.__dataclass_fields__)


def add_address(
    *,
    person: Person,
    given: AddressGiven,
    make_default: bool = False,
    by: Person | None,
    at: datetime,
) -> Address:
    """Add an address to a person's; the first becomes the usual one.

    Raises:
        Invalid: a field cannot be what it claims to be.
        PhoneRefused: there can be no such number.
        LimitReached: the person has twenty.
    """
    tidy = tidied(given)
    with transaction.atomic():
        _lock(person)
        count = person.addresses.count()
        if count >= MOST_ADDRESSES:
            raise LimitReached(path=["input"], most=MOST_ADDRESSES)
        address = Address(person=person, **asdict(tidy))
        address.save()
        if make_default or count == 0:
            _make_default(address)
        audit.record(action="address.add", subject=address, by=by, at=at)
    return address


def update_address(
    *,
    address: Address,
    changes: Mapping[str, str],
    make_default: bool = False,
    by: Person | None,
    at: datetime,
) -> Address:
    """Change fields of an address; those not given stay.

    Raises:
        NotFound: it was removed meanwhile.
        Invalid: a field cannot be what it claims to be.
        PhoneRefused: there can be no such number.
    """
    with transaction.atomic():
        address = _locked(address)
        before = AddressGiven(**{name: getattr(address, name) for name in FIELDS})
        after = asdict(tidied(replace(before, **changes)))
        changed = [name for name in FIELDS if after[name] != getattr(before, name)]
        for name in changed:
            setattr(address, name, after[name])
        address.save()
        if make_default and not address.is_default:
            _make_default(address)
            changed.append("is_default")
        if changed:
            audit.record(
                action="address.update",
                subject=address,
                by=by,
                at=at,
                changes={"fields": ", ".join(changed)},
            )
    return address


def remove_address(*, address: Address, by: Person | None, at: datetime) -> None:
    """Remove an address; when it was the usual one, the oldest of the others takes its place.

    Raises:
        NotFound: it was removed meanwhile.
    """
    with transaction.atomic():
        address = _locked(address)
        audit.record(action="address.remove", subject=address, by=by, at=at)
        others = address.person.addresses.exclude(pk=address.pk).order_by("pk")
        address.delete()
        oldest = others.first() if address.is_default else None
        if oldest is not None:
            _make_default(oldest)


def _lock(person: Person) -> None:
    """One change of a person's addresses at a time, so that there is one usual one, and twenty."""
    Person.objects.select_for_update().get(pk=person.pk)


def _locked(address: Address) -> Address:
    """The address as it is now."""
    _lock(address.person)
    found = Address.objects.select_related("person").filter(pk=address.pk).first()
    if found is None:
        raise NotFound(path=["input", "id"], what=pgettext_lazy("not found", "address"))
    return found


def _make_default(address: Address) -> None:
    address.person.addresses.filter(is_default=True).update(is_default=False)
    address.is_default = True
    address.save(update_fields=["is_default"])


def tidied(given: AddressGiven) -> AddressGiven:
    country = given.country.strip().upper()
    if country not in COUNTRIES:
        expected = _("a country of the European Union, or Monaco, by its two letters")
        raise written.refused(given.country, path=["input", "country"], expected=expected)
    postal_code = countries.postal_code(given.postal_code, COUNTRIES[country])
    if postal_code is None:
        example = _("a postal code such as %(code)s") % {"code": COUNTRIES[country].example}
        raise written.refused(given.postal_code, path=["input", "postalCode"], expected=example)
    lines = {
        name: written.line(
            getattr(given, name),
            path=["input", name],
            expected=_("a line of at most %(most)d characters, without emoji") % {"most": most},
            most=most,
            required=required,
        )
        for name, (most, required) in _LINES.items()
    }
    city = postal.spelled(postal_code, lines.pop("city"), country)
    phone = phones.normalise(given.phone, path=["input", "phone"], country=country)
    return AddressGiven(**lines, postal_code=postal_code, city=city, country=country, phone=phone)
