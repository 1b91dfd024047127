"""Lists of products as shoppers read them: searched, filtered, counted, sorted, in pages."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from catalog import search
from catalog.models import Card, SlugHistory, Variant
from catalog.shelf import Facet, Mask, Page, Shelf, Sort, Wish
from catalog.shelf_keeper import keeper, name_of
from catalog.vocabulary import FORM_LABELS, Form
from clinic.details import PublicDetails
from clinic.revision import Revision
from kernel import animals
from kernel.animals import Condition, IngredientGroup, Language, LifeStage, SizeClass, Species


@dataclass(frozen=True, slots=True)
class Reading:
    """As of when, of what revision, and in which language the public catalogue is read."""

    revision: Revision
    clinic: PublicDetails
    at: datetime
    language: Language

    @property
    def stamp(self) -> int:
        return int(self.at.timestamp())


@dataclass(frozen=True, slots=True)
class CardBody:
    """A card as read: its brief, and its detail where that was asked for."""

    key: int
    brief: Mapping[str, Any]
    detail: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Question:
    """What a list is asked for. `after` is (sort value, key) of the last product seen."""

    wish: Wish
    text: str = ""
    sort: Sort = Sort.RELEVANCE
    first: int = 24
    after: tuple[int, int] | None = None
    with_facets: bool = False
    with_detail: bool = False


@dataclass(frozen=True, slots=True)
class FacetValue:
    slug: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of products, and what there is beside it."""

    cards: list[CardBody]
    page: Page
    facets: dict[Facet, list[FacetValue]]
    corrected: str | None


def list_products(question: Question, reading: Reading) -> Listing:
    """Answer a question in one statement for the page, beside those of revision and search."""
    found = search.search(question.text, as_of=reading.revision) if question.text else None
    hits = None if found is None else [int(hit.key) for hit in found.hits]
    with keeper:
        shelf = keeper.shelf(
            as_of=reading.revision, reductions=reading.clinic.reductions_allowed, at=reading.at
        )
        within = shelf.everything() if hits is None else shelf.matching(Wish(keys=hits))
        mask = shelf.matching(question.wish) & within
        page = _page(shelf, mask, hits, question)
        counts = shelf.counts(question.wish, within) if question.with_facets else {}
    if found is not None and not page.total and not hits:
        search.note_miss(question.text, day=reading.at.date())
    return Listing(
        cards=cards_for(page.keys, reading, with_detail=question.with_detail),
        page=page,
        facets=_labelled(counts, question.wish, reading.language),
        corrected=found.corrected if found else None,
    )


def _page(shelf: Shelf, mask: Mask, hits: Sequence[int] | None, question: Question) -> Page:
    if hits is None or question.sort is not Sort.RELEVANCE:
        return shelf.page(mask, question.sort, first=question.first, after=question.after)
    passing = shelf.keys_of(mask)
    ranked = [(rank, key) for rank, key in enumerate(hits) if key in passing]
    start = 0
    if question.after is not None:
        start = int(np.searchsorted([rank for rank, _key in ranked], question.after[0], "right"))
    chosen = ranked[start : start + question.first]
    return Page(
        keys=[key for _rank, key in chosen],
        values=[rank for rank, _key in chosen],
        total=len(ranked),
        has_next=start + question.first < len(ranked),
    )


def cards_for(
    keys: Sequence[int], reading: Reading, *, with_detail: bool = False
) -> list[CardBody]:
    """Cards in the order of their keys, in one statement at most; those without one left out."""
    if with_detail:
        columns = (f"brief_{reading.language}", f"detail_{reading.language}")
        rows = Card.objects.filter(pk__in=keys).values_list("pk", *columns) if keys else ()
        bodies = {row[0]: _body(row) for row in rows}
        return [bodies[key] for key in keys if key in bodies]
    briefs = keeper.briefs(keys, reading.language, as_of=reading.revision)
    missing = [key for key in keys if key not in briefs]
    if missing:
        found = Card.objects.filter(pk__in=missing).values_list("pk", f"brief_{reading.language}")
        fresh = {pk: json.loads(brief) for pk, brief in found}
        keeper.keep(fresh, reading.language, as_of=reading.revision)
        briefs |= fresh
    return [CardBody(key, briefs[key], None) for key in keys if key in briefs]


def card_by_slug(slug: str, reading: Reading) -> CardBody | None:
    """The card at an address, old addresses included; None where there is no such product."""
    columns = (f"brief_{reading.language}", f"detail_{reading.language}")
    row = Card.objects.filter(slug=slug).values_list("pk", *columns).first()
    if row is None:
        moved = SlugHistory.objects.filter(slug=slug).values_list("product_id", flat=True)
        row = Card.objects.filter(pk__in=moved).values_list("pk", *columns).first()
    return None if row is None else _body(row)


def _body(row: tuple[int, str, str]) -> CardBody:
    return CardBody(key=row[0], brief=json.loads(row[1]), detail=json.loads(row[2]))


_VOCABULARIES: Mapping[Facet, type] = {
    Facet.SPECIES: Species,
    Facet.LIFE_STAGE: LifeStage,
    Facet.SIZE_CLASS: SizeClass,
    Facet.CONDITION: Condition,
    Facet.WITHOUT_INGREDIENT: IngredientGroup,
}

_OTHER_LABELS: Mapping[str, tuple[str, str]] = {
    "IN_STOCK": ("en stock", "in stock"),
    "LOW": ("bientôt épuisé", "low stock"),
    "OUT": ("épuisé", "out of stock"),
    "0-10": ("moins de 10 €", "under €10"),
    "10-25": ("10 à 25 €", "€10 to €25"),
    "25-50": ("25 à 50 €", "€25 to €50"),
    "50-100": ("50 à 100 €", "€50 to €100"),
    "100-": ("100 € et plus", "€100 and more"),
}


def facet_label(facet: Facet, slug: str, language: Language) -> str:
    """What people call a value of a facet."""
    if facet is Facet.BRAND:
        return name_of(keeper.brands, slug, language)
    if facet is Facet.CATEGORY:
        return name_of(keeper.categories, slug, language)
    if facet is Facet.FORM:
        return FORM_LABELS[Form(slug)][language is Language.EN]
    if facet in _VOCABULARIES:
        return animals.label(_VOCABULARIES[facet](slug), language)
    return _OTHER_LABELS.get(slug, (slug, slug))[language is Language.EN]


def _labelled(
    counts: Mapping[Facet, Mapping[str, int]], wish: Wish, language: Language
) -> dict[Facet, list[FacetValue]]:
    """Values with their labels, the most frequent first, ties by slug."""
    return {
        facet: sorted(
            (
                FacetValue(
                    slug=slug,
                    label=facet_label(facet, slug, language),
                    count=count,
                    selected=slug in wish.choices.get(facet, ()),
                )
                for slug, count in values.items()
            ),
            key=lambda value: (-value.count, value.slug),
        )
        for facet, values in counts.items()
    }


def category_tree(paths: Iterable[str]) -> dict[str, list[str]]:
    """Children of each category path; the roots stand under the empty path."""
    tree: dict[str, list[str]] = {}
    for path in sorted(paths):
        tree.setdefault(path.rpartition("/")[0], []).append(path)
    return tree


def product_of_variant(variant_id: int) -> int | None:
    """The product that a pack belongs to."""
    found = Variant.objects.filter(pk=variant_id).values_list("product_id", flat=True)
    return found.first()


def slugs_on_show(*, most: int) -> list[str]:
    """The address of each product that shoppers see, the oldest first."""
    return list(Card.objects.order_by("pk").values_list("slug", flat=True)[:most])
