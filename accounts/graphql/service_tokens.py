"""Keys of machines: given, listed and revoked by who manages access."""

import dataclasses
import datetime
import uuid
from typing import Annotated

import strawberry
from strawberry import relay

from accounts import models, roles, service_tokens
from accounts.graphql.info import Info
from accounts.graphql.viewer import acting
from accounts.idempotency import IdempotencyConflict, once
from accounts.roles import Duty
from kernel.graphql.nodes import global_id, key_of
from kernel.graphql.paging import PageInfo, cursor, page_info, page_size, read_cursor
from kernel.graphql.payloads import Answers, Payload, described
from kernel.graphql.vocabulary import describe, in_words
from kernel.refusals import Invalid, NotFound

_KIND = "ServiceToken"

describe(roles.Duty, "What staff and machines may do for the clinic.", in_words)


@strawberry.type(description="The key of a machine, which is never shown again.")
class ServiceToken:
    id: strawberry.ID = strawberry.field(description="The id, unique across the whole API.")
    name: str = strawberry.field(description="What the machine is.")
    prefix: str = strawberry.field(description="How the token begins, to tell it from others.")
    duties: list[Duty] = strawberry.field(description="What it may do.")
    given_by: str | None = strawberry.field(description="Who gave it, if they are still known.")
    created_at: datetime.datetime = strawberry.field(description="When it was given.")
    expires_at: datetime.datetime | None = strawberry.field(description="Until when it serves.")
    last_used_at: datetime.datetime | None = strawberry.field(
        description="When it was last used, to the hour; null if never."
    )
    revoked_at: datetime.datetime | None = strawberry.field(description="When it was revoked.")


@strawberry.type(description="A page of service tokens, newest first.")
class ServiceTokenConnection:
    nodes: list[ServiceToken] = strawberry.field(description="The tokens of this page.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@strawberry.input(description="A token for a machine.")
class ServiceTokenCreateInput:
    name: str = strawberry.field(description="What the machine is, in 1 to 80 characters.")
    duties: list[Duty] = strawberry.field(
        description="What it may do, among the duties of the role `service`."
    )
    expires_at: datetime.datetime | None = strawberry.field(
        default=None, description="Until when; for ever if not given."
    )
    idempotency_key: uuid.UUID | None = strawberry.field(
        default=None,
        description="A key of the caller's own: the same request with the same key gives one "
        "token, and its text in the first answer alone.",
    )


@strawberry.input(description="Which machine to shut out.")
class ServiceTokenRevokeInput:
    id: relay.GlobalID = strawberry.field(description="The token.")


@strawberry.type(description="What came of giving a token.")
class ServiceTokenCreatePayload(Payload):
    token: str | None = strawberry.field(
        default=None, description="The token itself, shown this once: keep it in a safe place."
    )
    service_token: ServiceToken | None = strawberry.field(
        default=None, description="What is kept of it."
    )


@strawberry.type(description="What came of revoking a token.")
class ServiceTokenRevokePayload(Payload):
    service_token: ServiceToken | None = strawberry.field(
        default=None, description="The token, in force no more."
    )


@strawberry.type
class ServiceTokenQuery:
    @strawberry.field(
        description="The tokens of machines, newest first. Asks the duty `manage_access`."
    )
    def service_tokens(
        self,
        info: Info,
        first: Annotated[int | None, described("How many, 1 to 100; 24 if not given.")] = None,
        after: Annotated[str | None, described("The cursor that the page follows.")] = None,
    ) -> ServiceTokenConnection:
        acting(info, Duty.MANAGE_ACCESS)
        size = page_size(first)
        before = int(read_cursor(after, int)[0]) if after else None
        found = service_tokens.newest_tokens(most=size + 1, before=before)
        shown = found[:size]
        cursors = [cursor(row.pk) for row in shown]
        return ServiceTokenConnection(
            nodes=[service_token_of(row) for row in shown],
            page_info=page_info(cursors, has_next=len(found) > size, after=after),
        )


@strawberry.type
class ServiceTokenMutation:
    @strawberry.mutation(
        description="Give a machine a token. Asks the duty `manage_access`.",
        extensions=[Answers(ServiceTokenCreatePayload, Invalid, IdempotencyConflict)],
    )
    def service_token_create(
        self,
        info: Info,
        input: Annotated[ServiceTokenCreateInput, described("For which machine.")],  # noqa: A002
    ) -> ServiceTokenCreatePayload:
        by = acting(info, Duty.MANAGE_ACCESS)
        texts: list[str] = []

        def run() -> int:
            given = service_tokens.give_token(
                name=input.name,
                duties=input.duties,
                expires_at=input.expires_at,
                by=by,
                at=info.context.at,
            )
            # Kept out of the answer that `once` stores, so that the text is nowhere at rest.
            texts.append(given.text)
            return given.row.pk

        key = once(
            actor=info.context.viewer.actor,
            key=input.idempotency_key,
            request=[type(input).__name__, dataclasses.asdict(input)],
            at=info.context.at,
            run=run,
        )
        row = service_tokens.token_for_staff(int(str(key)))
        return ServiceTokenCreatePayload(
            token=texts[0] if texts else None, service_token=service_token_of(row)
        )

    @strawberry.mutation(
        description="Shut a machine out at once. Asks the duty `manage_access`.",
        extensions=[Answers(ServiceTokenRevokePayload, NotFound)],
    )
    def service_token_revoke(
        self,
        info: Info,
        input: Annotated[ServiceTokenRevokeInput, described("Which.")],  # noqa: A002
    ) -> ServiceTokenRevokePayload:
        by = acting(info, Duty.MANAGE_ACCESS)
        row = service_tokens.token_for_staff(key_of(input.id, _KIND))
        row = service_tokens.revoke_token(token=row, by=by, at=info.context.at)
        return ServiceTokenRevokePayload(service_token=service_token_of(row))


def service_token_of(row: models.ServiceToken) -> ServiceToken:
    return ServiceToken(
        id=global_id(_KIND, row.pk),
        name=row.name,
        prefix=row.prefix,
        duties=[duty for duty in Duty if duty in row.duties],
        given_by=str(row.created_by) if row.created_by else None,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
