"""Suggestions that are about no pet: what goes together, what is popular; for guests too."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from catalog import listing, regulation
from catalog.listing import CardBody, Reading
from catalog.suitability import SUITED_STAGES
from catalog.vocabulary import Availability, RegulatoryClass
from kernel.animals import LifeStage, Species
from recommendations.models import GroupShelf, Together
from recommendations.serving import Pack, Shown
from recommendations.tokens import Suggested
from recommendations.vocabulary import ReasonKind, Shelf
from recommendations.wording import Reason

#: So many candidates are looked at for a shelf.
_LOOKED_AT: Final = 48

#: Classes that need nothing known of the animal but its species: no diet, nothing against pests.
_FOR_ALL: Final = frozenset(
    {
        RegulatoryClass.FOOD,
        RegulatoryClass.TREAT,
        RegulatoryClass.CARE,
        RegulatoryClass.ACCESSORY,
    }
)

type Likely = list[tuple[int, float]]


@lru_cache(maxsize=2)
def _together(version: int) -> dict[int, Likely]:
    """All of a version, which never changes: read once by each process."""
    rows = Together.objects.filter(version=version).values_list("product_id", "others")
    return {key: [(int(other), float(like)) for other, like in others] for key, others in rows}


def bought_together(
    products: Sequence[CardBody],
    version: int,
    reading: Reading,
    *,
    shelf: Shelf,
    first: int,
    with_detail: bool = False,
) -> list[Shown]:
    """What pets that have these products have too, the likest to all of them first.

    Never one of them, nor what only a pet's own file could allow.
    """
    own = {card.key: card for card in products}
    sums: dict[int, float] = defaultdict(float)
    nearest: dict[int, tuple[float, int]] = {}
    for key in own:
        for other, like in _together(version).get(key, ()):
            sums[other] += like
            nearest[other] = max(nearest.get(other, (0.0, 0)), (like, key))
    ranked = sorted((-total, other) for other, total in sums.items() if other not in own)
    species = {each for card in products for each in card.brief["species"]}
    found: list[Shown] = []
    keys = [key for _total, key in ranked]
    for card, pack in _open_to_all(keys, reading, species=species, with_detail=with_detail):
        behind = nearest[card.key][1]
        names = (own[behind].brief["name"],)
        reason = Reason(kind=ReasonKind.TOGETHER, because=(behind,), names=names)
        found.append(_shown(card, pack, reason, shelf, len(found), version))
        if len(found) == first:
            break
    return found


def popular_with(
    version: int,
    reading: Reading,
    *,
    species: Species,
    life_stage: LifeStage | None,
    first: int,
    with_detail: bool = False,
) -> list[Shown]:
    """What is popular with a kind of pets, for whoever asks."""
    names = [species.value, *([f"{species}/{life_stage}"] if life_stage else [])]
    groups = GroupShelf.objects.filter(version=version, name__in=names)
    row = max(groups, key=lambda each: len(each.name), default=None)
    if row is None:
        return []
    found: list[Shown] = []
    reason = Reason(kind=ReasonKind.POPULAR, group=tuple(row.name.split("/")))
    for card, pack in _open_to_all(
        row.products, reading, species={species}, with_detail=with_detail
    ):
        stage = card.brief["life_stage"]
        if stage and (life_stage is None or life_stage not in SUITED_STAGES[LifeStage(stage)]):
            continue
        found.append(_shown(card, pack, reason, Shelf.POPULAR, len(found), version))
        if len(found) == first:
            break
    return found


def _open_to_all(
    keys: Sequence[int], reading: Reading, *, species: Iterable[str], with_detail: bool
) -> Iterable[tuple[CardBody, Pack]]:
    """Products for these species that may be suggested to anybody, with a pack that is left."""
    wanted = set(species)
    for card in listing.cards_for(keys[:_LOOKED_AT], reading, with_detail=with_detail):
        if wanted.isdisjoint(card.brief["species"]):
            continue
        packs = [pack for pack in card.brief["variants"] if _is_open(pack)]
        if packs:
            yield card, packs[0]


def _is_open(pack: Pack) -> bool:
    rule = regulation.rule_for(pack["class"])
    for_all = pack["weight_min"] is None and pack["weight_max"] is None
    is_there = pack["availability"] != Availability.OUT
    return (
        pack["class"] in _FOR_ALL and rule.sold_online and rule.suggested and for_all and is_there
    )


def _shown(
    card: CardBody, pack: Pack, reason: Reason, shelf: Shelf, position: int, version: int
) -> Shown:
    suggested = Suggested(
        shelf=shelf, reason=reason.kind, position=position, version=version, product=card.key
    )
    return Shown(card, pack, reason, suggested)
