"""What is read of the shelves: filtered once more, as things stand at that moment.

A pet that died, was put aside, or whose guardian wants no suggestions, has no shelf in the very
statement that reads it; nothing has to be cleaned up first.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

from catalog import listing, rations
from catalog.listing import CardBody, Reading
from catalog.product_facts import food_of_card, product_facts_of_card
from catalog.suitability import unsuitable
from catalog.vocabulary import Availability, Form, Path
from clinic.details import PARIS
from kernel.animals import Species
from pets.health import PetFacts
from pets.models import Pet
from pets.reading import PetsRead
from recommendations import histories, runouts
from recommendations.drafting import Place, places
from recommendations.models import GroupShelf, ModelVersion, PetShelf
from recommendations.pet_shelves import households, kind_of
from recommendations.runouts import RunOut
from recommendations.tokens import Suggested
from recommendations.vocabulary import ReasonKind, Shelf, Team
from recommendations.wording import Reason

#: What is on a shelf at most, whatever was asked for.
MOST_SHOWN: Final = 24
_EATEN: Final = frozenset({Form.DRY, Form.WET})
_LATELY: Final = timedelta(days=90)

#: Where no coin was tossed.
_CERTAIN: Final = Place(0, Team.MODEL, is_interleaved=False)

type Pack = Mapping[str, Any]
type Fitting = tuple[CardBody, list[Pack]] | None


@dataclass(frozen=True, slots=True)
class Stored:
    """A pet's shelves as they were computed, and what it must not be shown."""

    version: int
    again: Sequence[Mapping[str, Any]]
    fresh: Sequence[Mapping[str, Any]]
    popular: Sequence[int]
    group: Sequence[str]
    dismissed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Shown:
    """A product on a shelf: its card, the pack to take, why, and what the token will say."""

    card: CardBody
    pack: Pack
    reason: Reason
    suggested: Suggested
    runs_out: RunOut | None = None


@dataclass(frozen=True, slots=True)
class Shelves:
    again: list[Shown] = field(default_factory=list)
    fresh: list[Shown] = field(default_factory=list)


class ShelvesRead:
    """The shelves of pets that are read together: four statements, however many pets."""

    def __init__(self, read: PetsRead, reading: Reading) -> None:
        self.read = read
        self.reading = reading
        self.today = reading.at.astimezone(PARIS).date()

    @cached_property
    def stored(self) -> dict[int, Stored]:
        return stored_shelves(self.read)

    @cached_property
    def species(self) -> Mapping[int, frozenset[Species]]:
        return households(self.read.pets).species

    @cached_property
    def cards(self) -> dict[int, CardBody]:
        keys: set[int] = set()
        for each in self.stored.values():
            keys |= {row["product"] for row in (*each.again, *each.fresh)} | set(each.popular)
        found = listing.cards_for(sorted(keys), self.reading, with_detail=True)
        return {card.key: card for card in found}

    def of(self, pet: Pet) -> Shelves:
        """Both shelves of a pet; empty where nothing may be shown to it."""
        stored = self.stored.get(pet.pk)
        if stored is None or not self.read.facts[pet.pk].is_served:
            return Shelves()
        one = _OnePet(self, pet, stored)
        return Shelves(one.again(), one.fresh())


class _OnePet:
    """Fills the shelves of one pet out of what was read for all."""

    def __init__(self, shelves: ShelvesRead, pet: Pet, stored: Stored) -> None:
        self.shelves = shelves
        self.pet = pet
        self.stored = stored
        self.facts: PetFacts = shelves.read.facts[pet.pk]
        self.judged: dict[int, Fitting] = {}
        self.last = {row["product"]: date.fromisoformat(row["days"][-1]) for row in stored.again}

    def again(self) -> list[Shown]:
        found: list[Shown] = []
        for row in self.stored.again:
            fitting = self._fitting(row["product"])
            if fitting is None:
                continue
            card, packs = fitting
            pack = nearest_pack(card, packs, row["variant"])
            days = [date.fromisoformat(each) for each in row["days"]]
            gap = runouts.usual_gap(runouts.gaps_of(days))
            reason = Reason(
                kind=ReasonKind.REPEAT,
                pet=self.pet.name,
                times=len(days),
                gap_days=None if gap is None else round(gap),
                last=days[-1],
            )
            suggested = self._suggested(Shelf.ORDER_AGAIN, reason, len(found), card.key)
            lasts = how_long(self.facts, card, pack, packs=row["packs"], share=row["share"])
            due = runouts.run_out(days, lasts=lasts)
            found.append(Shown(card, pack, reason, suggested, due))
            if len(found) == MOST_SHOWN:
                break
        return found

    def fresh(self) -> list[Shown]:
        rows = {row["product"]: row for row in self.stored.fresh}
        chosen = places(
            [key for key in rows if self._fitting(key)],
            lambda: [key for key in self.stored.popular if self._fitting(key)],
            seed=(self.pet.pk, self.stored.version, *self.shelves.today.isocalendar()[:2]),
            first=MOST_SHOWN,
        )
        return [self._fresh(place, n, rows.get(place.product)) for n, place in enumerate(chosen)]

    def _fresh(self, place: Place, position: int, row: Mapping[str, Any] | None) -> Shown:
        fitting = self._fitting(place.product)
        if fitting is None:
            raise LookupError("Only what fits was given a place.")
        card, packs = fitting
        reason = self._reason(row)
        suggested = self._suggested(Shelf.NEW, reason, position, card.key, place)
        return Shown(card, nearest_pack(card, packs, None), reason, suggested)

    def _reason(self, row: Mapping[str, Any] | None) -> Reason:
        """Why, by purchases whose products are still on show; of a pick by popularity, that."""
        if row is None or row["kind"] == ReasonKind.POPULAR:
            group = row["group"] if row else self.stored.group
            return Reason(kind=ReasonKind.POPULAR, pet=self.pet.name, group=tuple(group))
        cards = self.shelves.cards
        named = [key for key in row["because"] if key in cards]
        lately = self.shelves.today - _LATELY
        return Reason(
            kind=ReasonKind(row["kind"]),
            pet=self.pet.name,
            because=tuple(row["because"]),
            names=tuple(cards[key].brief["name"] for key in named),
            eats=bool(named)
            and all(
                cards[key].brief["form"] in _EATEN and self.last.get(key, date.min) >= lately
                for key in named
            ),
        )

    def _fitting(self, key: int) -> Fitting:
        """A product that may be shown to the pet now, with the packs that suit it."""
        if key not in self.judged:
            self.judged[key] = self._judge(key)
        return self.judged[key]

    def _judge(self, key: int) -> Fitting:
        card = self.shelves.cards.get(key)
        if card is None or key in self.stored.dismissed:
            return None
        near = self.shelves.species.get(self.pet.pk, frozenset())
        packs = [
            pack
            for pack in card.brief["variants"]
            if pack["availability"] != Availability.OUT
            and not unsuitable(self.facts, near, product_facts_of_card(card, pack), Path.SUGGESTION)
        ]
        return (card, packs) if packs else None

    def _suggested(
        self, shelf: Shelf, reason: Reason, position: int, key: int, place: Place | None = None
    ) -> Suggested:
        facts = (place or _CERTAIN).facts
        return Suggested(
            shelf=shelf,
            reason=reason.kind,
            position=position,
            version=self.stored.version,
            product=key,
            pet=self.pet.pk,
            **facts,
        )


