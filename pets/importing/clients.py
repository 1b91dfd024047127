"""The practice's clients: opened, followed, and left alone where the shop knows better."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Lower

from accounts import audit, phones, written
from accounts.models import Address, AuditEntry, Person, PersonReference
from accounts.models.folded import refold
from accounts.phones import PhoneRefused
from kernel.animals import Language
from kernel.text_index.analysis import fold
from pets.importing.reading import Row, RowRefused
from pets.importing.refusing import refusing
from pets.importing.report import Report, Settled, settle
from pets.importing.words import LANGUAGES

_PLAIN = ("last_name", "first_name", "email", "phone", "language")
_WHERE = ("street", "postal_code", "city")
_LONGEST_REFERENCE, _LONGEST_STREET = 80, 120
_LONGEST_CODE, _LONGEST_CITY, _LONGEST_RECIPIENT = 12, 80, 120


@dataclass(frozen=True, slots=True)
class Client:
    """A client as read: what the row says, by column; what is empty is not there."""

    row: Row
    reference: str
    said: Mapping[str, str]
    where: tuple[str, str, str] | None


@dataclass(slots=True)
class _Written:
    """What one batch writes."""

    people: list[Person] = field(default_factory=list)
    references: list[PersonReference] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    moved: list[Address] = field(default_factory=list)
    audits: list[AuditEntry] = field(default_factory=list)
    confirmed: list[PersonReference] = field(default_factory=list)


class ClientsImport:
    """Takes rows of clients, batch by batch, in the transaction of whoever calls."""

    needs = ("reference", "last_name")

    def __init__(self, source: str, report: Report, *, by: Person | None, at: datetime) -> None:
        self._source = source
        self._report = report
        self._by = by
        self._at = at
        self._seen: set[str] = set()

    def take(self, rows: Sequence[Row]) -> None:
        """Open files for new clients, follow those that are known."""
        read = [client for row in rows if (client := self._read(row)) is not None]
        references = [client.reference for client in read]
        # Two statements, not a join: of tables that this transaction filled, PostgreSQL knows no
        # sizes yet, and would compare every row with every other.
        known = {
            each.reference: each
            for each in PersonReference.objects.select_for_update().filter(
                source=self._source, reference__in=references
            )
        }
        people = Person.objects.select_for_update().in_bulk(
            sorted({each.person_id for each in known.values()})
        )
        for each in known.values():
            each.person = people[each.person_id]
        self._open([client for client in read if client.reference not in known])
        self._follow([client for client in read if client.reference in known], known)

    def _read(self, row: Row) -> Client | None:
        try:
            client = read_client(row)
            if client.reference in self._seen:
                raise row.refused("reference", "each reference once")
        except RowRefused as refusal:
            self._report.refuse(refusal.problem)
            return None
        self._seen.add(client.reference)
        return client

    def _open(self, clients: Sequence[Client]) -> None:
        self._list_doubles(clients)
        people = Person.objects.bulk_create(
            Person(**{"language": Language.FR, **client.said}, known_since=self._at)
            for client in clients
        )
        pairs = list(zip(clients, people, strict=True))
        PersonReference.objects.bulk_create(
            PersonReference(
                person=person,
                source=self._source,
                reference=client.reference,
                imported=dict(client.said) | _kept(client.where),
            )
            for client, person in pairs
        )
        Address.objects.bulk_create(
            _address(person, client.where) for client, person in pairs if client.where
        )
        AuditEntry.objects.bulk_create(self._audit("person.import", each) for each in people)
        self._report.counts["clients new"] += len(people)

    def _list_doubles(self, clients: Sequence[Client]) -> None:
        """List new clients whose name, and e-mail or phone, are those of a file without our key."""
        emails = {email for client in clients if (email := client.said.get("email"))}
        phones = {phone for client in clients if (phone := client.said.get("phone"))}
        strangers = (
            Person.objects.alias(small_email=Lower("email"))
            .filter(Q(small_email__in=emails) | Q(phone__in=phones), erased_at__isnull=True)
            .exclude(references__source=self._source)
            .order_by("pk")
        )
        by_name: dict[str, list[Person]] = defaultdict(list)
        for each in strangers:
            by_name[fold(f"{each.first_name} {each.last_name}".strip())].append(each)
        for client in clients:
            name = f"{client.said.get('first_name', '')} {client.said['last_name']}".strip()
            for person in by_name.get(fold(name), ()):
                is_mail = person.email.lower() == client.said.get("email")
                if is_mail or (person.phone and person.phone == client.said.get("phone")):
                    shared = "name and e-mail" if is_mail else "name and phone"
                    known = f"{person} (#{person.pk})"
                    self._report.may_double(client.row, known=known, shared=shared)

    def _follow(self, clients: Sequence[Client], known: Mapping[str, PersonReference]) -> None:
        people = {each.person_id for each in known.values()}
        addresses: dict[int, list[Address]] = defaultdict(list)
        for address in Address.objects.filter(person__in=people):
            addresses[address.person_id].append(address)
        batch = _Written()
        for client in clients:
            reference = known[client.reference]
            if reference.person.erased_at is not None:
                self._report.differ(client.row, "reference", here="erased", there=client.reference)
                self._report.counts["clients unchanged"] += 1
                continue
            self._compare(client, reference, addresses[reference.person_id], batch)
        self._write(batch)

    def _compare(
        self,
        client: Client,
        reference: PersonReference,
        addresses: list[Address],
        batch: _Written,
    ) -> None:
        person, before = reference.person, dict(reference.imported)
        changed = [
            column
            for column, there in client.said.items()
            if self._takes(client, reference, column, getattr(person, column), there)
        ]
        for column in changed:
            setattr(person, column, client.said[column])
        if client.where and self._moves(client, reference, addresses, batch):
            changed.append("address")
        if person.known_since is None:
            person.known_since = self._at
            changed.append("known_since")
        if reference.imported != before:
            batch.confirmed.append(reference)
        self._report.counts["clients changed" if changed else "clients unchanged"] += 1
        if changed:
            person.version += 1
            batch.people.append(person)
            batch.audits.append(self._audit("person.import", person, changed))

    def _takes(
        self, client: Client, reference: PersonReference, column: str, here: str, there: str
    ) -> bool:
        """Whether the file's value is to be written; notes what it brought, or that it differs."""
        settled = settle(here, there, reference.imported, column)
        if settled is Settled.STANDS:
            self._report.differ(client.row, column, here=here, there=there)
        else:
            reference.imported[column] = there
        return settled is Settled.TAKEN

    def _moves(
        self,
        client: Client,
        reference: PersonReference,
        addresses: list[Address],
        batch: _Written,
    ) -> bool:
        assert client.where is not None  # noqa: S101  (asked by the caller)
        there = ", ".join(client.where)
        lines = {_lines(address): address for address in addresses}
        imported = reference.imported.get("address")
        if there in lines:
            reference.imported["address"] = there
            return False
        if not addresses and imported is None:
            batch.addresses.append(_address(reference.person, client.where))
        elif imported in lines:
            moved = lines[imported]
            moved.line1, moved.postal_code, moved.city = client.where
            batch.moved.append(moved)
        else:
            here = next((line for line, each in lines.items() if each.is_default), "")
            self._report.differ(client.row, "street", here=here, there=there)
            return False
        reference.imported["address"] = there
        return True

    def _write(self, batch: _Written) -> None:
        people = list({person.pk: person for person in batch.people}.values())
        for row in (*people, *batch.moved):
            refold(row)
        Person.objects.bulk_update(people, [*_PLAIN, "name_key", "known_since", "version"])
        PersonReference.objects.bulk_update(batch.confirmed, ["imported"])
        Address.objects.bulk_create(batch.addresses)
        Address.objects.bulk_update(batch.moved, ["line1", "postal_code", "city", "city_key"])
        AuditEntry.objects.bulk_create(batch.audits)

    def _audit(self, action: str, person: Person, columns: Sequence[str] = ()) -> AuditEntry:
        """What changed is named, not quoted: an erased person leaves nothing in the trail."""
        changes = {"columns": list(columns)} if columns else {}
        subject = audit.subject_of(person)
        return AuditEntry(at=self._at, by=self._by, action=action, subject=subject, changes=changes)


