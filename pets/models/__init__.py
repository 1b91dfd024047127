from pets.models.breeds import Breed
from pets.models.guardians import Guardian, GuardianInvite
from pets.models.history import HistoryEntry
from pets.models.pets import Identification, Pet, PetReference

__all__ = [
    "Breed",
    "Guardian",
    "GuardianInvite",
    "HistoryEntry",
    "Identification",
    "Pet",
    "PetReference",
]
