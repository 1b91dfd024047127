"""What a household orders: food when the last is nearly eaten, pests in season, and on a whim."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from recommendations.simulation.households import Animal, Owner, Params
from recommendations.simulation.shelves import Catalogue, Pack, Sold

#: kcal a day x W^0.75 or W^0.67 of a usual adult. Source: docs/algorithms/ration.md.
_NEEDS: Final = {"dog": (110, 0.75), "cat": (75, 0.67), "rabbit": (100, 0.75)}
_WET_SHARE: Final = {"dog": 0.15, "cat": 0.3}
_USUAL_DAYS: Final = 35
_MOST_PACKS: Final = 5
_EATS_UNLIKE: Final = 0.15
_PROTECTED_DAYS: Final = {"pipette": 100, "collar": 210, "spray": 60}
_ADD_ONS: Final = {
    "treat": ("treat",),
    "care": ("care",),
    "accessory": ("accessory", "tool"),
    "litter": ("litter",),
    "supplement": ("supplement",),
}
_WHIMS: Final = ("accessory", "care", "treat", "supplement")


@dataclass(frozen=True, slots=True)
class Bought:
    """Packs for an animal of the household, and why."""

    day: date
    animal: int
    pack: Pack
    packs: int
    reason: str


def orders_of(
    owner: Owner,
    catalogue: Catalogue,
    params: Params,
    random: np.random.Generator,
    *,
    begins: date,
    ends: date,
) -> list[tuple[date, list[Bought]]]:
    """What an owner orders between two days, by day; what is due on one day comes together."""
    start, stop = max(begins, owner.joined), min(ends, owner.leaves)
    days: dict[date, list[Bought]] = defaultdict(list)
    for number, animal in enumerate(owner.animals):
        shopper = _Shopper(number, animal, catalogue, params, random)
        for each in (*shopper.meals(start, stop), *shopper.against_pests(start, stop)):
            days[each.day].append(each)
    for each in _whims(owner, catalogue, params, random, start=start, stop=stop):
        days[each.day].append(each)
    for day in sorted(days):
        days[day] += _added(days[day], owner, catalogue, params, random)
    return [(day, days[day]) for day in sorted(days)]


class _Shopper:
    """Buys for one animal."""

    def __init__(
        self,
        number: int,
        animal: Animal,
        catalogue: Catalogue,
        params: Params,
        random: np.random.Generator,
    ) -> None:
        self.number = number
        self.animal = animal
        self.catalogue = catalogue
        self.params = params
        self.random = random
        self.appetite = float(np.exp(random.normal(0, _EATS_UNLIKE)))
        self.likes_wet = random.random() < _WET_SHARE.get(animal.species, 0)

    def meals(self, start: date, stop: date) -> Iterator[Bought]:
        """Food, again a few days before it is eaten; now and then bought elsewhere or changed."""
        animal, random, params = self.animal, self.random, self.params
        chance = params["p_food_base"].get(animal.species, 0.2)
        chances = (random.random(), random.random())
        day = start + timedelta(days=int(random.integers(0, _USUAL_DAYS)))
        food: Sold | None = None
        known = ("", "")
        while day < stop:
            is_ill = animal.ill_from is not None and day >= animal.ill_from
            buys = chances[1] < params["p_food_if_condition"] if is_ill else chances[0] < chance
            if not animal.lives(day) or not buys:
                day += timedelta(days=_USUAL_DAYS)
                continue
            now = (animal.stage(day), animal.condition if is_ill else "")
            if food is None or now != known or random.random() < params["switch_per_purchase"]:
                food, known = self._food(*now), now
            if food is None:
                return
            pack, count, lasts = self._packs(food)
            yield Bought(day, self.number, pack, count, "refill")
            if random.random() < params["lapse_per_refill"]:
                lasts *= 2
            gap = lasts - params["buffer_days"] + float(random.normal(0, 3))
            day += timedelta(days=max(5, round(gap)))

    def _food(self, stage: str, condition: str) -> Sold | None:
        foods = self.catalogue.foods(
            self.animal.species, stage=stage, size=self.animal.size_class, condition=condition
        )
        wanted = [each for each in foods if (each.form == "wet") == self.likes_wet] or foods
        return wanted[_fallen(len(wanted), self.random)] if wanted else None

    def _packs(self, food: Sold) -> tuple[Pack, int, float]:
        """The pack that lasts about five weeks, and how many of it; days that they last."""
        factor, power = _NEEDS[self.animal.species]
        kcal = factor * self.animal.weight_kg**power * self.appetite
        grams = kcal / max(0.5, food.kcal_g or 1.0)
        wanted = grams * _USUAL_DAYS
        pack = min(food.packs, key=lambda each: (abs(each.content - wanted), each.variant_id))
        count = int(np.clip(round(wanted / pack.content), 1, _MOST_PACKS))
        return pack, count, pack.content * count / grams

    def against_pests(self, start: date, stop: date) -> Iterator[Bought]:
        """Against fleas and ticks, more in their season, and not while the last one works."""
        animal, random, params = self.animal, self.random, self.params
        forms = ("pipette", "collar", "spray")
        shelf = [each for form in forms for each in self.catalogue.by_form[animal.species, form]]
        if not shelf or random.random() >= params["p_antiparasitic"].get(animal.species, 0):
            return
        usual = shelf[_fallen(len(shelf), random)]
        seasons = params["seasonality_antiparasitic"]
        most = params["antiparasitic_daily_base"] * max(seasons)
        day = start
        while day < stop:
            day += timedelta(days=max(1, round(float(random.exponential(1 / most)))))
            # As many are drawn as in the height of the season; the others' share is thinned out.
            is_due = random.random() < seasons[day.month - 1] / max(seasons)
            if day < stop and is_due and animal.lives(day):
                pack = usual.packs[int(random.integers(0, len(usual.packs)))]
                yield Bought(day, self.number, pack, 1, "antiparasitic")
                day += timedelta(days=_PROTECTED_DAYS[usual.form])


def _fallen(count: int, random: np.random.Generator) -> int:
    """A place in a list whose first places are taken far more often: favourites there are."""
    shares = 1 / np.arange(1, count + 1)
    return int(random.choice(count, p=shares / shares.sum()))


def _whims(
    owner: Owner,
    catalogue: Catalogue,
    params: Params,
    random: np.random.Generator,
    *,
    start: date,
    stop: date,
) -> Iterator[Bought]:
    day = start
    while True:
        day += timedelta(days=max(1, round(float(random.exponential(1 / params["impulse_daily"])))))
        if day >= stop:
            return
        found = _anything(owner, catalogue, _WHIMS, day, random)
        if found is not None:
            yield Bought(day, *found, 1, "impulse")


def _added(
    bought: Sequence[Bought],
    owner: Owner,
    catalogue: Catalogue,
    params: Params,
    random: np.random.Generator,
) -> list[Bought]:
    """What goes into the parcel beside."""
    found = []
    for name, chance in params["addons"].items():
        if random.random() < chance:
            picked = _anything(owner, catalogue, _ADD_ONS[name], bought[0].day, random)
            if picked is not None:
                found.append(Bought(bought[0].day, *picked, 1, "addon"))
    return found


def _anything(
    owner: Owner,
    catalogue: Catalogue,
    forms: Sequence[str],
    day: date,
    random: np.random.Generator,
) -> tuple[int, Pack] | None:
    """A pack of one of the forms for an animal that lives."""
    living = [n for n, animal in enumerate(owner.animals) if animal.lives(day)]
    if not living:
        return None
    number = living[int(random.integers(0, len(living)))]
    species = owner.animals[number].species
    shelf = [each for form in forms for each in catalogue.by_form[species, form]]
    if not shelf:
        return None
    product = shelf[_fallen(len(shelf), random)]
    return number, product.packs[int(random.integers(0, len(product.packs)))]
