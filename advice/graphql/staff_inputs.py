"""What writers send of an article, and its reading into a content."""

import datetime
import uuid

import strawberry
from strawberry import relay

from accounts.graphql.repeating import KEY
from advice.content import MOST_LISTED, Content, Source, Words
from advice.vocabulary import ArticleForm
from kernel.animals import Condition, Language, LifeStage, Species
from kernel.refusals import LimitReached

_VERSION = "The `version` that was read."


@strawberry.input(description="The words of an article in one language.")
class ArticleWordsInput:
    language: Language = strawberry.field(description="The language.")
    title: str = strawberry.field(description="The title, at most 160 characters.")
    standfirst: str = strawberry.field(default="", description="At most 500 characters.")
    body: str = strawberry.field(default="", description="Markdown, at most 60,000 characters.")


@strawberry.input(description="What an article rests on.")
class ArticleSourceInput:
    title: str = strawberry.field(description="What it is called.")
    url: str = strawberry.field(default="", description="An https address, where there is one.")


@strawberry.input(
    description="All that an article says and is about; lists take at most twenty things."
)
class ArticleContentInput:
    words: list[ArticleWordsInput] = strawberry.field(description="Its words; French is needed.")
    form: ArticleForm = strawberry.field(
        default=ArticleForm.ARTICLE, description="How it is built."
    )
    author: str = strawberry.field(default="", description="Slug of who signs.")
    cover: str = strawberry.field(default="", description="Key of its picture.")
    topics: list[str] = strawberry.field(default_factory=list, description="Slugs of topics.")
    species: list[Species] = strawberry.field(default_factory=list, description="For whom.")
    life_stages: list[LifeStage] = strawberry.field(
        default_factory=list, description="For which ages."
    )
    conditions: list[Condition] = strawberry.field(
        default_factory=list, description="The conditions it speaks of."
    )
    products: list[str] = strawberry.field(default_factory=list, description="Slugs of products.")
    videos: list[str] = strawberry.field(default_factory=list, description="Slugs of videos.")
    sources: list[ArticleSourceInput] = strawberry.field(
        default_factory=list, description="What it rests on."
    )
    reviewed_on: datetime.date | None = strawberry.field(
        default=None, description="When a vet read it over."
    )
    next_review_on: datetime.date | None = strawberry.field(
        default=None, description="When one will again."
    )


@strawberry.input(description="A new article.")
class ArticleCreateInput:
    content: ArticleContentInput = strawberry.field(description="What it says.")
    slug: str = strawberry.field(
        default="", description="Its address; made from the French title if not given."
    )
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="An article written on: the whole content as it should be.")
class ArticleUpdateInput:
    id: relay.GlobalID = strawberry.field(description="The article.")
    expected_version: int = strawberry.field(description=_VERSION)
    content: ArticleContentInput = strawberry.field(description="What it says now.")
    note: str = strawberry.field(default="", description="What changed, at most 200 characters.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A revision to come back to.")
class ArticleRestoreInput:
    id: relay.GlobalID = strawberry.field(description="The article.")
    expected_version: int = strawberry.field(description=_VERSION)
    number: int = strawberry.field(description="The revision.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Another address for an article.")
class ArticleSlugSetInput:
    id: relay.GlobalID = strawberry.field(description="The article.")
    slug: str = strawberry.field(description="Small letters, digits and hyphens.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Which article to give to whoever publishes.")
class ArticleSubmitInput:
    id: relay.GlobalID = strawberry.field(description="The article.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Which article to make a draft again.")
class ArticleSendBackInput:
    id: relay.GlobalID = strawberry.field(description="The article.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Which article to show from when.")
class ArticleScheduleInput:
    id: relay.GlobalID = strawberry.field(description="The article.")
    expected_version: int = strawberry.field(description=_VERSION)
    moment: datetime.datetime = strawberry.field(description="From then, exactly.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Which article to show now.")
class ArticlePublishInput:
    id: relay.GlobalID = strawberry.field(description="The article.")
    expected_version: int = strawberry.field(description=_VERSION)
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Which article to take from the public.")
class ArticleWithdrawInput:
    id: relay.GlobalID = strawberry.field(description="The article.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="The marked words of an article that may stand.")
class ArticleClaimsOverrideInput:
    id: relay.GlobalID = strawberry.field(description="The article.")
    expected_version: int = strawberry.field(description=_VERSION)
    reason: str = strawberry.field(description="Why, 1 to 500 characters.")
    idempotency_key: uuid.UUID | None = strawberry.field(default=None, description=KEY)


def content_of(given: ArticleContentInput) -> Content:
    """The content that writers sent.

    Raises:
        LimitReached: words in more than two languages.
    """
    if len(given.words) > len(Language):
        raise LimitReached(path=["input", "content", "words"], most=len(Language))
    return Content(
        words={
            Language(each.language): Words(each.title, each.standfirst, each.body)
            for each in given.words
        },
        form=ArticleForm(given.form),
        author=given.author,
        cover=given.cover,
        topics=_few(given.topics),
        species=_few([Species(each) for each in given.species]),
        life_stages=_few([LifeStage(each) for each in given.life_stages]),
        conditions=_few([Condition(each) for each in given.conditions]),
        products=_few(given.products),
        videos=_few(given.videos),
        sources=tuple(Source(each.title, each.url) for each in given.sources[: MOST_LISTED + 1]),
        reviewed_on=given.reviewed_on,
        next_review_on=given.next_review_on,
    )


def _few[Word: str](given: list[Word]) -> tuple[Word, ...]:
    """Each once, and one more than is kept at most, so that too many are told."""
    return tuple(dict.fromkeys(given))[: MOST_LISTED + 1]
