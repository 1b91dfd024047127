"""What guardians and staff change in pets' files."""

from collections.abc import Callable
from typing import Annotated

import strawberry
from strawberry import UNSET, relay

from accounts.graphql.info import Info
from accounts.graphql.repeating import Repeatable, carried_out_once
from accounts.graphql.viewer import signed_in
from accounts.idempotency import IdempotencyConflict
from accounts.models import Person
from accounts.roles import Duty
from kernel import uploads
from kernel.graphql.nodes import key_of
from kernel.graphql.payloads import Answers, described
from kernel.pictures import PictureRefused
from kernel.refusals import Invalid, LimitReached, NotAllowed, NotFound, Stale
from kernel.uploads import UploadPurpose, UploadRefused
from pets import access, guardians, photos, records
from pets.graphql import inputs, payloads
from pets.graphql.queries import shown
from pets.graphql.types import Pet
from pets.guardians import InviteRefused, LastGuardian
from pets.models import Breed
from pets.records import NoLongerServed, Particulars
from pets.vocabulary import IdentificationKind

type Identifications = list[inputs.IdentificationInput]
_CLIENTS = " By a guardian, or by staff with the duty `edit_clients`."


@strawberry.type
class PetsMutation:
    @strawberry.mutation(
        description="Open the file of a pet that the asker looks after.",
        extensions=[
            Answers(payloads.PetAddPayload, Invalid, LimitReached, NotFound, IdempotencyConflict)
        ],
    )
    def pet_add(
        self,
        info: Info,
        input: Annotated[inputs.PetAddInput, described("The pet.")],  # noqa: A002
    ) -> payloads.PetAddPayload:
        me = signed_in(info)
        return payloads.PetAddPayload(pet=_once(info, input, lambda: _add(input, me=me, info=info)))

    @strawberry.mutation(
        description="Change what a pet's file says." + _CLIENTS,
        extensions=[
            Answers(
                payloads.PetUpdatePayload,
                Invalid,
                Stale,
                NoLongerServed,
                NotFound,
                NotAllowed,
                IdempotencyConflict,
            )
        ],
    )
    def pet_update(
        self,
        info: Info,
        input: Annotated[inputs.PetUpdateInput, described("What changes.")],  # noqa: A002
    ) -> payloads.PetUpdatePayload:
        me = signed_in(info)
        return payloads.PetUpdatePayload(
            pet=_once(info, input, lambda: _update(input, me=me, info=info))
        )

    @strawberry.mutation(
        description="Show a pet by a photo that was sent." + _CLIENTS,
        extensions=[
            Answers(
                payloads.PetPhotoSetPayload,
                NoLongerServed,
                NotFound,
                NotAllowed,
                PictureRefused,
                UploadRefused,
                IdempotencyConflict,
            )
        ],
    )
    def pet_photo_set(
        self,
        info: Info,
        input: Annotated[inputs.PetPhotoSetInput, described("Which.")],  # noqa: A002
    ) -> payloads.PetPhotoSetPayload:
        me, viewer, at = signed_in(info), info.context.viewer, info.context.at

        def run() -> int:
            key = key_of(input.pet_id, "Pet")
            pet, _origin = access.pet_to_change(viewer, key, Duty.EDIT_CLIENTS)
            data = uploads.take(
                input.ticket, purpose=UploadPurpose.PET_PHOTO, owner=viewer.actor, at=at
            )
            return photos.set_photo(pet=pet, data=data, by=me, at=at).pk

        return payloads.PetPhotoSetPayload(pet=_once(info, input, run))

    @strawberry.mutation(
        description="Put a pet's file aside, or take it up again." + _CLIENTS,
        extensions=[Answers(payloads.PetArchivePayload, NotFound, NotAllowed, IdempotencyConflict)],
    )
    def pet_archive(
        self,
        info: Info,
        input: Annotated[inputs.PetArchiveInput, described("Which.")],  # noqa: A002
    ) -> payloads.PetArchivePayload:
        me, viewer, at = signed_in(info), info.context.viewer, info.context.at

        def run() -> int:
            key = key_of(input.pet_id, "Pet")
            pet, _origin = access.pet_to_change(viewer, key, Duty.EDIT_CLIENTS)
            return records.archive_pet(pet=pet, archived=input.archived, by=me, at=at).pk

        return payloads.PetArchivePayload(pet=_once(info, input, run))

    @strawberry.mutation(
        description="Tell that a pet died, which stops everything for it at once. "
        "By a guardian, or by staff with the duty `record_body`.",
        extensions=[
            Answers(
                payloads.PetMarkDeceasedPayload, Invalid, NotFound, NotAllowed, IdempotencyConflict
            )
        ],
    )
    def pet_mark_deceased(
        self,
        info: Info,
        input: Annotated[inputs.PetMarkDeceasedInput, described("Which, when.")],  # noqa: A002
    ) -> payloads.PetMarkDeceasedPayload:
        me, viewer, at = signed_in(info), info.context.viewer, info.context.at

        def run() -> int:
            key = key_of(input.pet_id, "Pet")
            pet, _origin = access.pet_to_change(viewer, key, Duty.RECORD_BODY)
            return records.mark_deceased(pet=pet, died_on=input.died_on, by=me, at=at).pk

        return payloads.PetMarkDeceasedPayload(pet=_once(info, input, run))

    @strawberry.mutation(
        description="Ask somebody by mail to look after a pet too. By a guardian.",
        extensions=[
            Answers(
                payloads.PetGuardianInvitePayload,
                Invalid,
                LimitReached,
                NoLongerServed,
                NotFound,
                IdempotencyConflict,
            )
        ],
    )
    def pet_guardian_invite(
        self,
        info: Info,
        input: Annotated[inputs.PetGuardianInviteInput, described("Whom.")],  # noqa: A002
    ) -> payloads.PetGuardianInvitePayload:
        me, viewer, at = signed_in(info), info.context.viewer, info.context.at

        def run() -> int:
            pet = access.pet_of(viewer, key_of(input.pet_id, "Pet"))
            return guardians.invite(pet=pet, email=input.email, by=me, at=at).pet_id

        return payloads.PetGuardianInvitePayload(pet=_once(info, input, run))

    @strawberry.mutation(
        description="Join the guardians of a pet by the link that came by mail.",
        extensions=[
            Answers(
                payloads.PetGuardianAcceptPayload,
                InviteRefused,
                LimitReached,
                NoLongerServed,
                IdempotencyConflict,
            )
        ],
    )
    def pet_guardian_accept(
        self,
        info: Info,
        input: Annotated[inputs.PetGuardianAcceptInput, described("Which.")],  # noqa: A002
    ) -> payloads.PetGuardianAcceptPayload:
        me, at = signed_in(info), info.context.at
        return payloads.PetGuardianAcceptPayload(
            pet=_once(info, input, lambda: guardians.accept(token=input.token, person=me, at=at).pk)
        )

    @strawberry.mutation(
        description="Stop looking after a pet that others look after too.",
        extensions=[
            Answers(payloads.PetGuardianLeavePayload, LastGuardian, NotFound, IdempotencyConflict)
        ],
    )
    def pet_guardian_leave(
        self,
        info: Info,
        input: Annotated[inputs.PetGuardianLeaveInput, described("Which.")],  # noqa: A002
    ) -> payloads.PetGuardianLeavePayload:
        me, viewer, at = signed_in(info), info.context.viewer, info.context.at

        def run() -> None:
            pet = access.pet_of(viewer, key_of(input.pet_id, "Pet"))
            guardians.leave(pet=pet, person=me, by=me, at=at)

        carried_out_once(info, input, run)
        return payloads.PetGuardianLeavePayload()


