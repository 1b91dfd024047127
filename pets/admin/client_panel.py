"""A client's pets, on the page of the client and in the list of clients."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from accounts.admin.acting import has_duty
from accounts.admin.files import Panel
from accounts.models import Person
from accounts.roles import Duty
from clinic.details import PARIS
from pets import access
from pets.admin import labels
from pets.admin.pets import badge_of, photo_of
from pets.models import Pet


def names_of_pets(people: Sequence[Person]) -> dict[int, str]:
    """The names of people's pets, in one statement whatever the page."""
    found = access.files_of(people)
    return {key: ", ".join(pet.name for pet in pets) for key, pets in found.items()}


def pets_panel(request: HttpRequest, person: Person, at: datetime) -> Panel:
    """The pets that a client looks after, and the way to open the file of one more."""
    today = at.astimezone(PARIS).date()
    pets = access.files_of([person]).get(person.pk, [])
    address = f"{reverse('admin:pets_pet_add')}?guardian={person.pk}"
    button = (address, gettext("New pet")) if has_duty(request, Duty.EDIT_CLIENTS) else None
    return Panel(
        title=gettext("Pets"),
        template="admin/pets/client_panel.html",
        facts={"pets": [_row(pet, today) for pet in pets]},
        button=button,
    )


def _row(pet: Pet, today: Any) -> dict[str, Any]:
    return {
        "name": pet.name,
        "page": reverse("admin:pets_pet_change", args=[pet.pk]),
        "photo": photo_of(pet),
        "animal": labels.kind_of_animal(pet),
        "age": labels.age(pet, on=today),
        "badge": "" if pet.is_served else badge_of(pet),
    }
