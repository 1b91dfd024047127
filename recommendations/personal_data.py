"""What suggestions keep of people and pets: it goes when they ask, at once.

A model of all pets names none of them: what a pet had is out of it with the next one, in 24 hours.
"""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts import privacy, retention
from accounts.models import Person
from accounts.privacy import PersonalData, Rows
from accounts.vocabulary import Fate
from pets.personal_data import ALONE, ERASED, OTHERS, SHARED, own_pets, shared_pets
from recommendations.models import Dismissal, Impression, PetShelf

_KEPT_FOR = timedelta(days=395)


def _seen_by(person: Person) -> Rows:
    """Suggestions that the person saw, and those to pets that nobody else looks after."""
    of_pets = Impression.objects.filter(pet__in=own_pets(person))
    return (Impression.objects.filter(person=person) | of_pets).distinct()


def _seen_of_shared_pets(person: Person) -> Rows:
    others = Impression.objects.filter(pet__in=shared_pets(person))
    return others.exclude(person=person)


def _forget_impressions(before: datetime) -> int:
    return retention.delete_in_chunks(Impression.objects.filter(seen_at__lt=before))


_IMPRESSION = (
    *("pet__name", "product__slug", "shelf", "reason", "position"),
    *("seen_at", "opened_at", "bought_at"),
)
privacy.register(
    PersonalData(
        model=PetShelf,
        person="pet__guardians__person",
        scope=lambda person: PetShelf.objects.filter(pet__in=own_pets(person)),
        fate=Fate.DELETE,
        reason=ALONE,
        article=ERASED,
        exported=("pet__name", "again", "fresh", "computed_at"),
    ),
    PersonalData(
        model=PetShelf,
        person="pet__guardians__person",
        scope=lambda person: PetShelf.objects.filter(pet__in=shared_pets(person)),
        fate=Fate.KEEP,
        reason=SHARED,
        article=OTHERS,
        exported=("pet__name", "again", "fresh", "computed_at"),
    ),
    PersonalData(
        model=Dismissal,
        person="pet__guardians__person",
        scope=lambda person: Dismissal.objects.filter(pet__in=own_pets(person)),
        fate=Fate.DELETE,
        reason=ALONE,
        article=ERASED,
        exported=("pet__name", "product__slug", "at"),
    ),
    PersonalData(
        model=Dismissal,
        person="pet__guardians__person",
        scope=lambda person: Dismissal.objects.filter(pet__in=shared_pets(person)),
        fate=Fate.KEEP,
        reason=SHARED,
        article=OTHERS,
        exported=("pet__name", "product__slug", "at"),
    ),
    PersonalData(
        model=Dismissal,
        person="by",
        scope=lambda person: Dismissal.objects.filter(by=person).exclude(pet__in=own_pets(person)),
        fate=Fate.PSEUDONYMISE,
        reason=_("What you turned down for pets that stay, without your name."),
        article=OTHERS,
        erase=lambda rows: rows.update(by=None),
    ),
    PersonalData(
        model=Impression,
        person="person",
        scope=_seen_by,
        fate=Fate.DELETE,
        reason=_("Which suggestions you saw, and what became of them."),
        article=ERASED,
        exported=_IMPRESSION,
    ),
    PersonalData(
        model=Impression,
        person="pet__guardians__person",
        scope=_seen_of_shared_pets,
        fate=Fate.KEEP,
        reason=SHARED,
        article=OTHERS,
    ),
)
retention.register(
    retention.Rule(
        "impressions",
        _("Suggestions that were seen, and what became of them"),
        _KEPT_FOR,
        "GDPR art. 5(1)(e)",
        _forget_impressions,
    )
)
