"""What a person's file shows, to its owner and to the staff."""

import datetime
from typing import cast

import strawberry
import strawberry_django
from strawberry import Parent, auto

from accounts import consents, mail_labels, models, people, phones, postal
from accounts.vocabulary import AddressDoubt, Purpose
from kernel.animals import Language
from kernel.graphql.nodes import global_id
from kernel.graphql.paging import PageInfo


@strawberry.type(description="A commune of France and one of its postal codes.")
class Commune:
    postal_code: str = strawberry.field(description="The postal code.")
    name: str = strawberry.field(description="Its name: `Saint-Malo`.")
    delivery_label: str = strawberry.field(
        description="How the post writes it on a parcel: `SAINT MALO`."
    )


@strawberry.type(description="A doubt about an address; it is kept all the same.")
class AddressWarning:
    reason: AddressDoubt = strawberry.field(description="Which doubt.")
    field: str = strawberry.field(description="The field of the address that it is about.")
    suggestions: list[Commune] = strawberry.field(
        description="Communes that may be meant; at most 46, those of the largest postal code."
    )


@strawberry_django.type(models.Address, description="Where a person is delivered.")
class Address:
    label: auto = strawberry_django.field(description="What its owner calls it: `Home`.")
    recipient: auto = strawberry_django.field(description="Who receives.")
    company: auto = strawberry_django.field(description="The company there; may be empty.")
    line1: auto = strawberry_django.field(description="Number and street.")
    line2: auto = strawberry_django.field(description="Building, floor, door; may be empty.")
    postal_code: auto = strawberry_django.field(description="Postal code.")
    city: auto = strawberry_django.field(description="Commune, as the official list spells it.")
    country: auto = strawberry_django.field(description="Two letters: `FR`.")
    phone: auto = strawberry_django.field(description="Phone for the carrier, as `+33612345678`.")
    instructions: auto = strawberry_django.field(description="What the carrier should know.")
    is_default: auto = strawberry_django.field(description="Whether it is the usual one.")

    @strawberry_django.field(description="Its id.")
    def id(root: Parent[models.Address]) -> strawberry.ID:
        return global_id("Address", root.pk)

    @strawberry_django.field(description="The phone as people write it: `06 12 34 56 78`.")
    def phone_shown(root: Parent[models.Address]) -> str:
        return phones.shown(root.phone, country=root.country)

    @strawberry_django.field(description="The address on a parcel: at most 6 lines of 38.")
    def label_lines(root: Parent[models.Address]) -> list[str]:
        return mail_labels.label_lines(root)

    @strawberry_django.field(description="Doubts about it, found when it is read.")
    def warnings(root: Parent[models.Address]) -> list[AddressWarning]:
        return [warning_of(each) for each in mail_labels.warnings_of(root)]


@strawberry.type(description="A person's answer for a purpose.")
class Consent:
    purpose: Purpose = strawberry.field(description="For what.")
    granted: bool = strawberry.field(
        description="Whether it may be done: their answer, or what the law lets the clinic assume."
    )
    since: datetime.datetime | None = strawberry.field(
        description="When they answered; null while they have not."
    )
    article: str = strawberry.field(description="The article of law that it rests on.")


@strawberry_django.type(models.Person, description="The signed-in person.")
class Person:
    first_name: auto = strawberry_django.field(description="First name.")
    last_name: auto = strawberry_django.field(description="Last name.")
    email: auto = strawberry_django.field(
        description="Where the clinic writes to; the account's own address stays apart."
    )
    phone: auto = strawberry_django.field(description="Phone, as `+33612345678`; may be empty.")
    version: auto = strawberry_django.field(
        description="Give it as `expectedVersion` when changing these."
    )

    @strawberry_django.field(description="The language that they are written to in.")
    def language(root: Parent[models.Person]) -> Language:
        return Language(root.language)

    @strawberry_django.field(description="The phone as people write it: `06 12 34 56 78`.")
    def phone_shown(root: Parent[models.Person]) -> str:
        return phones.shown(root.phone)

    @strawberry_django.field(description="Whether the clinic knows them as a client.")
    def is_known_client(root: Parent[models.Person]) -> bool:
        return people.is_known_client(root)


@strawberry_django.type(
    models.PersonReference, description="The name of a client's file in another system."
)
class ClientReference:
    source: auto = strawberry_django.field(description="The system: `practice`.")
    reference: auto = strawberry_django.field(description="The file's name there.")


@strawberry_django.type(models.Person, description="A client's file, as the staff read it.")
class Client:
    first_name: auto = strawberry_django.field(description="First name; may be empty.")
    last_name: auto = strawberry_django.field(description="Last name; may be empty.")
    email: auto = strawberry_django.field(description="Contact e-mail; may be empty.")
    phone: auto = strawberry_django.field(description="Phone, as `+33612345678`; may be empty.")
    known_since: auto = strawberry_django.field(
        description="Since when staff mark them as known; null when they do not."
    )
    created_at: auto = strawberry_django.field(description="When the file was opened.")
    version: auto = strawberry_django.field(
        description="Give it as `expectedVersion` when changing the file."
    )

    @strawberry_django.field(description="Its id.")
    def id(root: Parent[models.Person]) -> strawberry.ID:
        return global_id("Client", root.pk)

    @strawberry_django.field(description="The language that they are written to in.")
    def language(root: Parent[models.Person]) -> Language:
        return Language(root.language)

    @strawberry_django.field(description="The phone as people write it: `06 12 34 56 78`.")
    def phone_shown(root: Parent[models.Person]) -> str:
        return phones.shown(root.phone)

    @strawberry_django.field(description="Whether the clinic knows them: marked, or on file.")
    def is_known(root: Parent[models.Person]) -> bool:
        return people.is_known_client(root)

    @strawberry_django.field(description="Whether they have an account to sign in with.")
    def has_login(root: Parent[models.Person]) -> bool:
        return root.login_id is not None

    @strawberry_django.field(description="Their files in other systems.")
    def references(root: Parent[models.Person]) -> list[ClientReference]:
        return cast("list[ClientReference]", list(root.references.all()))

    @strawberry_django.field(description="Their addresses, the usual one first, at most 20.")
    def addresses(root: Parent[models.Person]) -> list[Address]:
        return cast("list[Address]", list(root.addresses.all()))

    @strawberry_django.field(description="What they agreed to, a line a purpose.")
    def consents(root: Parent[models.Person]) -> list[Consent]:
        return consents_shown(root)


@strawberry.type(description="A page of clients, by last name, then first name.")
class ClientConnection:
    nodes: list[Client] = strawberry.field(description="The clients.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


def commune_of(commune: postal.Commune) -> Commune:
    return Commune(
        postal_code=commune.postal_code, name=commune.name, delivery_label=commune.delivery_label
    )


def warning_of(warning: postal.AddressWarning) -> AddressWarning:
    return AddressWarning(
        reason=warning.reason,
        field=warning.field,
        suggestions=[commune_of(each) for each in warning.suggestions],
    )


def consents_shown(person: models.Person) -> list[Consent]:
    return [consent_of(state) for state in consents.consents_of(person).values()]


def consent_of(state: consents.ConsentState) -> Consent:
    return Consent(
        purpose=state.purpose, granted=state.is_granted, since=state.since, article=state.article
    )
