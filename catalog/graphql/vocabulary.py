"""The catalogue's vocabularies as GraphQL enums."""

from catalog.shelf import Sort
from catalog.vocabulary import (
    FORM_LABELS,
    SITUATION_LABELS,
    Availability,
    EnergyOrigin,
    Form,
    NoRation,
    RationBasis,
    RegulatoryClass,
    ReportReason,
    ReviewRefusalReason,
    ReviewSort,
    ReviewState,
    Severity,
    Situation,
    Unit,
    UnsuitabilityReason,
)
from catalog.wording import NO_RATION, UNSUITABLE
from kernel.graphql.vocabulary import describe, in_words

describe(
    Form,
    "What kind of thing a product is.",
    lambda form: FORM_LABELS[form][1].capitalize() + ".",
    name="ProductForm",
)
describe(
    Unit,
    "What a pack's content is counted in.",
    {Unit.GRAM: "Grams.", Unit.MILLILITRE: "Millilitres.", Unit.PIECE: "Pieces."}.__getitem__,
)
describe(
    Availability,
    "Whether a pack can be bought.",
    {
        Availability.IN_STOCK: "In stock.",
        Availability.LOW: "Few are left.",
        Availability.OUT: "None is left.",
    }.__getitem__,
)
describe(RegulatoryClass, "What the law takes a pack for.", in_words)
describe(
    EnergyOrigin,
    "Where an energy comes from.",
    {
        EnergyOrigin.DECLARED: "The maker declares it.",
        EnergyOrigin.COMPUTED: "Computed from the constituents (NRC 2006).",
    }.__getitem__,
)
describe(
    Situation,
    "How the animal of a ration lives, or how far it has grown.",
    lambda situation: SITUATION_LABELS[situation][1].capitalize() + ".",
)
describe(
    RationBasis,
    "What a ration rests on.",
    {
        RationBasis.MAKER_TABLE: "The maker's table, read between its lines.",
        RationBasis.FORMULA: "Energy needed (FEDIAF 2021) over energy in the food.",
    }.__getitem__,
)
describe(NoRation, "Why there is no ration.", lambda reason: NO_RATION[reason][1])
describe(
    Severity,
    "What follows from a reason against a product.",
    {
        Severity.BLOCKS: "It is not sold for this animal.",
        Severity.ACKNOWLEDGE: "The buyer must say that they know.",
        Severity.INFORMS: "It is worth knowing.",
    }.__getitem__,
)
describe(
    UnsuitabilityReason,
    "Why a product does not suit an animal, or why nobody can tell.",
    lambda reason: (
        UNSUITABLE[reason][1]
        % {
            "substances": "what is deadly to cats",
            "allergens": "an allergen",
            "band": "of its band",
        }
    ),
)
describe(
    Sort,
    "In which order products are listed; ties by age in the shop.",
    {
        Sort.RELEVANCE: "Best answers to the search first; without one, the newest.",
        Sort.PRICE_ASC: "The cheapest pack first.",
        Sort.PRICE_DESC: "The dearest first, by their cheapest pack.",
        Sort.UNIT_PRICE_ASC: "The cheapest by kilo or litre first.",
        Sort.RATING_DESC: "The best rated first: by the average of verified buyers, then by how "
        "many they are; what nobody rated comes last.",
        Sort.NEWEST: "The newest first.",
    }.__getitem__,
    name="ProductSort",
)
describe(
    ReviewSort,
    "In which order reviews are listed; the latest first among equals.",
    {
        ReviewSort.NEWEST: "By the day of publication, the latest first: the usual order.",
        ReviewSort.RATING_DESC: "The best ratings first.",
        ReviewSort.RATING_ASC: "The worst ratings first.",
    }.__getitem__,
)
describe(
    ReviewState,
    "How far a review has come.",
    {
        ReviewState.PENDING: "It waits to be read by the clinic.",
        ReviewState.PUBLISHED: "It is shown.",
        ReviewState.REFUSED: "It is not shown; its author was told why.",
    }.__getitem__,
)
describe(
    ReviewRefusalReason,
    "Why a review is not shown.",
    {
        ReviewRefusalReason.OFF_TOPIC: "It is not about the product.",
        ReviewRefusalReason.OFFENSIVE: "It insults somebody.",
        ReviewRefusalReason.PERSONAL_DATA: "It tells who somebody is.",
        ReviewRefusalReason.ADVERTISING: "It advertises something else.",
        ReviewRefusalReason.HEALTH_CLAIM: "It says that a product treats or cures "
        "(Reg. 767/2009 art. 13).",
        ReviewRefusalReason.UNLAWFUL: "It says something that the law forbids.",
    }.__getitem__,
)
describe(
    ReportReason,
    "What a reader holds against a review.",
    {
        ReportReason.NOT_GENUINE: "Its author did not use the product.",
        ReportReason.OFFENSIVE: "It insults somebody.",
        ReportReason.PERSONAL_DATA: "It tells who somebody is.",
        ReportReason.UNLAWFUL: "It says something that the law forbids.",
        ReportReason.OTHER: "Something else, which the text says.",
    }.__getitem__,
)
