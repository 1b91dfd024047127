"""Cards: all that a shopper may see of a product, written when it changes and read by every list.

`project` runs in the transaction that changes a product, its price, its stock state or its
pictures. Facts bound to time are kept as price segments and resolved at read, so that a card is
right at any moment; `next_change_at` says when a fresh projection is due.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Min

from catalog import regulation
from catalog.models import Card, Category, PriceChange, Product, Variant
from catalog.pricing import Cut, ListPrice, Segment, Timeline
from catalog.reviews_reading import Rating, ratings_of
from catalog.vocabulary import Availability, ProductStatus
from clinic import revision
from kernel.animals import Language
from kernel.money import Money, unit_price

type Json = dict[str, Any]

LOW_STOCK = 3
_CHUNK = 200
_PARTS = (
    "brand",
    "category__parent__parent",
    "nutrition",
)
_LISTS = (
    "texts",
    "pictures",
    "ration_rows",
    "attributes__attribute",
    "variants__price_changes",
    "variants__reductions",
    "variants__vat_rates",
    "variants__stocks",
)


def project(product_ids: Iterable[int], *, at: datetime) -> int:
    """Write the cards of products anew inside the caller's transaction, and move the revision.

    A product that is not published loses its card. Gives the number of cards that differ from
    what stood before; the revision moves only when there is one.
    """
    changed = 0
    with transaction.atomic():
        ids = sorted(set(product_ids))
        for start in range(0, len(ids), _CHUNK):
            changed += _project_chunk(ids[start : start + _CHUNK], at=at)
        if changed:
            number = revision.bump()
            Card.objects.filter(product_id__in=ids, revision=0).update(revision=number)
    return changed


def _project_chunk(ids: Sequence[int], *, at: datetime) -> int:
    published = (
        Product.objects.filter(pk__in=ids, status=ProductStatus.PUBLISHED)
        .select_related(*_PARTS)
        .prefetch_related(*_LISTS)
    )
    ratings = ratings_of(ids)
    fresh = {each.pk: card_of(each, ratings.get(each.pk), at=at) for each in published}
    standing = {card.pk: card for card in Card.objects.filter(pk__in=ids)}
    gone = [pk for pk in standing if pk not in fresh]
    Card.objects.filter(pk__in=gone).delete()
    differing = [card for pk, card in fresh.items() if not _same(card, standing.get(pk))]
    for card in differing:
        before = standing.get(card.pk)
        card.indexed = before is not None and before.indexed and _same_words(card, before)
    Card.objects.filter(pk__in=[card.pk for card in differing]).delete()
    Card.objects.bulk_create(differing)
    return len(differing) + len(gone)


_TEXTS = ("facts", "brief_fr", "brief_en", "detail_fr", "detail_en")


def _same(card: Card, other: Card | None) -> bool:
    return (
        other is not None
        and card.slug == other.slug
        and card.next_change_at == other.next_change_at
        and all(getattr(card, name) == getattr(other, name) for name in _TEXTS)
    )


def _same_words(card: Card, other: Card) -> bool:
    """Whether the search has nothing new to learn: only prices, stock and rating differ."""
    mine, theirs = json.loads(card.brief_fr), json.loads(other.brief_fr)
    for brief in (mine, theirs):
        brief.pop("variants"), brief.pop("rating", None)
    return mine == theirs and card.detail_fr == other.detail_fr


def card_of(product: Product, rating: Rating | None = None, *, at: datetime) -> Card:
    """The card that a product has at a moment; not saved."""
    timelines = {each.pk: timeline_of(each) for each in product.variants.all() if each.is_active}
    segments = {pk: timeline.segments(at) for pk, timeline in timelines.items()}
    variants = [each for each in product.variants.all() if segments.get(each.pk)]
    turns = [first.until for first, *_later in segments.values() if first.until] if segments else []
    packs = [_pack(variant, segments[variant.pk], at=at) for variant in variants]
    # What may not be reviewed by now shows no rating of the past.
    shown = rating if regulation.takes_reviews(pack["class"] for pack in packs) else None
    briefs = {each: _brief(product, packs, shown, each) for each in Language}
    details = {each: _detail(product, each) for each in Language}
    return Card(
        product_id=product.pk,
        slug=product.slug,
        revision=0,
        next_change_at=min(turns, default=None),
        facts=_dumps(_facts(product, packs, shown)),
        brief_fr=_dumps(briefs[Language.FR]),
        brief_en=_dumps(briefs[Language.EN]),
        detail_fr=_dumps(details[Language.FR]),
        detail_en=_dumps(details[Language.EN]),
    )


def timeline_of(variant: Variant) -> Timeline:
    """The price of a pack through time, from its history."""
    changes: Iterable[PriceChange] = variant.price_changes.all()
    return Timeline(
        [ListPrice(change.effective_from, change.gross_cents) for change in changes],
        [Cut(cut.starts_at, cut.ends_at, cut.price_cents) for cut in variant.reductions.all()],
    )


def _dumps(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def stamp(moment: datetime | None) -> int | None:
    """A moment as cards tell it: whole seconds since 1970."""
    return None if moment is None else int(moment.timestamp())


def _segment(segment: Segment, *, opens: bool) -> Json:
    """The first segment of a card reaches back to any past: its start is not told."""
    found = segment.reference
    reference = found and {
        "cents": found.money.cents,
        "from": stamp(found.since),
        "to": stamp(found.until),
        "percent": found.percent_off(segment.price),
    }
    return {
        "from": 0 if opens else stamp(segment.since),
        "cents": segment.price.cents,
        "list": segment.list_price.cents,
        "reference": reference,
    }


def _pack(variant: Variant, segments: Sequence[Segment], *, at: datetime) -> Json:
    rates = [rate for rate in variant.vat_rates.all() if rate.effective_from <= at.date()]
    return {
        "id": variant.pk,
        "sku": variant.sku,
        "gtin": variant.gtin,
        "label": variant.pack_label,
        "units": variant.units_per_pack,
        "quantity": variant.net_quantity,
        "content": variant.units_per_pack * variant.net_quantity,
        "unit": variant.unit,
        "options": variant.options,
        "class": variant.regulatory_class,
        "weight_min": _text(variant.weight_min_kg),
        "weight_max": _text(variant.weight_max_kg),
        "vat": _text(rates[-1].percent) if rates else None,
        "availability": availability(variant),
        "prices": [_segment(each, opens=index == 0) for index, each in enumerate(segments)],
    }


def availability(variant: Variant) -> Availability:
    """The state of a pack over all places: what is on hand less what is promised."""
    return state_of(sum(stock.on_hand - stock.reserved for stock in variant.stocks.all()))


def state_of(left: int) -> Availability:
    """What shoppers are told of how many are left."""
    if left <= 0:
        return Availability.OUT
    return Availability.LOW if left <= LOW_STOCK else Availability.IN_STOCK


def _text(number: object) -> str | None:
    return None if number is None else str(number)


def _facts(product: Product, packs: Sequence[Json], rating: Rating | None) -> Json:
    """What lists filter and sort by, whatever the language."""
    return {
        "brand": product.brand.slug,
        "category": product.category.path,
        "species": sorted(product.species),
        "life_stage": product.life_stage,
        "size_class": product.size_class,
        "form": product.form,
        "conditions": sorted(product.conditions),
        "contains": product.ingredient_groups,
        "published": stamp(product.published_at) or 0,
        "rating": rating and rating.weight,
        "packs": [_pack_facts(pack) for pack in packs],
    }


def _pack_facts(pack: Json) -> Json:
    return {
        "sold": regulation.rule_for(pack["class"]).sold_online,
        "availability": pack["availability"],
        "content": pack["content"],
        "unit": pack["unit"],
        "prices": [[each["from"], each["cents"], each["list"]] for each in pack["prices"]],
    }


def _words(product: Product, language: Language) -> Any:
    """The product's text in a language, or in French where there is none."""
    texts = {text.language: text for text in product.texts.all()}
    return texts.get(language) or texts.get(Language.FR)


