"""Pets as their guardians and the clinic's staff see them."""

import datetime
from collections.abc import Sequence
from typing import Annotated

import strawberry
from django.core.files.storage import default_storage

from accounts.graphql.info import Info
from accounts.vocabulary import Origin
from kernel.animals import (
    Condition,
    IngredientGroup,
    Language,
    LifeStage,
    SizeClass,
    Species,
    label,
)
from kernel.graphql.nodes import Node, global_id
from kernel.graphql.paging import PageInfo, cursor, page_info, page_size, read_cursor
from kernel.graphql.payloads import ClientMistake, described
from pets import feeding, health, models
from pets.health import PetFacts
from pets.reading import PetsRead
from pets.vocabulary import (
    LABELS,
    Activity,
    Breeding,
    EnergyRule,
    HistoryKind,
    IdentificationKind,
    NoEnergy,
    Sex,
)


@strawberry.type(description="A breed.")
class Breed(Node):
    slug: str = strawberry.field(description="Its key.")
    species: Species = strawberry.field(description="Of which species.")
    name: str = strawberry.field(description="Its name in the reader's language.")
    size_class: SizeClass | None = strawberry.field(description="How heavy the breed grows.")

    @classmethod
    def is_type_of(cls, obj: object, _info: object) -> bool:
        return isinstance(obj, Breed)


@strawberry.type(description="A pet's photo, in several widths.")
class PetPhoto:
    placeholder: str = strawberry.field(description="A tiny data URI to show while it loads.")
    renditions: strawberry.Private[list[tuple[int, str]]]

    @strawberry.field(description="Address of the narrowest rendition at least this wide.")
    def url(self, width: Annotated[int, described("Pixels that will be shown.")] = 640) -> str:
        fitting = [name for known, name in self.renditions if known >= width]
        return default_storage.url((fitting or [self.renditions[-1][1]])[0])


@strawberry.type(description="What tells an animal from all others.")
class Identification:
    kind: IdentificationKind = strawberry.field(description="Which number it is.")
    value: str = strawberry.field(description="The number.")


@strawberry.type(
    description="Energy for a day in kcal. Animals of one weight differ by 30 %: weigh again in "
    "2 to 4 weeks."
)
class DailyEnergy:
    low: int | None = strawberry.field(description="From; null where science gives no number.")
    high: int | None = strawberry.field(description="To; null where science gives no number.")
    rule: EnergyRule | None = strawberry.field(description="What it was reckoned by.")
    missing: NoEnergy | None = strawberry.field(
        description="Why there is no number: ask the clinic."
    )


@strawberry.type(description="Somebody who looks after a pet.")
class Guardian:
    first_name: str = strawberry.field(description="First name.")
    is_me: bool = strawberry.field(description="Whether that is the asker.")
    since: datetime.datetime = strawberry.field(description="Since when.")


@strawberry.type(description="One dated fact of a pet's life.")
class HistoryEntry(Node):
    kind: HistoryKind = strawberry.field(description="What it tells.")
    happened_on: datetime.date = strawberry.field(description="When.")
    ended_on: datetime.date | None = strawberry.field(description="Until when, of what lasts.")
    weight_g: int | None = strawberry.field(description="Of a weighing: grams.")
    score: int | None = strawberry.field(
        description="Of a body condition: from 1 (starved) over 5 (ideal) to 9 (obese)."
    )
    condition: Condition | None = strawberry.field(description="Of a condition: which.")
    allergen: IngredientGroup | None = strawberry.field(description="Of an allergy: to what.")
    text: str = strawberry.field(description="What happened, in words.")
    origin: Origin = strawberry.field(description="Who says so.")
    title: str = strawberry.field(description="The whole in a few words, in the reader's language.")

    @classmethod
    def is_type_of(cls, obj: object, _info: object) -> bool:
        return isinstance(obj, HistoryEntry)


