"""Files on their way in: a ticket and a one-time address, never multipart in GraphQL."""

import datetime
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

import strawberry
from django.conf import settings

from accounts.graphql.info import Info
from accounts.graphql.viewer import acting, signed_in
from accounts.roles import Duty
from kernel import uploads
from kernel.graphql.payloads import Answers, Payload, described
from kernel.uploads import UploadPurpose, UploadRefused

#: What staff must be able to do to send a file; None: everybody with an account may.
_DUTIES: Mapping[UploadPurpose, Duty | None] = MappingProxyType(
    {
        UploadPurpose.PRODUCT_PICTURE: Duty.MANAGE_CATALOGUE,
        UploadPurpose.PET_PHOTO: None,
        UploadPurpose.QUESTION_FILE: None,
        UploadPurpose.ARTICLE_PICTURE: Duty.WRITE_ADVICE,
    }
)


@strawberry.input(description="The file about to be sent.")
class UploadCreateInput:
    purpose: uploads.UploadPurpose = strawberry.field(description="What it is for.")
    content_type: str = strawberry.field(description="Its media type, such as `image/jpeg`.")
    bytes: int = strawberry.field(description="Its size.")


@strawberry.type(description="Where to send a file.")
class UploadCreatePayload(Payload):
    ticket: str | None = strawberry.field(
        default=None, description="Give it to the mutation that takes the file."
    )
    url: str | None = strawberry.field(
        default=None, description="PUT the bytes here, once, before it expires."
    )
    expires_at: datetime.datetime | None = strawberry.field(default=None, description="Until when.")


@strawberry.type
class UploadMutation:
    @strawberry.mutation(
        description="Ask for a one-time address to send a file to. Asks to be signed in, and for "
        "`PRODUCT_PICTURE` the duty `manage_catalogue`, for `ARTICLE_PICTURE` `write_advice`.",
        extensions=[Answers(UploadCreatePayload, UploadRefused)],
    )
    def upload_create(
        self,
        info: Info,
        input: Annotated[UploadCreateInput, described("Which file.")],  # noqa: A002
    ) -> UploadCreatePayload:
        duty = _DUTIES[input.purpose]
        acting(info, duty) if duty else signed_in(info)
        ticket = uploads.issue(
            purpose=input.purpose,
            content_type=input.content_type,
            size_bytes=input.bytes,
            owner=info.context.viewer.actor,
            at=info.context.at,
        )
        return UploadCreatePayload(
            ticket=ticket.token,
            url=f"{settings.PUBLIC_URL}{ticket.path}",
            expires_at=ticket.expires_at,
        )
