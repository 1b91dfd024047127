"""A new model: trained, judged, put in place of the last one only if it is no worse.

A version is a file of arrays and the shelves of every pet. What serves is the version that is
marked; marking another is one transaction, so nobody ever reads half a model.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import batched
from typing import Final

import numpy as np
from django.db import transaction

from catalog.models import Product
from catalog.suitability import unsuitable
from catalog.vocabulary import Path, ProductStatus
from clinic.details import PARIS
from pets.facts import facts_of
from pets.models import Pet
from recommendations import artefacts, evaluation, histories, neighbours, pet_shelves, popularity
from recommendations.blend import BlendOptions, weight_after
from recommendations.evaluation import Baskets, ShelfKind
from recommendations.known import Known
from recommendations.metrics import quality
from recommendations.models import GroupShelf, ModelVersion, PetShelf, Together
from recommendations.neighbours import Matrix
from recommendations.pet_shelves import Packs, bench_for, kind_of, shelf_of
from recommendations.popularity import Kind
from recommendations.splits import held_out

KEPT_VERSIONS: Final = 3
#: A model whose quality is lower by more than this share stays out.
WORST_FALL: Final = 0.02
_CHUNK: Final = 500
_AS_MEASURED: Final = BlendOptions()
_MOST_TOGETHER: Final = 24

#: (product, other product, likeness), by keys.
type Likely = Iterable[tuple[int, int, float]]
type Progress = Callable[[Iterable[int]], Iterable[int]]


class NothingToLearn(ValueError):
    """There are no purchases of pets that the shop may learn from."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What a model is trained on: pets with their kinds, and the days of what they were bought."""

    pets: list[int]
    kinds: list[Kind]
    products: list[int]
    types: list[int]
    rows: list[int]
    columns: list[int]
    shares: list[float]
    moments: list[datetime]


def train(
    *,
    at: datetime,
    options: BlendOptions = _AS_MEASURED,
    progress: Progress = iter,
    likely: Likely | None = None,
) -> ModelVersion:
    """Train a version, judge it, and serve by it if it passes; `refused_because` tells if not.

    `likely` are neighbours that another engine has found: then none are looked for here.

    Raises:
        NothingToLearn: nobody has bought anything for a pet yet.
    """
    learned = learn(at=at)
    if not learned.rows:
        raise NothingToLearn("No order has been paid for a pet yet.")
    model = _fitted(learned, options, likely, at=at)
    version = _write(model, learned, options, at=at)
    wrong = _fill(version, model, progress, at=at)
    _judge(version, wrong)
    return ModelVersion.objects.get(pk=version.pk)


def learn(*, at: datetime) -> Learned:
    """Everything that the shop may learn from, until a moment."""
    numbers: dict[int, int] = {}
    rows, columns, shares, moments = [], [], [], []
    facts = list(_products())
    known = {key: column for column, (key, _type) in enumerate(facts)}
    for each in histories.purchases(before=at):
        if each.product_id in known:
            rows.append(numbers.setdefault(each.pet_id, len(numbers)))
            columns.append(known[each.product_id])
            shares.append(each.share)
            moments.append(each.at)
    pets = list(numbers)
    kinds = {
        pet: kind for part in batched(pets, _CHUNK, strict=False) for pet, kind in _kinds(part, at)
    }
    words = sorted({word for _key, word in facts})
    types = [words.index(word) for _key, word in facts]
    return Learned(
        pets=pets,
        kinds=[kinds[pet] for pet in pets],
        products=[key for key, _word in facts],
        types=types,
        rows=rows,
        columns=columns,
        shares=shares,
        moments=moments,
    )


def _products() -> Iterator[tuple[int, str]]:
    """Products on show by their keys, each with its type in words."""
    shown = Product.objects.filter(status=ProductStatus.PUBLISHED).order_by("pk")
    names = ("pk", "species", "form", "life_stage", "size_class", "conditions")
    for key, *words in shown.values_list(*names):
        yield key, json.dumps([sorted(each) if isinstance(each, list) else each for each in words])


def _kinds(keys: Sequence[int], at: datetime) -> Iterator[tuple[int, Kind]]:
    pets = list(Pet.objects.filter(pk__in=keys).select_related("breed"))
    for key, facts in facts_of(pets, on=at.astimezone(PARIS).date()).items():
        yield key, kind_of(facts)


def _fitted(
    learned: Learned, options: BlendOptions, likely: Likely | None, *, at: datetime
) -> Known:
    shape = (len(learned.pets), len(learned.products))
    ages = [(at - each).total_seconds() / 86_400 for each in learned.moments]
    decayed = [
        share * weight_after(age, options) for share, age in zip(learned.shares, ages, strict=True)
    ]
    weights = neighbours.gathered(learned.rows, learned.columns, decayed, shape)
    bought = neighbours.gathered(learned.rows, learned.columns, learned.shares, shape)
    names, groups, parents = popularity.grouped(learned.kinds)
    count = len(learned.types)
    types = neighbours.gathered(
        range(count), learned.types, [1.0] * count, (count, max(learned.types) + 1)
    )
    return Known(
        products=learned.products,
        like=neighbours.likeness(weights, options.neighbours)
        if likely is None
        else _given(likely, learned.products),
        types=types,
        names=names,
        popular=popularity.popularity(bought, groups, parents),
        options=options,
    )


def _given(likely: Likely, products: Sequence[int]) -> Matrix:
    """Neighbours by keys as a matrix; of products that are gone, or not alike, nothing."""
    numbers = {key: column for column, key in enumerate(products)}
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for product, other, like in likely:
        if product in numbers and other in numbers and product != other and like > 0:
            rows.append(numbers[product])
            columns.append(numbers[other])
            values.append(like)
    return neighbours.gathered(rows, columns, values, (len(products), len(products)))


