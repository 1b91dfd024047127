"""Conversations as their askers and the clinic's staff see them."""

import datetime
from collections.abc import Sequence
from typing import Annotated, cast

import strawberry
from strawberry.scalars import JSON

from accounts import models as accounts
from accounts.graphql.info import Info
from conversations import attachments, json_ld, models, reading
from conversations.reading import NOTES, SAID
from conversations.vocabulary import (
    Channel,
    MessageKind,
    Priority,
    SubjectKind,
    ThreadKind,
    ThreadState,
)
from kernel.animals import Species
from kernel.graphql.nodes import Node, global_id
from kernel.graphql.paging import PageInfo, cursor, page_info, page_size, read_cursor
from kernel.graphql.payloads import described

_FIRST = "How many, 1 to 100; 24 if not given."
_AFTER = "Cursor of the last one seen."
#: Where the context keeps the questions of a page, whose messages are read together.
SHOWN = "questions shown"


@strawberry.type(description="A picture or a document that somebody sent.")
class Attachment(Node):
    content_type: str = strawberry.field(description="Its media type, as it was sent.")
    size_bytes: int = strawberry.field(description="How many bytes were sent.")
    width: int | None = strawberry.field(description="Of a picture: pixels.")
    height: int | None = strawberry.field(description="Of a picture: pixels.")
    url: str | None = strawberry.field(
        description="Where it is fetched for an hour; null until a picture is drawn. A document is "
        "handed over as a file, never shown in the page."
    )

    @classmethod
    def is_type_of(cls, obj: object, _info: object) -> bool:
        return isinstance(obj, Attachment)


@strawberry.type(description="Something said in a question.")
class Message(Node):
    kind: MessageKind = strawberry.field(description="Who speaks to whom.")
    channel: Channel = strawberry.field(description="How it was said.")
    author: str | None = strawberry.field(
        description="Who of the clinic wrote it; null for the asker."
    )
    text: str = strawberry.field(description="Plain text of several lines: escape it.")
    written_at: datetime.datetime = strawberry.field(description="When.")
    attachments: list[Attachment] = strawberry.field(description="What came with it, at most 5.")

    @classmethod
    def is_type_of(cls, obj: object, _info: object) -> bool:
        return isinstance(obj, Message)


