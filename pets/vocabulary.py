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