def _named(row: Any, language: Language) -> str:
    return (row.name_en if language is Language.EN else "") or row.name_fr


def _brief(
    product: Product, packs: Sequence[Json], rating: Rating | None, language: Language
) -> Json:
    words = _words(product, language)
    return {
        "id": product.pk,
        "slug": product.slug,
        "name": words.name if words else product.slug,
        "brand": {"id": product.brand_id, "slug": product.brand.slug, "name": product.brand.name},
        "category": {
            "id": product.category_id,
            "slug": product.category.path,
            "name": _named(product.category, language),
        },
        "species": product.species,
        "life_stage": product.life_stage or None,
        "size_class": product.size_class or None,
        "form": product.form,
        "conditions": product.conditions,
        "picture": next((_picture(each, language) for each in product.pictures.all()), None),
        "rating": rating and {"average": str(rating.average), "count": rating.count},
        "variants": packs,
    }


def _picture(picture: Any, language: Language) -> Json:
    return {
        "alt": (picture.alt_en if language is Language.EN else "") or picture.alt_fr,
        "width": picture.width,
        "height": picture.height,
        "placeholder": picture.placeholder,
        "renditions": picture.renditions,
    }


def _detail(product: Product, language: Language) -> Json:
    words = _words(product, language)
    nutrition = getattr(product, "nutrition", None)
    constituents = ("protein", "fat", "fibre", "ash", "moisture", "calcium", "phosphorus", "sodium")
    return {
        "range": product.range_name,
        "description": words.description if words else "",
        "composition": words.composition if words else "",
        "additives": words.additives if words else "",
        "instructions": words.instructions if words else "",
        "purpose": words.dietetic_purpose if words else "",
        "keywords": words.keywords if words else "",
        "ingredient_groups": product.ingredient_groups,
        "substances": {
            variant.sku: variant.active_substances
            for variant in product.variants.all()
            if variant.active_substances
        },
        "needs_vet_approval": product.needs_vet_approval,
        "google_category": product.google_category,
        "breadcrumbs": _breadcrumbs(product, language),
        "pictures": [_picture(each, language) for each in product.pictures.all()],
        "brand": {
            "manufacturer": product.brand.manufacturer,
            "postal_address": product.brand.postal_address,
            "electronic_address": product.brand.electronic_address,
            "eu_responsible": product.brand.eu_responsible,
        },
        "nutrition": nutrition
        and {
            **{name: _text(getattr(nutrition, name)) for name in constituents},
            "kcal_100g": _text(nutrition.kcal_100g),
            "energy_origin": nutrition.energy_origin or None,
        },
        "rations": [
            [row.species, row.situation, str(row.weight_kg), row.grams_per_day]
            for row in product.ration_rows.all()
        ],
        "attributes": [
            {
                "slug": each.attribute.slug,
                "label": _labelled(each.attribute, language),
                "value": (each.value_en if language is Language.EN else "") or each.value_fr,
            }
            for each in product.attributes.all()
        ],
    }


