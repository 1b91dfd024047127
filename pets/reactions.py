"""What pets do when something has happened; handlers bear hearing it twice."""

from kernel import events
from pets import photos
from pets.events import PetPhotoSet


@events.on(PetPhotoSet)
def render_the_photo(event: PetPhotoSet) -> None:
    photos.render_photo(event.pet_id)
