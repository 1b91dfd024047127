"""The search of the catalogue: what goes into the index, what comes out, and who refreshes it."""

import logging
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache

from django.db import transaction
from django.db.models import F, Q

from catalog.models import Card, Product, SearchMiss, SynonymGroup
from catalog.search_document import ProductText, document, vocabulary
from clinic import revision
from clinic.revision import Revision
from kernel.animals import Condition, IngredientGroup, Language, LifeStage, SizeClass, Species
from kernel.text_index import (
    Document,
    Found,
    Hit,
    IndexUnavailable,
    Segment,
    Synonyms,
    TextIndex,
    Vocabulary,
    highlight,
    open_index,
)

logger = logging.getLogger(__name__)

INDEX = "catalogue"
MOST_HITS = 5000
_LONGEST_TEXT = 200
_CHUNK = 500


@lru_cache(maxsize=2)
def _synonyms(as_of: Revision) -> Synonyms:
    return Synonyms(group.terms.splitlines() for group in SynonymGroup.objects.all()[:2000])


@lru_cache(maxsize=1)
def _vocabulary() -> Vocabulary:
    return vocabulary()


@lru_cache(maxsize=2)
def index(as_of: Revision) -> TextIndex:
    """The catalogue's index, with the synonyms of a revision."""
    return open_index(INDEX, synonyms=_synonyms(as_of), vocabulary=_vocabulary())


def search(text: str, *, as_of: Revision) -> Found:
    """Products that answer a text, best first, at most 5,000; keys are products' primary keys.

    While there is no index, names and keywords are looked through in the database instead.
    """
    wanted = text[:_LONGEST_TEXT].strip()
    if not wanted:
        return Found(hits=[], corrected=None)
    try:
        return index(as_of).search(wanted, limit=MOST_HITS)
    except IndexUnavailable:
        logger.warning("the search index is unavailable: searching the database")
        return _search_database(wanted)


def _search_database(text: str) -> Found:
    condition = Q()
    for word in text.split()[:6]:
        condition &= Q(product__texts__name__icontains=word) | Q(
            product__texts__keywords__icontains=word
        )
    keys = Card.objects.filter(condition).distinct().order_by("pk").values_list("pk", flat=True)
    return Found(hits=[Hit(key=str(key), score=0.0) for key in keys[:200]], corrected=None)


def highlighted(text: str, *, asked: str, as_of: Revision) -> list[Segment]:
    """A text in pieces, those that answer what was asked marked; joined, they are the text."""
    return highlight(text, asked, synonyms=_synonyms(as_of), vocabulary=_vocabulary())


def suggestions(text: str, *, limit: int, as_of: Revision) -> list[str]:
    """Completions of what a shopper is typing."""
    try:
        return index(as_of).suggest(text[:_LONGEST_TEXT], limit=limit)
    except IndexUnavailable:
        return []


def note_miss(text: str, *, day: date) -> None:
    """Count a search that found nothing, for staff to see what owners want."""
    wanted = " ".join(text.lower().split())[:100]
    counted = SearchMiss.objects.filter(text=wanted, day=day).update(times=F("times") + 1)
    if not counted:
        SearchMiss.objects.get_or_create(text=wanted, day=day)


def refresh(product_ids: Iterable[int]) -> None:
    """Teach the index what changed of some products; those without a card leave it.

    What the index knows already is passed over, so hearing of a change twice costs nothing.

    Raises:
        IndexUnavailable: there is nothing to refresh; rebuild.
    """
    ids = sorted(set(product_ids))
    as_of = revision.current()
    target = index(as_of)
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        known = dict(Card.objects.filter(pk__in=chunk).values_list("pk", "indexed"))
        fresh = list(documents(pk for pk, is_indexed in known.items() if not is_indexed))
        if fresh:
            target.replace(fresh)
            _mark_indexed([pk for pk in known if not known[pk]], as_of)
        gone = [str(pk) for pk in chunk if pk not in known]
        if gone:
            target.remove(gone)
        if fresh or gone:
            revision.bump()


def rebuild() -> int:
    """Write the whole index anew beside the old one and switch over; the number of products."""
    as_of = revision.current()
    ids = list(Card.objects.order_by("pk").values_list("pk", flat=True))
    index(as_of).rebuild(_all_documents(ids))
    for start in range(0, len(ids), _CHUNK):
        _mark_indexed(ids[start : start + _CHUNK], as_of)
    revision.bump()
    return len(ids)


def _mark_indexed(ids: list[int], as_of: Revision) -> None:
    """Cards written after the revision that was indexed stay unmarked: they are newer."""
    Card.objects.filter(pk__in=ids, revision__lte=as_of.number).update(indexed=True)


def _all_documents(ids: list[int]) -> Iterator[Document]:
    for start in range(0, len(ids), _CHUNK):
        yield from documents(ids[start : start + _CHUNK])


def documents(product_ids: Iterable[int]) -> Iterator[Document]:
    """What the index is told of published products."""
    products = (
        Product.objects.filter(pk__in=product_ids, card__isnull=False)
        .select_related("brand", "category__parent__parent")
        .prefetch_related("texts", "variants", "attributes")
        .order_by("pk")
    )
    for product in products:
        yield document(text_of(product))


def text_of(product: Product) -> ProductText:
    words = {text.language: text for text in product.texts.all()}
    french = words[Language.FR]
    packs = [pack for pack in product.variants.all() if pack.is_active]
    groups = product.ingredient_groups
    trail = [product.category, product.category.parent]
    return ProductText(
        key=str(product.pk),
        name=french.name,
        brand=product.brand.name,
        range_name=product.range_name,
        category=" ".join(step.name_fr for step in trail if step is not None),
        species=frozenset(Species(each) for each in product.species),
        life_stage=LifeStage(product.life_stage) if product.life_stage else None,
        size_class=SizeClass(product.size_class) if product.size_class else None,
        conditions=frozenset(Condition(each) for each in product.conditions),
        form=product.form,
        keywords=french.keywords,
        description=french.description,
        composition=french.composition,
        purpose=french.dietetic_purpose,
        ingredient_groups=frozenset(IngredientGroup(each) for each in groups or ()),
        composition_known=groups is not None,
        packs=tuple(pack.pack_label for pack in packs),
        skus=tuple(pack.sku for pack in packs),
        gtins=tuple(pack.gtin for pack in packs if pack.gtin),
        weight_min_kg=min((p.weight_min_kg for p in packs if p.weight_min_kg), default=None),
        weight_max_kg=max((p.weight_max_kg for p in packs if p.weight_max_kg), default=None),
        attributes=tuple(each.value_fr for each in product.attributes.all()),
    )


def save_synonyms(*, group: SynonymGroup) -> None:
    """Keep a group of synonyms; every search uses it from then on."""
    with transaction.atomic():
        group.save()
        revision.bump()


def remove_synonyms(*, group: SynonymGroup) -> None:
    with transaction.atomic():
        group.delete()
        revision.bump()


def mend(*, at: datetime) -> bool:
    """Rebuild an index that is missing or damaged, or take what it has missed; for the schedule.

    Gives whether anything had to be done.
    """
    try:
        index(revision.current()).search("x", limit=1)
    except IndexUnavailable:
        logger.warning("rebuilding the search index at %s", at)
        rebuild()
        return True
    missed = list(Card.objects.filter(indexed=False).values_list("pk", flat=True)[:_CHUNK])
    if missed:
        refresh(missed)
    return bool(missed)
