"""What articles name, looked up together: people, topics, pictures, products, videos, articles."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q

from advice.content import Content
from advice.markdown import Target, references
from advice.models import Article, Author, Picture, SlugHistory, Topic, Video
from advice.vocabulary import ArticleStatus, TagKind, VideoStatus
from catalog import regulation
from catalog.gallery import rendition_url
from catalog.models import Product
from catalog.models import SlugHistory as ProductSlugHistory
from catalog.vocabulary import ProductStatus, RegulatoryClass
from kernel.animals import Language

_WIDEST_IN_TEXT = 1280
_MEDICINES = {RegulatoryClass.MEDICINE_OTC, RegulatoryClass.MEDICINE_RX}


@dataclass(frozen=True, slots=True)
class NamedProduct:
    """A product by a slug that it has or had; what the law takes any pack of it for."""

    pk: int
    slug: str
    names: Mapping[str, str]
    is_food: bool
    is_medicine: bool
    on_show: bool

    def name(self, language: Language) -> str:
        return self.names.get(language) or self.names.get(Language.FR, self.slug)


@dataclass(frozen=True, slots=True)
class Things:
    """Everything that some contents name, by the names that they use."""

    authors: Mapping[str, Author]
    topics: Mapping[str, Topic]
    pictures: Mapping[str, Picture]
    products: Mapping[str, NamedProduct]
    videos: Mapping[str, Video]
    articles: Mapping[str, Article]


def gather(contents: Iterable[Content]) -> Things:
    """Look up all that contents name, a statement for each kind of thing."""
    wanted = _names(contents)
    videos = {
        each.slug: each
        for each in Video.objects.filter(slug__in=wanted[TagKind.VIDEO]).select_related("poster")
    }
    return Things(
        authors={
            each.slug: each for each in Author.objects.filter(slug__in=wanted[TagKind.AUTHOR])
        },
        topics={each.slug: each for each in Topic.objects.filter(slug__in=wanted[TagKind.TOPIC])},
        pictures={
            each.key: each for each in Picture.objects.filter(key__in=wanted[TagKind.PICTURE])
        },
        products=products_named(wanted[TagKind.PRODUCT]),
        videos=videos,
        articles=articles_named(wanted[TagKind.ARTICLE]),
    )


def named_in(content: Content) -> dict[TagKind, set[str]]:
    """The things that a content names, in its lists and in its text."""
    return _names([content])


def _names(contents: Iterable[Content]) -> dict[TagKind, set[str]]:
    found: dict[TagKind, set[str]] = {kind: set() for kind in TagKind}
    for content in contents:
        found[TagKind.AUTHOR].add(content.author)
        found[TagKind.PICTURE].add(content.cover)
        found[TagKind.TOPIC].update(content.topics)
        found[TagKind.PRODUCT].update(content.products)
        found[TagKind.VIDEO].update(content.videos)
        for words in content.words.values():
            for reference in references(words.body):
                kind, _colon, name = reference.partition(":")
                found[TagKind(kind)].add(name)
    for names in found.values():
        names.discard("")
    return found


def products_named(slugs: Iterable[str]) -> dict[str, NamedProduct]:
    """Products by any slug that they have or had, on show or not."""
    wanted = set(slugs)
    if not wanted:
        return {}
    past = ProductSlugHistory.objects.filter(slug__in=wanted).values_list("slug", "product_id")
    moved = dict(past)
    rows = Product.objects.filter(Q(slug__in=wanted) | Q(pk__in=moved.values()))
    found = {row.pk: _named(row) for row in rows.prefetch_related("texts", "variants")}
    by_slug = {each.slug: each for each in found.values()}
    return {**{slug: found[pk] for slug, pk in moved.items()}, **by_slug}


def _named(product: Product) -> NamedProduct:
    classes = {pack.regulatory_class for pack in product.variants.all()}
    return NamedProduct(
        pk=product.pk,
        slug=product.slug,
        names={text.language: text.name for text in product.texts.all()},
        is_food=any(regulation.rule_for(each).needs_feed_label for each in classes),
        is_medicine=not classes.isdisjoint(_MEDICINES),
        on_show=product.status == ProductStatus.PUBLISHED,
    )


def articles_named(slugs: Iterable[str]) -> dict[str, Article]:
    """Articles by any slug that they have or had."""
    wanted = set(slugs)
    if not wanted:
        return {}
    moved = dict(SlugHistory.objects.filter(slug__in=wanted).values_list("slug", "article_id"))
    rows = Article.objects.filter(Q(slug__in=wanted) | Q(pk__in=moved.values()))
    found = {row.pk: row for row in rows}
    return {
        **{slug: found[pk] for slug, pk in moved.items()},
        **{row.slug: row for row in found.values()},
    }


def foods_among(things: Things) -> frozenset[str]:
    """The references of products that are foods."""
    return frozenset(f"product:{slug}" for slug, each in things.products.items() if each.is_food)


def medicines_among(things: Things) -> list[str]:
    """The slugs of products that are medicines, in order."""
    return sorted(slug for slug, each in things.products.items() if each.is_medicine)


def targets(things: Things, language: Language) -> dict[str, Target]:
    """Where references lead, of those that lead somewhere the public may go."""
    found = {
        f"picture:{key}": picture_target(row, language) for key, row in things.pictures.items()
    }
    for slug, product in things.products.items():
        if product.on_show:
            name = product.name(language)
            found[f"product:{slug}"] = Target(url=product_url(product.slug), title=name)
    for slug, video in things.videos.items():
        if video.status == VideoStatus.PUBLISHED:
            title = worded(video, "title", language)
            found[f"video:{slug}"] = Target(url=video_url(slug), title=title)
    for slug, article in things.articles.items():
        if article.status == ArticleStatus.PUBLISHED:
            found[f"article:{slug}"] = Target(url=article_url(article.slug), title=article.title)
    return {reference: target for reference, target in found.items() if target.url}


def picture_target(picture: Picture, language: Language) -> Target:
    fitting = [each for each in picture.renditions if each[0] <= _WIDEST_IN_TEXT]
    return Target(
        url=rendition_url(fitting[-1][1]) if fitting else "",
        title=worded(picture, "alt", language),
        srcset=", ".join(f"{rendition_url(name)} {width}w" for width, name in fitting),
        width=picture.width,
        height=picture.height,
        caption=picture.credit,
    )


def worded(row: Any, name: str, language: Language) -> str:
    """A field that a row has in French, and perhaps in English."""
    english = getattr(row, f"{name}_en") if language is Language.EN else ""
    return str(english or getattr(row, f"{name}_fr"))


def article_url(slug: str) -> str:
    return f"{settings.STOREFRONT_URL}/conseils/{slug}"


def video_url(slug: str) -> str:
    return f"{settings.STOREFRONT_URL}/videos/{slug}"


def product_url(slug: str) -> str:
    return f"{settings.STOREFRONT_URL}/produits/{slug}"
