"""What the clinic's writers, publishers and vets do to articles through the API."""

from collections.abc import Callable
from typing import Annotated, Protocol

import strawberry
from strawberry import relay

from accounts.graphql.info import Info
from accounts.graphql.repeating import Repeatable, carried_out_once
from accounts.graphql.viewer import acting
from accounts.idempotency import IdempotencyConflict
from accounts.models import Person
from accounts.roles import Duty
from advice import access, publishing, writing
from advice.graphql.inputs import aware
from advice.graphql.staff_inputs import (
    ArticleClaimsOverrideInput,
    ArticleCreateInput,
    ArticlePublishInput,
    ArticleRestoreInput,
    ArticleScheduleInput,
    ArticleSendBackInput,
    ArticleSlugSetInput,
    ArticleSubmitInput,
    ArticleUpdateInput,
    ArticleWithdrawInput,
    content_of,
)
from advice.graphql.staff_types import ArticleDraft, draft_of
from advice.models import Article
from advice.publishing import (
    ArticleInWrongState,
    ArticleNotPublishable,
    ClaimNotAllowed,
    MedicineShown,
)
from advice.writing import ArticleSlugTaken
from kernel.graphql.nodes import key_of
from kernel.graphql.payloads import Answers, Payload, described
from kernel.refusals import Invalid, LimitReached, NotFound, Stale

_NOW = "The article as it is now."


@strawberry.type(description="What came of beginning an article.")
class ArticleCreatePayload(Payload):
    draft: ArticleDraft | None = strawberry.field(default=None, description=_NOW)


@strawberry.type(description="What came of writing on.")
class ArticleUpdatePayload(Payload):
    draft: ArticleDraft | None = strawberry.field(default=None, description=_NOW)


@strawberry.type(description="What came of coming back to a revision.")
class ArticleRestorePayload(Payload):
    draft: ArticleDraft | None = strawberry.field(default=None, description=_NOW)


@strawberry.type(description="What came of changing an address.")
class ArticleSlugSetPayload(Payload):
    draft: ArticleDraft | None = strawberry.field(default=None, description=_NOW)


@strawberry.type(description="What came of giving an article to whoever publishes.")
class ArticleSubmitPayload(Payload):
    draft: ArticleDraft | None = strawberry.field(default=None, description=_NOW)


@strawberry.type(description="What came of sending an article back.")
class ArticleSendBackPayload(Payload):
    draft: ArticleDraft | None = strawberry.field(default=None, description=_NOW)


@strawberry.type(description="What came of scheduling.")
class ArticleSchedulePayload(Payload):
    draft: ArticleDraft | None = strawberry.field(default=None, description=_NOW)


@strawberry.type(description="What came of publishing.")
class ArticlePublishPayload(Payload):
    draft: ArticleDraft | None = strawberry.field(default=None, description=_NOW)


@strawberry.type(description="What came of withdrawing.")
class ArticleWithdrawPayload(Payload):
    draft: ArticleDraft | None = strawberry.field(default=None, description=_NOW)


@strawberry.type(description="What came of letting marked words stand.")
class ArticleClaimsOverridePayload(Payload):
    draft: ArticleDraft | None = strawberry.field(default=None, description=_NOW)


@strawberry.type
class AdviceStaffQuery:
    @strawberry.field(
        description="An article as its writers see it; null when there is none. Asks the duty "
        "`write_advice`."
    )
    def article_draft(
        self,
        info: Info,
        id: Annotated[relay.GlobalID, described("Its id.")],  # noqa: A002
    ) -> ArticleDraft | None:
        acting(info, Duty.WRITE_ADVICE)
        try:
            return draft_of(key_of(id, "Article") or 0)
        except NotFound:
            return None


