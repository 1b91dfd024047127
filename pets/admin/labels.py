"""What staff read for the codes of pets' files."""

from datetime import date
from enum import StrEnum

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.admin import labels
from kernel.animals import Condition, IngredientGroup, Language, Species
from pets.feeding import EnergyNeed, NoNumber
from pets.health import months, years
from pets.models import HistoryEntry, Pet
from pets.vocabulary import LABELS, HistoryKind, NoEnergy

_YEARS_BEFORE_MONTHS_CEASE = 2

ICONS: dict[HistoryKind, str] = {
    HistoryKind.WEIGHT: "monitor_weight",
    HistoryKind.BODY_CONDITION: "accessibility_new",
    HistoryKind.CONDITION: "diagnosis",
    HistoryKind.ALLERGY: "no_food",
    HistoryKind.VISIT: "stethoscope",
    HistoryKind.VACCINATION: "vaccines",
    HistoryKind.TREATMENT: "medication",
    HistoryKind.NOTE: "sticky_note_2",
}
#: The nine points of the scale. Source: WSAVA, body condition score, after Laflamme 1997.
BODY_CONDITIONS: dict[int, str | Promise] = {
    1: _("1: emaciated, the bones stand out from afar"),
    2: _("2: very thin, ribs seen at once"),
    3: _("3: thin, ribs felt without any fat"),
    4: _("4: lean, waist seen from above"),
    5: _("5: ideal, ribs felt under a little fat"),
    6: _("6: a little heavy, waist hardly seen"),
    7: _("7: heavy, ribs hard to feel"),
    8: _("8: obese, no waist, fat at the base of the tail"),
    9: _("9: very obese, fat on neck and limbs"),
}
NO_ENERGY: dict[NoEnergy, str | Promise] = {
    NoEnergy.NO_LONGER_SERVED: _("the file is closed"),
    NoEnergy.SPECIES_NOT_COVERED: _("no formula feeds this species"),
    NoEnergy.GESTATION: _("she carries young: fed by a vet's advice"),
    NoEnergy.LACTATION: _("she nurses: fed by a vet's advice"),
    NoEnergy.AGE_UNKNOWN: _("its age is not known"),
    NoEnergy.UNDER_8_WEEKS: _("it is younger than 8 weeks"),
    NoEnergy.DISEASE: _("a disease is in its file: fed by a vet's advice"),
    NoEnergy.OBESITY_NOT_SCORED: _("overweight: its body condition must be scored first"),
    NoEnergy.WEIGHT_UNKNOWN: _("its weight is not known"),
    NoEnergy.ADULT_WEIGHT_UNKNOWN: _("its adult weight is not known"),
}
ACTIONS: dict[str, str | Promise] = {
    "breed.save": _("Breed changed"),
    "guardian.accept": _("Guardian joined"),
    "guardian.invite": _("Guardian invited"),
    "guardian.leave": _("Guardian left"),
    "history.end": _("Entry ended"),
    "history.take_back": _("Entry taken back"),
    "pet.add": _("Pet's file opened"),
    "pet.archive": _("Pet's file put aside"),
    "pet.deceased": _("Death told, or taken back"),
    "pet.photo": _("Photo changed"),
    "pet.read": _("Pet's file read"),
    "pet.restore": _("Pet's file taken up again"),
    "pet.search": _("Pets searched"),
    "pet.update": _("Pet's file changed"),
    "history.weight": _("Weighed"),
    "history.body_condition": _("Body condition noted"),
    "history.condition": _("Condition noted"),
    "history.allergy": _("Allergy noted"),
    "history.visit": _("Visit noted"),
    "history.vaccination": _("Vaccination noted"),
    "history.treatment": _("Treatment noted"),
    "history.note": _("Note written"),
}


def word(code: StrEnum) -> str:
    """What people call a word of pets' files, in the language of the page."""
    return LABELS[code][labels.language() is Language.EN]


def kilos(weight_g: int | None) -> str:
    """`4,25 kg`; small animals in grams; a dash where nothing is known."""
    if weight_g is None:
        return "—"
    if weight_g < 1000:  # noqa: PLR2004  (a kilogram)
        return f"{weight_g}\u00a0g"
    digits = 2 if weight_g % 100 else 1
    return f"{formats.number_format(weight_g / 1000, decimal_pos=digits)}\u00a0kg"


def age(pet: Pet, *, on: date) -> str:
    """`3 years`, `5 months`, `12 days`; a dash where nothing is known."""
    days = pet.age_days(on=pet.died_on or on)
    if days is None:
        return "—"
    if years(days) >= _YEARS_BEFORE_MONTHS_CEASE:
        return ngettext("%d year", "%d years", years(days)) % years(days)
    whole = int(months(days))
    if whole:
        return ngettext("%d month", "%d months", whole) % whole
    return ngettext("%d day", "%d days", days) % days


def kind_of_animal(pet: Pet) -> str:
    """`dog · Beagle`."""
    breed = str(pet.breed) if pet.breed else pet.breed_text
    return " · ".join(filter(None, (labels.animal(Species(pet.species)), breed)))


def told(entry: HistoryEntry) -> str:
    """What an entry tells, in a few words."""
    match HistoryKind(entry.kind):
        case HistoryKind.WEIGHT:
            what = kilos(entry.weight_g)
        case HistoryKind.BODY_CONDITION:
            what = str(BODY_CONDITIONS[entry.score or 0])
        case HistoryKind.CONDITION:
            what = labels.animal(Condition(entry.condition))
        case HistoryKind.ALLERGY:
            what = labels.animal(IngredientGroup(entry.allergen))
        case _:
            what = ""
    return " — ".join(filter(None, (what, entry.text)))


def energy(need: EnergyNeed | NoNumber) -> str:
    """`from 620 to 1150 kcal a day`, or why there is no figure."""
    if isinstance(need, NoNumber):
        return gettext("no figure: %(why)s") % {"why": NO_ENERGY[need.reason]}
    words = gettext("%(centre)s kcal a day (from %(low)s to %(high)s)")
    return words % {"centre": need.centre, "low": need.low, "high": need.high}
