"""What those who answer do with questions through the API."""

import uuid
from typing import Annotated

import strawberry
from strawberry import UNSET, relay

from accounts.access import client_for_staff
from accounts.graphql.info import Info
from accounts.graphql.repeating import KEY, carried_out_once
from accounts.graphql.viewer import acting
from accounts.idempotency import IdempotencyConflict
from accounts.roles import Duty
from conversations import access, asking, charge, models, publishing, talking
from conversations.asking import Asked, Asker
from conversations.attachments import DocumentRefused
from conversations.graphql.asker_mutations import files_of
from conversations.graphql.types import PublicQuestion, QuestionInInbox, in_inbox, public_of
from conversations.publishing import NamesSomebody, NotAllowedByAsker, NotAnswered, OnMedicines
from conversations.talking import ThreadClosed
from conversations.vocabulary import Channel, Priority, ThreadKind
from kernel.graphql.nodes import key_of
from kernel.graphql.payloads import Answers, Payload, described
from kernel.pictures import PictureRefused
from kernel.refusals import Invalid, LimitReached, NotFound
from kernel.uploads import UploadRefused

_DUTY = " Asks the duty `answer_questions`."
_QUESTION = "The question."
_TEXT = "Plain text, or a pasted mail, whose markup goes; at most 5,000 characters."


@strawberry.input(description="What somebody asked elsewhere.")
class QuestionEnterInput:
    channel: Channel = strawberry.field(description="How it came.")
    text: str = strawberry.field(description=_TEXT)
    title: str = strawberry.field(default="", description="In short, at most 120 characters.")
    kind: ThreadKind = strawberry.field(
        default=ThreadKind.QUESTION, description="What is wanted of the clinic."
    )
    client_id: relay.GlobalID | None = strawberry.field(
        default=None, description="Who asked, where they have a file."
    )
    place: str | None = strawberry.field(
        default=None, description="Name of the place asked; the clinic's first if not given."
    )
    name: str = strawberry.field(default="", description="Who asked, in place of a file.")
    email: str = strawberry.field(default="", description="Where to write to them.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="An answer in the clinic's name.")
class QuestionAnswerInput:
    id: relay.GlobalID = strawberry.field(description=_QUESTION)
    text: str = strawberry.field(description=_TEXT)
    channel: Channel = strawberry.field(
        default=Channel.WEB,
        description="How it is given; one given elsewhere is mailed to nobody.",
    )
    tickets: list[str] = strawberry.field(
        default_factory=list, description="Of files sent for `QUESTION_FILE`, at most 5."
    )
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Something that colleagues alone read.")
class QuestionNoteInput:
    id: relay.GlobalID = strawberry.field(description=_QUESTION)
    text: str = strawberry.field(description=_TEXT)
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Who is in charge, and how soon it must be looked at.")
class QuestionAssignInput:
    id: relay.GlobalID = strawberry.field(description=_QUESTION)
    assignee_id: relay.GlobalID | None = strawberry.field(
        default=UNSET, description="One of `answerers`; null for nobody. Left out, it stays."
    )
    priority: Priority | None = strawberry.field(
        default=None, description="How soon; left as it is if not given."
    )
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Which closed question goes on.")
class QuestionReopenInput:
    id: relay.GlobalID = strawberry.field(description=_QUESTION)
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A question and its answer in words that name nobody.")
class QuestionPublishInput:
    id: relay.GlobalID = strawberry.field(description=_QUESTION)
    question: str = strawberry.field(description="For all to read, at most 5,000 characters.")
    answer: str = strawberry.field(description="For all to read, at most 5,000 characters.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Which question is taken from the public.")
class QuestionUnpublishInput:
    id: relay.GlobalID = strawberry.field(description=_QUESTION)
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="What came of working on a question.")
class QuestionHandled(Payload):
    handled: QuestionInInbox | None = strawberry.field(default=None, description="As it is now.")


@strawberry.type(description="What came of writing a question down.")
class QuestionEnterPayload(QuestionHandled):
    pass


@strawberry.type(description="What came of answering.")
class QuestionAnswerPayload(QuestionHandled):
    pass


@strawberry.type(description="What came of a note.")
class QuestionNotePayload(QuestionHandled):
    pass


@strawberry.type(description="What came of putting somebody in charge.")
class QuestionAssignPayload(QuestionHandled):
    pass


@strawberry.type(description="What came of opening a question again.")
class QuestionReopenPayload(QuestionHandled):
    pass


@strawberry.type(description="What came of taking a question from the public.")
class QuestionUnpublishPayload(QuestionHandled):
    pass


@strawberry.type(description="What came of publishing a question.")
class QuestionPublishPayload(Payload):
    public: PublicQuestion | None = strawberry.field(default=None, description="As all read it.")


