"""Those who look after a pet: each joins by their own act, none is the last to leave."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import audit, link_tokens, notices
from accounts.models import Person
from accounts.notices import Message
from kernel.animals import Language
from kernel.refusals import ErrorCode, Invalid, LimitReached, Refusal
from pets.models import Guardian, GuardianInvite, Pet
from pets.records import MOST_PETS, locked, refuse_closed

VALID_FOR = timedelta(days=14)
MOST_INVITES = 5
MOST_GUARDIANS = 6


class InviteRefused(Refusal):
    """The link is none of ours, is too old, or was used."""

    code = ErrorCode.CODE_REFUSED
    words = _("This invitation is not valid any more: ask for a new one.")


class LastGuardian(Refusal):
    """Somebody must look after a pet: its file is archived rather than left."""

    code = ErrorCode.NOT_ALLOWED
    words = _("You are the only one who looks after %(name)s: archive the file instead.")


def invite(*, pet: Pet, email: str, by: Person, at: datetime) -> GuardianInvite:
    """Ask somebody by mail to look after a pet too; an open invitation is replaced.

    Raises:
        Invalid: not an address.
        LimitReached: five invitations are open, or six guardians look after it.
        NoLongerServed: the file is closed.
    """
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        expected = str(_("an e-mail address"))
        raise Invalid(path=["input", "email"], value=email[:80], expected=expected) from None
    token = link_tokens.draw()
    with transaction.atomic():
        pet = locked(pet)
        refuse_closed(pet)
        if pet.guardians.count() >= MOST_GUARDIANS:
            raise LimitReached(path=["input", "email"], most=MOST_GUARDIANS)
        pet.invites.filter(email=address, accepted_at__isnull=True).delete()
        if pet.invites.filter(accepted_at__isnull=True, expires_at__gt=at).count() >= MOST_INVITES:
            raise LimitReached(path=["input", "email"], most=MOST_INVITES)
        made = GuardianInvite.objects.create(
            pet=pet,
            by=by,
            email=address,
            token_hash=link_tokens.hashed(token),
            created_at=at,
            expires_at=at + VALID_FOR,
        )
        language = Language(by.language)
        notices.notify(
            key=f"guardian-invite:{made.pk}",
            recipient=address,
            language=language,
            message=_worded(pet, by, token, language),
        )
        audit.record(action="guardian.invite", subject=pet, by=by, at=at)
    return made


def accept(*, token: str, person: Person, at: datetime) -> Pet:
    """Join the guardians of a pet by the link that came by mail; a link works once.

    Raises:
        InviteRefused: unknown, too old or used.
        NoLongerServed: the file was closed meanwhile.
        LimitReached: the person has as many pets as the shop keeps.
    """
    with transaction.atomic():
        found = (
            GuardianInvite.objects.select_for_update()
            .filter(
                token_hash=link_tokens.hashed(token), accepted_at__isnull=True, expires_at__gt=at
            )
            .first()
        )
        if found is None:
            raise InviteRefused(path=["input", "token"])
        pet = locked(found.pet)
        refuse_closed(pet)
        if Guardian.objects.filter(person=person).count() >= MOST_PETS:
            raise LimitReached(path=["input"], most=MOST_PETS)
        Guardian.objects.get_or_create(pet=pet, person=person, defaults={"since": at})
        found.accepted_by, found.accepted_at = person, at
        found.save(update_fields=["accepted_by", "accepted_at"])
        audit.record(action="guardian.accept", subject=pet, by=person, at=at)
    return pet


def take_back_invitations(pet_id: int) -> int:
    """Forget the open invitations of a pet whose file was closed; they open nothing any more."""
    deleted, _rows = GuardianInvite.objects.filter(pet=pet_id, accepted_at__isnull=True).delete()
    return deleted


def leave(*, pet: Pet, person: Person, by: Person, at: datetime) -> None:
    """Stop looking after a pet.

    Raises:
        LastGuardian: nobody else looks after it.
    """
    with transaction.atomic():
        pet = locked(pet)
        if not pet.guardians.exclude(person=person).exists():
            raise LastGuardian(path=["input", "petId"], name=pet.name)
        pet.guardians.filter(person=person).delete()
        audit.record(action="guardian.leave", subject=pet, by=by, at=at)


def _worded(pet: Pet, by: Person, token: str, language: Language) -> Message:
    facts = {
        "name": pet.name,
        "who": str(by),
        "link": f"{settings.STOREFRONT_URL}/invitation?token={token}",
        "days": VALID_FOR.days,
    }
    with translation.override(language):
        subject = gettext("%(who)s invites you to look after %(name)s")
        body = gettext(
            "%(who)s invites you to follow %(name)s with the clinic's shop.\n\n"
            "Open this link to accept (it works once, for %(days)d days):\n%(link)s\n\n"
            "If you do not know them, do nothing: nothing happens without your consent."
        )
        return Message(subject=subject % facts, body=body % facts)
