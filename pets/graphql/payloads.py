"""What comes of changes in pets' files: the pet as it is now, or why not."""

import strawberry

from kernel.graphql.payloads import Payload
from pets.graphql.types import HistoryEntry, Pet


@strawberry.type(description="What came of a change.")
class PetChanged(Payload):
    pet: Pet | None = strawberry.field(default=None, description="The pet as it is now.")


@strawberry.type(description="What came of writing into a history.")
class HistoryChanged(PetChanged):
    entry: HistoryEntry | None = strawberry.field(
        default=None, description="The entry, where there is one."
    )


@strawberry.type(description="What came of opening a file.")
class PetAddPayload(PetChanged):
    pass


@strawberry.type(description="What came of changing a file.")
class PetUpdatePayload(PetChanged):
    pass


@strawberry.type(description="What came of sending a photo; it shows once it is drawn.")
class PetPhotoSetPayload(PetChanged):
    pass


@strawberry.type(description="What came of putting a file aside.")
class PetArchivePayload(PetChanged):
    pass


@strawberry.type(description="What came of telling a death.")
class PetMarkDeceasedPayload(PetChanged):
    pass


@strawberry.type(description="What came of inviting a guardian.")
class PetGuardianInvitePayload(PetChanged):
    pass


@strawberry.type(description="What came of accepting an invitation.")
class PetGuardianAcceptPayload(PetChanged):
    pass


@strawberry.type(description="What came of leaving; `pet` is null, for it is no longer one's own.")
class PetGuardianLeavePayload(PetChanged):
    pass


@strawberry.type(description="What came of a weighing.")
class PetWeighPayload(HistoryChanged):
    pass


@strawberry.type(description="What came of judging a body condition.")
class PetBodyConditionAddPayload(HistoryChanged):
    pass


@strawberry.type(description="What came of recording a condition.")
class PetConditionAddPayload(HistoryChanged):
    pass


@strawberry.type(description="What came of recording an allergy.")
class PetAllergyAddPayload(HistoryChanged):
    pass


@strawberry.type(description="What came of writing into a history.")
class PetHistoryAddPayload(HistoryChanged):
    pass


@strawberry.type(description="What came of ending something.")
class PetHistoryEndPayload(HistoryChanged):
    pass


@strawberry.type(description="What came of taking an entry back; `entry` is null.")
class PetHistoryRemovePayload(HistoryChanged):
    pass
