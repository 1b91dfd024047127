"""What happened to pets; the guarantees themselves are read at the time of reading."""

from dataclasses import dataclass

from kernel.events import Event


@dataclass(frozen=True, slots=True)
class PetDied(Event):
    """A pet was marked deceased: what was planned for it is to be taken back."""

    pet_id: int


@dataclass(frozen=True, slots=True)
class PetChanged(Event):
    """A pet's file or history says something else: its age, body, allergies, conditions."""

    pet_id: int


@dataclass(frozen=True, slots=True)
class PetPhotoSet(Event):
    """A pet has a new photo, that waits for its renditions."""

    pet_id: int
