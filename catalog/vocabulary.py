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


class ReviewState(StrEnum):
    """A review is read by a colleague before anybody else reads it."""

    PENDING = "PENDING"
    PUBLISHED = "PUBLISHED"
    REFUSED = "REFUSED"


class ReviewRefusalReason(StrEnum):
    """Why a review is not shown; its author is told (Code de la consommation L.111-7-2)."""

    OFF_TOPIC = "OFF_TOPIC"
    OFFENSIVE = "OFFENSIVE"
    PERSONAL_DATA = "PERSONAL_DATA"
    ADVERTISING = "ADVERTISING"
    HEALTH_CLAIM = "HEALTH_CLAIM"
    UNLAWFUL = "UNLAWFUL"


class ReportReason(StrEnum):
    """What a reader holds against a review."""

    NOT_GENUINE = "NOT_GENUINE"
    OFFENSIVE = "OFFENSIVE"
    PERSONAL_DATA = "PERSONAL_DATA"
    UNLAWFUL = "UNLAWFUL"
    OTHER = "OTHER"


class ReviewSort(StrEnum):
    NEWEST = "NEWEST"
    RATING_DESC = "RATING_DESC"
    RATING_ASC = "RATING_ASC"


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


class RationBasis(StrEnum):
    """What a ration rests on: the maker's table, or energy needed over energy in the food."""

    MAKER_TABLE = "MAKER_TABLE"
    FORMULA = "FORMULA"


class NoRation(StrEnum):
    """Why there is no ration; the first ones are those of pets.vocabulary.NoEnergy."""

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
    OTHER_SPECIES = "other_species"
    NOT_A_DAILY_FOOD = "not_a_daily_food"
    FOOD_ENERGY_UNKNOWN = "food_energy_unknown"


class Path(StrEnum):
    """Where it is asked whether a product suits an animal."""

    PRODUCT_PAGE = "PRODUCT_PAGE"
    CART = "CART"
    CHECKOUT = "CHECKOUT"
    SUGGESTION = "SUGGESTION"
    DIET = "DIET"


class Severity(StrEnum):
    """What follows: it stops here, somebody must say that they know, or it is merely told."""

    BLOCKS = "BLOCKS"
    ACKNOWLEDGE = "ACKNOWLEDGE"
    INFORMS = "INFORMS"


class UnsuitabilityReason(StrEnum):
    """Why a product does not suit an animal, or why nobody can tell."""

    NO_LONGER_SERVED = "NO_LONGER_SERVED"
    NOT_SOLD = "NOT_SOLD"
    SPECIES = "SPECIES"
    PERMETHRIN_WITH_CAT = "PERMETHRIN_WITH_CAT"
    SUBSTANCES_UNKNOWN = "SUBSTANCES_UNKNOWN"
    WEIGHT_BAND = "WEIGHT_BAND"
    WEIGHT_UNKNOWN = "WEIGHT_UNKNOWN"
    DIETETIC_WITHOUT_CONDITION = "DIETETIC_WITHOUT_CONDITION"
    ALLERGEN = "ALLERGEN"
    COMPOSITION_UNKNOWN = "COMPOSITION_UNKNOWN"
    LIFE_STAGE = "LIFE_STAGE"
    LIFE_STAGE_UNKNOWN = "LIFE_STAGE_UNKNOWN"
    SIZE = "SIZE"
    SIZE_UNKNOWN = "SIZE_UNKNOWN"


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
