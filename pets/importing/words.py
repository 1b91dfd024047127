"""What the words of the practice's files mean: keys as `fold` leaves them."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from kernel.animals import LABELS, Condition, IngredientGroup, Language, Species
from kernel.text_index.analysis import fold
from pets.vocabulary import Sex


def _table[W](meanings: Mapping[W, str]) -> Mapping[str, W]:
    """A table from lists of words between commas."""
    return MappingProxyType(
        {
            fold(word.strip()): meaning
            for meaning, words in meanings.items()
            for word in words.split(",")
        }
    )


def _labelled[W: StrEnum](words: type[W], more: Mapping[W, str]) -> Mapping[str, W]:
    """Codes and labels in both languages, and other words for the same."""
    coded = {fold(word.value): word for word in words}
    labelled = {fold(label): word for word in words for label in LABELS[word]}
    return MappingProxyType(coded | labelled | dict(_table(more)))


SPECIES = _table(
    {
        Species.DOG: "chien,chienne,chiot,canin,canine,ch,dog",
        Species.CAT: "chat,chatte,chaton,félin,féline,ct,cat",
        Species.RABBIT: "lapin,lapine,rabbit",
        Species.GUINEA_PIG: "cochon d'Inde,cochon d’Inde,cobaye,guinea pig,guinea_pig",
        Species.FERRET: "furet,furette,ferret",
        Species.RAT: "rat,rate",
        Species.BIRD: "oiseau,perruche,perroquet,canari,poule,bird",
    }
)
SEXES = _table(
    {
        Sex.FEMALE: "femelle,f,♀,femelle stérilisée,fs,female",
        Sex.MALE: "mâle,m,♂,mâle castré,mc,male",
    }
)
YES_NO = _table(
    {
        True: "oui,o,vrai,1,x,stérilisé,stérilisée,castré,yes,y,true",
        False: "non,n,faux,0,entier,entière,no,false",
    }
)
LANGUAGES = _table(
    {
        Language.FR: "fr,fra,français,french",
        Language.EN: "en,eng,anglais,english",
    }
)
CONDITIONS = _labelled(
    Condition,
    {
        Condition.RENAL: "IRC,MRC,maladie rénale,maladie rénale chronique",
        Condition.URINARY_STRUVITE: "struvites,calculs urinaires,cystite",
        Condition.GASTROINTESTINAL: "gastro-entérite,gastro-entérite chronique,diarrhée chronique",
        Condition.GASTROINTESTINAL_LOW_FAT: "pancréatite,pancréatite chronique",
        Condition.FOOD_ALLERGY: "allergie alimentaire,intolérance alimentaire",
        Condition.OBESITY: "obésité",
        Condition.DIABETES: "diabète",
        Condition.HEPATIC: "hépatopathie",
        Condition.MOBILITY: "arthrose,dysplasie",
        Condition.SKIN_DISEASE: "dermatite,dermatite atopique,atopie",
        Condition.CARDIAC: "cardiopathie,insuffisance cardiaque congestive",
        Condition.HYPERTHYROIDISM: "hyperthyroïdien",
    },
)
ALLERGENS = _labelled(
    IngredientGroup,
    {
        IngredientGroup.BEEF: "boeuf",
        IngredientGroup.POULTRY: "poulet,dinde,canard",
        IngredientGroup.FISH: "saumon,thon",
        IngredientGroup.EGG: "oeuf,œufs",
        IngredientGroup.MILK: "lactose",
    },
)
