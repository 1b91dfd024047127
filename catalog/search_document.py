"""What the search knows of a product, and what the words of a query mean for products."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from kernel.animals import Condition, IngredientGroup, LifeStage, SizeClass, Species, label
from kernel.text_index import Document, Vocabulary

_HEAVIEST_KG = 100


@dataclass(frozen=True, slots=True)
class ProductText:
    """The facts of a product that people search by; `form` is a code (`dry`) or a word."""

    key: str
    name: str
    brand: str
    range_name: str
    category: str
    species: frozenset[Species]
    life_stage: LifeStage | None
    size_class: SizeClass | None
    conditions: frozenset[Condition]
    form: str
    keywords: str
    description: str
    composition: str
    purpose: str
    ingredient_groups: frozenset[IngredientGroup]
    composition_known: bool
    packs: tuple[str, ...]
    skus: tuple[str, ...]
    gtins: tuple[str, ...]
    weight_min_kg: Decimal | None
    weight_max_kg: Decimal | None
    attributes: tuple[str, ...]


_FORM_WORDS = {
    "dry": "aliment sec",
    "wet": "aliment humide",
    "treat": "friandise",
    "supplement": "complément alimentaire",
    "pipette": "pipette, spot-on",
    "collar": "collier",
    "tablet": "comprimé",
    "rx": "médicament sur ordonnance",
    "care": "soin",
    "litter": "litière",
    "milk": "lait",
    "spray": "spray",
    "fogger": "fumigène, habitat, maison",
    "tool": "accessoire",
    "accessory": "accessoire",
}
_FOODS = frozenset({"dry", "wet"})

# Why a condition matters, for people who describe the trouble: said once, in the body.
_CONDITION_WORDS = {
    Condition.NEUTERED: "castré, prévention du surpoids",
    Condition.OBESITY: "maigrir, perte de poids",
    Condition.FOOD_ALLERGY: "hypoallergénique",
    Condition.HAIRBALL: "boule de poils",
}

# The adult weights that a food for a size is made for, in kilograms.
_SIZE_KG = {
    SizeClass.MINI: (0, 10),
    SizeClass.MEDIUM: (10, 25),
    SizeClass.MAXI: (25, 45),
    SizeClass.GIANT: (45, _HEAVIEST_KG),
}

_ANY_SPECIES = "species:any"
_COMPOSITION_KNOWN = "composition:known"
_COMPLETE_FOOD = "food:complete"
_CARRIED = "weight_kg"

_SPECIES_WORDS = {
    Species.DOG: ("chien", "chienne", "canin", "canine", "toutou", "dog"),
    Species.CAT: ("chat", "chatte", "félin", "féline", "matou", "minou", "cat"),
    Species.RABBIT: ("lapin", "lapine", "rabbit"),
    Species.GUINEA_PIG: ("cochon d'Inde", "cobaye", "guinea pig"),
    Species.FERRET: ("furet", "ferret"),
    Species.RAT: ("rat", "raton"),
    Species.BIRD: ("oiseau", "perruche", "perroquet", "canari", "bird"),
}
_SEVERAL_SPECIES = {
    "nac": (
        Species.RABBIT,
        Species.GUINEA_PIG,
        Species.FERRET,
        Species.RAT,
        Species.BIRD,
    ),
    "rongeur": (Species.RABBIT, Species.GUINEA_PIG, Species.RAT),
}
_IMPLYING_WORDS = {
    Species.DOG: ("chiot", "puppy"),
    Species.CAT: ("chaton", "kitten"),
    Species.RABBIT: ("lapereau",),
}

_GLUTEN = (IngredientGroup.GLUTEN, IngredientGroup.WHEAT, IngredientGroup.BARLEY)
_CEREALS = (*_GLUTEN, IngredientGroup.MAIZE, IngredientGroup.RICE)
_MEATS = (
    IngredientGroup.BEEF,
    IngredientGroup.LAMB,
    IngredientGroup.PORK,
    IngredientGroup.POULTRY,
    IngredientGroup.RABBIT,
)
_INGREDIENT_WORDS: dict[str, tuple[IngredientGroup, ...]] = {
    **{label(group): (group,) for group in IngredientGroup},
    "gluten": _GLUTEN,
    "blé": (IngredientGroup.WHEAT, IngredientGroup.GLUTEN),
    "froment": (IngredientGroup.WHEAT, IngredientGroup.GLUTEN),
    "céréale": _CEREALS,
    "céréales": _CEREALS,
    "grain": _CEREALS,
    "viande": _MEATS,
    "poulet": (IngredientGroup.POULTRY,),
    "poule": (IngredientGroup.POULTRY,),
    "dinde": (IngredientGroup.POULTRY,),
    "canard": (IngredientGroup.POULTRY,),
    "saumon": (IngredientGroup.FISH,),
    "thon": (IngredientGroup.FISH,),
    "mouton": (IngredientGroup.LAMB,),
    "insecte": (IngredientGroup.INSECT,),
    "lactose": (IngredientGroup.MILK, IngredientGroup.DAIRY),
    "lait": (IngredientGroup.MILK, IngredientGroup.DAIRY),
    "fromage": (IngredientGroup.DAIRY,),
    "produits laitiers": (IngredientGroup.MILK, IngredientGroup.DAIRY),
    "petit pois": (IngredientGroup.PEA,),
    "légumineuse": (IngredientGroup.PEA, IngredientGroup.SOY),
}


def vocabulary() -> Vocabulary:
    """What the words of a query mean in the catalogue."""
    return Vocabulary(
        filters={**_by_word(_SPECIES_WORDS), **_several()},
        implied=_by_word(_IMPLYING_WORDS),
        exclusions={
            word: frozenset(_contains(group) for group in groups)
            for word, groups in _INGREDIENT_WORDS.items()
        },
        proven=_COMPOSITION_KNOWN,
        preferred=_COMPLETE_FOOD,
        carried=_CARRIED,
    )


def document(text: ProductText) -> Document:
    """What the index holds of a product; without its brand, which a title often begins with."""
    return Document(
        key=text.key,
        title=_without_brand(text.name, text.brand),
        keywords=", ".join(filter(None, _keywords(text))),
        body=". ".join(filter(None, _body(text))),
        identifiers=(*text.skus, *text.gtins),
        facets=frozenset(_facets(text)),
    )


def _by_word(words: dict[Species, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    return {
        word: frozenset({f"species:{species}", _ANY_SPECIES})
        for species, names in words.items()
        for word in names
    }


def _several() -> dict[str, frozenset[str]]:
    return {
        word: frozenset({_ANY_SPECIES, *(f"species:{one}" for one in species)})
        for word, species in _SEVERAL_SPECIES.items()
    }


def _contains(group: IngredientGroup) -> str:
    return f"contains:{group}"


def _without_brand(name: str, brand: str) -> str:
    first, _, rest = name.partition(" ")
    return rest if rest and first.casefold() in brand.casefold().split() else name


def _keywords(text: ProductText) -> Iterator[str]:
    yield from (text.brand, text.range_name, text.category, text.keywords)
    yield from (label(species) for species in sorted(text.species))
    yield from (label(word) for word in (text.life_stage, text.size_class) if word is not None)
    yield from (label(condition) for condition in sorted(text.conditions))
    yield _FORM_WORDS.get(text.form, text.form)
    yield from (*text.packs, *text.attributes)


def _body(text: ProductText) -> Iterable[str]:
    reasons = (_CONDITION_WORDS.get(condition, "") for condition in sorted(text.conditions))
    return (text.description, text.purpose, text.composition, *reasons)


def _facets(text: ProductText) -> Iterator[str]:
    yield from (f"species:{species}" for species in text.species)
    if not text.species:
        yield _ANY_SPECIES
    yield from (_contains(group) for group in text.ingredient_groups)
    if text.composition_known:
        yield _COMPOSITION_KNOWN
    if text.form in _FOODS:
        yield _COMPLETE_FOOD
    yield from (f"{_CARRIED}:{kilos}" for kilos in _kilos(text))


def _kilos(text: ProductText) -> range:
    """The whole kilograms that an animal may weigh, both ends included; none if none are given."""
    low, high = text.weight_min_kg, text.weight_max_kg
    if low is None and high is None:
        least, most = _SIZE_KG[text.size_class] if text.size_class else (0, -1)
        return range(least, most + 1)
    first = 0 if low is None else int(low.to_integral_value(ROUND_CEILING))
    last = _HEAVIEST_KG if high is None else int(high.to_integral_value(ROUND_FLOOR))
    return range(first, min(last, _HEAVIEST_KG) + 1)