@strawberry.type
class AdviceMutation:
    @strawberry.mutation(
        description="Begin an article. Asks the duty `write_advice`.",
        extensions=[
            Answers(
                ArticleCreatePayload, Invalid, LimitReached, ArticleSlugTaken, IdempotencyConflict
            )
        ],
    )
    def article_create(
        self,
        info: Info,
        input: Annotated[ArticleCreateInput, described("What it says.")],  # noqa: A002
    ) -> ArticleCreatePayload:
        by, at = acting(info, Duty.WRITE_ADVICE), info.context.at

        def run() -> int:
            content = content_of(input.content)
            return writing.start_article(content=content, by=by, at=at, slug=input.slug).pk

        return ArticleCreatePayload(draft=draft_of(int(str(carried_out_once(info, input, run)))))

    @strawberry.mutation(
        description="Write on: the public goes on with what was published. Asks the duty "
        "`write_advice`.",
        extensions=[
            Answers(
                ArticleUpdatePayload, NotFound, Stale, Invalid, LimitReached, IdempotencyConflict
            )
        ],
    )
    def article_update(
        self,
        info: Info,
        input: Annotated[ArticleUpdateInput, described("What it says now.")],  # noqa: A002
    ) -> ArticleUpdatePayload:
        at = info.context.at

        def verb(article: Article, by: Person) -> Article:
            return writing.edit_article(
                article=article,
                content=content_of(input.content),
                expected_version=input.expected_version,
                by=by,
                at=at,
                note=input.note,
            )

        return ArticleUpdatePayload(draft=_done(info, input, Duty.WRITE_ADVICE, verb))

    @strawberry.mutation(
        description="Make an older revision the latest again. Asks the duty `write_advice`.",
        extensions=[Answers(ArticleRestorePayload, NotFound, Stale, IdempotencyConflict)],
    )
    def article_restore(
        self,
        info: Info,
        input: Annotated[ArticleRestoreInput, described("Which revision.")],  # noqa: A002
    ) -> ArticleRestorePayload:
        at = info.context.at

        def verb(article: Article, by: Person) -> Article:
            return writing.restore_revision(
                article=article,
                number=input.number,
                expected_version=input.expected_version,
                by=by,
                at=at,
            )

        return ArticleRestorePayload(draft=_done(info, input, Duty.WRITE_ADVICE, verb))

    @strawberry.mutation(
        description="Give an article another address; the old one leads to it. Asks the duty "
        "`publish_advice`.",
        extensions=[
            Answers(ArticleSlugSetPayload, NotFound, Invalid, ArticleSlugTaken, IdempotencyConflict)
        ],
    )
    def article_slug_set(
        self,
        info: Info,
        input: Annotated[ArticleSlugSetInput, described("Which address.")],  # noqa: A002
    ) -> ArticleSlugSetPayload:
        at = info.context.at

        def verb(article: Article, by: Person) -> Article:
            return writing.change_slug(article=article, slug=input.slug, by=by, at=at)

        return ArticleSlugSetPayload(draft=_done(info, input, Duty.PUBLISH_ADVICE, verb))

    @strawberry.mutation(
        description="Give a draft to whoever publishes. Asks the duty `write_advice`.",
        extensions=[
            Answers(ArticleSubmitPayload, NotFound, ArticleInWrongState, IdempotencyConflict)
        ],
    )
    def article_submit(
        self,
        info: Info,
        input: Annotated[ArticleSubmitInput, described("Which.")],  # noqa: A002
    ) -> ArticleSubmitPayload:
        at = info.context.at

        def verb(article: Article, by: Person) -> Article:
            return publishing.submit(article=article, by=by, at=at)

        return ArticleSubmitPayload(draft=_done(info, input, Duty.WRITE_ADVICE, verb))

    @strawberry.mutation(
        description="Make a draft again of what is in review or scheduled. Asks the duty "
        "`publish_advice`.",
        extensions=[
            Answers(ArticleSendBackPayload, NotFound, ArticleInWrongState, IdempotencyConflict)
        ],
    )
    def article_send_back(
        self,
        info: Info,
        input: Annotated[ArticleSendBackInput, described("Which.")],  # noqa: A002
    ) -> ArticleSendBackPayload:
        at = info.context.at

        def verb(article: Article, by: Person) -> Article:
            return publishing.send_back(article=article, by=by, at=at)

        return ArticleSendBackPayload(draft=_done(info, input, Duty.PUBLISH_ADVICE, verb))

    @strawberry.mutation(
        description="Have the latest revision shown from a moment on. Asks the duty "
        "`publish_advice`.",
        extensions=[
            Answers(
                ArticleSchedulePayload,
                NotFound,
                Stale,
                Invalid,
                ArticleInWrongState,
                ArticleNotPublishable,
                MedicineShown,
                ClaimNotAllowed,
                IdempotencyConflict,
            )
        ],
    )
    def article_schedule(
        self,
        info: Info,
        input: Annotated[ArticleScheduleInput, described("Which, and when.")],  # noqa: A002
    ) -> ArticleSchedulePayload:
        at = info.context.at

        def verb(article: Article, by: Person) -> Article:
            return publishing.schedule(
                article=article,
                moment=aware(input.moment),
                expected_version=input.expected_version,
                by=by,
                at=at,
            )

        return ArticleSchedulePayload(draft=_done(info, input, Duty.PUBLISH_ADVICE, verb))

    @strawberry.mutation(
        description="Show the latest revision now. Asks the duty `publish_advice`.",
        extensions=[
            Answers(
                ArticlePublishPayload,
                NotFound,
                Stale,
                ArticleNotPublishable,
                MedicineShown,
                ClaimNotAllowed,
                IdempotencyConflict,
            )
        ],
    )
    def article_publish(
        self,
        info: Info,
        input: Annotated[ArticlePublishInput, described("Which.")],  # noqa: A002
    ) -> ArticlePublishPayload:
        at = info.context.at

        def verb(article: Article, by: Person) -> Article:
            return publishing.publish(
                article=article, expected_version=input.expected_version, by=by, at=at
            )

        return ArticlePublishPayload(draft=_done(info, input, Duty.PUBLISH_ADVICE, verb))

    @strawberry.mutation(
        description="Take an article from the public. Asks the duty `publish_advice`.",
        extensions=[
            Answers(ArticleWithdrawPayload, NotFound, ArticleInWrongState, IdempotencyConflict)
        ],
    )
    def article_withdraw(
        self,
        info: Info,
        input: Annotated[ArticleWithdrawInput, described("Which.")],  # noqa: A002
    ) -> ArticleWithdrawPayload:
        at = info.context.at

        def verb(article: Article, by: Person) -> Article:
            return publishing.withdraw(article=article, by=by, at=at)

        return ArticleWithdrawPayload(draft=_done(info, input, Duty.PUBLISH_ADVICE, verb))

    @strawberry.mutation(
        description="Let the marked words of the latest revision stand. Asks the duty "
        "`override_claims`: a vet's alone.",
        extensions=[
            Answers(ArticleClaimsOverridePayload, NotFound, Stale, Invalid, IdempotencyConflict)
        ],
    )
    def article_claims_override(
        self,
        info: Info,
        input: Annotated[ArticleClaimsOverrideInput, described("Which, and why.")],  # noqa: A002
    ) -> ArticleClaimsOverridePayload:
        at = info.context.at

        def verb(article: Article, by: Person) -> Article:
            publishing.override_claims(
                article=article,
                expected_version=input.expected_version,
                reason=input.reason,
                by=by,
                at=at,
            )
            return article

        return ArticleClaimsOverridePayload(draft=_done(info, input, Duty.OVERRIDE_CLAIMS, verb))


class AboutArticle(Repeatable, Protocol):
    """An input that names an article."""

    @property
    def id(self) -> relay.GlobalID: ...


def _done(
    info: Info, given: AboutArticle, duty: Duty, verb: Callable[[Article, Person], Article]
) -> ArticleDraft:
    """Carry a verb out once on the article that an input names, by who has the duty."""
    by = acting(info, duty)

    def run() -> int:
        return verb(access.article_for_staff(key_of(given.id, "Article")), by).pk

    return draft_of(int(str(carried_out_once(info, given, run))))
