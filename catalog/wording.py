"""What the shop says of rations and of what does not suit, in French and in English.

Nothing here promises to treat, to cure or to prevent. Source: Reg. (EC) 767/2009 art. 13.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from catalog.suitability import Unsuitability
from catalog.vocabulary import NoRation, UnsuitabilityReason
from kernel.animals import Language, label

type Words = tuple[str, str]

RATION_NOTICE: Final[Words] = (
    "Ration indicative, à adapter à l’état corporel et au mode de vie de votre animal ; suivez la "
    "prescription de votre vétérinaire. Pesez votre animal de nouveau dans 2 à 4 semaines.",
    "Indicative ration, to be adapted to your pet’s body condition and way of life; follow your "
    "veterinarian’s prescription. Weigh your pet again in 2 to 4 weeks.",
)
TREAT_NOTICE: Final[Words] = (
    "Au plus 10 % de l’énergie de la journée, à déduire du repas. " + RATION_NOTICE[0],
    "At most 10% of the day’s energy, to be taken off the meals. " + RATION_NOTICE[1],
)
NO_RATION_NOTICE: Final[Words] = (
    "Pas de ration calculée pour ces animaux ensemble : demandez à la clinique.",
    "No ration is computed for these animals together: ask the clinic.",
)

NO_RATION: Final[Mapping[NoRation, Words]] = MappingProxyType(
    {
        NoRation.NO_LONGER_SERVED: (
            "La fiche de cet animal est close.",
            "This pet’s file is closed.",
        ),
        NoRation.SPECIES_NOT_COVERED: (
            "Les rations ne sont calculées que pour les chiens et les chats : demandez à la "
            "clinique.",
            "Rations are computed for dogs and cats only: ask the clinic.",
        ),
        NoRation.GESTATION: (
            "Les besoins changent chaque semaine pendant la gestation : demandez à la clinique.",
            "Needs change every week while carrying young: ask the clinic.",
        ),
        NoRation.LACTATION: (
            "Les besoins dépendent de la portée pendant l’allaitement : demandez à la clinique.",
            "Needs depend on the litter while nursing: ask the clinic.",
        ),
        NoRation.AGE_UNKNOWN: (
            "Indiquez la date de naissance, même estimée : un animal mange autrement quand il "
            "grandit.",
            "Give the date of birth, even estimated: an animal that grows eats otherwise.",
        ),
        NoRation.UNDER_8_WEEKS: (
            "Avant 8 semaines, demandez à la clinique.",
            "Under 8 weeks, ask the clinic.",
        ),
        NoRation.DISEASE: (
            "Pour un animal malade, la ration se décide avec le vétérinaire : demandez à la "
            "clinique.",
            "For an animal that is ill the vet decides the ration: ask the clinic.",
        ),
        NoRation.OBESITY_NOT_SCORED: (
            "Faites évaluer l’état corporel par la clinique : la ration se calcule sur le poids "
            "idéal.",
            "Have the clinic score the body condition: the ration is reckoned on the ideal weight.",
        ),
        NoRation.WEIGHT_UNKNOWN: (
            "Pesez votre animal et indiquez son poids.",
            "Weigh your pet and tell its weight.",
        ),
        NoRation.ADULT_WEIGHT_UNKNOWN: (
            "Indiquez le poids adulte attendu : la ration d’un chiot en dépend.",
            "Give the expected adult weight: a puppy’s ration depends on it.",
        ),
        NoRation.OTHER_SPECIES: (
            "Ce produit n’est pas destiné à cette espèce.",
            "This product is not meant for this species.",
        ),
        NoRation.NOT_A_DAILY_FOOD: (
            "Ce produit ne se donne pas comme un repas : suivez son mode d’emploi.",
            "This is not given as a meal: follow its instructions.",
        ),
        NoRation.FOOD_ENERGY_UNKNOWN: (
            "L’énergie de cet aliment n’est pas connue : suivez l’étiquette.",
            "The energy of this food is not known: follow the label.",
        ),
    }
)

UNSUITABLE: Final[Mapping[UnsuitabilityReason, Words]] = MappingProxyType(
    {
        UnsuitabilityReason.NO_LONGER_SERVED: (
            "La fiche de cet animal est close.",
            "This pet’s file is closed.",
        ),
        UnsuitabilityReason.NOT_SOLD: (
            "Ce produit n’est pas vendu sur ce site : demandez à la clinique.",
            "This product is not sold on this site: ask the clinic.",
        ),
        UnsuitabilityReason.SPECIES: (
            "Ce produit n’est pas destiné à cette espèce.",
            "This product is not meant for this species.",
        ),
        UnsuitabilityReason.PERMETHRIN_WITH_CAT: (
            "Danger mortel pour les chats : contient %(substances)s. Ne l’appliquez jamais à un "
            "chat ni à un chien qui vit avec un chat ; demandez à la clinique un autre produit.",
            "Deadly to cats: contains %(substances)s. Never use it on a cat, nor on a dog that "
            "lives with one; ask the clinic for another product.",
        ),
        UnsuitabilityReason.SUBSTANCES_UNKNOWN: (
            "Un chat vit au foyer et les substances actives ne sont pas connues : demandez à la "
            "clinique.",
            "A cat lives in the household and the active substances are not known: ask the clinic.",
        ),
        UnsuitabilityReason.WEIGHT_BAND: (
            "Ce conditionnement est prévu pour un animal %(band)s : choisissez celui de son poids.",
            "This pack is for an animal %(band)s: choose the one for its weight.",
        ),
        UnsuitabilityReason.WEIGHT_UNKNOWN: (
            "Pesez votre animal : ce conditionnement est prévu pour un animal %(band)s.",
            "Weigh your pet: this pack is for an animal %(band)s.",
        ),
        UnsuitabilityReason.DIETETIC_WITHOUT_CONDITION: (
            "Aliment diététique : la clinique n’a pas noté l’affection à laquelle il est destiné. "
            "Demandez-lui.",
            "Dietetic food: the clinic has not recorded the condition that it is meant for; ask "
            "there.",
        ),
        UnsuitabilityReason.ALLERGEN: (
            "Contient ce à quoi votre animal est allergique : %(allergens)s.",
            "Contains what your pet is allergic to: %(allergens)s.",
        ),
        UnsuitabilityReason.COMPOSITION_UNKNOWN: (
            "La composition n’est pas connue et votre animal a une allergie : lisez l’étiquette ou "
            "demandez à la clinique.",
            "The composition is not known and your pet has an allergy: read the label or ask the "
            "clinic.",
        ),
        UnsuitabilityReason.LIFE_STAGE: (
            "Ce produit est prévu pour un autre âge.",
            "This product is meant for another age.",
        ),
        UnsuitabilityReason.LIFE_STAGE_UNKNOWN: (
            "Ce produit est prévu pour un âge précis : indiquez la date de naissance.",
            "This product is meant for a certain age: give the date of birth.",
        ),
        UnsuitabilityReason.SIZE: (
            "Ce produit est prévu pour un autre gabarit.",
            "This product is meant for another size.",
        ),
        UnsuitabilityReason.SIZE_UNKNOWN: (
            "Ce produit est prévu pour un gabarit précis : indiquez le poids adulte.",
            "This product is meant for a certain size: give the adult weight.",
        ),
    }
)


def say(words: Words, language: Language) -> str:
    return words[language is Language.EN]


def said_of(found: Unsuitability, language: Language) -> str:
    """A reason with its facts, in a language."""
    facts = {
        "substances": ", ".join(found.substances),
        "allergens": ", ".join(label(each, language) for each in found.allergens),
        "band": _band(found.band_kg, language),
    }
    return say(UNSUITABLE[found.reason], language) % facts


def _band(band: tuple[Decimal | None, Decimal | None] | None, language: Language) -> str:
    low, high = (None if end is None else _kilos(end, language) for end in band or (None, None))
    if low is None and high is None:
        return ""
    if low is None:
        return say((f"jusqu’à {high} kg", f"of up to {high} kg"), language)
    if high is None:
        return say((f"à partir de {low} kg", f"of {low} kg or more"), language)
    return say((f"de {low} à {high} kg", f"of {low} to {high} kg"), language)


def _kilos(weight: Decimal, language: Language) -> str:
    text = f"{weight.normalize():f}"
    return text if language is Language.EN else text.replace(".", ",")
