"""A request carried out once, however often it arrives: phones lose answers."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import IdempotencyKey
from kernel.refusals import ErrorCode, Refusal

KEPT_FOR = timedelta(hours=48)

type Answer = str | int | list[str] | list[int] | dict[str, str | int] | None


class IdempotencyConflict(Refusal):
    """The same key came with another request."""

    code = ErrorCode.IDEMPOTENCY_CONFLICT
    words = _("This idempotency key was used for another request.")


def once(
    *, actor: str, key: UUID | None, request: object, at: datetime, run: Callable[[], Answer]
) -> Answer:
    """Run a verb once for a key, and answer what it answered then for as long as it is kept.

    The key is written in the verb's own transaction: a crash leaves neither or both. A second
    request that arrives while the first is under way waits for its outcome.

    Raises:
        IdempotencyConflict: the key came before with another request.
    """
    if key is None:
        return run()
    fingerprint = hashlib.sha256(
        json.dumps(request, sort_keys=True, default=str).encode()
    ).hexdigest()
    try:
        with transaction.atomic():
            kept = IdempotencyKey.objects.create(
                actor=actor, key=key, request_hash=fingerprint, created_at=at
            )
            kept.answer = run()
            kept.save(update_fields=["answer"])
            return kept.answer
    except IntegrityError:
        known = IdempotencyKey.objects.filter(actor=actor, key=key).first()
        if known is None:
            raise
    if known.request_hash != fingerprint:
        raise IdempotencyConflict(path=["input", "idempotencyKey"])
    return known.answer


def forget_old(*, at: datetime) -> int:
    deleted, _rows = IdempotencyKey.objects.filter(created_at__lt=at - KEPT_FOR).delete()
    return deleted
