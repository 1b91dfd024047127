"""What the catalogue keeps of people and pets: what pets eat, and who of the staff changed what."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import privacy, retention
from accounts.models import Person
from accounts.privacy import PersonalData
from accounts.vocabulary import Fate, Origin
from catalog import reviews_moderation
from catalog.models import (
    DietLine,
    ImportProblem,
    ImportRun,
    PriceChange,
    Reduction,
    Review,
    ReviewInvitation,
    ReviewReport,
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


_LIMITATION: Final = "GDPR art. 5(1)(e)"
_YEAR: Final = timedelta(days=365)
REVIEWS_KEPT: Final = 5 * _YEAR


def _forget_invitations(before: datetime) -> int:
    return retention.delete_in_chunks(ReviewInvitation.objects.filter(expires_at__lt=before))


def _forget_contacts(before: datetime) -> int:
    """The author of a guest's review was told what became of it: their address is not needed."""
    return Review.objects.filter(moderated_at__lt=before).exclude(email="").update(email="")


def _forget_reviews(before: datetime) -> int:
    return reviews_moderation.forget_written_before(before, at=before + REVIEWS_KEPT)


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
    PersonalData(
        model=ReviewInvitation,
        person="person",
        fate=Fate.DELETE,
        reason=_("Invitations to say what you think of what you bought."),
        article=ERASED,
        exported=("product__slug", "email", "experienced_on", "created_at", "asked_at"),
    ),
    PersonalData(
        model=Review,
        person="author",
        fate=Fate.PSEUDONYMISE,
        reason=_("What you wrote of products stays for those who choose, without your name."),
        article=OTHERS,
        exported=(
            *("product__slug", "rating", "text", "signature", "species", "age_months"),
            *("experienced_on", "written_at", "state", "refusal_reason", "answer"),
        ),
        dated_by="written_at",
        erase=lambda rows: rows.update(author=None, email="", signature=""),
    ),
    *(
        PersonalData(
            model=Review,
            person=path,
            fate=Fate.KEEP,
            reason=_("What you decided or answered as a colleague, of reviews of others."),
            article=AUTHORED,
        )
        for path in ("moderated_by", "answered_by")
    ),
    PersonalData(
        model=ReviewReport,
        person="reporter",
        fate=Fate.PSEUDONYMISE,
        reason=_("What you held against a review, without your name."),
        article=OTHERS,
        exported=("reason", "text", "reported_at"),
        erase=lambda rows: rows.update(reporter=None),
    ),
)
retention.register(
    retention.Rule(
        "review-invitations",
        _("Invitations to review, after they ended"),
        retention.MONTH,
        _LIMITATION,
        _forget_invitations,
    ),
    retention.Rule(
        "review-contacts",
        _("The address beside a review, once it was decided on"),
        _YEAR,
        _LIMITATION,
        _forget_contacts,
    ),
    retention.Rule(
        "reviews",
        _("Reviews of products"),
        REVIEWS_KEPT,
        _LIMITATION,
        _forget_reviews,
    ),
)
