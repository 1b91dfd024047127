"""Articles and videos as the public reads them: plain objects made from cards."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import strawberry
from django.conf import settings
from django.core.files.storage import default_storage
from strawberry.scalars import JSON

from accounts.graphql.info import Info
from accounts.graphql.selection import names_below
from accounts.graphql.viewer import RequestContext
from advice import cards, json_ld, models, reading, references, search
from advice.reading import ArticleBody, Reader
from advice.vocabulary import ArticleForm, VideoKind
from catalog import listing
from catalog.graphql.making import product_of, reading_of
from catalog.graphql.queries import TextSegment
from catalog.graphql.selection import needs_detail as needs_product_detail
from catalog.graphql.types import Picture, Product, picture_of
from kernel.animals import Condition, Language, LifeStage, Species
from kernel.graphql.nodes import Node, global_id
from kernel.graphql.paging import PageInfo
from kernel.text_index import Segment

#: Fields that are read from the detail of a card; whatever asks for one has it fetched.
DETAIL_FIELDS = frozenset(
    {
        *("html", "headings", "sources", "reviewedOn", "nextReviewOn", "questions", "products"),
        *("videos", "jsonLd", "excerpt"),
    }
)


def needs_detail(names: set[str]) -> bool:
    return not names.isdisjoint(DETAIL_FIELDS)


@strawberry.type(description="What articles are about.")
class ArticleTopic:
    slug: str = strawberry.field(description="Its key, for `where`.")
    name: str = strawberry.field(description="Its name in the reader's language.")


@strawberry.type(description="A topic, and how much there is of it.")
class Topic(ArticleTopic):
    article_count: int = strawberry.field(description="How many articles are on show.")


@strawberry.type(description="Who signs an article.")
class ArticleAuthor:
    slug: str = strawberry.field(description="Their key, for `where`.")
    name: str = strawberry.field(description="Their name.")
    title: str = strawberry.field(description="What they are: `vétérinaire`.")


@strawberry.type(description="What an article rests on.")
class ArticleSource:
    title: str = strawberry.field(description="What it is called.")
    url: str | None = strawberry.field(description="Where it is to be read, if anywhere.")


@strawberry.type(description="A heading in a text, for a table of contents.")
class ArticleHeading:
    level: int = strawberry.field(description="From 2: the title is the first.")
    text: str = strawberry.field(description="Its words.")
    anchor: str = strawberry.field(description="Its `id` in the HTML.")


@strawberry.type(description="A question with its answer.")
class QuestionAndAnswer:
    question: str = strawberry.field(description="The question.")
    answer: str = strawberry.field(description="The answer, as plain text.")


@strawberry.type(description="What others show of a page that leads here (Open Graph).")
class OpenGraph:
    title: str = strawberry.field(description="og:title.")
    description: str = strawberry.field(description="og:description.")
    url: str = strawberry.field(description="og:url, the canonical address.")
    type: str = strawberry.field(description="og:type: `article` or `video.other`.")
    locale: str = strawberry.field(description="og:locale: `fr_FR` or `en_GB`.")
    image: str | None = strawberry.field(description="og:image, a whole address.")
    image_alt: str | None = strawberry.field(description="og:image:alt.")
    published_time: datetime.datetime = strawberry.field(description="article:published_time.")
    modified_time: datetime.datetime = strawberry.field(description="article:modified_time.")


@strawberry.type(description="What is said in a video, for those who do not hear it.")
class VideoCaptions:
    language: Language = strawberry.field(description="In which language.")
    url: str = strawberry.field(description="The WebVTT file, for the player.")


@strawberry.type(description="Where a video is to be had from.")
class VideoSource:
    kind: VideoKind = strawberry.field(description="Whether the visitor must agree first.")
    url: str = strawberry.field(description="The file, or the page elsewhere.")


@strawberry.type(description="A video, in short.")
class VideoRef(Node):
    slug: str = strawberry.field(description="Its address.")
    title: str = strawberry.field(description="Its title in the reader's language.")
    description: str = strawberry.field(description="What it shows.")
    duration_s: int | None = strawberry.field(description="How long it is, in seconds.")
    poster: Picture | None = strawberry.field(description="What stands there before it plays.")

    @classmethod
    def is_type_of(cls, obj: object, _info: object) -> bool:
        return isinstance(obj, VideoRef) and not isinstance(obj, Video)


@strawberry.type(description="A didactic video with its captions and its transcript.")
class Video(VideoRef):
    species: list[Species] = strawberry.field(description="For which species.")
    published_at: datetime.datetime = strawberry.field(description="Since when it is shown.")
    row: strawberry.Private[models.Video]
    language: strawberry.Private[Language]

    @classmethod
    def is_type_of(cls, obj: object, _info: object) -> bool:
        return isinstance(obj, Video)

    @strawberry.field(description="Where it is, and whether the visitor must agree first.")
    def source(self) -> VideoSource:
        if self.row.file:
            address = json_ld.absolute(default_storage.url(self.row.file))
            return VideoSource(kind=VideoKind.FILE, url=address)
        return VideoSource(kind=VideoKind.EXTERNAL, url=self.row.external_url)

    @strawberry.field(description="Its captions, a file for each language.")
    def captions(self) -> list[VideoCaptions]:
        base = f"{settings.PUBLIC_URL}/captions/{self.slug}"
        return [
            VideoCaptions(language=Language(each.language), url=f"{base}/{each.language}.vtt")
            for each in sorted(self.row.captions.all(), key=lambda each: each.language)
        ]

    @strawberry.field(description="All that is said in it, as text.")
    def transcript(self) -> str:
        said = {each.language: each.transcript for each in self.row.captions.all()}
        return said.get(self.language) or said.get(Language.FR, "")

    @strawberry.field(description="schema.org VideoObject, for search engines.")
    def json_ld(self) -> JSON:
        facts = cards.video_facts(self.row, self.language)
        return JSON(json_ld.video(self.row, facts, self.language))


@strawberry.type(description="A signed and dated article of the clinic.")
class Article(Node):
    slug: str = strawberry.field(description="Its canonical address.")
    url: str = strawberry.field(description="Its whole canonical address on the clinic's site.")
    language: Language = strawberry.field(
        description="The language of its words: French where there are none in the reader's."
    )
    title: str = strawberry.field(description="Its title.")
    standfirst: str = strawberry.field(description="What it says in two sentences.")
    form: ArticleForm = strawberry.field(description="How it is built.")
    reading_minutes: int = strawberry.field(description="How long it takes to read.")
    published_at: datetime.datetime = strawberry.field(description="Since when it is public.")
    updated_at: datetime.datetime = strawberry.field(description="When it last changed.")
    cover: Picture | None = strawberry.field(description="Its picture.")
    author: ArticleAuthor | None = strawberry.field(description="Who signs it.")
    topics: list[ArticleTopic] = strawberry.field(description="What it is about.")
    species: list[Species] = strawberry.field(description="For which species; none for all.")
    life_stages: list[LifeStage] = strawberry.field(description="For which ages; none for all.")
    conditions: list[Condition] = strawberry.field(description="The conditions it speaks of.")
    body: strawberry.Private[ArticleBody]
    reader: strawberry.Private[Reader]

    @classmethod
    def is_type_of(cls, obj: object, _info: object) -> bool:
        return isinstance(obj, Article)

    @strawberry.field(
        description="Its text as safe HTML. `figure.product[data-product]` and "
        "`figure.video[data-video]` stand where a card of `products` or `videos` is to be shown."
    )
    def html(self) -> str:
        return str(detail(self)["html"])

    @strawberry.field(description="Its headings with their anchors.")
    def headings(self) -> list[ArticleHeading]:
        found = detail(self)["headings"]
        return [
            ArticleHeading(level=level, text=text, anchor=anchor) for level, text, anchor in found
        ]

    @strawberry.field(description="What it rests on.")
    def sources(self) -> list[ArticleSource]:
        return [
            ArticleSource(title=e["title"], url=e["url"] or None) for e in detail(self)["sources"]
        ]

    @strawberry.field(description="When a vet last read it over.")
    def reviewed_on(self) -> datetime.date | None:
        return _day(detail(self)["reviewed_on"])

    @strawberry.field(description="When it will be read over again.")
    def next_review_on(self) -> datetime.date | None:
        return _day(detail(self)["next_review_on"])

    @strawberry.field(description="The questions of a page of questions; none of another.")
    def questions(self) -> list[QuestionAndAnswer]:
        found = detail(self)["questions"]
        return [QuestionAndAnswer(question=asked, answer=answer) for asked, answer in found]

    @strawberry.field(description="The products that it speaks of, as cards; at most 40.")
    def products(self, info: Info) -> list[Product]:
        shop = reading_of(info)
        keys = detail(self)["products"][:40]
        with_detail = needs_product_detail(names_below(info))
        found = listing.cards_for(keys, shop, with_detail=with_detail) if keys else []
        return [product_of(each, shop) for each in found]

    @strawberry.field(description="The videos that belong to it, in short; at most 40.")
    def videos(self) -> list[VideoRef]:
        return [video_ref_of(each) for each in detail(self)["videos"][:40]]

    @strawberry.field(description="Others that are close to it, at most four.")
    def related(self, info: Info) -> list["Article"]:
        with_detail = needs_detail(names_below(info))
        found = reading.related_articles(self.body, self.reader, with_detail=with_detail)
        return [article_of(each, self.reader) for each in found]

    @strawberry.field(description="schema.org descriptions, for search engines: a list.")
    def json_ld(self, info: Info) -> JSON:
        return JSON(json_ld.article(self.body, publisher=info.context.clinic.clinic.name))

    @strawberry.field(description="What others show of a page that leads here.")
    def open_graph(self) -> OpenGraph:
        return OpenGraph(
            title=self.title,
            description=self.standfirst,
            url=self.url,
            type="article",
            locale="en_GB" if self.language is Language.EN else "fr_FR",
            image=json_ld.image_of(self.body.brief["cover"]) or None,
            image_alt=self.cover.alt if self.cover else None,
            published_time=self.published_at,
            modified_time=self.updated_at,
        )


@strawberry.type(description="An article in a list, with its cursor.")
class ArticleEdge:
    node: Article = strawberry.field(description="The article.")
    cursor: str = strawberry.field(description="Give it as `after` to go on from here.")
    asked: strawberry.Private[str]

    @strawberry.field(description="The title in pieces, those marked that answer the search.")
    def highlight(self) -> list[TextSegment]:
        return highlighted(self.node.title, self.asked, self.node.reader)

    @strawberry.field(
        description="About 200 characters of the text in pieces, those marked that answer."
    )
    def excerpt(self) -> list[TextSegment]:
        text = f"{self.node.standfirst} {detail(self.node)['text']}"
        return excerpt_of(text, self.asked, self.node.reader)


@strawberry.type(description="A page of articles.")
class ArticleConnection:
    nodes: list[Article] = strawberry.field(description="The articles.")
    edges: list[ArticleEdge] = strawberry.field(description="The articles with their cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")
    total_count: int | None = strawberry.field(description="How many match in all.")
    corrected: str | None = strawberry.field(
        description="What was searched instead, when the text seemed misspelt."
    )


@strawberry.type(description="Articles that answer a search.")
class ArticleGroup:
    hits: list[ArticleEdge] = strawberry.field(description="The best, as many as were asked for.")
    total_count: int = strawberry.field(description="How many there are in all.")
    corrected: str | None = strawberry.field(
        description="What was searched instead, when the text seemed misspelt."
    )


@strawberry.type(description="A video that answers a search.")
class VideoHit:
    node: Video = strawberry.field(description="The video.")
    asked: strawberry.Private[str]
    reader: strawberry.Private[Reader]

    @strawberry.field(description="The title in pieces, those marked that answer the search.")
    def highlight(self) -> list[TextSegment]:
        return highlighted(self.node.title, self.asked, self.reader)

    @strawberry.field(
        description="About 200 characters of what is said, in pieces, those marked that answer."
    )
    def excerpt(self) -> list[TextSegment]:
        said = [each.transcript for each in self.node.row.captions.all()]
        text = " ".join([self.node.description, *said[:1]])
        return excerpt_of(text[:1200], self.asked, self.reader)


@strawberry.type(description="Videos that answer a search.")
class VideoGroup:
    hits: list[VideoHit] = strawberry.field(description="The best, as many as were asked for.")
    total_count: int = strawberry.field(description="How many there are in all.")
    corrected: str | None = strawberry.field(
        description="What was searched instead, when the text seemed misspelt."
    )


def detail(article: Article) -> Mapping[str, Any]:
    """The detail of an article's card.

    Raises:
        LookupError: not fetched: `DETAIL_FIELDS` does not name the field.
    """
    found = article.body.detail
    if found is None:
        raise LookupError("A field of the detail was asked for and not foreseen.")
    return found


def reader_of(context: RequestContext) -> Reader:
    return Reader(revision=context.revision, at=context.at, language=context.language)


def article_of(body: ArticleBody, reader: Reader) -> Article:
    brief = body.brief
    author = brief["author"]
    return Article(
        id=global_id("Article", body.key),
        slug=brief["slug"],
        url=references.article_url(brief["slug"]),
        language=Language(brief["language"]),
        title=brief["title"],
        standfirst=brief["standfirst"],
        form=ArticleForm(brief["form"]),
        reading_minutes=brief["minutes"],
        published_at=body.published_at,
        updated_at=body.updated_at,
        cover=picture_of(brief["cover"]) if brief["cover"] else None,
        author=ArticleAuthor(**author) if author else None,
        topics=[ArticleTopic(**each) for each in brief["topics"]],
        species=[Species(each) for each in brief["species"]],
        life_stages=[LifeStage(each) for each in brief["life_stages"]],
        conditions=[Condition(each) for each in brief["conditions"]],
        body=body,
        reader=reader,
    )


def video_ref_of(facts: Mapping[str, Any]) -> VideoRef:
    return VideoRef(**_shared(facts))


def video_of(row: models.Video, language: Language) -> Video:
    if row.published_at is None:
        raise ValueError(f"{row} is public without a moment.")
    return Video(
        **_shared(cards.video_facts(row, language)),
        species=[Species(each) for each in row.species],
        published_at=row.published_at,
        row=row,
        language=language,
    )


def _shared(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": global_id("Video", facts["id"]),
        "slug": facts["slug"],
        "title": facts["title"],
        "description": facts["description"],
        "duration_s": facts["duration_s"],
        "poster": picture_of(facts["poster"]) if facts["poster"] else None,
    }


def highlighted(text: str, asked: str, reader: Reader) -> list[TextSegment]:
    return _segments(search.highlighted(text, asked=asked, as_of=reader.revision))


def excerpt_of(text: str, asked: str, reader: Reader) -> list[TextSegment]:
    return _segments(search.excerpt(text, asked=asked, as_of=reader.revision))


def _segments(pieces: Sequence[Segment]) -> list[TextSegment]:
    return [TextSegment(text=each.text, is_match=each.is_match) for each in pieces]


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None
