"""What a product is to those who will eat it: rations of its packs, and what speaks against it."""

import datetime
import decimal
import math
from typing import Annotated

import strawberry
from strawberry import UNSET, relay

from accounts.graphql.info import Info
from catalog import rations, wording
from catalog.eaters import MOST_EATERS, Eaters, Named, eaters_of
from catalog.graphql.types import Product, Variant
from catalog.listing import CardBody
from catalog.product_facts import food_of_card, product_facts_of_card
from catalog.rations import Ration, Span
from catalog.suitability import Unsuitability, unsuitable
from catalog.vocabulary import (
    Form,
    NoRation,
    Path,
    RationBasis,
    Severity,
    Unit,
    UnsuitabilityReason,
)
from clinic.details import PARIS
from kernel import money
from kernel.animals import Condition, IngredientGroup, SizeClass, Species
from kernel.graphql.extending import extend
from kernel.graphql.money import Money, money_of
from kernel.graphql.nodes import key_of
from kernel.graphql.payloads import ClientMistake, described
from kernel.refusals import NotFound
from pets.health import DAYS_A_MONTH, DAYS_A_YEAR, PetFacts, is_plausible_weight
from pets.vocabulary import Activity, Breeding, Sex

_OLDEST_YEARS = 100


@strawberry.input(description="An animal as its owner describes it, without a file here.")
class EaterProfileInput:
    species: Species = strawberry.field(description="Its species.")
    born_on: datetime.date | None = strawberry.field(default=None, description="When it was born.")
    age_months: int | None = strawberry.field(
        default=None, description="Its age in months, in place of `bornOn`."
    )
    weight_kg: decimal.Decimal | None = strawberry.field(
        default=None, description="What it weighs, kg."
    )
    adult_weight_kg: decimal.Decimal | None = strawberry.field(
        default=None, description="What it weighs or will weigh when grown, kg."
    )
    size_class: SizeClass | None = strawberry.field(
        default=None, description="Of a dog: how heavy its breed grows."
    )
    sex: Sex | None = strawberry.field(default=None, description="Its sex.")
    is_neutered: bool | None = strawberry.field(default=None, description="Whether it is neutered.")
    activity: Activity | None = strawberry.field(default=None, description="How it lives.")
    breeding: Breeding = strawberry.field(
        default=Breeding.NONE, description="Whether it carries or nurses young."
    )
    allergens: list[IngredientGroup] = strawberry.field(
        default_factory=list, description="What it is allergic to."
    )
    conditions: list[Condition] = strawberry.field(
        default_factory=list, description="Its conditions; they open no dietetic food."
    )


@strawberry.input(description="Who will eat: a pet with a file here, or a profile.", one_of=True)
class EaterInput:
    pet_id: relay.GlobalID | None = strawberry.field(
        default=UNSET, description="A pet that the asker looks after, or that staff may see."
    )
    profile: EaterProfileInput | None = strawberry.field(
        default=UNSET, description="An animal without a file, or a guest's."
    )


@strawberry.type(description="A range of grams.")
class GramsRange:
    low: int = strawberry.field(description="At least about this much.")
    high: int = strawberry.field(description="At most about this much.")


@strawberry.type(description="A range of days.")
class DaysRange:
    low: int = strawberry.field(description="If they eat much.")
    high: int = strawberry.field(description="If they eat little.")


@strawberry.type(description="A range of money.")
class MoneyRange:
    low: Money = strawberry.field(description="If they eat little, rounded down.")
    high: Money = strawberry.field(description="If they eat much, rounded up.")


@strawberry.type(description="Why an eater gets no ration.")
class MissingRation:
    eater_index: int = strawberry.field(description="Which of `eaters`, from 0.")
    reason: NoRation = strawberry.field(description="The reason, for machines.")
    message: str = strawberry.field(description="The reason in the reader's language.")


@strawberry.type(
    description="What all eaters together eat of a pack. Without a number for one of them there is "
    "none for all: `missing` says why."
)
class RationEstimate:
    grams_per_day: GramsRange | None = strawberry.field(description="Of all together.")
    lasts_days: DaysRange | None = strawberry.field(
        description="How long the pack feeds all; null for packs that are not weighed in grams."
    )
    cost_per_day: MoneyRange | None = strawberry.field(
        description="What a day of all costs, VAT included; null as `lastsDays` is."
    )
    basis: RationBasis | None = strawberry.field(
        description="What the grams rest on; FORMULA as soon as one eater's does."
    )
    notice: str = strawberry.field(description="To be shown beside the numbers, always.")
    missing: list[MissingRation] = strawberry.field(description="Who gets no ration, and why.")


