"""Pets on the files of clients, as staff read them."""

from typing import cast

import strawberry
from strawberry import Parent

from accounts import models
from accounts.graphql.clients import SHOWN
from accounts.graphql.info import Info
from accounts.graphql.people_types import Client
from kernel.graphql.extending import extend
from pets import access
from pets.graphql.queries import reading_of
from pets.graphql.types import Pet, pet_of
from pets.models import Pet as PetRow
from pets.reading import PetsRead

_KEY = "pets of clients shown"

type Read = tuple[dict[int, list[PetRow]], PetsRead]


@extend(Client)
@strawberry.field(
    description="The pets that they look after, deceased and archived ones included; at most 50."
)
def pets(root: Parent[Client], info: Info) -> list[Pet]:
    person = cast("models.Person", root)
    rows, read = _read_together(person, info)
    return [pet_of(row, read, info.context.language) for row in rows.get(person.pk, [])]


def _read_together(person: models.Person, info: Info) -> Read:
    """The pets of all clients of the page, in one statement."""
    kept = info.context.kept
    if _KEY not in kept:
        files = access.files_of(kept.get(SHOWN, [person]))
        rows = {row.pk: row for found in files.values() for row in found}
        kept[_KEY] = (files, reading_of(list(rows.values()), info))
    found: Read = kept[_KEY]
    return found
