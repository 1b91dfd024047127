"""What the shop keeps of pets, which is theirs who look after them."""

from datetime import datetime

from django.core.files.storage import storages
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import privacy, retention
from accounts.models import Person
from accounts.privacy import PersonalData, Rows, StoredFile
from accounts.vocabulary import Fate, Origin
from pets.models import Guardian, GuardianInvite, HistoryEntry, Identification, Pet, PetReference

ERASED = "GDPR art. 17(1)"
#: Why what is about a shared pet stays.
OTHERS = "GDPR art. 6(1)(b)"
AUTHORED = "GDPR art. 5(2), 17(3)"
ALONE = _("Of pets that nobody else looks after.")
SHARED = _("Of pets that another guardian looks after: they keep them.")


def own_pets(person: Person) -> QuerySet[Pet]:
    """Pets that this person alone looks after."""
    others = Guardian.objects.exclude(person=person).values("pet")
    return Pet.objects.filter(guardians__person=person).exclude(pk__in=others)


def shared_pets(person: Person) -> QuerySet[Pet]:
    others = Guardian.objects.exclude(person=person).values("pet")
    return Pet.objects.filter(guardians__person=person, pk__in=others)


def _invites(person: Person) -> Q:
    """Invitations that the person sent, or whose pet goes, or that wait for them to accept."""
    login = person.login
    addressed = Q(pk=None)
    for address in {person.email, login.email if login else ""} - {""}:
        addressed |= Q(email__iexact=address, accepted_at=None)
    return Q(by=person) | Q(pet__in=own_pets(person)) | addressed


def _invites_to_delete(person: Person) -> QuerySet[GuardianInvite]:
    return GuardianInvite.objects.filter(_invites(person))


def _invites_accepted(person: Person) -> QuerySet[GuardianInvite]:
    return GuardianInvite.objects.filter(accepted_by=person).exclude(
        pk__in=_invites_to_delete(person).values("pk")
    )


def _told_of_others_pets(person: Person) -> QuerySet[HistoryEntry]:
    """What they told, as an owner, of pets that stay."""
    told = HistoryEntry.objects.filter(author=person).exclude(origin=Origin.STAFF)
    return told.exclude(pet__in=own_pets(person))


def _noted_as_staff(person: Person) -> QuerySet[HistoryEntry]:
    noted = HistoryEntry.objects.filter(author=person, origin=Origin.STAFF)
    return noted.exclude(pet__in=own_pets(person))


def photos(rows: Rows) -> list[StoredFile]:
    """The photos of pets, except those that another pet shows too."""
    found = []
    for pet in Pet.objects.filter(pk__in=rows.values("pk")).exclude(photo_original=""):
        if Pet.objects.filter(photo_original=pet.photo_original).exclude(pk=pet.pk).exists():
            continue
        drawn = [str(rendition[-1]) for rendition in pet.photo_renditions]
        found += [StoredFile("private", pet.photo_original)]
        found += [
            StoredFile(alias, name)
            for name in drawn
            for alias in ("default", "private")
            if storages[alias].exists(name)
        ]
    return found


def _forget_invites(before: datetime) -> int:
    return retention.delete_in_chunks(GuardianInvite.objects.filter(expires_at__lt=before))


_OF_PET = {
    Identification: ("pet__name", "kind", "value"),
    PetReference: ("pet__name", "source", "reference"),
    HistoryEntry: (
        *("pet__name", "kind", "happened_on", "ended_on", "origin", "weight_g", "score"),
        *("condition", "allergen", "text", "recorded_at"),
    ),
}
_PET = (
    *("name", "species", "breed__name_fr", "breed_text", "sex", "is_neutered", "born_on"),
    *("is_birth_estimated", "activity", "breeding", "adult_weight_g", "died_on", "created_at"),
)


def of_pets(
    model: type[Identification | PetReference | HistoryEntry],
) -> tuple[PersonalData, PersonalData]:
    """Rows of a table about pets: those of pets that go, and those of pets that stay."""
    exported = _OF_PET[model]
    return (
        PersonalData(
            model=model,
            person="pet__guardians__person",
            scope=lambda person: model._base_manager.filter(pet__in=own_pets(person)),  # noqa: SLF001
            fate=Fate.DELETE,
            reason=ALONE,
            article=ERASED,
            exported=exported,
            dated_by="recorded_at" if model is HistoryEntry else None,
        ),
        PersonalData(
            model=model,
            person="pet__guardians__person",
            scope=lambda person: model._base_manager.filter(pet__in=shared_pets(person)),  # noqa: SLF001
            fate=Fate.KEEP,
            reason=SHARED,
            article=OTHERS,
            exported=exported,
        ),
    )


privacy.register(
    PersonalData(
        model=Pet,
        person="guardians__person",
        scope=own_pets,
        fate=Fate.DELETE,
        reason=_("Pets that nobody else looks after."),
        article=ERASED,
        exported=_PET,
        dated_by="created_at",
        files=photos,
    ),
    PersonalData(
        model=Pet,
        person="guardians__person",
        scope=shared_pets,
        fate=Fate.KEEP,
        reason=_("Pets that another guardian looks after: they keep them."),
        article=OTHERS,
        exported=_PET,
        files=photos,
    ),
    PersonalData(
        model=Guardian,
        person="person",
        fate=Fate.DELETE,
        reason=_("That you look after them."),
        article=ERASED,
        exported=("pet__name", "since"),
        dated_by="since",
    ),
    PersonalData(
        model=GuardianInvite,
        person="by",
        scope=_invites_to_delete,
        fate=Fate.DELETE,
        reason=_("Invitations that you sent, or that wait for you."),
        article=ERASED,
        exported=("pet__name", "created_at", "expires_at", "accepted_at"),
        dated_by="created_at",
    ),
    PersonalData(
        model=GuardianInvite,
        person="accepted_by",
        scope=_invites_accepted,
        fate=Fate.PSEUDONYMISE,
        reason=_("That an invitation was accepted, without by whom."),
        article=OTHERS,
        exported=("pet__name", "accepted_at"),
        erase=lambda rows: rows.update(email="", accepted_by=None),
    ),
    *of_pets(Identification),
    *of_pets(PetReference),
    *of_pets(HistoryEntry),
    PersonalData(
        model=HistoryEntry,
        person="author",
        scope=_told_of_others_pets,
        fate=Fate.PSEUDONYMISE,
        reason=_("What you told of pets that stay, without your name."),
        article=OTHERS,
        exported=("kind", "happened_on", "text", "recorded_at"),
        dated_by="recorded_at",
        erase=lambda rows: rows.update(author=None),
    ),
    PersonalData(
        model=HistoryEntry,
        person="author",
        scope=_noted_as_staff,
        fate=Fate.KEEP,
        reason=_("What you found as a colleague, in files of animals."),
        article=AUTHORED,
    ),
)
retention.register(
    retention.Rule(
        "invitations",
        _("Invitations to look after a pet, after they ended"),
        retention.MONTH,
        "GDPR art. 5(1)(e)",
        _forget_invites,
    )
)
