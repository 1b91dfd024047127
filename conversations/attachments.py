"""Pictures and documents in conversations: checked, kept in private, shown at signed addresses.

A picture is shown as the worker drew it, so that nothing else in its file (places, comments, code)
reaches anybody. A document is never shown in the page: it is handed over as a file.
"""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import IO, Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.privacy import FilesOrphaned
from conversations.events import AttachmentAdded
from conversations.models import Attachment, Message
from kernel import events, pictures
from kernel.refusals import ErrorCode, LimitReached, NotFound, Refusal

FOLDER: Final = "conversations"
MOST_FILES: Final = 5
MOST_DOCUMENT_BYTES: Final = 10 * 1024 * 1024
OPEN_FOR: Final = timedelta(hours=1)
PDF: Final = "application/pdf"
_SALT: Final = "conversations.attachments"
_DRAWN_TYPE: Final = "image/webp"
_HEAD, _TAIL = 1024, 2048
#: What a document that is only read has no need of; names in a PDF may be spelt with #xx codes.
_ACTIVE: Final = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA")


class DocumentReason(StrEnum):
    NO_PDF = "no_pdf"
    CUT_OFF = "cut_off"
    ACTIVE = "active"
    TOO_HEAVY = "too_heavy"


_WORDS: Final = {
    DocumentReason.NO_PDF: _("Send a JPEG, PNG or WebP picture, or a PDF."),
    DocumentReason.CUT_OFF: _("The end of the PDF is missing: send the file again."),
    DocumentReason.ACTIVE: _("This PDF carries programs or other files: print it to a new PDF."),
    DocumentReason.TOO_HEAVY: _("The PDF is over 10 MB: make it smaller."),
}


class DocumentRefused(Refusal):
    """The file is no document that the clinic takes."""

    code = ErrorCode.UPLOAD_REFUSED

    def __init__(self, reason: DocumentReason) -> None:
        super().__init__(path=["input", "tickets"], reason=reason)
        self.reason = reason

    @property
    def message(self) -> str:
        return str(_WORDS[self.reason])


@dataclass(frozen=True, slots=True)
class Stored:
    """A checked file that is in storage, for a message to be written."""

    name: str
    content_type: str
    size_bytes: int
    width: int | None = None
    height: int | None = None


@contextmanager
def stored(files: Sequence[bytes]) -> Iterator[list[Stored]]:
    """Files checked and kept, around the transaction that writes their message.

    None stays when the transaction fails.

    Raises:
        LimitReached: more than five.
        PictureRefused, DocumentRefused: one of them is nothing that may be sent; none is kept.
    """
    if len(files) > MOST_FILES:
        raise LimitReached(path=["input", "tickets"], most=MOST_FILES)
    checked = [_checked(data) for data in files]
    try:
        for data, each in zip(files, checked, strict=True):
            _storage().save(each.name, ContentFile(data))
        yield checked
    except BaseException:
        for each in checked:
            _storage().delete(each.name)
        raise


def _checked(data: bytes) -> Stored:
    name = f"{FOLDER}/{secrets.token_hex(16)}"
    if data[:_HEAD].lstrip().startswith(b"%PDF-"):
        _check_document(data)
        return Stored(f"{name}.pdf", PDF, len(data))
    if not data.startswith((b"\xff\xd8", b"\x89PNG", b"RIFF")):
        raise DocumentRefused(DocumentReason.NO_PDF)
    found = pictures.check(data)
    return Stored(
        f"{name}.{found.format.name.lower()}",
        found.format.value,
        len(data),
        width=found.width,
        height=found.height,
    )


def _check_document(data: bytes) -> None:
    if len(data) > MOST_DOCUMENT_BYTES:
        raise DocumentRefused(DocumentReason.TOO_HEAVY)
    if b"%%EOF" not in data[-_TAIL:]:
        raise DocumentRefused(DocumentReason.CUT_OFF)
    if any(name in data for name in _ACTIVE):
        raise DocumentRefused(DocumentReason.ACTIVE)


def attach(message: Message, stored: Sequence[Stored]) -> None:
    """Hang stored files on a message, inside the transaction that writes it."""
    for each in stored:
        row = Attachment.objects.create(
            message=message,
            original=each.name,
            content_type=each.content_type,
            size_bytes=each.size_bytes,
            width=each.width,
            height=each.height,
            sent_at=message.written_at,
        )
        if each.content_type != PDF:
            events.enqueue(AttachmentAdded(attachment_id=row.pk))


def draw(attachment_id: int) -> None:
    """Draw what is shown of a picture; one that is drawn already is left alone."""
    row = Attachment.objects.filter(pk=attachment_id, drawn="").exclude(content_type=PDF).first()
    if row is None:
        return
    with _storage().open(row.original) as file:
        widest = pictures.render(file.read()).renditions[-1]
    name = f"{FOLDER}/{secrets.token_hex(16)}.webp"
    _storage().save(name, ContentFile(widest.content))
    with transaction.atomic():
        kept = Attachment.objects.filter(pk=row.pk, drawn="").update(
            drawn=name, width=widest.width, height=widest.height
        )
        if not kept:
            events.enqueue(FilesOrphaned(files=[["private", name]]))


def files_of(rows: Sequence[Attachment]) -> list[list[str]]:
    """Where the files of attachments are, as events name them."""
    return [["private", name] for row in rows for name in (row.original, row.drawn) if name]


def address_of(row: Attachment, *, at: datetime) -> str | None:
    """Where an attachment is fetched for an hour by whoever holds the address; None until drawn."""
    if row.content_type != PDF and not row.drawn:
        return None
    token = Signer(salt=_SALT).sign_object([row.pk, int((at + OPEN_FOR).timestamp())])
    return f"{settings.PUBLIC_URL}/attachments/{token}"


def open_attachment(token: str, *, at: datetime) -> tuple[IO[bytes], str]:
    """The file behind a signed address, and its media type.

    Raises:
        NotFound: forged, expired, or gone.
    """
    missing = NotFound(what=_("file"))
    try:
        key, until = Signer(salt=_SALT).unsign_object(token)
    except BadSignature:
        raise missing from None
    row = Attachment.objects.filter(pk=key).first() if until > at.timestamp() else None
    if row is None:
        raise missing
    if row.content_type == PDF:
        return _storage().open(row.original), PDF
    if not row.drawn:
        raise missing
    return _storage().open(row.drawn), _DRAWN_TYPE


def _storage() -> Storage:
    return storages["private"]
