"""Files sent by people: a signed ticket for one file, that can be sent once and taken once.

The ticket says all there is to know, and private storage keeps the count: a file is created only
where there is none, and so is the mark that it was taken. Names begin with the moment of expiry, so
what was forgotten is found without a table. Two guarantees ask for a storage that never overwrites:
`FileSystemStorage`, or S3 with `file_overwrite` off.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Self

from django.core.files.storage import Storage, storages
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from kernel.refusals import ErrorCode, Refusal

VALID_FOR = timedelta(hours=1)
FOLDER = "uploads"

_SIGNER_SALT = "kernel.uploads"
_TAKEN = ".taken"
_IN_MEMORY_BYTES = 1024 * 1024


class UploadPurpose(StrEnum):
    PRODUCT_PICTURE = "product_picture"
    PET_PHOTO = "pet_photo"
    QUESTION_FILE = "question_file"
    ARTICLE_PICTURE = "article_picture"


@dataclass(frozen=True, slots=True)
class UploadLimit:
    content_types: frozenset[str]
    max_bytes: int


LIMITS = {
    UploadPurpose.PRODUCT_PICTURE: UploadLimit(
        content_types=frozenset({"image/jpeg", "image/png", "image/webp"}),
        max_bytes=15 * 1024 * 1024,
    ),
    UploadPurpose.PET_PHOTO: UploadLimit(
        content_types=frozenset({"image/jpeg", "image/png", "image/webp"}),
        max_bytes=15 * 1024 * 1024,
    ),
    UploadPurpose.QUESTION_FILE: UploadLimit(
        content_types=frozenset({"image/jpeg", "image/png", "image/webp", "application/pdf"}),
        max_bytes=15 * 1024 * 1024,
    ),
    UploadPurpose.ARTICLE_PICTURE: UploadLimit(
        content_types=frozenset({"image/jpeg", "image/png", "image/webp"}),
        max_bytes=15 * 1024 * 1024,
    ),
}


class UploadReason(StrEnum):
    CONTENT_TYPE = "content_type"
    EMPTY = "empty"
    TOO_HEAVY = "too_heavy"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    ALREADY_USED = "already_used"
    MORE_THAN_STATED = "more_than_stated"
    LESS_THAN_STATED = "less_than_stated"
    NOT_SENT = "not_sent"


_WORDS = {
    UploadReason.CONTENT_TYPE: _("This type of file is not accepted here: send %(accepted)s."),
    UploadReason.EMPTY: _("The file is empty: choose it again."),
    UploadReason.TOO_HEAVY: _("The file is over %(limit)d bytes: make it smaller."),
    UploadReason.UNKNOWN: _("This upload is not known: ask for a new one."),
    UploadReason.EXPIRED: _("The time for this upload is over: ask for a new one."),
    UploadReason.ALREADY_USED: _("This upload was already used: ask for a new one."),
    UploadReason.MORE_THAN_STATED: _("The file is over the %(limit)d bytes stated: ask anew."),
    UploadReason.LESS_THAN_STATED: _(
        "The file stops before the %(limit)d bytes stated: resend it."
    ),
    UploadReason.NOT_SENT: _("The file was not sent yet: send it, then try again."),
}


class UploadRefused(Refusal):
    """The file cannot be sent or taken; `facts` hold the limit in bytes or the types accepted."""

    code = ErrorCode.UPLOAD_REFUSED

    def __init__(self, reason: UploadReason, *, limit: int = 0, accepted: str = "") -> None:
        super().__init__(reason=reason, limit=limit, accepted=accepted)
        self.reason = reason

    @property
    def message(self) -> str:
        return str(_WORDS[self.reason]) % self.facts


@dataclass(frozen=True, slots=True)
class Ticket:
    """Leave to send one file; `path` is where to PUT it, from the root of the site."""

    token: str
    path: str
    expires_at: datetime


def issue(
    *, purpose: UploadPurpose, content_type: str, size_bytes: int, owner: str, at: datetime
) -> Ticket:
    """A ticket for one file of exactly this many bytes, valid for an hour.

    `owner` is signed but readable in the token: a key such as `person:12`, never an e-mail.

    Raises:
        UploadRefused: content type not taken for the purpose, no byte, or too many.
    """
    limit = LIMITS[purpose]
    if content_type not in limit.content_types:
        accepted = ", ".join(sorted(limit.content_types))
        raise UploadRefused(UploadReason.CONTENT_TYPE, accepted=accepted)
    if size_bytes < 1:
        raise UploadRefused(UploadReason.EMPTY)
    if size_bytes > limit.max_bytes:
        raise UploadRefused(UploadReason.TOO_HEAVY, limit=limit.max_bytes)
    # Whole seconds, as the name in storage counts them.
    expires_at = (at + VALID_FOR).astimezone(UTC).replace(microsecond=0)
    claim = _Claim(
        purpose=purpose,
        content_type=content_type,
        size_bytes=size_bytes,
        owner=owner,
        upload_id=f"{int(expires_at.timestamp())}-{secrets.token_hex(16)}",
    )
    token = claim.sign()
    return Ticket(token=token, path=f"/{FOLDER}/{token}", expires_at=expires_at)


def receive(token: str, chunks: Iterable[bytes], *, at: datetime) -> None:
    """Keep the file of a ticket until it is taken; nothing is kept of a file that is refused.

    Reading stops at the first chunk that goes past the size stated.

    Raises:
        UploadRefused: forged, expired or already used ticket, more or fewer bytes than stated.
    """
    claim = _Claim.read(token, at=at)
    storage = _storage()
    if storage.exists(claim.name) or storage.exists(claim.mark):
        raise UploadRefused(UploadReason.ALREADY_USED)
    with SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as spool:
        received = 0
        for chunk in chunks:
            received += len(chunk)
            if received > claim.size_bytes:
                raise UploadRefused(UploadReason.MORE_THAN_STATED, limit=claim.size_bytes)
            spool.write(chunk)
        if received < claim.size_bytes:
            raise UploadRefused(UploadReason.LESS_THAN_STATED, limit=claim.size_bytes)
        spool.seek(0)
        _create(storage, claim.name, spool)


def take(token: str, *, purpose: UploadPurpose, owner: str, at: datetime) -> bytes:
    """The bytes that were sent, which leave storage; of two who take at once, one gets them.

    Raises:
        UploadRefused: forged or expired ticket, one of another purpose or owner (said to be
            unknown, for existence is private too), already taken, or never sent.
    """
    claim = _Claim.read(token, at=at)
    if claim.purpose is not purpose or claim.owner != owner:
        raise UploadRefused(UploadReason.UNKNOWN)
    storage = _storage()
    if storage.exists(claim.mark):
        raise UploadRefused(UploadReason.ALREADY_USED)
    # A file that is still being written is shorter than stated.
    if not storage.exists(claim.name) or storage.size(claim.name) < claim.size_bytes:
        raise UploadRefused(UploadReason.NOT_SENT)
    _create(storage, claim.mark, BytesIO())
    with storage.open(claim.name) as kept:
        content = bytes(kept.read())
    storage.delete(claim.name)
    return content


def forget_stale(*, at: datetime) -> int:
    """Delete what nobody took in time, and the marks of what was taken; how many files went."""
    storage = _storage()
    try:
        _folders, names = storage.listdir(FOLDER)
    except FileNotFoundError:
        return 0
    stale = [name for name in names if _expiry(name) <= at]
    for name in stale:
        storage.delete(f"{FOLDER}/{name}")
    return len(stale)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """What a token says."""

    purpose: UploadPurpose
    content_type: str
    size_bytes: int
    owner: str
    upload_id: str

    @classmethod
    def read(cls, token: str, *, at: datetime) -> Self:
        try:
            said = Signer(salt=_SIGNER_SALT).unsign_object(token)
        except BadSignature:
            raise UploadRefused(UploadReason.UNKNOWN) from None
        purpose, content_type, size_bytes, owner, upload_id = said
        if _expiry(upload_id) <= at:
            raise UploadRefused(UploadReason.EXPIRED)
        return cls(
            purpose=UploadPurpose(purpose),
            content_type=content_type,
            size_bytes=size_bytes,
            owner=owner,
            upload_id=upload_id,
        )

    def sign(self) -> str:
        said = [self.purpose, self.content_type, self.size_bytes, self.owner, self.upload_id]
        return Signer(salt=_SIGNER_SALT).sign_object(said)

    @property
    def name(self) -> str:
        return f"{FOLDER}/{self.upload_id}"

    @property
    def mark(self) -> str:
        return f"{FOLDER}/{self.upload_id}{_TAKEN}"


def _expiry(name: str) -> datetime:
    """When the upload of this name ends; a name that is none of ours never does."""
    seconds, dash, _random = name.partition("-")
    if not dash or not seconds.isdecimal():
        return datetime.max.replace(tzinfo=UTC)
    return datetime.fromtimestamp(int(seconds), tz=UTC)


def _storage() -> Storage:
    return storages["private"]


def _create(storage: Storage, name: str, content: IO[bytes]) -> None:
    """Write where nothing is; a storage that finds the name taken writes beside: undone here."""
    written = storage.save(name, content)
    if written != name:
        storage.delete(written)
        raise UploadRefused(UploadReason.ALREADY_USED)
