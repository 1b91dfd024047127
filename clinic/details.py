"""The clinic's details, read and changed."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db import transaction

from clinic import revision
from clinic.models import Clinic, Closure, Heartbeat, LegalText, OpeningHours, Place
from clinic.revision import Revision
from clinic.vocabulary import SellerRegime

PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class PublicDetails:
    """All that visitors may know of the clinic, as of one revision."""

    clinic: Clinic
    places: tuple[Place, ...]
    hours: tuple[OpeningHours, ...]
    closures: tuple[Closure, ...]
    legal_texts: tuple[LegalText, ...]

    @property
    def reductions_allowed(self) -> bool:
        return self.clinic.seller_regime == SellerRegime.TRADING_COMPANY


@lru_cache(maxsize=2)
def public_details(as_of: Revision) -> PublicDetails:
    """The clinic as the public sees it; kept in memory until the revision moves."""
    clinic = Clinic.objects.first() or Clinic(name="", legal_name="", email="", phone="")
    places = tuple(Place.objects.filter(is_active=True)[:50])
    return PublicDetails(
        clinic=clinic,
        places=places,
        hours=tuple(OpeningHours.objects.filter(place__in=places)),
        closures=tuple(Closure.objects.filter(place__in=places)),
        legal_texts=tuple(LegalText.objects.all()),
    )


def save_details(row: Clinic | Place | OpeningHours | Closure) -> None:
    """Keep a changed detail of the clinic, and let the public see it."""
    with transaction.atomic():
        row.save()
        revision.bump()


def remove_detail(row: Place | OpeningHours | Closure) -> None:
    with transaction.atomic():
        row.delete()
        revision.bump()


def legal_texts_in_force(details: PublicDetails, *, at: datetime) -> list[LegalText]:
    """The newest version in force of each kind and language."""
    newest: dict[tuple[str, str], LegalText] = {}
    for text in sorted(details.legal_texts, key=lambda each: each.version):
        if text.effective_from <= at:
            newest[text.kind, text.language] = text
    return list(newest.values())


def is_open(details: PublicDetails, place: Place, *, at: datetime) -> bool:
    """Whether a place receives people at a moment, closures counted."""
    local = at.astimezone(PARIS)
    day, clock = local.date(), local.time()
    closed = any(
        closure.place_id == place.pk and closure.first_day <= day <= closure.last_day
        for closure in details.closures
    )
    return not closed and any(
        hours.place_id == place.pk
        and hours.weekday == day.isoweekday()
        and hours.opens <= clock < hours.closes
        for hours in details.hours
    )


def next_turn(details: PublicDetails, *, at: datetime) -> datetime:
    """When a place next opens or closes, a day begins or a legal text comes into force."""
    today = at.astimezone(PARIS).date()
    midnight = datetime.combine(today + timedelta(days=1), time.min, PARIS)
    clocks = {clock for each in details.hours for clock in (each.opens, each.closes)}
    turns = [datetime.combine(today, clock, PARIS) for clock in clocks]
    turns += [text.effective_from for text in details.legal_texts]
    return min(turn for turn in [*turns, midnight] if turn > at)


def publish_legal_text(
    *, kind: str, language: str, title: str, body: str, effective_from: datetime
) -> LegalText:
    """Add the next version of a legal text; versions already there are never changed."""
    with transaction.atomic():
        known = LegalText.objects.filter(kind=kind, language=language)
        last = known.select_for_update().order_by("-version").first()
        text = LegalText.objects.create(
            kind=kind,
            language=language,
            version=last.version + 1 if last else 1,
            title=title,
            body=body,
            effective_from=effective_from,
        )
        revision.bump()
    return text


def note_heartbeat(*, at: datetime) -> None:
    """Say that a worker is alive."""
    Heartbeat.objects.update_or_create(id=1, defaults={"beat_at": at})
