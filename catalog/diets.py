"""What pets eat: the diet in force from a day on, and the ones before it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from accounts import audit, written
from accounts.models import Person
from accounts.vocabulary import Origin
from catalog.models import DietLine, Product
from kernel.refusals import Invalid, LimitReached
from pets.models import Pet
from pets.records import check_day, locked, refuse_closed

MOST_LINES: Final = 10
_LONGEST_TEXT: Final = 120
_MOST_GRAMS: Final = 10_000
_WHOLE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Eaten:
    """One food of a diet: a product of the shop, or what the owner calls it."""

    product: Product | None = None
    food_text: str = ""
    grams_per_day: int | None = None
    share_percent: int | None = None


def set_diet(
    *,
    pet: Pet,
    lines: Sequence[Eaten],
    on: date,
    by: Person | None,
    origin: Origin,
    at: datetime,
) -> list[DietLine]:
    """Say what a pet eats from a day on; what it ate before ends that day, and no line is lost.

    Lines that began later than `on` never come into force. No lines mean that nothing is known.

    Raises:
        NoLongerServed: the pet is deceased or archived.
        LimitReached: more than ten foods.
        Invalid: a day to come or before birth; a line that names no food, or two; grams or shares
            out of bounds, or shares that add up to more than the whole.
    """
    checked = _checked(lines)
    with transaction.atomic():
        # Two phones setting a diet at once write one after the other.
        pet = locked(pet)
        refuse_closed(pet)
        check_day(on, pet=pet, path=["input", "since"], at=at)
        standing = DietLine.objects.filter(_open_after(on), pet=pet)
        before = [_brief(line) for line in standing.select_related("product").order_by("pk")]
        standing.update(until=Greatest(F("since"), on))
        fresh = DietLine.objects.bulk_create(
            DietLine(
                pet=pet,
                product=line.product,
                food_text=line.food_text,
                grams_per_day=line.grams_per_day,
                share_percent=line.share_percent,
                since=on,
                origin=origin,
                author=by,
                recorded_at=at,
            )
            for line in checked
        )
        changes = {"diet": [before, [_brief(line) for line in fresh]], "since": [None, str(on)]}
        audit.record(action="pet.diet", subject=pet, by=by, at=at, changes=changes)
    return fresh


def diet_of(pets: Iterable[Pet], *, on: date) -> dict[int, list[DietLine]]:
    """What each pet eats on a day, by its key, in one statement; in the order of the lines."""
    found: dict[int, list[DietLine]] = defaultdict(list)
    keys = [pet.pk for pet in pets]
    lines = DietLine.objects.filter(_open_after(on), pet__in=keys, since__lte=on)
    for line in lines.select_related("product").order_by("pk"):
        found[line.pet_id].append(line)
    return found


def _open_after(day: date) -> Q:
    """Lines that have not ended by a day; one that ends that day is over."""
    return Q(until__isnull=True) | Q(until__gt=day)


def _checked(lines: Sequence[Eaten]) -> list[Eaten]:
    if len(lines) > MOST_LINES:
        raise LimitReached(path=["input", "lines"], most=MOST_LINES)
    checked = [_checked_line(line, number) for number, line in enumerate(lines)]
    total = sum(line.share_percent or 0 for line in checked)
    if total > _WHOLE:
        raise _invalid(["input", "lines"], f"{total} %", _("shares that add up to at most 100 %"))
    products = [line.product.pk for line in checked if line.product is not None]
    if len(products) > len(set(products)):
        raise _invalid(["input", "lines"], "", _("each product once"))
    return checked


def _checked_line(line: Eaten, number: int) -> Eaten:
    path = ["input", "lines", str(number)]
    text = written.line(
        line.food_text,
        path=[*path, "foodText"],
        expected=_("a food in 1 to 120 characters"),
        most=_LONGEST_TEXT,
    )
    if (line.product is None) == (not text):
        raise _invalid(path, text, _("a product or a food in words, and one of the two"))
    if line.grams_per_day is not None and not 1 <= line.grams_per_day <= _MOST_GRAMS:
        expected = _("1 to 10,000 g a day")
        raise _invalid([*path, "gramsPerDay"], f"{line.grams_per_day} g", expected)
    if line.share_percent is not None and not 1 <= line.share_percent <= _WHOLE:
        raise _invalid([*path, "sharePercent"], f"{line.share_percent} %", _("1 to 100 %"))
    return Eaten(
        product=line.product,
        food_text=text,
        grams_per_day=line.grams_per_day,
        share_percent=line.share_percent,
    )


def _invalid(path: list[str], value: str, expected: object) -> Invalid:
    return Invalid(path=path, value=value, expected=str(expected))


def _brief(line: DietLine) -> dict[str, object]:
    return {
        "food": line.food_text or (line.product.slug if line.product else ""),
        "grams": line.grams_per_day,
        "share": line.share_percent,
    }