def read_client(row: Row) -> Client:
    """Raises: RowRefused, for the first value that cannot be."""
    reference = row.needed("reference", longest=_LONGEST_REFERENCE)
    language = row.word("language", LANGUAGES)
    said = {
        "last_name": _name(row, "last_name"),
        "first_name": _name(row, "first_name"),
        "email": _email(row),
        "phone": _phone(row),
        "language": str(language) if language else "",
    }
    row.needed("last_name")
    return Client(
        row=row,
        reference=reference,
        said={column: value for column, value in said.items() if value},
        where=_where(row),
    )


def _name(row: Row, column: str) -> str:
    text = row.text(column)
    if not text:
        return ""
    with refusing(row, {column: column}):
        return written.name(text, path=[column])


def _email(row: Row) -> str:
    with refusing(row, {"email": "email"}):
        return written.email(row.text("email", longest=written.LONGEST_EMAIL), path=["email"])


def _phone(row: Row) -> str:
    """The number as E.164, read as French where it has no country."""
    try:
        return phones.normalise(row.text("phone", longest=40), path=["phone"])
    except PhoneRefused:
        raise row.refused("phone", "a phone number") from None


def _where(row: Row) -> tuple[str, str, str] | None:
    """Street, postal code and city: all of them or none."""
    street = _line(row, "street", _LONGEST_STREET)
    code = _line(row, "postal_code", _LONGEST_CODE)
    city = _line(row, "city", _LONGEST_CITY)
    if not (street or code or city):
        return None
    for column, value in zip(_WHERE, (street, code, city), strict=True):
        if not value:
            raise row.refused(column, "a street, a postal code and a city, or none of them")
    return street, code, city


def _line(row: Row, column: str, most: int) -> str:
    with refusing(row, {column: column}):
        expected = f"at most {most} characters"
        return written.line(row.text(column), path=[column], expected=expected, most=most)


def _address(person: Person, where: tuple[str, str, str]) -> Address:
    """The usual address of a person who has none yet."""
    street, code, city = where
    return Address(
        person=person,
        recipient=str(person)[:_LONGEST_RECIPIENT],
        line1=street,
        postal_code=code,
        city=city,
        is_default=True,
    )


def _lines(address: Address) -> str:
    return ", ".join((address.line1, address.postal_code, address.city))


def _kept(where: tuple[str, str, str] | None) -> dict[str, str]:
    return {"address": ", ".join(where)} if where else {}
