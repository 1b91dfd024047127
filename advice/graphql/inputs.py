"""What a reader asks of a list of articles, and its reading into what is wanted."""

import datetime

import strawberry
from strawberry import relay

from advice.reading import Wanted
from advice.vocabulary import TagKind
from catalog.graphql.inputs import ConditionFilter, LifeStageFilter, SlugFilter, SpeciesFilter
from kernel.graphql.nodes import key_of
from kernel.graphql.payloads import ClientMistake

_MOST_NESTED = 4
_MOST_PARTS = 20
_MOST_VALUES = 100


@strawberry.input(description="A stretch of time, both ends included.")
class MomentRange:
    min: datetime.datetime | None = strawberry.field(default=None, description="From then.")
    max: datetime.datetime | None = strawberry.field(default=None, description="Until then.")


@strawberry.input(description="A moment within a stretch of time.")
class MomentFilter:
    range: MomentRange = strawberry.field(description="The stretch.")


@strawberry.input(description="A product, or one of several; an empty list matches nothing.")
class ProductIdFilter:
    eq: relay.GlobalID | None = strawberry.field(default=None, description="This one.")
    in_: list[relay.GlobalID] | None = strawberry.field(
        default=None, name="in", description="One of these."
    )


@strawberry.input(description="What articles must be; all that is given must hold.")
class ArticleWhere:
    topic: SlugFilter | None = strawberry.field(default=None, description="What about.")
    author: SlugFilter | None = strawberry.field(default=None, description="By whom.")
    species: SpeciesFilter | None = strawberry.field(
        default=None, description="For whom; articles that name none are for all."
    )
    life_stage: LifeStageFilter | None = strawberry.field(default=None, description="What age.")
    condition: ConditionFilter | None = strawberry.field(
        default=None, description="The condition it speaks of."
    )
    product: ProductIdFilter | None = strawberry.field(
        default=None, description="The product it shows."
    )
    published_at: MomentFilter | None = strawberry.field(
        default=None, description="When it was published."
    )
    and_: list["ArticleWhere"] | None = strawberry.field(
        default=None, name="and", description="All of these must hold too."
    )
    or_: list["ArticleWhere"] | None = strawberry.field(
        default=None,
        name="or",
        description="One of these must hold; an empty list matches nothing.",
    )
    not_: "ArticleWhere | None" = strawberry.field(
        default=None, name="not", description="This must not hold."
    )


_CHOICES = {
    TagKind.TOPIC: "topic",
    TagKind.AUTHOR: "author",
    TagKind.SPECIES: "species",
    TagKind.LIFE_STAGE: "life_stage",
    TagKind.CONDITION: "condition",
    TagKind.PRODUCT: "product",
}

type _Choice = SlugFilter | SpeciesFilter | LifeStageFilter | ConditionFilter | ProductIdFilter


def wanted_of(where: ArticleWhere | None, *, depth: int = 0) -> Wanted:
    """What a filter stands for.

    Raises:
        ClientMistake: nested more than four deep, or more than twenty parts beside one another.
    """
    if where is None:
        return Wanted()
    parts = [*(where.and_ or ()), *(where.or_ or ())]
    if depth >= _MOST_NESTED or len(parts) > _MOST_PARTS:
        raise ClientMistake("TOO_EXPENSIVE", "`where` is nested or repeated too much.")
    choices = {
        kind: values
        for kind, name in _CHOICES.items()
        if (values := _values(getattr(where, name))) is not None
    }
    stretch = where.published_at.range if where.published_at else MomentRange()
    return Wanted(
        choices=choices,
        since=aware(stretch.min) if stretch.min else None,
        until=aware(stretch.max) if stretch.max else None,
        all_of=[wanted_of(each, depth=depth + 1) for each in where.and_ or ()],
        any_of=None
        if where.or_ is None
        else [wanted_of(each, depth=depth + 1) for each in where.or_],
        none_of=[wanted_of(where.not_, depth=depth + 1)] if where.not_ is not None else (),
    )


def _values(chosen: _Choice | None) -> list[str] | None:
    """Values of which one must hold; None when nothing was asked.

    Raises:
        ClientMistake: more than a hundred.
    """
    if chosen is None or (chosen.eq is None and chosen.in_ is None):
        return None
    if len(chosen.in_ or ()) > _MOST_VALUES:
        raise ClientMistake("BAD_ARGUMENT", f"`in` takes at most {_MOST_VALUES} values.")
    several = None if chosen.in_ is None else [_text(each) for each in chosen.in_]
    if chosen.eq is None:
        return several
    one = _text(chosen.eq)
    return [one] if several is None or one in several else []


def _text(value: str | relay.GlobalID) -> str:
    """A word as tags have it; an id of another kind is that of no product."""
    if isinstance(value, relay.GlobalID):
        return str(key_of(value, "Product") or 0)
    return str(value)


def aware(moment: datetime.datetime) -> datetime.datetime:
    """A moment without a zone is of UTC."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=datetime.UTC)
