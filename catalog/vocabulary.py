"""The catalogue's own words."""

from enum import StrEnum


class RegulatoryClass(StrEnum):
    """What the law takes a pack for; catalog.regulation says what may be done with it."""

    FOOD = "FOOD"
    TREAT = "TREAT"
    DIETETIC_FOOD = "DIETETIC_FOOD"
    ANTIPARASITIC_EXTERNAL = "ANTIPARASITIC_EXTERNAL"
    MEDICINE_OTC = "MEDICINE_OTC"
    MEDICINE_RX = "MEDICINE_RX"
    BIOCIDE = "BIOCIDE"
    CARE = "CARE"
    ACCESSORY = "ACCESSORY"
    UNKNOWN = "UNKNOWN"


class Form(StrEnum):
    DRY = "dry"
    WET = "wet"
    TREAT = "treat"
    MILK = "milk"
    SUPPLEMENT = "supplement"
    CARE = "care"
    PIPETTE = "pipette"
    COLLAR = "collar"
    SPRAY = "spray"
    FOGGER = "fogger"
    TABLET = "tablet"
    RX = "rx"
    LITTER = "litter"
    TOOL = "tool"
    ACCESSORY = "accessory"


class Unit(StrEnum):
    GRAM = "g"
    MILLILITRE = "ml"
    PIECE = "unit"


class ProductStatus(StrEnum):
    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    WITHDRAWN = "WITHDRAWN"


class Availability(StrEnum):
    IN_STOCK = "IN_STOCK"
    LOW = "LOW"
    OUT = "OUT"


class EnergyOrigin(StrEnum):
    """Where the energy of a food comes from: its maker, or NRC 2006 from the constituents."""

    DECLARED = "DECLARED"
    COMPUTED = "COMPUTED"


class Situation(StrEnum):
    """How the animal of a line in a ration table lives, or how far it has grown."""

    LOW_ACTIVITY = "LOW_ACTIVITY"
    MODERATE_ACTIVITY = "MODERATE_ACTIVITY"
    INDOOR = "INDOOR"
    OUTDOOR_ACCESS = "OUTDOOR_ACCESS"
    PUPPY_40 = "PUPPY_40"
    PUPPY_65 = "PUPPY_65"
    PUPPY_90 = "PUPPY_90"
    KITTEN_30 = "KITTEN_30"
    KITTEN_60 = "KITTEN_60"
    KITTEN_90 = "KITTEN_90"


SITUATION_LABELS: dict[Situation, tuple[str, str]] = {
    Situation.LOW_ACTIVITY: ("activité faible (<1 h/j)", "low activity (<1 h a day)"),
    Situation.MODERATE_ACTIVITY: ("activité modérée (1-3 h/j)", "moderate activity (1-3 h a day)"),
    Situation.INDOOR: ("intérieur", "lives indoors"),
    Situation.OUTDOOR_ACCESS: ("accès extérieur", "goes out"),
    Situation.PUPPY_40: ("chiot, 40 % du poids adulte", "puppy, 40 % of adult weight"),
    Situation.PUPPY_65: ("chiot, 65 % du poids adulte", "puppy, 65 % of adult weight"),
    Situation.PUPPY_90: ("chiot, 90 % du poids adulte", "puppy, 90 % of adult weight"),
    Situation.KITTEN_30: ("chaton, 30 % du poids adulte", "kitten, 30 % of adult weight"),
    Situation.KITTEN_60: ("chaton, 60 % du poids adulte", "kitten, 60 % of adult weight"),
    Situation.KITTEN_90: ("chaton, 90 % du poids adulte", "kitten, 90 % of adult weight"),
}

FORM_LABELS: dict[Form, tuple[str, str]] = {
    Form.DRY: ("croquettes", "dry food"),
    Form.WET: ("pâtée", "wet food"),
    Form.TREAT: ("friandise", "treat"),
    Form.MILK: ("lait", "milk"),
    Form.SUPPLEMENT: ("complément", "supplement"),
    Form.CARE: ("soin", "care"),
    Form.PIPETTE: ("pipette", "spot-on"),
    Form.COLLAR: ("collier", "collar"),
    Form.SPRAY: ("spray", "spray"),
    Form.FOGGER: ("fumigateur", "fogger"),
    Form.TABLET: ("comprimé", "tablet"),
    Form.RX: ("médicament sur ordonnance", "prescription medicine"),
    Form.LITTER: ("litière", "litter"),
    Form.TOOL: ("ustensile", "tool"),
    Form.ACCESSORY: ("accessoire", "accessory"),
}
