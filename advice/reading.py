"""Articles and videos as the public reads them: listed, searched, found by address."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import (
    Case,
    Exists,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)

from advice import search
from advice.models import ArticleCard, Captions, CardTag, SlugHistory, Topic, Video
from advice.references import article_url, video_url
from advice.search import Hits
from advice.vocabulary import ArticleSort, TagKind, VideoStatus
from clinic.revision import Revision
from kernel.animals import Language

MOST_BESIDE = 4
_MOST_ADDRESSES = 20_000
_WEIGHTY = (TagKind.TOPIC, TagKind.CONDITION)


@dataclass(frozen=True, slots=True)
class Reader:
    """As of when, of what revision, and in which language the public reads."""

    revision: Revision
    at: datetime
    language: Language


@dataclass(frozen=True, slots=True)
class ArticleBody:
    """An article as read: its brief, and its detail where that was asked for."""

    key: int
    published_at: datetime
    updated_at: datetime
    brief: Mapping[str, Any]
    detail: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What articles must be: of each kind one of the values, and all the rest."""

    choices: Mapping[TagKind, Sequence[str]] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None
    all_of: "Sequence[Wanted]" = ()
    any_of: "Sequence[Wanted] | None" = None
    none_of: "Sequence[Wanted]" = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What a list is asked for. `after` is the (sort value, key) of the last article seen, `hits`
    what answers the text where that is known already.
    """

    wanted: Wanted = field(default_factory=Wanted)
    text: str = ""
    sort: ArticleSort = ArticleSort.RELEVANCE
    first: int = 24
    after: tuple[str, int] | None = None
    with_detail: bool = False
    with_total: bool = False
    hits: Hits | None = None


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """Articles in their order, with the (sort value, key) of each."""

    bodies: list[ArticleBody]
    places: list[tuple[str, int]]
    has_next: bool
    total: int | None
    corrected: str | None = None


def list_articles(question: Question, reader: Reader) -> ArticlePage:
    """Answer a question in one statement for the page; another for its detail after a search."""
    rows = _visible(reader.at).filter(_condition(question.wanted))
    if question.text and question.sort is ArticleSort.RELEVANCE:
        return _ranked(rows, question, reader)
    corrected = None
    if question.text:
        found = _found(question, reader)
        rows, corrected = rows.filter(pk__in=found.articles), found.corrected
    total = rows.count() if question.with_total else None
    oldest_first = question.sort is ArticleSort.OLDEST
    sign, step = ("", "gt") if oldest_first else ("-", "lt")
    if question.after is not None:
        moment, key = datetime.fromisoformat(question.after[0]), question.after[1]
        rows = rows.filter(
            Q(**{f"published_at__{step}": moment}) | Q(published_at=moment, **{f"pk__{step}": key})
        )
    rows = rows.order_by(f"{sign}published_at", f"{sign}pk")[: question.first + 1]
    bodies = _bodies(rows, reader.language, with_detail=question.with_detail)
    page = bodies[: question.first]
    return ArticlePage(
        bodies=page,
        places=[(each.published_at.isoformat(), each.key) for each in page],
        has_next=len(bodies) > question.first,
        total=total,
        corrected=corrected,
    )


def _found(question: Question, reader: Reader) -> Hits:
    return question.hits or search.search(question.text, as_of=reader.revision)


def _ranked(rows: QuerySet[ArticleCard], question: Question, reader: Reader) -> ArticlePage:
    found = _found(question, reader)
    if not found.articles:
        return ArticlePage([], [], has_next=False, total=0, corrected=found.corrected)
    passing = {
        each.key: each
        for each in _bodies(rows.filter(pk__in=found.articles), reader.language, with_detail=False)
    }
    ranked = [(rank, key) for rank, key in enumerate(found.articles) if key in passing]
    start = int(question.after[0]) if question.after else -1
    left = [(rank, key) for rank, key in ranked if rank > start]
    chosen = left[: question.first]
    bodies = [passing[key] for _rank, key in chosen]
    if question.with_detail and bodies:
        bodies = articles_by_key([each.key for each in bodies], reader, with_detail=True)
    return ArticlePage(
        bodies=bodies,
        places=[(str(rank), key) for rank, key in chosen],
        has_next=len(left) > question.first,
        total=len(ranked),
        corrected=found.corrected,
    )


def article_by_slug(slug: str, reader: Reader) -> ArticleBody | None:
    """The article at an address, old addresses included; None where there is none yet."""
    rows = _visible(reader.at)
    found = _bodies(rows.filter(slug=slug), reader.language, with_detail=True)
    if not found:
        moved = SlugHistory.objects.filter(slug=slug).values("article_id")
        found = _bodies(rows.filter(pk__in=moved), reader.language, with_detail=True)
    return found[0] if found else None


def articles_by_key(keys: Sequence[int], reader: Reader, *, with_detail: bool) -> list[ArticleBody]:
    """Articles in the order of their keys; those that nobody may read yet left out."""
    rows = _visible(reader.at).filter(pk__in=keys)
    found = {each.key: each for each in _bodies(rows, reader.language, with_detail=with_detail)}
    return [found[key] for key in keys if key in found]


def related_articles(
    body: ArticleBody, reader: Reader, *, with_detail: bool = False
) -> list[ArticleBody]:
    """The four others that share most with an article, topics and conditions counting twice."""
    brief = body.brief
    shared = {
        TagKind.TOPIC: [each["slug"] for each in brief["topics"]],
        TagKind.CONDITION: brief["conditions"],
        TagKind.SPECIES: brief["species"],
        TagKind.LIFE_STAGE: brief["life_stages"],
    }
    alike = Q()
    for kind, values in shared.items():
        if values:
            alike |= Q(tags__kind=kind, tags__value__in=values)
    if not alike:
        return []
    weight = Case(
        When(tags__kind__in=_WEIGHTY, then=Value(2)), default=Value(1), output_field=IntegerField()
    )
    rows = _visible(reader.at).exclude(pk=body.key).filter(alike).annotate(shared=Sum(weight))
    rows = rows.order_by("-shared", "-published_at", "pk")[:MOST_BESIDE]
    return _bodies(rows, reader.language, with_detail=with_detail)


def articles_of_product(
    product_key: int, reader: Reader, *, with_detail: bool = False
) -> list[ArticleBody]:
    """The four newest articles that show a product.

    All articles that show one are read together, once a revision: a list of products asks as
    little as one product.
    """
    shown = _beside_products(reader.revision, reader.language, with_detail=with_detail)
    found = (each for each in shown.get(product_key, ()) if each.published_at <= reader.at)
    return [each for _place, each in zip(range(MOST_BESIDE), found, strict=False)]


@lru_cache(maxsize=4)
def _beside_products(
    as_of: Revision, language: Language, *, with_detail: bool
) -> dict[int, list[ArticleBody]]:
    tagged = CardTag.objects.filter(card=OuterRef("pk"), kind=TagKind.PRODUCT)
    rows = ArticleCard.objects.filter(Exists(tagged)).order_by("-published_at", "-pk")
    bodies = {each.key: each for each in _bodies(rows, language, with_detail=with_detail)}
    tags = CardTag.objects.filter(kind=TagKind.PRODUCT).order_by("-card__published_at", "-card_id")
    found: dict[int, list[ArticleBody]] = {}
    for card_id, value in tags.values_list("card_id", "value"):
        if card_id in bodies:
            found.setdefault(int(value), []).append(bodies[card_id])
    return found


def topics_with_articles(reader: Reader) -> list[tuple[Topic, int]]:
    """Topics in the order of staff, each with how many articles are on show."""
    tags = CardTag.objects.filter(kind=TagKind.TOPIC, card__published_at__lte=reader.at)
    counts: dict[str, int] = {}
    for slug in tags.values_list("value", flat=True):
        counts[slug] = counts.get(slug, 0) + 1
    return [(topic, counts[topic.slug]) for topic in Topic.objects.all() if topic.slug in counts]


def video_by_slug(slug: str) -> Video | None:
    return _videos().filter(slug=slug).first()


def videos_by_key(keys: Sequence[int]) -> list[Video]:
    """Videos on show, in the order of their keys."""
    found = {each.pk: each for each in _videos().filter(pk__in=keys)} if keys else {}
    return [found[key] for key in keys if key in found]


def _videos() -> QuerySet[Video]:
    shown = Video.objects.filter(status=VideoStatus.PUBLISHED)
    return shown.select_related("poster").prefetch_related("captions")


def _visible(at: datetime) -> QuerySet[ArticleCard]:
    return ArticleCard.objects.filter(published_at__lte=at)


def _condition(wanted: Wanted) -> Q:
    found = Q()
    for kind, values in wanted.choices.items():
        tags = CardTag.objects.filter(card=OuterRef("pk"), kind=kind, value__in=list(values))
        found &= Q(Exists(tags))
    if wanted.since is not None:
        found &= Q(published_at__gte=wanted.since)
    if wanted.until is not None:
        found &= Q(published_at__lte=wanted.until)
    for other in wanted.all_of:
        found &= _condition(other)
    for other in wanted.none_of:
        found &= ~_condition(other)
    if wanted.any_of is not None:
        either = Q(pk__in=[])
        for other in wanted.any_of:
            either |= _condition(other)
        found &= either
    return found


def _bodies(
    rows: QuerySet[ArticleCard], language: Language, *, with_detail: bool
) -> list[ArticleBody]:
    columns = ["pk", "published_at", "updated_at", f"brief_{language}"]
    columns += [f"detail_{language}"] if with_detail else []
    return [
        ArticleBody(
            key=row[0],
            published_at=row[1],
            updated_at=row[2],
            brief=json.loads(row[3]),
            detail=json.loads(row[4]) if with_detail else None,
        )
        for row in rows.values_list(*columns)
    ]


def next_turn(at: datetime) -> datetime | None:
    """When the next article appears by itself."""
    coming = ArticleCard.objects.filter(published_at__gt=at)
    turn: datetime | None = coming.aggregate(turn=Min("published_at"))["turn"]
    return turn


def addresses(at: datetime) -> list[tuple[str, datetime]]:
    """Where each article and video on show is, and when it last changed; at most 20,000 of each."""
    articles = _visible(at).order_by("pk").values_list("slug", "updated_at")
    videos = Video.objects.filter(status=VideoStatus.PUBLISHED, published_at__isnull=False)
    shown = videos.order_by("pk").values_list("slug", "published_at")
    return [
        *((article_url(slug), moment) for slug, moment in articles[:_MOST_ADDRESSES]),
        *((video_url(slug), moment) for slug, moment in shown[:_MOST_ADDRESSES] if moment),
    ]


def captions_of(slug: str, language: str) -> str | None:
    """The WebVTT of a video on show, in a language."""
    shown = Captions.objects.filter(video__slug=slug, video__status=VideoStatus.PUBLISHED)
    return shown.filter(language=language).values_list("vtt", flat=True).first()
