"""What askers say to the clinic through the API."""

import uuid
from typing import Annotated

import strawberry
from strawberry import relay

from accounts.graphql.info import Info
from accounts.graphql.limiting import refuse_too_often
from accounts.graphql.repeating import KEY, carried_out_once
from accounts.graphql.viewer import signed_in
from accounts.idempotency import IdempotencyConflict
from accounts.roles import Duty
from catalog.access import product_on_show
from conversations import access, asking, models, talking
from conversations.asking import Asked, Asker
from conversations.attachments import DocumentRefused
from conversations.graphql.types import Emergency, Question, question_of
from conversations.links import LinkRefused
from conversations.vocabulary import ThreadKind
from conversations.wording import EMERGENCY
from kernel import uploads
from kernel.animals import Language
from kernel.graphql.nodes import key_of, uuid_of
from kernel.graphql.payloads import Answers, Payload, described
from kernel.pictures import PictureRefused
from kernel.refusals import Invalid, LimitReached, NotFound
from kernel.uploads import UploadPurpose, UploadRefused
from orders.access import orders_for
from pets.access import pet_of

_TICKETS = "Of files sent for `QUESTION_FILE`, at most 5; asks to be signed in."
_WHICH = "The question; or the token."
_TOKEN = "Of the link of a mail, in place of the id."  # noqa: S105  (a description)


@strawberry.input(description="A question or a complaint, about one thing at most.")
class QuestionAskInput:
    text: str = strawberry.field(description="Plain text, at most 5,000 characters.")
    title: str = strawberry.field(
        default="", description="In short, at most 120 characters; the text's beginning if empty."
    )
    kind: ThreadKind = strawberry.field(
        default=ThreadKind.QUESTION, description="What is wanted of the clinic."
    )
    pet_id: relay.GlobalID | None = strawberry.field(
        default=None, description="A pet that the asker looks after."
    )
    product_id: relay.GlobalID | None = strawberry.field(default=None, description="A product.")
    order_id: relay.GlobalID | None = strawberry.field(
        default=None, description="An order of the asker's."
    )
    place: str | None = strawberry.field(
        default=None, description="Name of the place asked; the clinic's first if not given."
    )
    tickets: list[str] = strawberry.field(default_factory=list, description=_TICKETS)
    may_be_published: bool = strawberry.field(
        default=False, description="Whether the clinic may publish it, without the asker's name."
    )
    email: str = strawberry.field(
        default="", description="Of a guest: the address, which is mailed a link to confirm it."
    )
    name: str = strawberry.field(default="", description="Of a guest: how to be called.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="The link that proves a guest's address.")
class QuestionConfirmInput:
    token: str = strawberry.field(description="Of the link.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Something to add to a question.")
class QuestionReplyInput:
    id: relay.GlobalID | None = strawberry.field(default=None, description=_WHICH)
    token: str | None = strawberry.field(default=None, description=_TOKEN)
    text: str = strawberry.field(description="Plain text, at most 5,000 characters.")
    tickets: list[str] = strawberry.field(default_factory=list, description=_TICKETS)
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Which question is over.")
class QuestionCloseInput:
    id: relay.GlobalID | None = strawberry.field(default=None, description=_WHICH)
    token: str | None = strawberry.field(default=None, description=_TOKEN)
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Whether a question may be published without its asker's name.")
class QuestionAllowPublicationInput:
    id: relay.GlobalID | None = strawberry.field(default=None, description=_WHICH)
    token: str | None = strawberry.field(default=None, description=_TOKEN)
    allowed: bool = strawberry.field(
        description="False takes it back, and from the public at once."
    )
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="What came of something said to the clinic.")
class QuestionSaid(Payload):
    question: Question | None = strawberry.field(
        default=None, description="The question as it is now; null to a guest who asks."
    )
    emergency: Emergency | None = strawberry.field(
        default=None, description="Where the words say something urgent: show it above all else."
    )


@strawberry.type(description="What came of asking.")
class QuestionAskPayload(QuestionSaid):
    awaits_confirmation: bool = strawberry.field(
        default=False,
        description="Whether the guest's address was mailed a link that they must open first.",
    )


@strawberry.type(description="What came of proving an address.")
class QuestionConfirmPayload(QuestionSaid):
    pass


@strawberry.type(description="What came of adding something.")
class QuestionReplyPayload(QuestionSaid):
    pass


@strawberry.type(description="What came of closing a question.")
class QuestionClosePayload(Payload):
    question: Question | None = strawberry.field(default=None, description="As it is now.")


@strawberry.type(description="What came of letting a question be published, or not.")
class QuestionAllowPublicationPayload(Payload):
    question: Question | None = strawberry.field(default=None, description="As it is now.")


