"""The animals, and what is true of them: one list for products, pets and articles."""

from enum import StrEnum
from types import MappingProxyType


class Species(StrEnum):
    DOG = "dog"
    CAT = "cat"
    RABBIT = "rabbit"
    GUINEA_PIG = "guinea_pig"
    FERRET = "ferret"
    RAT = "rat"
    BIRD = "bird"


class LifeStage(StrEnum):
    PUPPY = "puppy"
    KITTEN = "kitten"
    ADULT = "adult"
    SENIOR = "senior"


class SizeClass(StrEnum):
    """Adult weight of a dog: mini under 10 kg, medium to 25 kg, maxi to 45 kg, giant above."""

    MINI = "mini"
    MEDIUM = "medium"
    MAXI = "maxi"
    GIANT = "giant"


class ConditionKind(StrEnum):
    MEDICAL = "medical"
    LIFESTYLE = "lifestyle"


class Condition(StrEnum):
    """What a food is made for, and what staff record of a pet."""

    RENAL = "RENAL"
    URINARY_STRUVITE = "URINARY_STRUVITE"
    GASTROINTESTINAL = "GASTROINTESTINAL"
    GASTROINTESTINAL_LOW_FAT = "GASTROINTESTINAL_LOW_FAT"
    FOOD_ALLERGY = "FOOD_ALLERGY"
    OBESITY = "OBESITY"
    DIABETES = "DIABETES"
    HEPATIC = "HEPATIC"
    MOBILITY = "MOBILITY"
    SKIN_DISEASE = "SKIN_DISEASE"
    CONVALESCENCE = "CONVALESCENCE"
    CARDIAC = "CARDIAC"
    HYPERTHYROIDISM = "HYPERTHYROIDISM"
    NEUTERED = "NEUTERED"
    INDOOR = "INDOOR"
    OUTDOOR = "OUTDOOR"
    HAIRBALL = "HAIRBALL"
    SKIN_AND_COAT = "SKIN_AND_COAT"
    LARGE_BREED = "LARGE_BREED"
    PICKY = "PICKY"

    @property
    def kind(self) -> ConditionKind:
        return ConditionKind.LIFESTYLE if self in _LIFESTYLE else ConditionKind.MEDICAL


_LIFESTYLE = frozenset(
    {
        Condition.NEUTERED,
        Condition.INDOOR,
        Condition.OUTDOOR,
        Condition.HAIRBALL,
        Condition.SKIN_AND_COAT,
        Condition.LARGE_BREED,
        Condition.PICKY,
    }
)


class IngredientGroup(StrEnum):
    """Families of ingredients that an owner may want a food to be without."""

    BARLEY = "barley"
    BEEF = "beef"
    DAIRY = "dairy"
    EGG = "egg"
    FISH = "fish"
    GLUTEN = "gluten"
    INSECT = "insect"
    LAMB = "lamb"
    MAIZE = "maize"
    MILK = "milk"
    PEA = "pea"
    PORK = "pork"
    POULTRY = "poultry"
    RABBIT = "rabbit"
    RICE = "rice"
    SOY = "soy"
    WHEAT = "wheat"


class Language(StrEnum):
    FR = "fr"
    EN = "en"


LABELS: MappingProxyType[StrEnum, tuple[str, str]] = MappingProxyType(
    {
        Species.DOG: ("chien", "dog"),
        Species.CAT: ("chat", "cat"),
        Species.RABBIT: ("lapin", "rabbit"),
        Species.GUINEA_PIG: ("cochon d’Inde", "guinea pig"),
        Species.FERRET: ("furet", "ferret"),
        Species.RAT: ("rat", "rat"),
        Species.BIRD: ("oiseau", "bird"),
        LifeStage.PUPPY: ("chiot", "puppy"),
        LifeStage.KITTEN: ("chaton", "kitten"),
        LifeStage.ADULT: ("adulte", "adult"),
        LifeStage.SENIOR: ("senior", "senior"),
        SizeClass.MINI: ("petit chien (< 10 kg)", "small dog (< 10 kg)"),
        SizeClass.MEDIUM: ("chien moyen (10-25 kg)", "medium dog (10-25 kg)"),
        SizeClass.MAXI: ("grand chien (25-45 kg)", "large dog (25-45 kg)"),
        SizeClass.GIANT: ("très grand chien (> 45 kg)", "giant dog (> 45 kg)"),
        Condition.RENAL: ("insuffisance rénale", "kidney disease"),
        Condition.URINARY_STRUVITE: ("calculs urinaires (struvites)", "struvite urinary stones"),
        Condition.GASTROINTESTINAL: ("troubles digestifs", "digestive disorder"),
        Condition.GASTROINTESTINAL_LOW_FAT: (
            "troubles digestifs, régime pauvre en graisses",
            "digestive disorder, low-fat diet",
        ),
        Condition.FOOD_ALLERGY: (
            "allergie ou intolérance alimentaire",
            "food allergy or intolerance",
        ),
        Condition.OBESITY: ("surpoids", "overweight"),
        Condition.DIABETES: ("diabète sucré", "diabetes mellitus"),
        Condition.HEPATIC: ("insuffisance hépatique", "liver disease"),
        Condition.MOBILITY: ("arthrose, mobilité", "osteoarthritis, mobility"),
        Condition.SKIN_DISEASE: ("dermatose", "skin disease"),
        Condition.CONVALESCENCE: ("convalescence", "convalescence"),
        Condition.CARDIAC: ("insuffisance cardiaque", "heart failure"),
        Condition.HYPERTHYROIDISM: ("hyperthyroïdie", "hyperthyroidism"),
        Condition.NEUTERED: ("stérilisé", "neutered"),
        Condition.INDOOR: ("vie en intérieur", "lives indoors"),
        Condition.OUTDOOR: ("vie en extérieur", "lives outdoors"),
        Condition.HAIRBALL: ("boules de poils", "hairballs"),
        Condition.SKIN_AND_COAT: ("peau et pelage", "skin and coat"),
        Condition.LARGE_BREED: ("grande race", "large breed"),
        Condition.PICKY: ("appétit difficile", "picky eater"),
        IngredientGroup.BARLEY: ("orge", "barley"),
        IngredientGroup.BEEF: ("bœuf", "beef"),
        IngredientGroup.DAIRY: ("produits laitiers", "dairy"),
        IngredientGroup.EGG: ("œuf", "egg"),
        IngredientGroup.FISH: ("poisson", "fish"),
        IngredientGroup.GLUTEN: ("gluten", "gluten"),
        IngredientGroup.INSECT: ("insectes", "insects"),
        IngredientGroup.LAMB: ("agneau", "lamb"),
        IngredientGroup.MAIZE: ("maïs", "maize"),
        IngredientGroup.MILK: ("lait", "milk"),
        IngredientGroup.PEA: ("pois", "pea"),
        IngredientGroup.PORK: ("porc", "pork"),
        IngredientGroup.POULTRY: ("volaille", "poultry"),
        IngredientGroup.RABBIT: ("lapin", "rabbit"),
        IngredientGroup.RICE: ("riz", "rice"),
        IngredientGroup.SOY: ("soja", "soy"),
        IngredientGroup.WHEAT: ("blé", "wheat"),
    }
)


def label(word: StrEnum, language: Language = Language.FR) -> str:
    """What people call it, in lower case."""
    french, english = LABELS[word]
    return french if language is Language.FR else english
