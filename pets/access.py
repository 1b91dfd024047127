"""The door to pets: guardians see theirs, staff see those of clients; nobody learns of others."""

from django.db.models import QuerySet
from django.utils.translation import pgettext_lazy

from accounts.access import Viewer
from accounts.roles import Duty
from accounts.vocabulary import Origin
from kernel.refusals import NotFound
from pets.models import Pet


def pets_for(viewer: Viewer) -> QuerySet[Pet]:
    """The pets that the viewer looks after, deceased and archived ones included, oldest first."""
    return Pet.objects.filter(guardians__person=viewer.person).order_by("pk")


def pet_for(viewer: Viewer, pet_id: int | None) -> Pet:
    """A pet that the viewer may see: their own, or any for staff who read clients' files.

    Raises:
        NotFound: there is none, or it is none of the viewer's business.
    """
    pets = Pet.objects.all() if Duty.READ_CLIENTS in viewer.duties else pets_for(viewer)
    return _found(pets, pet_id)


def pet_of(viewer: Viewer, pet_id: int | None) -> Pet:
    """A pet that the viewer is a guardian of. Raises: NotFound."""
    return _found(pets_for(viewer), pet_id)


def pet_to_change(viewer: Viewer, pet_id: int | None, duty: Duty) -> tuple[Pet, Origin]:
    """A pet that the viewer may write about, and as whom: staff with the duty, else a guardian.

    Raises:
        NotFound: there is none, or it is none of the viewer's business.
    """
    if duty in viewer.duties:
        return _found(Pet.objects.all(), pet_id), Origin.STAFF
    return _found(pets_for(viewer), pet_id), Origin.OWNER


def _found(pets: QuerySet[Pet], pet_id: int | None) -> Pet:
    found = pets.select_related("breed").filter(pk=pet_id).first() if pet_id else None
    if found is None:
        raise NotFound(path=["input", "petId"], what=pgettext_lazy("not found", "pet"))
    return found