@strawberry.type
class QuestionMutation:
    @strawberry.mutation(
        description="Ask the clinic. Who is not signed in gives an address, and is heard once they "
        "have opened the link that is mailed to it.",
        extensions=[
            Answers(
                QuestionAskPayload,
                DocumentRefused,
                IdempotencyConflict,
                Invalid,
                LimitReached,
                NotFound,
                PictureRefused,
                UploadRefused,
            )
        ],
    )
    def question_ask(
        self,
        info: Info,
        input: Annotated[QuestionAskInput, described("What.")],  # noqa: A002
    ) -> QuestionAskPayload:
        refuse_too_often(info, "ask_question")
        person = signed_in(info) if info.context.viewer.person else None

        def run() -> int:
            asker = Asker(
                person=person, email=input.email, name=input.name, language=info.context.language
            )
            place = access.place_asked(input.place)
            asked = _asked(input, info)
            return asking.ask(asker=asker, asked=asked, place=place, at=info.context.at).pk

        key = int(str(carried_out_once(info, input, run)))
        row = access.thread_asked(key)
        return QuestionAskPayload(
            question=question_of(row) if person else None,
            emergency=_emergency(row, info),
            awaits_confirmation=row.confirmed_at is None,
        )

    @strawberry.mutation(
        description="Prove a guest's address by the link that was mailed to it: the clinic reads "
        "the question from then on.",
        extensions=[Answers(QuestionConfirmPayload, IdempotencyConflict, LinkRefused)],
    )
    def question_confirm(
        self,
        info: Info,
        input: Annotated[QuestionConfirmInput, described("Which.")],  # noqa: A002
    ) -> QuestionConfirmPayload:
        key = carried_out_once(
            info, input, lambda: asking.confirm(token=input.token, at=info.context.at).pk
        )
        row = access.thread_asked(int(str(key)))
        return QuestionConfirmPayload(question=question_of(row), emergency=_emergency(row, info))

    @strawberry.mutation(
        description="Add something to a question that one asked; one that was closed is open "
        "again.",
        extensions=[
            Answers(
                QuestionReplyPayload,
                DocumentRefused,
                IdempotencyConflict,
                Invalid,
                LimitReached,
                LinkRefused,
                NotFound,
                PictureRefused,
                UploadRefused,
            )
        ],
    )
    def question_reply(
        self,
        info: Info,
        input: Annotated[QuestionReplyInput, described("What.")],  # noqa: A002
    ) -> QuestionReplyPayload:
        def run() -> int:
            thread = _own(input, info)
            return talking.reply(
                thread=thread,
                text=input.text,
                files=files_of(input.tickets, info),
                by=info.context.viewer.person,
                at=info.context.at,
            ).thread_id

        row = access.thread_asked(int(str(carried_out_once(info, input, run))))
        return QuestionReplyPayload(question=question_of(row), emergency=_emergency(row, info))

    @strawberry.mutation(
        description="Close a question: its asker, or staff with the duty `answer_questions`.",
        extensions=[Answers(QuestionClosePayload, IdempotencyConflict, LinkRefused, NotFound)],
    )
    def question_close(
        self,
        info: Info,
        input: Annotated[QuestionCloseInput, described("Which.")],  # noqa: A002
    ) -> QuestionClosePayload:
        def run() -> int:
            is_staff = Duty.ANSWER_QUESTIONS in info.context.viewer.duties
            key = key_of(input.id, "Question") if input.id else None
            thread = access.thread_for_staff(key) if is_staff and key else _own(input, info)
            return talking.close(
                thread=thread, by=info.context.viewer.person, at=info.context.at
            ).pk

        row = access.thread_asked(int(str(carried_out_once(info, input, run))))
        return QuestionClosePayload(question=question_of(row))

    @strawberry.mutation(
        description="Let the clinic publish a question that one asked, without one's name, or take "
        "that back.",
        extensions=[
            Answers(QuestionAllowPublicationPayload, IdempotencyConflict, LinkRefused, NotFound)
        ],
    )
    def question_allow_publication(
        self,
        info: Info,
        input: Annotated[QuestionAllowPublicationInput, described("Which.")],  # noqa: A002
    ) -> QuestionAllowPublicationPayload:
        def run() -> int:
            return talking.allow_publication(
                thread=_own(input, info),
                allowed=input.allowed,
                by=info.context.viewer.person,
                at=info.context.at,
            ).pk

        row = access.thread_asked(int(str(carried_out_once(info, input, run))))
        return QuestionAllowPublicationPayload(question=question_of(row))


type _Named = QuestionReplyInput | QuestionCloseInput | QuestionAllowPublicationInput


def _own(given: _Named, info: Info) -> models.Thread:
    viewer = info.context.viewer
    if given.token is not None:
        return access.thread_by_link(viewer, given.token, at=info.context.at)
    return access.thread_of(viewer, key_of(given.id, "Question") if given.id else None)


def _asked(given: QuestionAskInput, info: Info) -> Asked:
    viewer = info.context.viewer
    product = key_of(given.product_id, "Product") if given.product_id else None
    order = uuid_of(given.order_id, "Order") if given.order_id else None
    return Asked(
        text=given.text,
        title=given.title,
        kind=given.kind,
        pet=pet_of(viewer, key_of(given.pet_id, "Pet")) if given.pet_id else None,
        product=product_on_show(product) if given.product_id else None,
        order=access.order_asked_about(orders_for(viewer), order) if given.order_id else None,
        may_be_published=given.may_be_published,
        files=files_of(given.tickets, info),
    )


def files_of(tickets: list[str], info: Info) -> list[bytes]:
    """The files that the asker has sent; one too many is enough to be refused."""
    return [
        uploads.take(
            ticket,
            purpose=UploadPurpose.QUESTION_FILE,
            owner=info.context.viewer.actor,
            at=info.context.at,
        )
        for ticket in tickets[:6]
    ]


def _emergency(row: models.Thread, info: Info) -> Emergency | None:
    if not row.is_urgent:
        return None
    clinic = info.context.clinic.clinic
    message = EMERGENCY[info.context.language is Language.EN]
    return Emergency(phone=clinic.emergency_phone or clinic.phone, message=message)
