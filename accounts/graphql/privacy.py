"""A person's rights over their data, and the joining of files."""

import datetime
import uuid
from typing import Annotated, cast

import strawberry
from strawberry import relay

from accounts import access, claims, erasing, exporting, merging
from accounts.claims import CodeRefused, TooManyStarts
from accounts.erasing import NotYetForgotten
from accounts.graphql.info import Info
from accounts.graphql.repeating import KEY, carried_out_once
from accounts.graphql.viewer import acting, signed_in
from accounts.idempotency import Answer, IdempotencyConflict
from accounts.merging import ErasureAwaited, TwoAccounts
from accounts.models import Login, PrivacyRequest
from accounts.roles import Duty
from accounts.vocabulary import Fate, PrivacyState
from kernel.graphql.nodes import global_id, key_of
from kernel.graphql.payloads import Answers, Payload, described
from kernel.graphql.vocabulary import describe
from kernel.refusals import Invalid, NotAllowed, NotFound, Stale

describe(
    Fate,
    "What becomes of what the shop knows of a person who asks to be forgotten.",
    {
        Fate.DELETE: "Deleted.",
        Fate.PSEUDONYMISE: "Kept without name, address or words.",
        Fate.KEEP: "Kept as it is, for the reason given.",
    }.__getitem__,
)
describe(
    PrivacyState,
    "How far a request about a person's data is.",
    {
        PrivacyState.REQUESTED: "Under way.",
        PrivacyState.DONE: "Carried out.",
        PrivacyState.FAILED: "Could not be carried out: ask again.",
    }.__getitem__,
)


@strawberry.type(description="An archive of what the shop knows of a person.")
class Export:
    id: strawberry.ID = strawberry.field(description="The id, unique across the whole API.")
    state: PrivacyState = strawberry.field(description="How far it is.")
    requested_at: datetime.datetime = strawberry.field(description="When it was asked for.")
    url: str | None = strawberry.field(
        description="Where to fetch it, for whoever holds the address; null until it is made and "
        "after it expires."
    )
    expires_at: datetime.datetime | None = strawberry.field(description="Until when it is kept.")


@strawberry.type(description="What becomes of one kind of data.")
class ErasureLine:
    what: str = strawberry.field(description="Which data, in the reader's language.")
    rows: int = strawberry.field(description="How many there are.")
    fate: Fate = strawberry.field(description="What becomes of them.")
    reason: str = strawberry.field(description="Why.")
    article: str = strawberry.field(description="The article of law behind it.")


@strawberry.type(description="What would go and what would stay, were the person forgotten.")
class ErasurePreview:
    token: str = strawberry.field(
        description="Give it to `accountErase` within 30 minutes: it says that this was shown."
    )
    lines: list[ErasureLine] = strawberry.field(description="A line for each kind of data.")


@strawberry.type(description="What belongs to the signed-in person.")
class PrivacyMe:
    @strawberry.field(description="The latest archives that were asked for, newest first; ten.")
    def exports(self, info: Info) -> list[Export]:
        found = exporting.exports_of(signed_in(info))
        return [_export_of(each, at=info.context.at) for each in found]

    @strawberry.field(description="What erasing the account would delete, and what would stay.")
    def erasure_preview(self, info: Info) -> ErasurePreview:
        found = erasing.preview_erasure(signed_in(info), at=info.context.at)
        lines = [
            ErasureLine(
                what=line.what,
                rows=line.rows,
                fate=line.fate,
                reason=line.reason,
                article=line.article,
            )
            for line in found.lines
        ]
        return ErasurePreview(token=found.token, lines=lines)


