"""The words of pets' files."""

from enum import StrEnum


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"


class Activity(StrEnum):
    """How an animal lives: of a cat, low and moderate are indoor, high is outdoor."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    WORKING = "working"


class Breeding(StrEnum):
    """Whether a female carries or nurses young: then no formula feeds her."""

    NONE = "none"
    GESTATION = "gestation"
    LACTATION = "lactation"


class EnergyRule(StrEnum):
    """Which rule an energy need comes from; pets.feeding holds their figures."""

    DOG_GROWTH = "dog_growth"
    DOG_LOW_ACTIVITY = "dog_low_activity"
    DOG_MODERATE_ACTIVITY = "dog_moderate_activity"
    DOG_HIGH_ACTIVITY = "dog_high_activity"
    DOG_WORKING = "dog_working"
    DOG_YOUNG_ADULT = "dog_young_adult"
    DOG_ADULT = "dog_adult"
    DOG_SENIOR = "dog_senior"
    DOG_OBESE_PRONE = "dog_obese_prone"
    KITTEN = "kitten"
    CAT_NEUTERED_INDOOR = "cat_neutered_indoor"
    CAT_NEUTERED_OR_INDOOR = "cat_neutered_or_indoor"
    CAT_ACTIVE = "cat_active"


class NoEnergy(StrEnum):
    """Why no formula may feed an animal."""

    NO_LONGER_SERVED = "no_longer_served"
    SPECIES_NOT_COVERED = "species_not_covered"
    GESTATION = "gestation"
    LACTATION = "lactation"
    AGE_UNKNOWN = "age_unknown"
    UNDER_8_WEEKS = "under_8_weeks"
    DISEASE = "disease"
    OBESITY_NOT_SCORED = "obesity_not_scored"
    WEIGHT_UNKNOWN = "weight_unknown"
    ADULT_WEIGHT_UNKNOWN = "adult_weight_unknown"


class IdentificationKind(StrEnum):
    MICROCHIP = "microchip"
    TATTOO = "tattoo"
    PASSPORT = "passport"


class HistoryKind(StrEnum):
    """What a row of a pet's history tells."""

    WEIGHT = "weight"
    BODY_CONDITION = "body_condition"
    CONDITION = "condition"
    ALLERGY = "allergy"
    VISIT = "visit"
    VACCINATION = "vaccination"
    TREATMENT = "treatment"
    NOTE = "note"


LABELS: dict[StrEnum, tuple[str, str]] = {
    Sex.FEMALE: ("femelle", "female"),
    Sex.MALE: ("mâle", "male"),
    Activity.LOW: ("peu active", "low"),
    Activity.MODERATE: ("modérée", "moderate"),
    Activity.HIGH: ("élevée", "high"),
    Activity.WORKING: ("animal de travail", "working"),
    Breeding.NONE: ("non", "no"),
    Breeding.GESTATION: ("gestante", "gestating"),
    Breeding.LACTATION: ("allaitante", "nursing"),
    IdentificationKind.MICROCHIP: ("puce électronique", "microchip"),
    IdentificationKind.TATTOO: ("tatouage", "tattoo"),
    IdentificationKind.PASSPORT: ("passeport", "passport"),
    HistoryKind.WEIGHT: ("pesée", "weighing"),
    HistoryKind.BODY_CONDITION: ("état corporel", "body condition"),
    HistoryKind.CONDITION: ("affection", "condition"),
    HistoryKind.ALLERGY: ("allergie", "allergy"),
    HistoryKind.VISIT: ("visite", "visit"),
    HistoryKind.VACCINATION: ("vaccination", "vaccination"),
    HistoryKind.TREATMENT: ("traitement", "treatment"),
    HistoryKind.NOTE: ("note", "note"),
}
