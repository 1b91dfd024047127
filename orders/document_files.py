"""Where the PDF of an invoice or a credit note is, for whoever holds its signed address."""

from datetime import datetime, timedelta
from typing import IO, Final

from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import storages
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from kernel import events
from kernel.refusals import NotFound
from orders.invoices import DocumentIssued
from orders.models import Document

OPEN_FOR: Final = timedelta(days=7)

_SALT: Final = "orders.document_files"
_ASKED_FOR_S: Final = 30


def document_address(document: Document, *, at: datetime) -> str:
    """Where a document is read for seven days, by whoever holds the address."""
    token = Signer(salt=_SALT).sign_object([document.pk, int((at + OPEN_FOR).timestamp())])
    return f"{settings.PUBLIC_URL}/documents/{token}"


def find_document(token: str, *, at: datetime) -> Document:
    """The document behind a signed address.

    Raises:
        NotFound: forged, or expired.
    """
    try:
        key, until = Signer(salt=_SALT).unsign_object(token)
    except BadSignature:
        raise NotFound(what=_("document")) from None
    document = Document.objects.filter(pk=key).first()
    if document is None or until <= at.timestamp():
        raise NotFound(what=_("document"))
    return document


def open_document(document: Document) -> IO[bytes] | None:
    """The PDF; None while it is not there: the worker is then asked to make it.

    It is asked at most every thirty seconds, however often somebody looks.
    """
    if document.file_name:
        return storages["private"].open(document.file_name)
    if cache.add(f"document-asked:{document.pk}", 1, timeout=_ASKED_FOR_S):
        events.enqueue(DocumentIssued(document_id=document.pk))
    return None
