"""What the signed-in person changes in their own file."""

import uuid
from typing import Annotated, cast

import strawberry
from strawberry import relay

from accounts import access, addresses, consents, people
from accounts.addresses import AddressGiven
from accounts.graphql.info import Info
from accounts.graphql.people_types import Address, Consent, Person, consent_of
from accounts.graphql.repeating import KEY, carried_out_once
from accounts.graphql.viewer import signed_in
from accounts.idempotency import Answer, IdempotencyConflict
from accounts.phones import PhoneRefused
from accounts.vocabulary import Origin, Purpose
from kernel.animals import Language
from kernel.graphql.nodes import global_id, key_of
from kernel.graphql.payloads import Answers, Payload, described
from kernel.refusals import Invalid, LimitReached, NotFound, Stale

_STAYS = "; left as it is if not given."


@strawberry.input(description="Changes of one's own contact details.")
class PersonUpdateInput:
    expected_version: int = strawberry.field(description="The `version` that was read.")
    first_name: str | None = strawberry.field(default=None, description="First name" + _STAYS)
    last_name: str | None = strawberry.field(default=None, description="Last name" + _STAYS)
    email: str | None = strawberry.field(default=None, description="Contact e-mail" + _STAYS)
    phone: str | None = strawberry.field(
        default=None, description="Phone, as people write it; empty to remove it."
    )
    language: Language | None = strawberry.field(default=None, description="Language" + _STAYS)
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="What came of changing one's contact details.")
class PersonUpdatePayload(Payload):
    person: Person | None = strawberry.field(default=None, description="As it is now.")


@strawberry.input(description="A new address.")
class AddressAddInput:
    recipient: str = strawberry.field(description="Who receives, at most 120 characters.")
    line1: str = strawberry.field(description="Number and street.")
    postal_code: str = strawberry.field(description="Postal code, as its country writes it.")
    city: str = strawberry.field(description="Commune.")
    country: str = strawberry.field(
        default="FR", description="Two letters; the European Union and Monaco."
    )
    label: str = strawberry.field(default="", description="What its owner calls it: `Home`.")
    company: str = strawberry.field(default="", description="The company there.")
    line2: str = strawberry.field(default="", description="Building, floor, door.")
    phone: str = strawberry.field(default="", description="Phone for the carrier.")
    instructions: str = strawberry.field(default="", description="What the carrier should know.")
    make_default: bool = strawberry.field(
        default=False, description="Make it the usual one; the first always is."
    )
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="What came of adding an address.")
class AddressAddPayload(Payload):
    address: Address | None = strawberry.field(
        default=None, description="The address kept, with its warnings."
    )


