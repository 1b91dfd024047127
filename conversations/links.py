"""Links to a conversation that mails carry: signed, for sixty days, for one thing each."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from conversations.models import Thread
from kernel.refusals import ErrorCode, Refusal

OPEN_FOR: Final = timedelta(days=60)
CONFIRM_WITHIN: Final = timedelta(days=3)
_SALT: Final = "conversations.links"


class LinkRefused(Refusal):
    """The link is none of ours, or too old."""

    code = ErrorCode.CODE_REFUSED
    words = _("This link is not valid any more: ask your question again.")


class LinkKind(StrEnum):
    READ = "read"
    CONFIRM = "confirm"


_PAGES: Final = {
    LinkKind.READ: (f"{settings.STOREFRONT_URL}/questions", OPEN_FOR),
    LinkKind.CONFIRM: (f"{settings.STOREFRONT_URL}/questions/confirm", CONFIRM_WITHIN),
}


def link_to(thread: Thread, kind: LinkKind, *, at: datetime) -> str:
    """The address of a page of the shop that opens a conversation, or confirms who asked."""
    page, lasting = _PAGES[kind]
    said = [kind, thread.pk, thread.link_key, int((at + lasting).timestamp())]
    return f"{page}?token={Signer(salt=_SALT).sign_object(said)}"


def thread_behind(token: str, kind: LinkKind, *, at: datetime) -> Thread:
    """The conversation that a link of a kind opens.

    Raises:
        LinkRefused: forged, of another kind, too old, or the conversation is gone.
    """
    refusal = LinkRefused(path=["input", "token"])
    try:
        said, key, secret, until = Signer(salt=_SALT).unsign_object(token)
    except BadSignature:
        raise refusal from None
    if said != kind or until <= at.timestamp():
        raise refusal
    found = Thread.objects.select_related("person", "place").filter(pk=key, link_key=secret).first()
    if found is None:
        raise refusal
    return found