def baskets_of(learned: Learned, *, at: datetime) -> Baskets:
    """Days of purchases as baskets, for the judges."""
    by_pet: dict[int, dict[datetime, list[int]]] = defaultdict(lambda: defaultdict(list))
    for pet, column, moment in zip(learned.rows, learned.columns, learned.moments, strict=True):
        by_pet[pet][moment].append(column)
    order = sorted(by_pet)
    days = [sorted(by_pet[pet]) for pet in order]
    return Baskets(
        people=[str(learned.pets[pet]) for pet in order],
        products=[str(key) for key in learned.products],
        histories=[
            [by_pet[pet][day] for day in mine] for pet, mine in zip(order, days, strict=True)
        ],
        ages=[[(at - day).total_seconds() / 86_400 for day in mine] for mine in days],
        types=learned.types,
        kinds=[learned.kinds[pet] for pet in order],
    )


def quality_of(learned: Learned, options: BlendOptions, *, at: datetime) -> float | None:
    """NDCG@10 on each pet's last basket, learned without it; None where nobody has two."""
    split = held_out(baskets_of(learned, at=at))
    if not split.wanted:
        return None
    lists = evaluation.blended(split.known, options, ShelfKind.MIXED, first=10)
    return quality(lists, split.wanted).means[1]


def _write(model: Known, learned: Learned, options: BlendOptions, *, at: datetime) -> ModelVersion:
    name, sha256 = artefacts.keep(model, at.strftime("%Y%m%dT%H%M%S"))
    return ModelVersion.objects.create(
        trained_at=at,
        pets=len(learned.pets),
        products=len(learned.products),
        purchases=len(learned.rows),
        ndcg=quality_of(learned, options, at=at),
        options=asdict(options),
        artefact=name,
        sha256=sha256,
    )


def _fill(version: ModelVersion, model: Known, progress: Progress, *, at: datetime) -> int:
    """Write the shelves of every pet that is served, of groups and of products; how many stored
    products the filters would refuse, which must be none.
    """
    shown = pet_shelves.packs_on_show()
    served = Pet.objects.filter(died_on__isnull=True, archived_at__isnull=True)
    keys = served.exclude(pk__in=histories.objecting()).order_by("pk").values_list("pk", flat=True)
    wrong = 0
    for part in batched(progress(list(keys)), _CHUNK, strict=False):
        pets = list(Pet.objects.filter(pk__in=part).select_related("breed"))
        bench = bench_for(pets, model, lambda _keys: shown, at=at)
        rows = [
            PetShelf(version=version, pet=pet, computed_at=at, **shelf_of(pet.pk, bench, at=at))
            for pet in pets
        ]
        wrong += sum(_refused(row, bench, shown) for row in rows)
        PetShelf.objects.bulk_create(rows)
    GroupShelf.objects.bulk_create(
        GroupShelf(version=version, name="/".join(name), products=model.favourites(name))
        for group, name in enumerate(model.names)
        if model.popular.speaks[group] == group
    )
    Together.objects.bulk_create(_together(version, model), batch_size=_CHUNK)
    return wrong


def _refused(row: PetShelf, bench: pet_shelves.Bench, shown: Packs) -> int:
    """How many of a pet's fresh products have no pack that suits it: asked of the law itself."""
    facts, near = bench.facts[row.pet_id], bench.homes.species[row.pet_id]
    return sum(
        all(unsuitable(facts, near, pack, Path.SUGGESTION) for pack in shown[each["product"]])
        for each in row.fresh
    )


def _together(version: ModelVersion, model: Known) -> Iterator[Together]:
    for column, key in enumerate(model.products):
        row = model.like[[column]]
        order = np.lexsort((row.indices, -row.data))[:_MOST_TOGETHER]
        others = [[model.products[row.indices[n]], round(float(row.data[n]), 6)] for n in order]
        if others:
            yield Together(version=version, product_id=key, others=others)


def _judge(version: ModelVersion, wrong: int) -> None:
    """Let a version serve unless it breaks a filter or is clearly worse than the one that does."""
    before = ModelVersion.objects.filter(is_serving=True).first()
    reason = f"{wrong} products that the filters refuse" if wrong else ""
    if before and before.ndcg and (version.ndcg or 0) < before.ndcg * (1 - WORST_FALL):
        reason = f"NDCG {version.ndcg or 0:.4f}, {before.ndcg:.4f} before"
    if reason:
        ModelVersion.objects.filter(pk=version.pk).update(refused_because=reason)
        PetShelf.objects.filter(version=version).delete()
    else:
        serve(version)
    forget_old_versions()


def serve(version: ModelVersion) -> None:
    """Have a version serve from the next reading on."""
    with transaction.atomic():
        ModelVersion.objects.filter(is_serving=True).update(is_serving=False)
        ModelVersion.objects.filter(pk=version.pk).update(is_serving=True)


def roll_back() -> ModelVersion | None:
    """Serve by the version before the one that serves; None where there is none."""
    serving = ModelVersion.objects.filter(is_serving=True).first()
    fit = ModelVersion.objects.filter(refused_because="")
    earlier = fit.filter(pk__lt=serving.pk).first() if serving else None
    if earlier is not None:
        serve(earlier)
    return earlier


def forget_old_versions() -> int:
    """Delete all but the last three versions that passed, and refused ones older than those."""
    passed = ModelVersion.objects.filter(refused_because="").values_list("pk", flat=True)
    kept = list(passed[:KEPT_VERSIONS])
    old = ModelVersion.objects.exclude(pk__in=kept).filter(
        is_serving=False, pk__lt=max(kept or [0])
    )
    names = list(old.values_list("artefact", flat=True))
    gone, _by_model = old.delete()
    artefacts.delete(names)
    return gone