@strawberry.input(description="Changes of an address.")
class AddressUpdateInput:
    id: relay.GlobalID = strawberry.field(description="The address.")
    recipient: str | None = strawberry.field(default=None, description="Who receives" + _STAYS)
    line1: str | None = strawberry.field(default=None, description="Number and street" + _STAYS)
    postal_code: str | None = strawberry.field(default=None, description="Postal code" + _STAYS)
    city: str | None = strawberry.field(default=None, description="Commune" + _STAYS)
    country: str | None = strawberry.field(default=None, description="Two letters" + _STAYS)
    label: str | None = strawberry.field(default=None, description="Its owner's name" + _STAYS)
    company: str | None = strawberry.field(default=None, description="Company; empty to remove.")
    line2: str | None = strawberry.field(default=None, description="Floor; empty to remove.")
    phone: str | None = strawberry.field(default=None, description="Phone; empty to remove.")
    instructions: str | None = strawberry.field(
        default=None, description="What the carrier should know; empty to remove."
    )
    make_default: bool = strawberry.field(default=False, description="Make it the usual one.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="What came of changing an address.")
class AddressUpdatePayload(Payload):
    address: Address | None = strawberry.field(default=None, description="As it is now.")


@strawberry.input(description="Which address to remove.")
class AddressRemoveInput:
    id: relay.GlobalID = strawberry.field(description="The address.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="What came of removing an address.")
class AddressRemovePayload(Payload):
    removed_id: strawberry.ID | None = strawberry.field(
        default=None, description="The address that is gone."
    )


@strawberry.input(description="An answer for a purpose.")
class ConsentSetInput:
    purpose: Purpose = strawberry.field(description="For what.")
    granted: bool = strawberry.field(description="Yes, or no.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="What came of an answer.")
class ConsentSetPayload(Payload):
    consent: Consent | None = strawberry.field(default=None, description="As it is now.")


def given_fields(given: object, names: tuple[str, ...]) -> dict[str, str]:
    """The fields that were given a value; null is as good as nothing."""
    return {name: str(value) for name in names if (value := getattr(given, name)) is not None}


PERSON_FIELDS = ("first_name", "last_name", "email", "phone", "language")


@strawberry.type
class PeopleMutation:
    @strawberry.mutation(
        description="Change one's own contact details.",
        extensions=[
            Answers(PersonUpdatePayload, Stale, Invalid, PhoneRefused, IdempotencyConflict)
        ],
    )
    def person_update(
        self,
        info: Info,
        input: Annotated[PersonUpdateInput, described("What.")],  # noqa: A002
    ) -> PersonUpdatePayload:
        person = signed_in(info)

        def run() -> Answer:
            return people.update_person(
                person=person,
                changes=given_fields(input, PERSON_FIELDS),
                expected_version=input.expected_version,
                by=person,
                at=info.context.at,
            ).pk

        carried_out_once(info, input, run)
        return PersonUpdatePayload(person=cast("Person", access.person_now(person)))

    @strawberry.mutation(
        description="Add an address to one's own.",
        extensions=[
            Answers(
                AddressAddPayload,
                NotFound,
                Invalid,
                PhoneRefused,
                LimitReached,
                IdempotencyConflict,
            )
        ],
    )
    def address_add(
        self,
        info: Info,
        input: Annotated[AddressAddInput, described("Which.")],  # noqa: A002
    ) -> AddressAddPayload:
        person = signed_in(info)

        def run() -> Answer:
            return addresses.add_address(
                person=person,
                given=AddressGiven(**{name: getattr(input, name) for name in addresses.FIELDS}),
                make_default=input.make_default,
                by=person,
                at=info.context.at,
            ).pk

        key = carried_out_once(info, input, run)
        return AddressAddPayload(address=_own(info, key))

    @strawberry.mutation(
        description="Change one of one's own addresses.",
        extensions=[
            Answers(AddressUpdatePayload, NotFound, Invalid, PhoneRefused, IdempotencyConflict)
        ],
    )
    def address_update(
        self,
        info: Info,
        input: Annotated[AddressUpdateInput, described("What.")],  # noqa: A002
    ) -> AddressUpdatePayload:
        person = signed_in(info)

        def run() -> Answer:
            return addresses.update_address(
                address=access.address_for(info.context.viewer, key_of(input.id, "Address")),
                changes=given_fields(input, addresses.FIELDS),
                make_default=input.make_default,
                by=person,
                at=info.context.at,
            ).pk

        key = carried_out_once(info, input, run)
        return AddressUpdatePayload(address=_own(info, key))

    @strawberry.mutation(
        description="Remove one of one's own addresses; orders keep their own copy.",
        extensions=[Answers(AddressRemovePayload, NotFound, IdempotencyConflict)],
    )
    def address_remove(
        self,
        info: Info,
        input: Annotated[AddressRemoveInput, described("Which.")],  # noqa: A002
    ) -> AddressRemovePayload:
        person = signed_in(info)

        def run() -> Answer:
            address = access.address_for(info.context.viewer, key_of(input.id, "Address"))
            key = address.pk
            addresses.remove_address(address=address, by=person, at=info.context.at)
            return key

        key = carried_out_once(info, input, run)
        return AddressRemovePayload(removed_id=global_id("Address", int(str(key))))

    @strawberry.mutation(
        description="Say yes or no to a purpose; the history of answers is kept.",
        extensions=[Answers(ConsentSetPayload, IdempotencyConflict)],
    )
    def consent_set(
        self,
        info: Info,
        input: Annotated[ConsentSetInput, described("Which answer.")],  # noqa: A002
    ) -> ConsentSetPayload:
        person = signed_in(info)

        def run() -> Answer:
            consents.set_consent(
                person=person,
                purpose=input.purpose,
                granted=input.granted,
                by=person,
                at=info.context.at,
                origin=Origin.OWNER,
            )
            return person.pk

        carried_out_once(info, input, run)
        return ConsentSetPayload(consent=consent_of(consents.consents_of(person)[input.purpose]))


def _own(info: Info, key: Answer) -> Address:
    return cast("Address", access.address_for(info.context.viewer, int(str(key))))
