"""What the page of a pet shows: who it is, its health, its weight, its history."""

from datetime import date
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from accounts.admin import labels as staff_labels
from accounts.admin.acting import has_duty
from accounts.admin.client_page import trail_of
from accounts.roles import Duty
from kernel.animals import Species
from pets import health
from pets.admin import labels
from pets.admin.timeline import Told, timeline_of, told
from pets.admin.weight_chart import chart_of
from pets.facts import facts_of
from pets.feeding import daily_energy
from pets.health import PetFacts
from pets.models import HistoryEntry, Pet
from pets.vocabulary import Activity, Breeding, HistoryKind, IdentificationKind, Sex

_MOST_WEIGHINGS = 500


def shown_of(request: HttpRequest, pet: Pet, *, on: date) -> dict[str, Any]:
    facts = facts_of([pet], on=on)[pet.pk]
    duties = frozenset(duty for duty in Duty if has_duty(request, duty))
    before = request.GET.get("before", "")
    weighings = _weighings(pet)
    return {
        "animal": labels.kind_of_animal(pet),
        "age": labels.age(pet, on=on),
        "photo": default_storage.url(pet.photo_renditions[0][1]) if pet.photo_renditions else "",
        "facts": _who(pet, facts),
        "body": _body(facts),
        "guardians": [
            (str(each.person), reverse("admin:accounts_person_change", args=[each.person_id]))
            for each in pet.guardians.select_related("person")
        ],
        "health": _health(pet, duties, on=on),
        "chart": chart_of(weighings, _ideal(facts)),
        "loss": _loss(pet, weighings),
        "timeline": timeline_of(pet, before=before, duties=duties),
        "before": before,
        "trail": trail_of(pet),
    }


def _who(pet: Pet, facts: PetFacts) -> list[tuple[str, str]]:
    """What the file says of the animal itself, line by line; what is not known is left out."""
    neutered = {True: gettext("yes"), False: gettext("no"), None: ""}[pet.is_neutered]
    born = staff_labels.day(pet.born_on) if pet.born_on else ""
    estimated = gettext("(estimate)") if pet.is_birth_estimated and born else ""
    stage = health.life_stage_of(facts)
    lines = [
        (gettext("Sex"), labels.word(Sex(pet.sex)) if pet.sex else ""),
        (gettext("Neutered"), neutered),
        (gettext("Born on"), f"{born} {estimated}".strip()),
        (gettext("Died on"), staff_labels.day(pet.died_on) if pet.died_on else ""),
        (gettext("Life stage"), staff_labels.animal(stage) if stage else ""),
        (gettext("Activity"), labels.word(Activity(pet.activity)) if pet.activity else ""),
        (
            gettext("Carries or nurses young"),
            "" if pet.breeding == Breeding.NONE else labels.word(Breeding(pet.breeding)),
        ),
    ]
    lines += [
        (labels.word(IdentificationKind(each.kind)).capitalize(), each.value)
        for each in pet.identifications.order_by("kind")
    ]
    lines += [(each.source, each.reference) for each in pet.references.all()]
    return [(name, text) for name, text in lines if text]


def _body(facts: PetFacts) -> list[tuple[str, str]]:
    """Weight, shape and energy, as they follow from what is known today."""
    ideal = _ideal(facts)
    score = labels.BODY_CONDITIONS[facts.body_condition] if facts.body_condition else ""
    return [
        (gettext("Weight"), labels.kilos(facts.weight_g)),
        (gettext("Body condition"), str(score) or "—"),
        (gettext("Ideal weight"), labels.kilos(ideal)),
        (gettext("Adult weight"), labels.kilos(facts.adult_weight_g)),
        (gettext("Energy"), labels.energy(daily_energy(facts))),
    ]


def _ideal(facts: PetFacts) -> int | None:
    if facts.weight_g is None or facts.body_condition is None:
        return None
    return health.ideal_weight_g(facts.weight_g, facts.body_condition)


def _health(pet: Pet, duties: frozenset[Duty], *, on: date) -> list[Told]:
    """Allergies first, then conditions, that are in force."""
    in_force = Q(happened_on__lte=on) & (Q(ended_on=None) | Q(ended_on__gt=on))
    lasting = (HistoryKind.ALLERGY, HistoryKind.CONDITION)
    rows = HistoryEntry.objects.filter(in_force, pet=pet, kind__in=lasting)
    rows = rows.select_related("author").order_by("kind", "-happened_on", "-pk")
    return [told(each, pet=pet, duties=duties) for each in rows]


def _weighings(pet: Pet) -> list[tuple[date, int]]:
    rows = HistoryEntry.objects.filter(pet=pet, kind=HistoryKind.WEIGHT)
    latest = rows.order_by("-happened_on", "-pk").values_list("happened_on", "weight_g")
    return [(day, grams) for day, grams in reversed(latest[:_MOST_WEIGHINGS]) if grams]


def _loss(pet: Pet, weighings: list[tuple[date, int]]) -> str:
    """A marked loss of weight in a month, for the eyes of staff."""
    percent = health.weight_trend(weighings)
    if percent is None or not health.is_marked_loss(Species(pet.species), percent):
        return ""
    words = gettext("Lost %(percent)d %% of its weight within %(days)d days.")
    return words % {"percent": round(-percent), "days": health.WEIGHT_TREND_DAYS}
