"""Answers of mutations: the changed thing, or the refusals that the mutation lists."""

from collections.abc import Callable
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.extensions import FieldExtension
from strawberry.types import Info
from strawberry.types.arguments import StrawberryArgumentAnnotation

from kernel import refusals
from kernel.refusals import Refusal


@strawberry.interface(description="A refusal that the shop anticipates; nothing was written.")
class UserError:
    code: refusals.ErrorCode = strawberry.field(description="The reason, for machines.")
    message: str = strawberry.field(
        description="The reason in the reader's language, with the way out."
    )
    path: list[str] | None = strawberry.field(
        description="The input field that it is about, from the outside in."
    )
    article: str | None = strawberry.field(
        description="The article of law behind the refusal, where there is one."
    )


@strawberry.type(description="A refusal that needs no more data than its message.")
class PlainError(UserError):
    pass


@strawberry.type(description="What came of a mutation.")
class Payload:
    """Base of every mutation's payload: a subclass adds the thing that changed."""

    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why not; empty when it was done."
    )


class ClientMistake(GraphQLError):
    """A request that cannot be carried out as it is written; told at the top level with a code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, extensions={"code": code})


def described(text: str) -> StrawberryArgumentAnnotation:
    """The description of an argument, for `Annotated`."""
    return strawberry.argument(description=text)


type ErrorMaker = Callable[[Refusal], UserError]


def plain_error(refusal: Refusal) -> UserError:
    return PlainError(
        code=refusal.code,
        message=refusal.message,
        path=refusal.path or None,
        article=refusal.article,
    )


class Answers(FieldExtension):
    """Turn the refusals that a mutation lists into `userErrors`; let everything else through."""

    def __init__(
        self, payload: type, *listed: type[Refusal], error: ErrorMaker = plain_error
    ) -> None:
        self.payload = payload
        self.listed = listed
        self.error = error

    def resolve(self, next_: Callable[..., Any], source: Any, info: Info, **arguments: Any) -> Any:
        try:
            return next_(source, info, **arguments)
        except self.listed as refusal:
            return self.payload(user_errors=[self.error(refusal)])
