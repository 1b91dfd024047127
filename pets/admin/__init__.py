"""Pets in the back office; Django's autodiscovery imports this package."""

from accounts.admin import ACTION_NAMES
from accounts.admin.files import NAMES_BESIDE, add_panel
from accounts.models import Person
from pets.admin import breeds, labels, pets
from pets.admin.client_panel import names_of_pets, pets_panel

__all__ = ["breeds", "labels", "pets"]

ACTION_NAMES.update(labels.ACTIONS)
NAMES_BESIDE.append(names_of_pets)
add_panel(Person, pets_panel)