@strawberry.type(description="A part of a pet's history, the latest first.")
class HistoryConnection:
    nodes: list[HistoryEntry] = strawberry.field(description="The entries of the page.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@strawberry.type(description="An animal, whom the shop serves.")
class Pet(Node):
    name: str = strawberry.field(description="Its name.")
    species: Species = strawberry.field(description="Its species.")
    breed: Breed | None = strawberry.field(description="Its breed, where the shop knows it.")
    breed_text: str = strawberry.field(description="Its breed in its owner's words.")
    sex: Sex | None = strawberry.field(description="Its sex.")
    is_neutered: bool | None = strawberry.field(description="Whether it is neutered.")
    born_on: datetime.date | None = strawberry.field(description="When it was born.")
    is_birth_estimated: bool = strawberry.field(description="Whether that day is a guess.")
    activity: Activity | None = strawberry.field(description="How it lives.")
    breeding: Breeding = strawberry.field(description="Whether it carries or nurses young.")
    adult_weight_g: int | None = strawberry.field(description="What it weighs when grown, grams.")
    photo: PetPhoto | None = strawberry.field(description="Its photo, once it is drawn.")
    is_archived: bool = strawberry.field(description="Whether its file is put aside.")
    died_on: datetime.date | None = strawberry.field(description="When it died.")
    version: int = strawberry.field(
        description="Of its file: give it back as `expectedVersion` with a change."
    )
    row: strawberry.Private[models.Pet]
    read: strawberry.Private[PetsRead]

    @classmethod
    def is_type_of(cls, obj: object, _info: object) -> bool:
        return isinstance(obj, Pet)

    @property
    def facts(self) -> PetFacts:
        return self.read.facts[self.row.pk]

    @strawberry.field(description="The last weighing, in grams.")
    def weight_g(self) -> int | None:
        return self.facts.weight_g

    @strawberry.field(description="The last body condition that staff recorded, from 1 to 9.")
    def body_condition(self) -> int | None:
        return self.facts.body_condition

    @strawberry.field(description="What it is allergic to, whoever said so.")
    def allergens(self) -> list[IngredientGroup]:
        return sorted(self.facts.allergens)

    @strawberry.field(description="Its conditions, as the clinic recorded them.")
    def conditions(self) -> list[Condition]:
        return sorted(self.facts.conditions)

    @strawberry.field(description="Its conditions as its owners tell; they open no dietetic food.")
    def told_conditions(self) -> list[Condition]:
        return sorted(self.facts.told_conditions)

    @strawberry.field(description="How old it is, in the words of food; null when not known.")
    def life_stage(self) -> LifeStage | None:
        return health.life_stage_of(self.facts)

    @strawberry.field(
        description="What it should weigh, in grams; only after staff recorded a body condition."
    )
    def ideal_weight_g(self) -> int | None:
        score, weight_g = self.facts.body_condition, self.facts.weight_g
        if score is None or weight_g is None:
            return None
        return health.ideal_weight_g(weight_g, score)

    @strawberry.field(
        description="How much energy it needs in a day: a range, or why there is none."
    )
    def daily_energy(self) -> DailyEnergy:
        found = feeding.daily_energy(self.facts)
        if isinstance(found, feeding.NoNumber):
            return DailyEnergy(low=None, high=None, rule=None, missing=found.reason)
        return DailyEnergy(low=found.low, high=found.high, rule=found.rule, missing=None)

    @strawberry.field(description="What tells it from all others.")
    def identifications(self) -> list[Identification]:
        return [
            Identification(kind=IdentificationKind(each.kind), value=each.value)
            for each in self.read.identifications[self.row.pk]
        ]

    @strawberry.field(description="Who looks after it.")
    def guardians(self, info: Info) -> list[Guardian]:
        me = info.context.viewer.person
        return [
            Guardian(
                first_name=each.person.first_name,
                is_me=me is not None and each.person_id == me.pk,
                since=each.since,
            )
            for each in self.read.guardians[self.row.pk]
        ]

    @strawberry.field(description="Its weight curve, the latest weighing first.")
    def weights(
        self,
        info: Info,
        first: Annotated[int | None, described("How many; 24 if not given, at most 100.")] = None,
        after: Annotated[str | None, described("The cursor to go on from.")] = None,
    ) -> HistoryConnection:
        return _history(self, info, (HistoryKind.WEIGHT,), first, after)

    @strawberry.field(description="All that happened to it, the latest first.")
    def history(
        self,
        info: Info,
        kinds: Annotated[list[HistoryKind] | None, described("Of these kinds alone.")] = None,
        first: Annotated[int | None, described("How many; 24 if not given, at most 100.")] = None,
        after: Annotated[str | None, described("The cursor to go on from.")] = None,
    ) -> HistoryConnection:
        if kinds is not None and not kinds:
            return HistoryConnection(nodes=[], page_info=_page_info([], more=False, after=after))
        return _history(self, info, tuple(sorted(set(kinds or ()))), first, after)


def _history(
    pet: Pet, info: Info, kinds: tuple[HistoryKind, ...], first: int | None, after: str | None
) -> HistoryConnection:
    size = page_size(first)
    found = pet.read.history(pet.row, kinds=kinds, first=size, after=_place(after))
    page = found[:size]
    return HistoryConnection(
        nodes=[entry_of(each, info.context.language) for each in page],
        page_info=_page_info(page, more=len(found) > size, after=after),
    )


def _place(after: str | None) -> tuple[datetime.date, int] | None:
    if after is None:
        return None
    day, key = read_cursor(after, str, int)
    try:
        return datetime.date.fromisoformat(str(day)), int(key)
    except ValueError:
        raise ClientMistake("BAD_CURSOR", "`after` is not a cursor of this list.") from None


def _page_info(page: Sequence[models.HistoryEntry], *, more: bool, after: str | None) -> PageInfo:
    cursors = [cursor(each.happened_on.isoformat(), each.pk) for each in page]
    return page_info(cursors, has_next=more, after=after)


def pet_of(row: models.Pet, read: PetsRead, language: Language) -> Pet:
    return Pet(
        id=global_id("Pet", row.pk),
        name=row.name,
        species=Species(row.species),
        breed=breed_of(row.breed, language) if row.breed else None,
        breed_text=row.breed_text,
        sex=Sex(row.sex) if row.sex else None,
        is_neutered=row.is_neutered,
        born_on=row.born_on,
        is_birth_estimated=row.is_birth_estimated,
        activity=Activity(row.activity) if row.activity else None,
        breeding=Breeding(row.breeding),
        adult_weight_g=row.adult_weight_g,
        photo=photo_of(row),
        is_archived=row.archived_at is not None,
        died_on=row.died_on,
        version=row.version,
        row=row,
        read=read,
    )


def photo_of(row: models.Pet) -> PetPhoto | None:
    if not row.photo_renditions:
        return None
    renditions = [(int(width), str(name)) for width, name in row.photo_renditions]
    return PetPhoto(placeholder=row.photo_placeholder, renditions=renditions)


def breed_of(row: models.Breed, language: Language) -> Breed:
    return Breed(
        id=global_id("Breed", row.pk),
        slug=row.slug,
        species=Species(row.species),
        name=(language is Language.EN and row.name_en) or row.name_fr,
        size_class=SizeClass(row.size_class) if row.size_class else None,
    )


def entry_of(row: models.HistoryEntry, language: Language) -> HistoryEntry:
    condition = Condition(row.condition) if row.condition else None
    allergen = IngredientGroup(row.allergen) if row.allergen else None
    return HistoryEntry(
        id=global_id("HistoryEntry", row.pk),
        kind=HistoryKind(row.kind),
        happened_on=row.happened_on,
        ended_on=row.ended_on,
        weight_g=row.weight_g,
        score=row.score,
        condition=condition,
        allergen=allergen,
        text=row.text,
        origin=Origin(row.origin),
        title=_title(row, condition or allergen, language),
    )


def _title(
    row: models.HistoryEntry, what: Condition | IngredientGroup | None, language: Language
) -> str:
    kind = LABELS[HistoryKind(row.kind)][language is Language.EN].capitalize()
    if row.weight_g is not None:
        kilos = f"{row.weight_g / 1000:.2f}".rstrip("0").rstrip(".")
        said = f"{kilos if language is Language.EN else kilos.replace('.', ',')} kg"
    elif row.score is not None:
        said = f"{row.score}/9"
    else:
        said = label(what, language) if what else row.text[:60]
    return f"{kind}{':' if language is Language.EN else ' :'} {said}" if said else kind
