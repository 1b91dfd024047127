"""What the catalogue keeps of people and pets: what pets eat, and who of the staff changed what."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import privacy
from accounts.models import Person
from accounts.privacy import PersonalData
from accounts.vocabulary import Fate, Origin
from catalog.models import (
    DietLine,
    ImportProblem,
    ImportRun,
    PriceChange,
    Reduction,
    StockMovement,
)
from pets.personal_data import ALONE, AUTHORED, ERASED, OTHERS, SHARED, own_pets, shared_pets

TRADE = "Code de commerce L.123-22"

_DIET = (
    *("pet__name", "product__slug", "food_text", "grams_per_day", "share_percent", "since"),
    *("until", "origin", "recorded_at"),
)


def _of_own_pets(person: Person) -> QuerySet[DietLine]:
    return DietLine.objects.filter(pet__in=own_pets(person))


def _of_shared_pets(person: Person) -> QuerySet[DietLine]:
    return DietLine.objects.filter(pet__in=shared_pets(person))


def _told_of_others_pets(person: Person) -> QuerySet[DietLine]:
    told = DietLine.objects.filter(author=person).exclude(origin=Origin.STAFF)
    return told.exclude(pet__in=own_pets(person))


def _noted_as_staff(person: Person) -> QuerySet[DietLine]:
    noted = DietLine.objects.filter(author=person, origin=Origin.STAFF)
    return noted.exclude(pet__in=own_pets(person))


privacy.register(
    PersonalData(
        model=DietLine,
        person="pet__guardians__person",
        scope=_of_own_pets,
        fate=Fate.DELETE,
        reason=ALONE,
        article=ERASED,
        exported=_DIET,
        dated_by="recorded_at",
    ),
    PersonalData(
        model=DietLine,
        person="pet__guardians__person",
        scope=_of_shared_pets,
        fate=Fate.KEEP,
        reason=SHARED,
        article=OTHERS,
        exported=_DIET,
    ),
    PersonalData(
        model=DietLine,
        person="author",
        scope=_told_of_others_pets,
        fate=Fate.PSEUDONYMISE,
        reason=_("What you told of pets that stay, without your name."),
        article=OTHERS,
        dated_by="recorded_at",
        erase=lambda rows: rows.update(author=None),
    ),
    PersonalData(
        model=DietLine,
        person="author",
        scope=_noted_as_staff,
        fate=Fate.KEEP,
        reason=_("What you noted as a colleague, in files of animals."),
        article=AUTHORED,
    ),
    *(
        PersonalData(
            model=model,
            person="by",
            fate=Fate.KEEP,
            reason=_("What you changed in the shop as a colleague."),
            article=TRADE,
        )
        for model in (ImportRun, PriceChange, Reduction, StockMovement)
    ),
    PersonalData(
        model=ImportProblem,
        person="run__by",
        fate=Fate.KEEP,
        reason=_("What was wrong in files that you imported as a colleague."),
        article=TRADE,
    ),
)
