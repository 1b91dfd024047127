"""What guardians and staff write into pets' files."""

import datetime
import uuid

import strawberry
from strawberry import UNSET, relay

from accounts.graphql.repeating import KEY
from kernel.animals import Condition, IngredientGroup, Species
from pets.vocabulary import Activity, Breeding, HistoryKind, IdentificationKind, Sex

_PET = "The pet."
_DAY = "When; today if not given."
_LEFT_OUT = " Left out, it stays."


@strawberry.input(description="A number that tells an animal from all others.")
class IdentificationInput:
    kind: IdentificationKind = strawberry.field(description="Which number it is.")
    value: str = strawberry.field(description="The number; a microchip has 15 digits.")


@strawberry.input(description="A new pet.")
class PetAddInput:
    name: str = strawberry.field(description="Its name.")
    species: Species = strawberry.field(description="Its species.")
    breed_id: relay.GlobalID | None = strawberry.field(default=None, description="Its breed.")
    breed_text: str = strawberry.field(default="", description="Its breed in its owner's words.")
    sex: Sex | None = strawberry.field(default=None, description="Its sex.")
    is_neutered: bool | None = strawberry.field(default=None, description="Whether it is neutered.")
    born_on: datetime.date | None = strawberry.field(default=None, description="When it was born.")
    is_birth_estimated: bool = strawberry.field(
        default=False, description="Whether that day is a guess."
    )
    activity: Activity | None = strawberry.field(default=None, description="How it lives.")
    breeding: Breeding = strawberry.field(
        default=Breeding.NONE, description="Whether it carries or nurses young."
    )
    adult_weight_g: int | None = strawberry.field(
        default=None, description="What it weighs when grown, grams."
    )
    weight_g: int | None = strawberry.field(default=None, description="What it weighs today, g.")
    identifications: list[IdentificationInput] = strawberry.field(
        default_factory=list, description="What tells it from all others; one a kind."
    )
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="What is to change in a pet's file; what is left out stays.")
class PetUpdateInput:
    pet_id: relay.GlobalID = strawberry.field(description=_PET)
    expected_version: int = strawberry.field(
        description="The version that you read; another one now is refused as `STALE`."
    )
    name: str | None = strawberry.field(default=UNSET, description="Its name." + _LEFT_OUT)
    breed_id: relay.GlobalID | None = strawberry.field(
        default=UNSET, description="Its breed; null for none." + _LEFT_OUT
    )
    breed_text: str | None = strawberry.field(
        default=UNSET, description="Its breed in its owner's words." + _LEFT_OUT
    )
    sex: Sex | None = strawberry.field(default=UNSET, description="Its sex." + _LEFT_OUT)
    is_neutered: bool | None = strawberry.field(
        default=UNSET, description="Whether it is neutered; null for unknown." + _LEFT_OUT
    )
    born_on: datetime.date | None = strawberry.field(
        default=UNSET, description="When it was born; null for unknown." + _LEFT_OUT
    )
    is_birth_estimated: bool | None = strawberry.field(
        default=UNSET, description="Whether that day is a guess." + _LEFT_OUT
    )
    activity: Activity | None = strawberry.field(
        default=UNSET, description="How it lives; null for unknown." + _LEFT_OUT
    )
    breeding: Breeding | None = strawberry.field(
        default=UNSET, description="Whether it carries or nurses young." + _LEFT_OUT
    )
    adult_weight_g: int | None = strawberry.field(
        default=UNSET, description="What it weighs when grown, grams; null for unknown." + _LEFT_OUT
    )
    identifications: list[IdentificationInput] | None = strawberry.field(
        default=UNSET, description="What tells it from all others, whole." + _LEFT_OUT
    )
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A weighing.")
class PetWeighInput:
    pet_id: relay.GlobalID = strawberry.field(description=_PET)
    weight_g: int = strawberry.field(description="Grams.")
    happened_on: datetime.date | None = strawberry.field(default=None, description=_DAY)
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A body condition, judged by hand.")
class PetBodyConditionAddInput:
    pet_id: relay.GlobalID = strawberry.field(description=_PET)
    score: int = strawberry.field(description="From 1 (starved) over 5 (ideal) to 9 (obese).")
    happened_on: datetime.date | None = strawberry.field(default=None, description=_DAY)
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A condition that a pet has.")
class PetConditionAddInput:
    pet_id: relay.GlobalID = strawberry.field(description=_PET)
    condition: Condition = strawberry.field(description="Which.")
    happened_on: datetime.date | None = strawberry.field(
        default=None, description="Since when; today if not given."
    )
    text: str = strawberry.field(default="", description="More about it.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="An allergy that a pet has.")
class PetAllergyAddInput:
    pet_id: relay.GlobalID = strawberry.field(description=_PET)
    allergen: IngredientGroup = strawberry.field(description="To what.")
    happened_on: datetime.date | None = strawberry.field(
        default=None, description="Since when; today if not given."
    )
    text: str = strawberry.field(default="", description="More about it.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A visit, a vaccination, a treatment or a note.")
class PetHistoryAddInput:
    pet_id: relay.GlobalID = strawberry.field(description=_PET)
    kind: HistoryKind = strawberry.field(
        description="`VISIT`, `VACCINATION`, `TREATMENT` or `NOTE`."
    )
    text: str = strawberry.field(description="What happened.")
    happened_on: datetime.date | None = strawberry.field(default=None, description=_DAY)
    ended_on: datetime.date | None = strawberry.field(
        default=None, description="Until when, of a treatment."
    )
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Something that is over.")
class PetHistoryEndInput:
    entry_id: relay.GlobalID = strawberry.field(description="A condition, allergy or treatment.")
    ended_on: datetime.date | None = strawberry.field(default=None, description=_DAY)
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="An entry that was a mistake.")
class PetHistoryRemoveInput:
    entry_id: relay.GlobalID = strawberry.field(description="Which.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A photo that was sent.")
class PetPhotoSetInput:
    pet_id: relay.GlobalID = strawberry.field(description=_PET)
    ticket: str = strawberry.field(description="The ticket of the upload, for `PET_PHOTO`.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Whom to ask to look after a pet too.")
class PetGuardianInviteInput:
    pet_id: relay.GlobalID = strawberry.field(description=_PET)
    email: str = strawberry.field(description="Where the invitation goes.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="An invitation, accepted.")
class PetGuardianAcceptInput:
    token: str = strawberry.field(description="From the link that came by mail.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A pet that one no longer looks after.")
class PetGuardianLeaveInput:
    pet_id: relay.GlobalID = strawberry.field(description=_PET)
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A file to put aside, or to take up again.")
class PetArchiveInput:
    pet_id: relay.GlobalID = strawberry.field(description=_PET)
    archived: bool = strawberry.field(default=True, description="False takes it up again.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A death, which stops everything for the pet at once.")
class PetMarkDeceasedInput:
    pet_id: relay.GlobalID = strawberry.field(description=_PET)
    died_on: datetime.date | None = strawberry.field(description="When; null takes a mistake back.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)
