"""Pets as they are asked for."""

from typing import Annotated

import strawberry
from strawberry import relay

from accounts.graphql.info import Info
from accounts.graphql.viewer import signed_in
from clinic.details import PARIS
from kernel.animals import Species
from kernel.graphql.nodes import key_of
from kernel.graphql.paging import page_size
from kernel.graphql.payloads import described
from kernel.refusals import NotFound
from pets import access, breeds
from pets.graphql.types import Breed, Pet, breed_of, pet_of
from pets.models import Pet as PetRow
from pets.reading import PetsRead


def reading_of(rows: list[PetRow], info: Info) -> PetsRead:
    return PetsRead(rows, on=info.context.at.astimezone(PARIS).date())


def shown(rows: list[PetRow], info: Info) -> list[Pet]:
    """Pets read together, as the asker sees them today."""
    read = reading_of(rows, info)
    return [pet_of(row, read, info.context.language) for row in rows]


@strawberry.type
class PetsQuery:
    @strawberry.field(
        description="The pets that the asker looks after, the first known first; at most 50. "
        "Asks to be signed in."
    )
    def pets(
        self,
        info: Info,
        *,
        with_closed: Annotated[
            bool, described("Whether deceased and archived ones are among them.")
        ] = False,
    ) -> list[Pet]:
        signed_in(info)
        return shown(access.files_for(info.context.viewer, with_closed=with_closed), info)

    @strawberry.field(
        description="A pet that the asker looks after, or any for staff with the duty "
        "`read_clients`, whose reading is written down; null where there is none. "
        "Asks to be signed in."
    )
    def pet(self, info: Info, id: Annotated[relay.GlobalID, described("Which.")]) -> Pet | None:  # noqa: A002
        signed_in(info)
        try:
            row = access.open_file(info.context.viewer, key_of(id, "Pet"), at=info.context.at)
        except NotFound:
            return None
        return shown([row], info)[0]

    @strawberry.field(description="Breeds by a few letters of their name, the common ones first.")
    def breeds(
        self,
        info: Info,
        species: Annotated[Species | None, described("Of this species alone.")] = None,
        search: Annotated[str, described("Letters of the name, in French or English.")] = "",
        first: Annotated[int | None, described("How many; 24 if not given, at most 100.")] = None,
    ) -> list[Breed]:
        found = breeds.find_breeds(species=species, text=search[:80], first=page_size(first))
        return [breed_of(each, info.context.language) for each in found]
