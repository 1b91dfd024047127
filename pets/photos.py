"""A pet's photo: taken in, rendered in the background, replaced, removed."""

import secrets
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage, storages
from django.db import transaction

from accounts import audit
from accounts.models import Person
from kernel import events, pictures
from pets.events import PetPhotoSet
from pets.models import Pet
from pets.records import locked, refuse_closed

#: Under the folder that is served; the random part of an address is known to guardians alone.
FOLDER = "pictures/pets"
_ORIGINALS = "pets/photos"


def set_photo(*, pet: Pet, data: bytes, by: Person | None, at: datetime) -> Pet:
    """Take a photo in, in place of the one that was there; the worker draws its renditions.

    Raises:
        PictureRefused: not a sound still JPEG, PNG or WebP of reasonable size.
        NoLongerServed: the file is closed.
    """
    checked = pictures.check(data)
    refuse_closed(pet)
    name = f"{_ORIGINALS}/{secrets.token_hex(16)}.{checked.format.name.lower()}"
    originals().save(name, ContentFile(data))
    with transaction.atomic():
        pet = locked(pet)
        refuse_closed(pet)
        stale = files_of(pet)
        pet.photo_original, pet.photo_renditions, pet.photo_placeholder = name, [], ""
        pet.save(update_fields=["photo_original", "photo_renditions", "photo_placeholder"])
        audit.record(action="pet.photo", subject=pet, by=by, at=at)
        events.enqueue(PetPhotoSet(pet_id=pet.pk))
        transaction.on_commit(lambda: forget_files(stale))
    return pet


def render_photo(pet_id: int) -> None:
    """Draw the renditions of a pet's photo; one that has them already is left alone."""
    pet = Pet.objects.filter(pk=pet_id, photo_renditions=[]).exclude(photo_original="").first()
    if pet is None:
        return
    with originals().open(pet.photo_original) as file:
        drawn = pictures.render(file.read())
    folder = f"{FOLDER}/{secrets.token_hex(16)}"
    names: list[tuple[int, str]] = []
    for rendition in drawn.renditions:
        name = f"{folder}/{rendition.name}"
        default_storage.save(name, ContentFile(rendition.content))
        names.append((rendition.width, name))
    # The photo may have been replaced while this one was drawn.
    kept = Pet.objects.filter(pk=pet.pk, photo_original=pet.photo_original).update(
        photo_renditions=names, photo_placeholder=drawn.placeholder
    )
    if not kept:
        forget_files([(default_storage, name) for _width, name in names])


def files_of(pet: Pet) -> list[tuple[Storage, str]]:
    """Where the files of a pet's photo are."""
    shown: list[tuple[Storage, str]] = []
    for _width, name in pet.photo_renditions:
        shown.append((default_storage, str(name)))
    return [*shown, (originals(), pet.photo_original)] if pet.photo_original else shown


def forget_files(files: list[tuple[Storage, str]]) -> None:
    for storage, name in files:
        storage.delete(name)


def originals() -> Storage:
    """Where photos are kept as they came, out of the public's sight: they may tell of places."""
    return storages["private"]
