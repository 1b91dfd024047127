"""What the staff read and change of people's files."""

import uuid
from typing import Annotated, cast

import strawberry
from strawberry import relay

from accounts import access, clients, people
from accounts.clients import Part, Place
from accounts.graphql.info import Info
from accounts.graphql.people import PERSON_FIELDS, given_fields
from accounts.graphql.people_types import Client, ClientConnection
from accounts.graphql.repeating import KEY, carried_out_once
from accounts.graphql.selection import names_below
from accounts.graphql.viewer import acting
from accounts.idempotency import Answer, IdempotencyConflict
from accounts.phones import PhoneRefused
from accounts.roles import Duty
from kernel.animals import Language
from kernel.graphql.nodes import key_of
from kernel.graphql.paging import cursor, page_info, page_size, read_cursor
from kernel.graphql.payloads import Answers, ClientMistake, Payload, described
from kernel.refusals import Invalid, NotFound, Stale

_STAYS = "; left as it is if not given."
_LONGEST_SEARCH = 200
#: Where the context keeps the clients of a page, of whom apps above read parts together.
SHOWN = "clients shown"
#: What must be fetched with the files of a page for a field of theirs.
_PARTS: dict[str, Part] = {
    "addresses": "addresses",
    "references": "references",
    "isKnown": "references",
    "consents": "consents",
}


@strawberry.input(description="Changes of a client's contact details.")
class ClientUpdateInput:
    id: relay.GlobalID = strawberry.field(description="The client.")
    expected_version: int = strawberry.field(description="The `version` that was read.")
    first_name: str | None = strawberry.field(default=None, description="First name" + _STAYS)
    last_name: str | None = strawberry.field(default=None, description="Last name" + _STAYS)
    email: str | None = strawberry.field(default=None, description="Contact e-mail" + _STAYS)
    phone: str | None = strawberry.field(
        default=None, description="Phone, as people write it; empty to remove it."
    )
    language: Language | None = strawberry.field(default=None, description="Language" + _STAYS)
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="What came of changing a client's file.")
class ClientUpdatePayload(Payload):
    client: Client | None = strawberry.field(default=None, description="As it is now.")


@strawberry.input(description="Whom the clinic knows.")
class ClientMarkKnownInput:
    id: relay.GlobalID = strawberry.field(description="The client.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="What came of marking a client as known.")
class ClientMarkKnownPayload(Payload):
    client: Client | None = strawberry.field(default=None, description="As it is now.")


@strawberry.type
class ClientsQuery:
    @strawberry.field(
        description="Clients by last name, then first name. Asks the duty `read_clients`; the "
        "search and whose files it showed are kept in the trail."
    )
    def clients(
        self,
        info: Info,
        search: Annotated[
            str | None,
            described("Words of a name, an e-mail, a phone, a postal code or a commune."),
        ] = None,
        first: Annotated[int | None, described("How many, 1 to 100; 24 if not given.")] = None,
        after: Annotated[str | None, described("Cursor of the last client seen.")] = None,
    ) -> ClientConnection:
        by = acting(info, Duty.READ_CLIENTS)
        if len(search or "") > _LONGEST_SEARCH:
            raise ClientMistake("BAD_ARGUMENT", f"At most {_LONGEST_SEARCH} characters to search.")
        page = clients.find_clients(
            search or "",
            first=page_size(first),
            after=_place_of(after),
            parts=_parts_asked(names_below(info)),
        )
        clients.note_search(page, by=by, at=info.context.at)
        info.context.kept[SHOWN] = page.people
        cursors = [cursor(*place) for place in page.places]
        return ClientConnection(
            nodes=cast("list[Client]", page.people),
            page_info=page_info(cursors, has_next=page.has_next, after=after),
        )

    @strawberry.field(
        description="A client's file; null when there is none. Asks the duty `read_clients`; the "
        "reading is kept in the trail."
    )
    def client(
        self,
        info: Info,
        id: Annotated[relay.GlobalID, described("Its id.")],  # noqa: A002
    ) -> Client | None:
        by = acting(info, Duty.READ_CLIENTS)
        try:
            found = clients.read_client(
                key_of(id, "Client"),
                parts=_parts_asked(names_below(info)),
                by=by,
                at=info.context.at,
            )
        except NotFound:
            return None
        info.context.kept[SHOWN] = [found]
        return cast("Client", found)


@strawberry.type
class ClientsMutation:
    @strawberry.mutation(
        description="Change a client's contact details. Asks the duty `edit_clients`.",
        extensions=[
            Answers(
                ClientUpdatePayload, NotFound, Stale, Invalid, PhoneRefused, IdempotencyConflict
            )
        ],
    )
    def client_update(
        self,
        info: Info,
        input: Annotated[ClientUpdateInput, described("What.")],  # noqa: A002
    ) -> ClientUpdatePayload:
        by = acting(info, Duty.EDIT_CLIENTS)

        def run() -> Answer:
            return people.update_person(
                person=access.client_for_staff(key_of(input.id, "Client")),
                changes=given_fields(input, PERSON_FIELDS),
                expected_version=input.expected_version,
                by=by,
                at=info.context.at,
            ).pk

        key = carried_out_once(info, input, run)
        return ClientUpdatePayload(client=_client(key))

    @strawberry.mutation(
        description="Mark a client as known to the clinic. Asks the duty `edit_clients`.",
        extensions=[Answers(ClientMarkKnownPayload, NotFound, IdempotencyConflict)],
    )
    def client_mark_known(
        self,
        info: Info,
        input: Annotated[ClientMarkKnownInput, described("Whom.")],  # noqa: A002
    ) -> ClientMarkKnownPayload:
        by = acting(info, Duty.EDIT_CLIENTS)

        def run() -> Answer:
            person = access.client_for_staff(key_of(input.id, "Client"))
            return people.mark_known(person=person, by=by, at=info.context.at).pk

        key = carried_out_once(info, input, run)
        return ClientMarkKnownPayload(client=_client(key))


def _parts_asked(names: set[str]) -> set[Part]:
    return {part for name, part in _PARTS.items() if name in names}


def _client(key: Answer) -> Client:
    return cast("Client", access.client_for_staff(int(str(key))))


def _place_of(after: str | None) -> Place | None:
    """Raises: ClientMistake, for what is no cursor of this list."""
    if after is None:
        return None
    key, pk = read_cursor(after, str, int)
    return str(key), int(pk)