@strawberry.type(description="A page of messages, the oldest first.")
class MessageConnection:
    nodes: list[Message] = strawberry.field(description="The messages.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@strawberry.type(description="What a question is about.")
class QuestionSubject:
    kind: SubjectKind = strawberry.field(description="What kind of thing.")
    id: strawberry.ID | None = strawberry.field(description="Its id; null for nothing.")
    name: str | None = strawberry.field(
        description="A pet's name, a product's address, an order's number."
    )


@strawberry.type(description="A question or a complaint to the clinic, and what was said since.")
class Question(Node):
    kind: ThreadKind = strawberry.field(description="What is wanted of the clinic.")
    channel: Channel = strawberry.field(description="How it came.")
    title: str = strawberry.field(description="In short.")
    state: ThreadState = strawberry.field(description="Whose turn it is.")
    subject: QuestionSubject = strawberry.field(description="What it is about.")
    asked_at: datetime.datetime = strawberry.field(description="When it was asked.")
    promised_by: datetime.datetime | None = strawberry.field(
        description="By when the clinic says that it answers; null while it has not to."
    )
    answered_at: datetime.datetime | None = strawberry.field(description="When it first answered.")
    closed_at: datetime.datetime | None = strawberry.field(description="When it was closed.")
    may_be_published: bool = strawberry.field(
        description="Whether the asker lets it be published, without their name."
    )
    is_published: bool = strawberry.field(description="Whether it is.")
    key: strawberry.Private[int]

    @classmethod
    def is_type_of(cls, obj: object, _info: object) -> bool:
        return isinstance(obj, Question)

    @strawberry.field(description="What was said, the oldest first.")
    def messages(
        self,
        info: Info,
        first: Annotated[int | None, described(_FIRST)] = None,
        after: Annotated[str | None, described(_AFTER)] = None,
    ) -> MessageConnection:
        return _messages(self.key, info, SAID, first=first, after=after)


@strawberry.type(description="Somebody of the clinic who answers questions.")
class StaffMember(Node):
    name: str = strawberry.field(description="Their name, or their address where they have none.")

    @classmethod
    def is_type_of(cls, obj: object, _info: object) -> bool:
        return isinstance(obj, StaffMember)


@strawberry.type(description="A question as those who answer see it.")
class QuestionInInbox:
    question: Question = strawberry.field(description="The question.")
    asker_name: str | None = strawberry.field(description="Who asked.")
    asker_email: str | None = strawberry.field(description="Where to write to them.")
    asker_phone: str | None = strawberry.field(description="Where to call them.")
    assignee: StaffMember | None = strawberry.field(description="Who is in charge.")
    priority: Priority = strawberry.field(description="How soon it must be looked at.")
    is_urgent: bool = strawberry.field(description="Whether its words say something urgent.")
    is_late: bool = strawberry.field(description="Whether the time promised is over.")

    @strawberry.field(description="What colleagues noted, the oldest first.")
    def notes(
        self,
        info: Info,
        first: Annotated[int | None, described(_FIRST)] = None,
        after: Annotated[str | None, described(_AFTER)] = None,
    ) -> MessageConnection:
        return _messages(self.question.key, info, NOTES, first=first, after=after)


@strawberry.type(description="A page of the inbox, what is promised soonest first.")
class QuestionInbox:
    nodes: list[QuestionInInbox] = strawberry.field(description="The questions.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@strawberry.type(description="A page of questions, the latest first.")
class QuestionConnection:
    nodes: list[Question] = strawberry.field(description="The questions.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@strawberry.type(description="A question and its answer for all to read, without a name.")
class PublicQuestion(Node):
    question: str = strawberry.field(description="Plain text: escape it.")
    answer: str = strawberry.field(description="The clinic's answer, plain text: escape it.")
    species: Species | None = strawberry.field(description="For what animal it is.")
    product_slug: str | None = strawberry.field(description="The product that it is about.")
    published_at: datetime.datetime = strawberry.field(description="When it was published.")

    @classmethod
    def is_type_of(cls, obj: object, _info: object) -> bool:
        return isinstance(obj, PublicQuestion)


@strawberry.type(description="A page of public questions, the latest first.")
class PublicQuestionConnection:
    nodes: list[PublicQuestion] = strawberry.field(description="The questions.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")

    @strawberry.field(description="schema.org FAQPage of this page, for search engines.")
    def json_ld(self) -> JSON:
        return JSON(json_ld.faq_page((each.question, each.answer) for each in self.nodes))


@strawberry.type(description="What to do at once, where words say that an animal cannot wait.")
class Emergency:
    phone: str = strawberry.field(description="The number to call.")
    message: str = strawberry.field(description="What to tell the reader, above all else.")


@strawberry.type(description="An answer that is given often, to begin from.")
class CannedAnswer(Node):
    title: str = strawberry.field(description="What it is for.")
    text: str = strawberry.field(description="Its words.")

    @classmethod
    def is_type_of(cls, obj: object, _info: object) -> bool:
        return isinstance(obj, CannedAnswer)


def question_of(row: models.Thread) -> Question:
    return Question(
        id=global_id("Question", row.pk),
        kind=ThreadKind(row.kind),
        channel=Channel(row.channel),
        title=row.title,
        state=ThreadState(row.state),
        subject=_subject_of(row),
        asked_at=row.asked_at,
        promised_by=row.promised_by,
        answered_at=row.answered_at,
        closed_at=row.closed_at,
        may_be_published=row.may_be_published,
        is_published=getattr(row, "public_question", None) is not None,
        key=row.pk,
    )


def _subject_of(row: models.Thread) -> QuestionSubject:
    kind = row.subject_kind
    if row.pet:
        return QuestionSubject(kind=kind, id=global_id("Pet", row.pet.pk), name=row.pet.name)
    if row.product:
        key = global_id("Product", row.product.pk)
        return QuestionSubject(kind=kind, id=key, name=row.product.slug)
    if row.order:
        key = global_id("Order", row.order.pk)
        return QuestionSubject(kind=kind, id=key, name=row.order.number)
    return QuestionSubject(kind=kind, id=None, name=None)


def in_inbox(row: models.Thread, *, at: datetime.datetime) -> QuestionInInbox:
    person = row.person
    return QuestionInInbox(
        question=question_of(row),
        asker_name=(str(person) if person else row.asker_name) or None,
        asker_email=(person.email if person else row.email) or None,
        asker_phone=(person.phone or None) if person else None,
        assignee=member_of(row.assignee) if row.assignee else None,
        priority=Priority(row.priority),
        is_urgent=row.is_urgent,
        is_late=row.promised_by is not None and row.promised_by < at,
    )


def member_of(person: accounts.Person) -> StaffMember:
    return StaffMember(id=global_id("StaffMember", person.pk), name=str(person))


def public_of(row: models.PublicQuestion) -> PublicQuestion:
    return PublicQuestion(
        id=global_id("PublicQuestion", row.pk),
        question=row.question,
        answer=row.answer,
        species=Species(row.species) if row.species else None,
        product_slug=row.product.slug if row.product else None,
        published_at=row.published_at,
    )


def message_of(row: models.Message, *, at: datetime.datetime) -> Message:
    is_ours = row.kind != MessageKind.FROM_ASKER and row.author is not None
    name = f"{row.author.first_name} {row.author.last_name}".strip() if row.author else ""
    return Message(
        id=global_id("Message", row.pk),
        kind=MessageKind(row.kind),
        channel=Channel(row.channel),
        author=(name or None) if is_ours else None,
        text=row.text,
        written_at=row.written_at,
        attachments=[_attachment_of(each, at=at) for each in row.attachments.all()],
    )


def _attachment_of(row: models.Attachment, *, at: datetime.datetime) -> Attachment:
    return Attachment(
        id=global_id("Attachment", row.pk),
        content_type=row.content_type,
        size_bytes=row.size_bytes,
        width=row.width,
        height=row.height,
        url=attachments.address_of(row, at=at),
    )


def _messages(
    key: int, info: Info, kinds: Sequence[MessageKind], *, first: int | None, after: str | None
) -> MessageConnection:
    """The messages of a question, read for all questions of the page at once."""
    size = page_size(first)
    seen = int(read_cursor(after, int)[0]) if after is not None else None
    asked = ("messages", tuple(kinds), size, after)
    found = info.context.kept.get(asked, {})
    if key not in found:
        shown = info.context.kept.get(SHOWN, [])
        keys = shown if key in shown else [key]
        pages = reading.messages_of(keys, kinds, first=size, after=seen)
        found = {**found, **{each: pages[each] for each in keys}}
        info.context.kept[asked] = found
    rows = cast("list[models.Message]", found[key])
    cursors = [cursor(row.pk) for row in rows[:size]]
    return MessageConnection(
        nodes=[message_of(row, at=info.context.at) for row in rows[:size]],
        page_info=page_info(cursors, has_next=len(rows) > size, after=after),
    )