@strawberry.type(description="A reason against a product for one of the eaters.")
class Suitability:
    eater_index: int = strawberry.field(description="Which of `eaters`, from 0.")
    severity: Severity = strawberry.field(description="What follows from it at a purchase.")
    reason: UnsuitabilityReason = strawberry.field(description="The reason, for machines.")
    message: str = strawberry.field(description="The reason in the reader's language.")
    source: str | None = strawberry.field(description="The law or the science behind it.")
    skus: list[str] = strawberry.field(description="The packs that it concerns.")


_WHO = described(f"Who will eat, 1 to {MOST_EATERS}: those who share the pack.")


@extend(Variant)
@strawberry.field(
    description="What these animals together eat of the pack in a day, how long it lasts and what "
    "a day costs: always a range, and no number where science gives none. Does not replace a "
    "vet's word."
)
def ration_for(
    root: strawberry.Parent[Variant], info: Info, eaters: Annotated[list[EaterInput], _WHO]
) -> RationEstimate:
    read = _eaters(eaters, info)
    kept = info.context.kept
    key = ("rations", root.card.key, read.named)
    if key not in kept:
        food = food_of_card(root.card)
        kept[key] = [rations.grams_per_day(each, food) for each in read.eaters.facts]
    found: list[Ration | NoRation] = kept[key]
    language = info.context.language
    missing = [
        MissingRation(
            eater_index=index,
            reason=each,
            message=wording.say(wording.NO_RATION[each], language),
        )
        for index, each in enumerate(found)
        if isinstance(each, NoRation)
    ]
    if missing:
        return RationEstimate(
            grams_per_day=None,
            lasts_days=None,
            cost_per_day=None,
            basis=None,
            notice=wording.say(wording.NO_RATION_NOTICE, language),
            missing=missing,
        )
    is_treat = root.card.brief["form"] == Form.TREAT
    notice = wording.TREAT_NOTICE if is_treat else wording.RATION_NOTICE
    eaten = [each for each in found if isinstance(each, Ration)]
    return _estimate(root, eaten, notice=wording.say(notice, language))


def _estimate(pack: Variant, eaten: list[Ration], *, notice: str) -> RationEstimate:
    grams = rations.added(eaten)
    pack_g = pack.units_per_pack * pack.net_quantity if pack.unit is Unit.GRAM else None
    by_table = all(each.basis is RationBasis.MAKER_TABLE for each in eaten)
    return RationEstimate(
        grams_per_day=GramsRange(low=grams.low, high=grams.high),
        lasts_days=None if pack_g is None else _days(pack_g, grams),
        cost_per_day=None if pack_g is None else _cost(pack.price, pack_g, grams),
        basis=RationBasis.MAKER_TABLE if by_table else RationBasis.FORMULA,
        notice=notice,
        missing=[],
    )


def _days(pack_g: int, grams: Span) -> DaysRange:
    days = rations.lasts_days(pack_g, grams)
    return DaysRange(low=days.low, high=days.high)


def _cost(price: Money, pack_g: int, grams: Span) -> MoneyRange:
    cost = rations.cost_per_day(money.Money(price.cents), pack_g, grams)
    return MoneyRange(low=money_of(cost.low.cents), high=money_of(cost.high.cents))


@extend(Product)
@strawberry.field(
    description="What speaks against the product for each of these animals, the gravest first; "
    "empty when nothing does.",
)
def suitability(
    root: strawberry.Parent[Product], info: Info, eaters: Annotated[list[EaterInput], _WHO]
) -> list[Suitability]:
    read = _eaters(eaters, info).eaters
    language = info.context.language
    found = []
    for index, facts in enumerate(read.facts):
        reasons = _against(root.body, facts, read.household)
        found += [
            Suitability(
                eater_index=index,
                severity=each.severity,
                reason=each.reason,
                message=wording.said_of(each, language),
                source=each.source,
                skus=skus,
            )
            for each, skus in reasons.items()
        ]
    return found


