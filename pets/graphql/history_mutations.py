"""What guardians and staff write into pets' histories."""

import datetime
from typing import Annotated, Protocol

import strawberry
from strawberry import relay

from accounts.graphql.info import Info
from accounts.graphql.repeating import Repeatable, carried_out_once
from accounts.graphql.viewer import signed_in
from accounts.idempotency import IdempotencyConflict
from clinic.details import PARIS
from kernel.graphql.nodes import key_of
from kernel.graphql.payloads import Answers, described
from kernel.refusals import Invalid, LimitReached, NotAllowed, NotFound
from pets import access, history
from pets.graphql import inputs, payloads
from pets.graphql.queries import shown
from pets.graphql.types import entry_of
from pets.history import Fact
from pets.records import NoLongerServed
from pets.vocabulary import HistoryKind

_REFUSALS = (
    Invalid,
    LimitReached,
    NoLongerServed,
    NotFound,
    NotAllowed,
    IdempotencyConflict,
)


@strawberry.type
class PetHistoryMutation:
    @strawberry.mutation(
        description="Write a weighing down. By a guardian, or by staff with the duty "
        "`record_body`.",
        extensions=[Answers(payloads.PetWeighPayload, *_REFUSALS)],
    )
    def pet_weigh(
        self,
        info: Info,
        input: Annotated[inputs.PetWeighInput, described("What.")],  # noqa: A002
    ) -> payloads.PetWeighPayload:
        fact = Fact(
            kind=HistoryKind.WEIGHT,
            happened_on=_day(input.happened_on, info),
            weight_g=input.weight_g,
        )
        return _recorded(info, input, fact, payloads.PetWeighPayload)

    @strawberry.mutation(
        description="Write a body condition down. Asks the duty `record_body`.",
        extensions=[Answers(payloads.PetBodyConditionAddPayload, *_REFUSALS)],
    )
    def pet_body_condition_add(
        self,
        info: Info,
        input: Annotated[inputs.PetBodyConditionAddInput, described("What.")],  # noqa: A002
    ) -> payloads.PetBodyConditionAddPayload:
        fact = Fact(
            kind=HistoryKind.BODY_CONDITION,
            happened_on=_day(input.happened_on, info),
            score=input.score,
        )
        return _recorded(info, input, fact, payloads.PetBodyConditionAddPayload)

    @strawberry.mutation(
        description="Write a condition down. By a guardian, in whose words it opens no dietetic "
        "food, or by staff with the duty `record_health`.",
        extensions=[Answers(payloads.PetConditionAddPayload, *_REFUSALS)],
    )
    def pet_condition_add(
        self,
        info: Info,
        input: Annotated[inputs.PetConditionAddInput, described("What.")],  # noqa: A002
    ) -> payloads.PetConditionAddPayload:
        fact = Fact(
            kind=HistoryKind.CONDITION,
            happened_on=_day(input.happened_on, info),
            condition=input.condition,
            text=input.text,
        )
        return _recorded(info, input, fact, payloads.PetConditionAddPayload)

    @strawberry.mutation(
        description="Write an allergy down. By a guardian, or by staff with the duty "
        "`record_health`.",
        extensions=[Answers(payloads.PetAllergyAddPayload, *_REFUSALS)],
    )
    def pet_allergy_add(
        self,
        info: Info,
        input: Annotated[inputs.PetAllergyAddInput, described("What.")],  # noqa: A002
    ) -> payloads.PetAllergyAddPayload:
        fact = Fact(
            kind=HistoryKind.ALLERGY,
            happened_on=_day(input.happened_on, info),
            allergen=input.allergen,
            text=input.text,
        )
        return _recorded(info, input, fact, payloads.PetAllergyAddPayload)

    @strawberry.mutation(
        description="Write a visit, a vaccination, a treatment or a note down. By a guardian, or "
        "by staff with the duty `record_health` (for a note, `record_body`).",
        extensions=[Answers(payloads.PetHistoryAddPayload, *_REFUSALS)],
    )
    def pet_history_add(
        self,
        info: Info,
        input: Annotated[inputs.PetHistoryAddInput, described("What.")],  # noqa: A002
    ) -> payloads.PetHistoryAddPayload:
        fact = Fact(
            kind=input.kind,
            happened_on=_day(input.happened_on, info),
            ended_on=input.ended_on,
            text=input.text,
        )
        return _recorded(info, input, fact, payloads.PetHistoryAddPayload)

    @strawberry.mutation(
        description="Say that a condition, an allergy or a treatment is over. By a guardian for "
        "what owners said, or by staff with the duty to record it.",
        extensions=[Answers(payloads.PetHistoryEndPayload, *_REFUSALS)],
    )
    def pet_history_end(
        self,
        info: Info,
        input: Annotated[inputs.PetHistoryEndInput, described("Which.")],  # noqa: A002
    ) -> payloads.PetHistoryEndPayload:
        me, viewer, at = signed_in(info), info.context.viewer, info.context.at
        key = key_of(input.entry_id, "HistoryEntry")

        def run() -> int:
            entry, origin = access.entry_to_change(viewer, key)
            day = _day(input.ended_on, info)
            return history.end_fact(entry=entry, ended_on=day, origin=origin, by=me, at=at).pk

        carried_out_once(info, input, run)
        entry, _origin = access.entry_to_change(viewer, key)
        return payloads.PetHistoryEndPayload(
            pet=shown([entry.pet], info)[0], entry=entry_of(entry, info.context.language)
        )

    @strawberry.mutation(
        description="Take back an entry that was a mistake. By a guardian for what owners said, "
        "or by staff with the duty to record it.",
        extensions=[Answers(payloads.PetHistoryRemovePayload, *_REFUSALS)],
    )
    def pet_history_remove(
        self,
        info: Info,
        input: Annotated[inputs.PetHistoryRemoveInput, described("Which.")],  # noqa: A002
    ) -> payloads.PetHistoryRemovePayload:
        me, viewer, at = signed_in(info), info.context.viewer, info.context.at

        def run() -> int:
            entry, origin = access.entry_to_change(viewer, key_of(input.entry_id, "HistoryEntry"))
            history.take_back(entry=entry, origin=origin, by=me, at=at)
            return entry.pet_id

        pet_key = int(str(carried_out_once(info, input, run)))
        return payloads.PetHistoryRemovePayload(
            pet=shown([access.pet_for(viewer, pet_key)], info)[0]
        )


def _day(given: datetime.date | None, info: Info) -> datetime.date:
    return given or info.context.at.astimezone(PARIS).date()


class _AboutPet(Repeatable, Protocol):
    pet_id: relay.GlobalID


def _recorded[P: payloads.HistoryChanged](
    info: Info, given: _AboutPet, fact: Fact, payload: type[P]
) -> P:
    me, viewer, at = signed_in(info), info.context.viewer, info.context.at
    key = key_of(given.pet_id, "Pet")

    def run() -> int:
        duty = access.DUTY_TO_RECORD[fact.kind]
        pet, origin = access.pet_to_change(viewer, key, duty)
        return history.record_fact(pet=pet, fact=fact, origin=origin, by=me, at=at).pk

    entry_key = int(str(carried_out_once(info, given, run)))
    entry = access.entry_of(viewer, entry_key)
    return payload(pet=shown([entry.pet], info)[0], entry=entry_of(entry, info.context.language))
