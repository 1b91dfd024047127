"""The anticipated "no": what the shop refuses, with a code for machines and words for people."""

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class ErrorCode(StrEnum):
    """Every reason that a mutation may give for refusing; one flat list for the whole API."""

    ALREADY_USED = "ALREADY_USED"
    BEST_BEFORE_PASSED = "BEST_BEFORE_PASSED"
    CART_CLOSED = "CART_CLOSED"
    CART_NOT_READY = "CART_NOT_READY"
    CLAIM_NOT_ALLOWED = "CLAIM_NOT_ALLOWED"
    CODE_REFUSED = "CODE_REFUSED"
    IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT"
    INVALID = "INVALID"
    LIMIT_REACHED = "LIMIT_REACHED"
    NO_LONGER_SERVED = "NO_LONGER_SERVED"
    NOT_SOLD_ONLINE = "NOT_SOLD_ONLINE"
    NOT_WITHDRAWABLE = "NOT_WITHDRAWABLE"
    OUT_OF_STOCK = "OUT_OF_STOCK"
    NOT_ALLOWED = "NOT_ALLOWED"
    NOT_FOUND = "NOT_FOUND"
    NOT_PUBLISHABLE = "NOT_PUBLISHABLE"
    PICTURE_REFUSED = "PICTURE_REFUSED"
    PRICE_CHANGED = "PRICE_CHANGED"
    REDUCTION_NOT_ALLOWED = "REDUCTION_NOT_ALLOWED"
    REDUCTION_OVERLAPS = "REDUCTION_OVERLAPS"
    REFUND_TOO_MUCH = "REFUND_TOO_MUCH"
    SLOT_GONE = "SLOT_GONE"
    STALE = "STALE"
    UPLOAD_REFUSED = "UPLOAD_REFUSED"
    WRONG_STATE = "WRONG_STATE"
    ZONE_NOT_SERVED = "ZONE_NOT_SERVED"


class Refusal(Exception):
    """A "no" that the business expects: typed, worded in the reader's language, nothing written.

    A subclass stands beside the verb that raises it, and gives `code` and `words`, a sentence
    whose placeholders are the facts passed to the constructor. `article` names the law behind it.
    """

    code: ClassVar[ErrorCode]
    words: ClassVar[str | Promise]
    article: str | None = None

    def __init__(
        self, *, path: Sequence[str] = (), article: str | None = None, **facts: object
    ) -> None:
        super().__init__(self.code)
        self.path = list(path)
        self.facts = facts
        self.article = article or self.article

    @property
    def message(self) -> str:
        return str(self.words) % self.facts

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class NotFound(Refusal):
    """There is no such thing, or it is none of the asker's business."""

    code = ErrorCode.NOT_FOUND
    words = _("We could not find this %(what)s.")


class NotAllowed(Refusal):
    """The person may not do this."""

    code = ErrorCode.NOT_ALLOWED
    words = _("Your account may not do this.")


class Stale(Refusal):
    """Somebody changed the thing since the asker read it; `version` is the one that stands."""

    code = ErrorCode.STALE
    words = _("This was changed meanwhile: read it again, then repeat your change.")


class LimitReached(Refusal):
    """More than the shop keeps of something."""

    code = ErrorCode.LIMIT_REACHED
    words = _("That is more than the shop keeps here: at most %(most)d.")


class Invalid(Refusal):
    """A value that cannot be what it claims to be."""

    code = ErrorCode.INVALID
    words = _("%(value)s is not valid here: %(expected)s expected.")