def _against(
    card: CardBody, facts: PetFacts, household: frozenset[Species]
) -> dict[Unsuitability, list[str]]:
    """What speaks against each pack, with the packs that it concerns."""
    found: dict[Unsuitability, list[str]] = {}
    for pack in card.brief["variants"]:
        product = product_facts_of_card(card, pack)
        for each in unsuitable(facts, household, product, Path.PRODUCT_PAGE):
            found.setdefault(each, []).append(pack["sku"])
    gravity = list(Severity)
    return dict(sorted(found.items(), key=lambda item: gravity.index(item[0].severity)))


class _Read:
    """Eaters as they were named, and as they were found."""

    __slots__ = ("eaters", "named")

    def __init__(self, named: tuple[Named, ...], found: Eaters) -> None:
        self.named = named
        self.eaters = found


def _eaters(given: list[EaterInput], info: Info) -> _Read:
    """The eaters of an argument, read once a request; so is a refusal.

    Raises:
        ClientMistake: none or more than twelve, or a profile that cannot be.
        NotFound: a pet that does not exist, or is none of the asker's business.
    """
    info.context.answers_once()
    if not 1 <= len(given) <= MOST_EATERS:
        raise ClientMistake("BAD_ARGUMENT", f"`eaters` takes 1 to {MOST_EATERS} animals.")
    today = info.context.at.astimezone(PARIS).date()
    named = tuple(_named(each, today) for each in given)
    kept = info.context.kept
    key = ("eaters", named)
    if key not in kept:
        kept[key] = _found(named, info)
    found = kept[key]
    if isinstance(found, NotFound):
        raise found
    return _Read(named, found)


def _found(named: tuple[Named, ...], info: Info) -> Eaters | NotFound:
    try:
        return eaters_of(info.context.viewer, named, at=info.context.at)
    except NotFound as refusal:
        return refusal


def _named(given: EaterInput, today: datetime.date) -> Named:
    if given.profile:
        return facts_of_profile(given.profile, today)
    return (key_of(given.pet_id, "Pet") if given.pet_id else None) or 0


def facts_of_profile(given: EaterProfileInput, today: datetime.date) -> PetFacts:
    """A profile as the rules read it: words out of GraphQL are made members of their enums.

    Raises:
        ClientMistake: an age or a weight that no animal of the species has.
    """
    species = Species(given.species)
    return PetFacts(
        species=species,
        age_days=_age_days(given, today),
        sex=Sex(given.sex) if given.sex else None,
        is_neutered=given.is_neutered,
        activity=Activity(given.activity) if given.activity else None,
        breeding=Breeding(given.breeding),
        weight_g=_grams(species, given.weight_kg, "weightKg"),
        adult_weight_g=_grams(species, given.adult_weight_kg, "adultWeightKg"),
        size_class=SizeClass(given.size_class) if given.size_class else None,
        allergens=frozenset(IngredientGroup(each) for each in given.allergens),
        told_conditions=frozenset(Condition(each) for each in given.conditions),
    )


def _age_days(given: EaterProfileInput, today: datetime.date) -> int | None:
    if given.born_on is not None and given.age_months is not None:
        raise ClientMistake("BAD_ARGUMENT", "Give `bornOn` or `ageMonths`, not both.")
    days = None
    if given.born_on is not None:
        days = (today - given.born_on).days
    elif given.age_months is not None:
        days = math.ceil(given.age_months * DAYS_A_MONTH)
    if days is not None and not 0 <= days <= _OLDEST_YEARS * DAYS_A_YEAR:
        raise ClientMistake("BAD_ARGUMENT", "No animal is of that age.")
    return days


def _grams(species: Species, kilos: decimal.Decimal | None, name: str) -> int | None:
    if kilos is None:
        return None
    # Bounded before it is turned into an integer: 1E+999999 has a million digits.
    grams = int(kilos * 1000) if kilos.is_finite() and 0 < kilos < 1000 else 0  # noqa: PLR2004
    if not is_plausible_weight(species, grams):
        raise ClientMistake("BAD_ARGUMENT", f"No animal of that species has that `{name}`.")
    return grams


#: Fields below a product's own that are resolved from the detail of its card.
NEEDING_DETAIL = frozenset({"rationFor"})
