"""Conversations as they are asked for."""

from typing import Annotated, cast

import strawberry
from strawberry import relay

from accounts.graphql.info import Info
from accounts.graphql.viewer import acting
from accounts.roles import Duty
from conversations import access, models, reading
from conversations.graphql.types import (
    SHOWN,
    CannedAnswer,
    PublicQuestionConnection,
    Question,
    QuestionConnection,
    QuestionInbox,
    QuestionInInbox,
    StaffMember,
    in_inbox,
    member_of,
    public_of,
    question_of,
)
from conversations.links import LinkRefused
from conversations.reading import Wanted
from conversations.vocabulary import Assigned, Priority, ThreadKind, ThreadState
from kernel.graphql.keeping import KEPT
from kernel.graphql.nodes import global_id, key_of
from kernel.graphql.paging import cursor, page_info, page_size, read_cursor
from kernel.graphql.payloads import described
from kernel.refusals import NotFound

_FIRST = "How many, 1 to 100; 24 if not given."
_AFTER = "Cursor of the last one seen."
_DUTY = " Asks the duty `answer_questions`."
_LONGEST_SLUG = 120


@strawberry.input(description="Which questions; all that is given must hold, `[]` matches nothing.")
class QuestionWhere:
    state: list[ThreadState] | None = strawberry.field(
        default=None, description="Whose turn it is: one of these."
    )
    kind: list[ThreadKind] | None = strawberry.field(
        default=None, description="What is wanted: one of these."
    )
    priority: list[Priority] | None = strawberry.field(
        default=None, description="How soon: one of these."
    )
    assigned: Assigned | None = strawberry.field(default=None, description="Who is in charge.")
    is_late: bool | None = strawberry.field(
        default=None, description="Whether the time promised is over."
    )


@strawberry.type(description="What the signed-in person asked.")
class ConversationsMe:
    @strawberry.field(description="What they asked the clinic, the latest first.")
    def questions(
        self,
        info: Info,
        first: Annotated[int | None, described(_FIRST)] = None,
        after: Annotated[str | None, described(_AFTER)] = None,
    ) -> QuestionConnection:
        size, viewer = page_size(first), info.context.viewer
        rows = reading.page_of_own(viewer, first=size, after=_place(after))
        page = rows[:size]
        info.context.kept[SHOWN] = [row.pk for row in page]
        cursors = [cursor(row.asked_at.isoformat(), row.pk) for row in page]
        return QuestionConnection(
            nodes=[question_of(row) for row in page],
            page_info=page_info(cursors, has_next=len(rows) > size, after=after),
        )


@strawberry.type
class ConversationsQuery:
    @strawberry.field(
        description="A question that the asker asked, by its id or by the link of a mail; any for "
        "staff with the duty `answer_questions`, whose reading is written down; null where there "
        "is none."
    )
    def question(
        self,
        info: Info,
        id: Annotated[relay.GlobalID | None, described("Which.")] = None,  # noqa: A002
        token: Annotated[str | None, described("Of the link of a mail, in its place.")] = None,
    ) -> Question | None:
        viewer, at = info.context.viewer, info.context.at
        try:
            if token is not None:
                return question_of(access.thread_by_link(viewer, token, at=at))
            key = key_of(id, "Question") if id else None
            return question_of(access.open_thread(viewer, key, at=at))
        except (NotFound, LinkRefused):
            return None

    @strawberry.field(description="The inbox: what is promised soonest first." + _DUTY)
    def questions(
        self,
        info: Info,
        where: Annotated[QuestionWhere | None, described("Which.")] = None,
        first: Annotated[int | None, described(_FIRST)] = None,
        after: Annotated[str | None, described(_AFTER)] = None,
    ) -> QuestionInbox:
        by, at, size = acting(info, Duty.ANSWER_QUESTIONS), info.context.at, page_size(first)
        wanted = _wanted(where)
        rows = reading.page_of_inbox(wanted, by=by, at=at, first=size, after=_place(after))
        page = rows[:size]
        info.context.kept[SHOWN] = [row.pk for row in page]
        cursors = [cursor(row.due_at.isoformat(), row.pk) for row in page]
        return QuestionInbox(
            nodes=[in_inbox(row, at=at) for row in page],
            page_info=page_info(cursors, has_next=len(rows) > size, after=after),
        )

    @strawberry.field(
        description="A question with what colleagues know of it; null where there is none. Its "
        "reading is written down." + _DUTY
    )
    def question_in_inbox(
        self,
        info: Info,
        id: Annotated[relay.GlobalID, described("Which.")],  # noqa: A002
    ) -> QuestionInInbox | None:
        acting(info, Duty.ANSWER_QUESTIONS)
        viewer, at = info.context.viewer, info.context.at
        try:
            return in_inbox(access.open_thread(viewer, key_of(id, "Question"), at=at), at=at)
        except NotFound:
            return None

    @strawberry.field(description="Who may be put in charge, by name, at most 100." + _DUTY)
    def answerers(self, info: Info) -> list[StaffMember]:
        acting(info, Duty.ANSWER_QUESTIONS)
        return [member_of(each) for each in access.answerers()]

    @strawberry.field(
        description="Answers that are given often, in the reader's language, at most 100." + _DUTY
    )
    def canned_answers(self, info: Info) -> list[CannedAnswer]:
        acting(info, Duty.ANSWER_QUESTIONS)
        return [_canned(each) for each in reading.canned_answers(info.context.language)]

    @strawberry.field(
        metadata=KEPT,
        description="Questions that the clinic answered for all to read, without a name; never on "
        "medicines.",
    )
    def public_questions(
        self,
        info: Info,
        product_slug: Annotated[str | None, described("On this product alone.")] = None,
        first: Annotated[int | None, described(_FIRST)] = None,
        after: Annotated[str | None, described(_AFTER)] = None,
    ) -> PublicQuestionConnection:
        size = page_size(first)
        slug = None if product_slug is None else product_slug[:_LONGEST_SLUG]
        rows = reading.public_questions(product_slug=slug, first=size, after=_place(after))
        page = rows[:size]
        cursors = [cursor(row.published_at.isoformat(), row.pk) for row in page]
        return PublicQuestionConnection(
            nodes=[public_of(row) for row in page],
            page_info=page_info(cursors, has_next=len(rows) > size, after=after),
        )


def _wanted(where: QuestionWhere | None) -> Wanted:
    if where is None:
        return Wanted()
    return Wanted(
        states=where.state,
        kinds=where.kind,
        priorities=where.priority,
        assigned=where.assigned,
        is_late=where.is_late,
    )


def _place(after: str | None) -> tuple[str, int] | None:
    """Raises: ClientMistake, for what is no cursor of ours."""
    return None if after is None else cast("tuple[str, int]", tuple(read_cursor(after, str, int)))


def _canned(row: models.CannedAnswer) -> CannedAnswer:
    return CannedAnswer(id=global_id("CannedAnswer", row.pk), title=row.title, text=row.text)