def _once(info: Info, given: Repeatable, run: Callable[[], int]) -> Pet:
    key = int(str(carried_out_once(info, given, run)))
    return shown([access.pet_for(info.context.viewer, key)], info)[0]


def _add(given: inputs.PetAddInput, *, me: Person, info: Info) -> int:
    particulars: Particulars = {
        "name": given.name,
        "species": given.species,
        "breed": _breed(given.breed_id) if given.breed_id else None,
        "breed_text": given.breed_text,
        "sex": given.sex,
        "is_neutered": given.is_neutered,
        "born_on": given.born_on,
        "is_birth_estimated": given.is_birth_estimated,
        "activity": given.activity,
        "breeding": given.breeding,
        "adult_weight_g": given.adult_weight_g,
    }
    return records.add_pet(
        guardian=me,
        particulars=particulars,
        identifications=_numbers(given.identifications),
        weight_g=given.weight_g,
        by=me,
        at=info.context.at,
    ).pk


#: Fields of the input that go into the file as they are; null means nothing to those in the second.
_NULLABLE = ("sex", "is_neutered", "born_on", "activity", "adult_weight_g")
_REQUIRED = ("name", "breed_text", "is_birth_estimated", "breeding")


def _update(given: inputs.PetUpdateInput, *, me: Person, info: Info) -> int:
    key = key_of(given.pet_id, "Pet")
    pet, _origin = access.pet_to_change(info.context.viewer, key, Duty.EDIT_CLIENTS)
    particulars = Particulars()
    for name in _NULLABLE:
        if getattr(given, name) is not UNSET:
            particulars[name] = getattr(given, name)  # type: ignore[literal-required]
    for name in _REQUIRED:
        if getattr(given, name) not in (UNSET, None):
            particulars[name] = getattr(given, name)  # type: ignore[literal-required]
    if given.breed_id is not UNSET:
        particulars["breed"] = _breed(given.breed_id) if given.breed_id else None
    numbers = given.identifications
    return records.update_pet(
        pet=pet,
        particulars=particulars,
        identifications=None if numbers in (UNSET, None) else _numbers(numbers or []),
        expected_version=given.expected_version,
        by=me,
        at=info.context.at,
    ).pk


def _breed(given: relay.GlobalID) -> Breed:
    return access.breed_by_id(key_of(given, "Breed"))


def _numbers(given: Identifications) -> dict[IdentificationKind, str]:
    return {each.kind: each.value for each in given}
