"""What pets do when something has happened, and when clients are searched.

Handlers bear hearing an event twice.
"""

from accounts import clients
from kernel import events
from pets import finding, guardians, photos
from pets.events import PetDied, PetPhotoSet


@events.on(PetDied)
def take_invitations_back(event: PetDied) -> None:
    guardians.take_back_invitations(event.pet_id)


@events.on(PetPhotoSet)
def render_the_photo(event: PetPhotoSet) -> None:
    photos.render_photo(event.pet_id)


clients.also_find(finding.whose_pet)