@strawberry.input(description="Asks for an archive of one's data.")
class AccountExportInput:
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Asks to be forgotten.")
class AccountEraseInput:
    preview_token: str = strawberry.field(description="The token of the preview that was shown.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="By which contact the clinic knows the asker.")
class ClientFileClaimStartInput:
    contact: str = strawberry.field(description="An e-mail address or a phone number.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="The code that was received.")
class ClientFileClaimInput:
    # No idempotency key: an attempt counts in a transaction that nothing undoes.
    code: str = strawberry.field(description="Six digits.")


@strawberry.input(description="Two files on one client.")
class ClientMergeInput:
    kept_id: relay.GlobalID = strawberry.field(description="The file that stays.")
    other_id: relay.GlobalID = strawberry.field(description="The file that goes into it.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="What came of asking for an archive.")
class AccountExportPayload(Payload):
    export: Export | None = strawberry.field(
        default=None, description="The request; the one under way if there is one."
    )


@strawberry.type(description="What came of asking to be forgotten.")
class AccountErasePayload(Payload):
    number: int | None = strawberry.field(
        default=None, description="The number of the request, by which its proof is found."
    )


@strawberry.type(description="The same whether the clinic knows the contact or not.")
class ClientFileClaimStartPayload(Payload):
    valid_minutes: int | None = strawberry.field(
        default=None, description="How long a code is good for, if one was sent."
    )


@strawberry.type(description="What came of the code.")
class ClientFileClaimPayload(Payload):
    is_joined: bool = strawberry.field(
        default=False, description="Whether the account has the file now: read `me` again."
    )


@strawberry.type(description="What came of the merge.")
class ClientMergePayload(Payload):
    kept_id: strawberry.ID | None = strawberry.field(
        default=None, description="The one file that there is now."
    )


@strawberry.type
class PrivacyMutation:
    @strawberry.mutation(
        description="Ask for an archive of all that the shop knows of the signed-in person.",
        extensions=[Answers(AccountExportPayload, IdempotencyConflict)],
    )
    def account_export(
        self,
        info: Info,
        input: Annotated[AccountExportInput, described("How.")],  # noqa: A002
    ) -> AccountExportPayload:
        person, at = signed_in(info), info.context.at

        def run() -> Answer:
            return exporting.request_export(person=person, by=person, at=at).pk

        key = carried_out_once(info, input, run)
        asked = next((each for each in exporting.exports_of(person) if each.pk == key), None)
        return AccountExportPayload(export=_export_of(asked, at=at) if asked else None)

    @strawberry.mutation(
        description="Ask to be forgotten: the account and what hangs on it go within minutes.",
        extensions=[
            Answers(AccountErasePayload, NotYetForgotten, NotAllowed, Stale, IdempotencyConflict)
        ],
    )
    def account_erase(
        self,
        info: Info,
        input: Annotated[AccountEraseInput, described("What was shown.")],  # noqa: A002
    ) -> AccountErasePayload:
        person, at = signed_in(info), info.context.at

        def run() -> Answer:
            return erasing.request_erasure(
                person=person, preview_token=input.preview_token, by=person, at=at
            ).pk

        return AccountErasePayload(number=int(str(carried_out_once(info, input, run))))

    @strawberry.mutation(
        description="Have a code sent to the contact that the clinic has on file, to join the "
        "account to that file. The answer never tells whether there is one.",
        extensions=[Answers(ClientFileClaimStartPayload, TooManyStarts, IdempotencyConflict)],
    )
    def client_file_claim_start(
        self,
        info: Info,
        input: Annotated[ClientFileClaimStartInput, described("Which contact.")],  # noqa: A002
    ) -> ClientFileClaimStartPayload:
        login, at = _login(info), info.context.at

        def run() -> Answer:
            claims.start_claim(login=login, contact=input.contact, at=at)
            return None

        carried_out_once(info, input, run)
        minutes = int(claims.VALID_FOR.total_seconds() // 60)
        return ClientFileClaimStartPayload(valid_minutes=minutes)

    @strawberry.mutation(
        description="Join the account to the clinic's file by the code that was sent.",
        extensions=[Answers(ClientFileClaimPayload, CodeRefused, TwoAccounts, ErasureAwaited)],
    )
    def client_file_claim(
        self,
        info: Info,
        input: Annotated[ClientFileClaimInput, described("The code.")],  # noqa: A002
    ) -> ClientFileClaimPayload:
        claims.claim_file(login=_login(info), code=input.code, at=info.context.at)
        return ClientFileClaimPayload(is_joined=True)

    @strawberry.mutation(
        description="Make one file of two on the same client. Asks the duty `merge_clients`.",
        extensions=[
            Answers(
                ClientMergePayload,
                Invalid,
                NotFound,
                TwoAccounts,
                ErasureAwaited,
                IdempotencyConflict,
            )
        ],
    )
    def client_merge(
        self,
        info: Info,
        input: Annotated[ClientMergeInput, described("Which files.")],  # noqa: A002
    ) -> ClientMergePayload:
        by, at = acting(info, Duty.MERGE_CLIENTS), info.context.at

        def run() -> Answer:
            kept = access.client_for_staff(
                key_of(input.kept_id, "Client"), path=("input", "keptId")
            )
            other = access.client_for_staff(
                key_of(input.other_id, "Client"), path=("input", "otherId")
            )
            merged, _moved = merging.merge_people(kept=kept, other=other, by=by, at=at)
            return merged.pk

        key = int(str(carried_out_once(info, input, run)))
        return ClientMergePayload(kept_id=global_id("Client", key))


def _export_of(request: PrivacyRequest, *, at: datetime.datetime) -> Export:
    return Export(
        id=global_id("Export", request.pk),
        state=PrivacyState(request.state),
        requested_at=request.requested_at,
        url=exporting.address_of(request, at=at),
        expires_at=request.expires_at,
    )


def _login(info: Info) -> Login:
    signed_in(info)
    return cast("Login", info.context.viewer.login)