def stored_shelves(read: PetsRead) -> dict[int, Stored]:
    """What the serving version holds for pets that may have suggestions, in one statement; for
    those that it does not know yet, what is popular with their kind, in two more.
    """
    keys = [pet.pk for pet in read.pets]
    rows = PetShelf.objects.filter(version__is_serving=True, pet__in=keys)
    rows = rows.filter(pet__died_on__isnull=True, pet__archived_at__isnull=True)
    objecting = histories.objecting().filter(pet__in=keys)
    rows = rows.exclude(pet__in=objecting).order_by("pk")
    columns = ("pet_id", "version_id", "again", "fresh", "popular", "group")
    shelves: dict[int, tuple[int, Any, Any, Any, Any]] = {}
    dismissed: dict[int, set[int]] = defaultdict(set)
    for pet, *facts, product in rows.values_list(*columns, "pet__dismissals__product_id"):
        version, again, fresh, popular, group = facts
        shelves[pet] = (version, again, fresh, popular, group)
        dismissed[pet] |= {product} if product is not None else set()
    found = {
        pet: Stored(*facts, dismissed=frozenset(dismissed[pet])) for pet, facts in shelves.items()
    }
    unknown = [pet for pet in read.pets if pet.pk not in found and pet.is_served]
    return {**found, **_of_unknown(unknown, read.facts)} if unknown else found


def _of_unknown(pets: Sequence[Pet], facts: Mapping[int, PetFacts]) -> dict[int, Stored]:
    """Pets without a shelf: new ones, or those whose shelf another version has."""
    objecting = histories.objecting().filter(pet__in=pets)
    allowed = Pet.objects.filter(pk__in=[each.pk for each in pets]).exclude(pk__in=objecting)
    dismissed: dict[int, set[int]] = defaultdict(set)
    for key, product in allowed.values_list("pk", "dismissals__product_id"):
        dismissed[key] |= {product} if product is not None else set()
    kinds = {key: kind_of(facts[key]) for key in dismissed}
    names = {"/".join(kind[:n]) for kind in kinds.values() for n in range(len(kind) + 1)}
    groups = GroupShelf.objects.filter(version__is_serving=True, name__in=names)
    known = {row.name: row for row in groups}
    return {
        key: Stored(row.version_id, (), (), row.products, _speaking(row.name), frozenset(barred))
        for key, barred in dismissed.items()
        if (row := _narrowest(kinds[key], known)) is not None
    }


def _narrowest(kind: Sequence[str], known: Mapping[str, GroupShelf]) -> GroupShelf | None:
    names = ["/".join(kind[:n]) for n in range(len(kind), -1, -1)]
    return next((known[name] for name in names if name in known), None)


def _speaking(name: str) -> list[str]:
    return name.split("/") if name else []


def nearest_pack(card: CardBody, packs: Sequence[Pack], usual: int | None) -> Pack:
    """The usual pack where it is among them; else the one nearest to it in content, ties to the
    smaller; without a usual one the first of the product.
    """
    contents = {pack["id"]: pack["content"] for pack in card.brief["variants"]}
    if usual not in contents:
        return packs[0]
    wanted = contents[usual]
    return min(packs, key=lambda pack: (abs(pack["content"] - wanted), pack["content"]))


def how_long(
    facts: PetFacts, card: CardBody, pack: Pack, *, packs: int, share: float
) -> rations.Span | None:
    """How many days a pet's part of so many packs feeds it; None where no ration tells."""
    if pack["unit"] != "g":
        return None
    grams = rations.grams_per_day(facts, food_of_card(card))
    if not isinstance(grams, rations.Ration):
        return None
    return rations.lasts_days(max(1, round(pack["content"] * packs * share)), grams.grams)


def serving_version() -> int | None:
    """The key of the version that serves."""
    serving = ModelVersion.objects.filter(is_serving=True).values_list("pk", flat=True)
    return serving.first()