def _labelled(attribute: Any, language: Language) -> str:
    return (attribute.label_en if language is Language.EN else "") or attribute.label_fr


def _breadcrumbs(product: Product, language: Language) -> list[Json]:
    trail = []
    step: Category | None = product.category
    while step is not None:
        trail.append({"slug": step.path, "name": _named(step, language)})
        step = step.parent
    return trail[::-1]


def current_price(prices: Sequence[Json], *, at: int, reductions: bool) -> Json:
    """The segment of prices in force at a moment (seconds); reductions hidden where barred."""
    found = prices[0]
    for segment in prices[1:]:
        if segment["from"] > at:
            break
        found = segment
    if reductions or found["cents"] == found["list"]:
        return found
    return {**found, "cents": found["list"], "reference": None}


def cents_per_kilo(cents: int, *, quantity: int, unit: str) -> int | None:
    """Gross cents per kilo or litre, to sort by; None for what is sold by the piece."""
    found = unit_price(Money(cents), quantity=quantity, unit=unit)
    if found is None:
        return None
    return found.money.cents * (10 if found.per.startswith("100") else 1)


def reproject_due(*, at: datetime) -> int:
    """Write anew the cards whose next change has come; for the schedule."""
    due = Card.objects.filter(next_change_at__lte=at).values_list("pk", flat=True)[:2000]
    return project(list(due), at=at)


def next_turn() -> datetime | None:
    """When the next card shows something else by itself; in the past while it waits to be written
    anew. Prices turn on whole seconds.
    """
    turn = Card.objects.aggregate(turn=Min("next_change_at"))["turn"]
    return turn.replace(microsecond=0) if turn else None


def differing(*, at: datetime) -> list[int]:
    """Products whose card is not what a fresh projection would be; `rebuild_cards --check`."""
    found: list[int] = []
    products = (
        Product.objects.filter(status=ProductStatus.PUBLISHED)
        .select_related(*_PARTS)
        .prefetch_related(*_LISTS)
    )
    ratings = ratings_of(products.order_by().values_list("pk", flat=True))
    for product in products.iterator(chunk_size=_CHUNK):
        fresh = card_of(product, ratings.get(product.pk), at=at)
        if not _same(fresh, Card.objects.filter(pk=product.pk).first()):
            found.append(product.pk)
    stale = Card.objects.exclude(product__status=ProductStatus.PUBLISHED)
    return found + list(stale.values_list("pk", flat=True))
