"""Why something is suggested, in French and in English: each sentence says what the numbers say.

Pure. Nothing here promises to treat, to cure or to prevent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from kernel.animals import Language, LifeStage, SizeClass, Species
from recommendations.vocabulary import ReasonKind

type Words = tuple[str, str]

_SPECIES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        Species.DOG: ("chiens", "dogs"),
        Species.CAT: ("chats", "cats"),
        Species.RABBIT: ("lapins", "rabbits"),
        Species.GUINEA_PIG: ("cochons d’Inde", "guinea pigs"),
        Species.FERRET: ("furets", "ferrets"),
        Species.RAT: ("rats", "rats"),
        Species.BIRD: ("oiseaux", "birds"),
    }
)
_YOUNG: Final[Mapping[str, Words]] = MappingProxyType(
    {LifeStage.PUPPY: ("chiots", "puppies"), LifeStage.KITTEN: ("chatons", "kittens")}
)
_GROWN: Final[Mapping[str, Words]] = MappingProxyType(
    {LifeStage.ADULT: ("adultes", "adult"), LifeStage.SENIOR: ("seniors", "senior")}
)
_SIZES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        SizeClass.MINI: ("de petite taille", "small"),
        SizeClass.MEDIUM: ("de taille moyenne", "medium-sized"),
        SizeClass.MAXI: ("de grande taille", "large"),
        SizeClass.GIANT: ("de très grande taille", "giant"),
    }
)
_VOWELS: Final = "aàâäeéèêëiîïoôöuùûüh"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why: purchases by their products' keys and names, or numbers; `eats` when it is a food that
    the pet had lately. `group` is the kind of pets that the popularity is of.
    """

    kind: ReasonKind
    pet: str = ""
    because: Sequence[int] = ()
    names: Sequence[str] = ()
    eats: bool = False
    times: int = 0
    gap_days: int | None = None
    last: date | None = None
    group: Sequence[str] = field(default=())


def said(reason: Reason, language: Language) -> str:
    """The reason as a sentence."""
    french, english = _WORDED[reason.kind](reason)
    return french if language is Language.FR else english


def _bought(reason: Reason) -> Words:
    if not reason.names:
        return (f"D’après ce que {reason.pet} a déjà eu", f"From what {reason.pet} had before")
    french, english = _listed(reason.names)
    if reason.eats:
        return (f"Parce {_that(reason.pet)} mange {french}", f"Because {reason.pet} eats {english}")
    return (
        f"Parce {_that(reason.pet)} a déjà eu {french}",
        f"Because {reason.pet} has had {english}",
    )


def _household(reason: Reason) -> Words:
    if not reason.names:
        return ("D’après ce qu’ont eu vos autres animaux", "From what your other pets had")
    french, english = _listed(reason.names)
    return (
        f"Parce qu’un autre de vos animaux a déjà eu {french}",
        f"Because another of your pets has had {english}",
    )


def _same_kind(reason: Reason) -> Words:
    if not reason.names:
        return _bought(reason)
    name = reason.names[0]
    return (
        f"Du même type que {name}, {_that(reason.pet)} a déjà eu",
        f"Of the same kind as {name}, which {reason.pet} has had",
    )


def _repeat(reason: Reason) -> Words:
    if reason.times > 1 and reason.gap_days is not None:
        return (
            f"Commandé {reason.times} fois, environ tous les {reason.gap_days} jours",
            f"Ordered {reason.times} times, about every {reason.gap_days} days",
        )
    if reason.times > 1:
        return (f"Commandé {reason.times} fois", f"Ordered {reason.times} times")
    day = reason.last
    if day is None:
        return ("Déjà commandé", "Ordered before")
    return (f"Commandé le {day:%d/%m/%Y}", f"Ordered on {day:%d/%m/%Y}")


def _popular(reason: Reason) -> Words:
    french, english = group_words(reason.group)
    return (f"Populaire chez {french}", f"Popular with {english}")


def _together(reason: Reason) -> Words:
    french, english = _listed(reason.names)
    return (f"Souvent choisi avec {french}", f"Often chosen with {english}")


_WORDED: Final = MappingProxyType(
    {
        ReasonKind.REPEAT: _repeat,
        ReasonKind.BOUGHT: _bought,
        ReasonKind.HOUSEHOLD: _household,
        ReasonKind.SAME_KIND: _same_kind,
        ReasonKind.POPULAR: _popular,
        ReasonKind.TOGETHER: _together,
    }
)


def group_words(group: Sequence[str]) -> Words:
    """A kind of pets, as `recommendations.pet_shelves.kind_of` names it, in words; no condition is
    ever named.
    """
    species, stage, size, conditions = [*group, "", "", "", ""][:4]
    if not species:
        return ("nos clients", "our clients")
    noun = _YOUNG.get(stage) or _SPECIES[species]
    french, english = noun
    if stage in _GROWN:
        french, english = f"{french} {_GROWN[stage][0]}", f"{_GROWN[stage][1]} {english}"
    if size in _SIZES:
        french, english = f"{french} {_SIZES[size][0]}", f"{_SIZES[size][1]} {english}"
    if conditions:
        french, english = f"{french} aux mêmes besoins", f"{english} with the same needs"
    return (f"les {french}", english)


def _listed(names: Sequence[str]) -> Words:
    return (" et ".join(names), " and ".join(names))


def _that(name: str) -> str:
    """`que Rex`, `qu’Idéfix`."""
    return f"qu’{name}" if name[:1].lower() in _VOWELS else f"que {name}"
