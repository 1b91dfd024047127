"""Pictures for articles, sent by writers through the API."""

import uuid
from typing import Annotated

import strawberry

from accounts.graphql.info import Info
from accounts.graphql.repeating import KEY, carried_out_once
from accounts.graphql.viewer import acting
from accounts.idempotency import IdempotencyConflict
from accounts.roles import Duty
from advice import album
from kernel import uploads
from kernel.graphql.payloads import Answers, Payload, described
from kernel.pictures import PictureRefused
from kernel.refusals import Invalid
from kernel.uploads import UploadPurpose, UploadRefused


@strawberry.input(description="A picture for articles, sent already.")
class ArticlePictureAddInput:
    ticket: str = strawberry.field(description="From `uploadCreate` for `ARTICLE_PICTURE`.")
    alt_fr: str = strawberry.field(
        description="French words for those who cannot see it, at most 200 characters."
    )
    alt_en: str = strawberry.field(default="", description="The same in English.")
    credit: str = strawberry.field(default="", description="Whose picture it is.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="What came of adding a picture.")
class ArticlePictureAddPayload(Payload):
    reference: str | None = strawberry.field(
        default=None, description="Its address in a text: `![words](picture:KEY)`."
    )


@strawberry.type
class AlbumMutation:
    @strawberry.mutation(
        description="Take a picture in for articles; the same one again is the one that is there. "
        "Asks the duty `write_advice`.",
        extensions=[
            Answers(
                ArticlePictureAddPayload,
                Invalid,
                PictureRefused,
                UploadRefused,
                IdempotencyConflict,
            )
        ],
    )
    def article_picture_add(
        self,
        info: Info,
        input: Annotated[ArticlePictureAddInput, described("Which picture.")],  # noqa: A002
    ) -> ArticlePictureAddPayload:
        by, at = acting(info, Duty.WRITE_ADVICE), info.context.at

        def run() -> str:
            data = uploads.take(
                input.ticket,
                purpose=UploadPurpose.ARTICLE_PICTURE,
                owner=info.context.viewer.actor,
                at=at,
            )
            alt = (input.alt_fr, input.alt_en)
            picture = album.add_picture(data=data, alt=alt, by=by, at=at, credit=input.credit)
            return picture.key

        key = carried_out_once(info, input, run)
        return ArticlePictureAddPayload(reference=f"picture:{key}")