@strawberry.type
class QuestionStaffMutation:
    @strawberry.mutation(
        description="Write down what somebody asked by phone, by mail, at the counter." + _DUTY,
        extensions=[
            Answers(QuestionEnterPayload, IdempotencyConflict, Invalid, LimitReached, NotFound)
        ],
    )
    def question_enter(
        self,
        info: Info,
        input: Annotated[QuestionEnterInput, described("What.")],  # noqa: A002
    ) -> QuestionEnterPayload:
        by = acting(info, Duty.ANSWER_QUESTIONS)

        def run() -> int:
            key = key_of(input.client_id, "Client") if input.client_id else None
            path = ["input", "clientId"]
            person = client_for_staff(key, path=path) if input.client_id else None
            return asking.enter(
                asker=Asker(person=person, email=input.email, name=input.name),
                asked=Asked(text=input.text, title=input.title, kind=input.kind),
                channel=input.channel,
                place=access.place_asked(input.place),
                by=by,
                at=info.context.at,
            ).pk

        return QuestionEnterPayload(handled=_handled(carried_out_once(info, input, run), info))

    @strawberry.mutation(
        description="Answer a question in the clinic's name; its asker is told by mail that there "
        "is an answer." + _DUTY,
        extensions=[
            Answers(
                QuestionAnswerPayload,
                DocumentRefused,
                IdempotencyConflict,
                Invalid,
                LimitReached,
                NotFound,
                PictureRefused,
                ThreadClosed,
                UploadRefused,
            )
        ],
    )
    def question_answer(
        self,
        info: Info,
        input: Annotated[QuestionAnswerInput, described("What.")],  # noqa: A002
    ) -> QuestionAnswerPayload:
        by = acting(info, Duty.ANSWER_QUESTIONS)

        def run() -> int:
            return talking.answer(
                thread=_thread(input.id),
                text=input.text,
                files=files_of(input.tickets, info),
                channel=input.channel,
                by=by,
                at=info.context.at,
            ).thread_id

        return QuestionAnswerPayload(handled=_handled(carried_out_once(info, input, run), info))

    @strawberry.mutation(
        description="Note something that colleagues alone read." + _DUTY,
        extensions=[
            Answers(QuestionNotePayload, IdempotencyConflict, Invalid, LimitReached, NotFound)
        ],
    )
    def question_note(
        self,
        info: Info,
        input: Annotated[QuestionNoteInput, described("What.")],  # noqa: A002
    ) -> QuestionNotePayload:
        by, at = acting(info, Duty.ANSWER_QUESTIONS), info.context.at

        def run() -> int:
            return talking.note(thread=_thread(input.id), text=input.text, by=by, at=at).thread_id

        return QuestionNotePayload(handled=_handled(carried_out_once(info, input, run), info))

    @strawberry.mutation(
        description="Put somebody in charge of a question, who is told by mail; say how soon it "
        "must be looked at." + _DUTY,
        extensions=[Answers(QuestionAssignPayload, IdempotencyConflict, NotFound)],
    )
    def question_assign(
        self,
        info: Info,
        input: Annotated[QuestionAssignInput, described("Who.")],  # noqa: A002
    ) -> QuestionAssignPayload:
        by, at = acting(info, Duty.ANSWER_QUESTIONS), info.context.at

        def run() -> int:
            thread, chosen = _thread(input.id), input.assignee_id
            if chosen is not UNSET:
                to = access.answerer(key_of(chosen, "StaffMember")) if chosen else None
                charge.assign(thread=thread, to=to, by=by, at=at)
            if input.priority:
                charge.prioritise(thread=thread, priority=input.priority, by=by, at=at)
            return thread.pk

        return QuestionAssignPayload(handled=_handled(carried_out_once(info, input, run), info))

    @strawberry.mutation(
        description="Open a closed question again." + _DUTY,
        extensions=[Answers(QuestionReopenPayload, IdempotencyConflict, NotFound)],
    )
    def question_reopen(
        self,
        info: Info,
        input: Annotated[QuestionReopenInput, described("Which.")],  # noqa: A002
    ) -> QuestionReopenPayload:
        by, at = acting(info, Duty.ANSWER_QUESTIONS), info.context.at

        def run() -> int:
            return talking.reopen(thread=_thread(input.id), by=by, at=at).pk

        return QuestionReopenPayload(handled=_handled(carried_out_once(info, input, run), info))

    @strawberry.mutation(
        description="Publish an answered question in words that name nobody, with its asker's "
        "leave; never on medicines." + _DUTY,
        extensions=[
            Answers(
                QuestionPublishPayload,
                IdempotencyConflict,
                Invalid,
                NamesSomebody,
                NotAllowedByAsker,
                NotAnswered,
                NotFound,
                OnMedicines,
            )
        ],
    )
    def question_publish(
        self,
        info: Info,
        input: Annotated[QuestionPublishInput, described("What.")],  # noqa: A002
    ) -> QuestionPublishPayload:
        by, at = acting(info, Duty.ANSWER_QUESTIONS), info.context.at

        def run() -> int:
            thread = _thread(input.id)
            publishing.publish(
                thread=thread, question=input.question, answer=input.answer, by=by, at=at
            )
            return thread.pk

        row = access.thread_asked(int(str(carried_out_once(info, input, run))))
        return QuestionPublishPayload(public=public_of(row.public_question))

    @strawberry.mutation(
        description="Take a question from the public." + _DUTY,
        extensions=[Answers(QuestionUnpublishPayload, IdempotencyConflict, NotFound)],
    )
    def question_unpublish(
        self,
        info: Info,
        input: Annotated[QuestionUnpublishInput, described("Which.")],  # noqa: A002
    ) -> QuestionUnpublishPayload:
        by, at = acting(info, Duty.ANSWER_QUESTIONS), info.context.at

        def run() -> int:
            return publishing.withdraw(thread=_thread(input.id), by=by, at=at).pk

        return QuestionUnpublishPayload(handled=_handled(carried_out_once(info, input, run), info))


def _thread(given: relay.GlobalID) -> models.Thread:
    return access.thread_for_staff(key_of(given, "Question"))


def _handled(key: object, info: Info) -> QuestionInInbox:
    return in_inbox(access.thread_asked(int(str(key))), at=info.context.at)
