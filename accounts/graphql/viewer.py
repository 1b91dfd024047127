"""The asker of a GraphQL request, and what staff fields ask of them."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

from django.http import HttpRequest
from graphql import GraphQLError

from accounts.access import GUEST, Viewer, require
from accounts.asking import asker_of, is_guest
from accounts.models import Person
from accounts.roles import Duty
from clinic import details, revision
from clinic.details import PublicDetails
from clinic.revision import Revision
from kernel.animals import Language
from kernel.refusals import NotAllowed


@dataclass(frozen=True, slots=True)
class Moment:
    """As of which revision and when a request reads."""

    revision: Revision
    at: datetime


class RequestContext:
    """What every resolver may know of the request; the clock was read once, at the door."""

    def __init__(
        self,
        request: HttpRequest,
        *,
        at: datetime,
        language: Language,
        revision: Revision | None = None,
    ) -> None:
        self.request = request
        self.at = at
        self.language = language
        #: What fields of this request share: read once, found by whoever asks the same again.
        self.kept: dict[Hashable, Any] = {}
        #: Whether other guests who ask the same may get this answer too.
        self.may_stand = True
        if revision is not None:
            self.revision = revision

    def answers_once(self) -> None:
        """Called by a field whose answer belongs to one request, or leaves a trace."""
        self.may_stand = False

    @cached_property
    def viewer(self) -> Viewer:
        return GUEST if is_guest(self.request) else asker_of(self.request, at=self.at)

    @cached_property
    def revision(self) -> Revision:
        """Read before any data that it vouches for."""
        return revision.current()

    @property
    def clinic(self) -> PublicDetails:
        return details.public_details(self.revision)


class HasContext(Protocol):
    @property
    def context(self) -> RequestContext: ...


def signed_in(info: HasContext) -> Person:
    """The person who asks, on their own behalf.

    Raises:
        GraphQLError: `UNAUTHENTICATED` for guests, `FORBIDDEN` for machines: they own nothing.
    """
    person = _somebody(info)
    if info.context.viewer.login is None:
        raise GraphQLError("A machine has nothing of its own.", extensions={"code": "FORBIDDEN"})
    return person


def acting(info: HasContext, duty: Duty) -> Person:
    """The member of staff who acts.

    Raises:
        GraphQLError: `UNAUTHENTICATED` for guests, `FORBIDDEN` for those without the duty.
    """
    _somebody(info)
    try:
        return require(info.context.viewer, duty)
    except NotAllowed as refusal:
        raise GraphQLError(refusal.message, extensions={"code": "FORBIDDEN"}) from None


def _somebody(info: HasContext) -> Person:
    person = info.context.viewer.person
    if person is None:
        raise GraphQLError("Sign in first.", extensions={"code": "UNAUTHENTICATED"})
    return person
