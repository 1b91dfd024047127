"""What the law lets the shop do with each class of goods: one table, every answer with its source.

Catalogue, cart, checkout, reviews, promotions, feeds and suggestions ask here, and nobody else
decides. What is not in the table is not sold.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from catalog.vocabulary import RegulatoryClass


class VetApproval(StrEnum):
    NEVER = "NEVER"
    PER_PRODUCT = "PER_PRODUCT"
    ALWAYS = "ALWAYS"


class Withdrawal(StrEnum):
    """How long a buyer may change their mind (Code de la consommation L.221-18, L.221-28)."""

    FULL = "FULL"
    UNTIL_UNSEALED = "UNTIL_UNSEALED"
    NONE = "NONE"


class Promotion(StrEnum):
    NEVER = "NEVER"
    NOT_ADVERTISED = "NOT_ADVERTISED"
    CAPPED = "CAPPED"
    FREE = "FREE"


@dataclass(frozen=True, slots=True)
class Rule:
    """What one class may do. `notice` is (French, English); `article` the law behind the sale."""

    sold_online: bool
    vet_approval: VetApproval
    reviews: bool
    promotion: Promotion
    withdrawal: Withdrawal
    suggested: bool
    article: str
    notice: tuple[str, str] = ("", "")
    needs_clinic_declaration: bool = False
    needs_responsible_person: bool = False
    needs_feed_label: bool = False
    client_gate: bool = False

    @property
    def may_be_reduced(self) -> bool:
        return self.promotion in (Promotion.CAPPED, Promotion.FREE)


#: All advantages together on pet food, in percent of its value. Source: loi 2025-337, in force
#: until 15 April 2028.
FOOD_ADVANTAGE_CAP_PERCENT: Final = 34

_FOOD = Rule(
    sold_online=True,
    vet_approval=VetApproval.NEVER,
    reviews=True,
    promotion=Promotion.CAPPED,
    withdrawal=Withdrawal.UNTIL_UNSEALED,
    suggested=True,
    article="Reg. (EC) 767/2009 art. 11, 15-17",
    needs_feed_label=True,
)

RULES: Final[Mapping[RegulatoryClass, Rule]] = MappingProxyType(
    {
        RegulatoryClass.FOOD: _FOOD,
        RegulatoryClass.TREAT: _FOOD,
        RegulatoryClass.DIETETIC_FOOD: Rule(
            sold_online=True,
            vet_approval=VetApproval.PER_PRODUCT,
            reviews=True,
            promotion=Promotion.CAPPED,
            withdrawal=Withdrawal.UNTIL_UNSEALED,
            suggested=True,
            article="Reg. (EU) 2020/354 art. 1; Reg. (EC) 767/2009 art. 18",
            notice=(
                "Avant utilisation ou avant prolongation de la durée d'utilisation, il est "
                "recommandé de demander l'avis d'un vétérinaire.",
                "It is recommended that a veterinarian's opinion be sought before use or before "
                "extending the period of use.",
            ),
            needs_feed_label=True,
            client_gate=True,
        ),
        RegulatoryClass.ANTIPARASITIC_EXTERNAL: Rule(
            sold_online=True,
            vet_approval=VetApproval.NEVER,
            reviews=False,
            promotion=Promotion.NEVER,
            withdrawal=Withdrawal.FULL,
            suggested=True,
            article="Code de la santé publique L.5143-2 II",
            notice=(
                "Médicament vétérinaire antiparasitaire externe. Lisez la notice et respectez "
                "l'espèce et le poids indiqués.",
                "External antiparasitic medicine. Read the leaflet and keep to the species and "
                "the weight stated.",
            ),
        ),
        RegulatoryClass.MEDICINE_OTC: Rule(
            sold_online=False,
            vet_approval=VetApproval.ALWAYS,
            reviews=False,
            promotion=Promotion.NEVER,
            withdrawal=Withdrawal.NONE,
            suggested=False,
            article="décret 2025-908; arrêté du 1er décembre 2025",
            notice=(
                "Médicament vétérinaire : il n'est pas vendu sur ce site. Demandez-le à la "
                "clinique, pour un animal qu'elle suit.",
                "Veterinary medicine: not sold on this site. Ask the clinic, for an animal that "
                "it follows.",
            ),
            needs_clinic_declaration=True,
        ),
        RegulatoryClass.MEDICINE_RX: Rule(
            sold_online=False,
            vet_approval=VetApproval.ALWAYS,
            reviews=False,
            promotion=Promotion.NEVER,
            withdrawal=Withdrawal.NONE,
            suggested=False,
            article="Reg. (EU) 2019/6 art. 104",
            notice=(
                "Médicament soumis à ordonnance : sa vente en ligne est interdite en France. "
                "Demandez à la clinique.",
                "Prescription medicine: may not be sold online in France. Ask the clinic.",
            ),
        ),
        RegulatoryClass.BIOCIDE: Rule(
            sold_online=True,
            vet_approval=VetApproval.NEVER,
            reviews=True,
            promotion=Promotion.FREE,
            withdrawal=Withdrawal.FULL,
            suggested=True,
            article="Reg. (EU) 528/2012 art. 72",
            notice=(
                "Utiliser les biocides avec précaution. Avant toute utilisation, lire "
                "l'étiquette et les informations concernant le produit.",
                "Use biocides safely. Always read the label and product information before use.",
            ),
        ),
        RegulatoryClass.CARE: Rule(
            sold_online=True,
            vet_approval=VetApproval.NEVER,
            reviews=True,
            promotion=Promotion.FREE,
            withdrawal=Withdrawal.FULL,
            suggested=True,
            article="Reg. (EU) 2023/988 art. 19",
            needs_responsible_person=True,
        ),
        RegulatoryClass.ACCESSORY: Rule(
            sold_online=True,
            vet_approval=VetApproval.NEVER,
            reviews=True,
            promotion=Promotion.FREE,
            withdrawal=Withdrawal.FULL,
            suggested=True,
            article="Reg. (EU) 2023/988 art. 19",
            needs_responsible_person=True,
        ),
    }
)

#: The member states as addresses name them: in French, in English and in their own words.
_UNION: Final = frozenset(
    {
        "allemagne",
        "germany",
        "deutschland",
        "autriche",
        "austria",
        "österreich",
        "belgique",
        "belgium",
        "belgië",
        "bulgarie",
        "bulgaria",
        "българия",
        "chypre",
        "cyprus",
        "κύπρος",
        "croatie",
        "croatia",
        "hrvatska",
        "danemark",
        "denmark",
        "danmark",
        "espagne",
        "spain",
        "españa",
        "estonie",
        "estonia",
        "eesti",
        "finlande",
        "finland",
        "suomi",
        "france",
        "grèce",
        "greece",
        "ελλάδα",
        "hongrie",
        "hungary",
        "magyarország",
        "irlande",
        "ireland",
        "éire",
        "italie",
        "italy",
        "italia",
        "lettonie",
        "latvia",
        "latvija",
        "lituanie",
        "lithuania",
        "lietuva",
        "luxembourg",
        "luxemburg",
        "malte",
        "malta",
        "pays-bas",
        "netherlands",
        "nederland",
        "pologne",
        "poland",
        "polska",
        "portugal",
        "roumanie",
        "romania",
        "românia",
        "slovaquie",
        "slovakia",
        "slovensko",
        "slovénie",
        "slovenia",
        "slovenija",
        "suède",
        "sweden",
        "sverige",
        "tchéquie",
        "czechia",
        "česko",
    }
)


def is_in_union(postal_address: str) -> bool:
    """Whether an address ends with a member state; what cannot be told is taken for outside.

    Source: Reg. (EU) 2023/988 art. 16 asks for a responsible person for makers outside the Union.
    """
    return postal_address.rsplit(",", 1)[-1].strip().lower() in _UNION


_NOT_SOLD: Final = Rule(
    sold_online=False,
    vet_approval=VetApproval.ALWAYS,
    reviews=False,
    promotion=Promotion.NEVER,
    withdrawal=Withdrawal.NONE,
    suggested=False,
    article="",
    notice=("Non vendu en ligne.", "Not sold online."),
)


def rule_for(regulatory_class: str) -> Rule:
    """What may be done with a class; what the table does not know is not sold."""
    if regulatory_class in RegulatoryClass:
        return RULES.get(RegulatoryClass(regulatory_class), _NOT_SOLD)
    return _NOT_SOLD


def takes_reviews(classes: Iterable[str]) -> bool:
    """Whether buyers may say what they think of a product with packs of these classes.

    One pack that may not be reviewed bars all of them: a review does not say which pack it is of.
    """
    rules = [rule_for(each) for each in classes]
    return bool(rules) and all(rule.reviews for rule in rules)


_ON_PRESCRIPTION: Final = "7094"
_WITHOUT_PRESCRIPTION: Final = "7093"
_ECTOPARASITICIDES: Final = "QP53"


def class_of_medicine(*, delivery_code: str, atcvet: str) -> RegulatoryClass:
    """The class of a pack of an authorised medicine, from its delivery and ATCvet codes.

    A code that is not one of the two known makes it a thing that is not sold. Source: ANMV code
    list `term-cd`; Code de la santé publique L.5143-2.
    """
    if delivery_code == _ON_PRESCRIPTION:
        return RegulatoryClass.MEDICINE_RX
    if delivery_code != _WITHOUT_PRESCRIPTION:
        return RegulatoryClass.UNKNOWN
    codes = atcvet.split("|")
    if codes != [""] and all(code.startswith(_ECTOPARASITICIDES) for code in codes):
        return RegulatoryClass.ANTIPARASITIC_EXTERNAL
    return RegulatoryClass.MEDICINE_OTC
