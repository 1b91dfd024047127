"""What visitors ask of advice, and of everything at once."""

import datetime
from typing import Annotated

import strawberry

from accounts.graphql.info import Info
from accounts.graphql.selection import names_below
from advice import reading, search
from advice.graphql.inputs import ArticleWhere, wanted_of
from advice.graphql.types import (
    Article,
    ArticleConnection,
    ArticleEdge,
    ArticleGroup,
    Topic,
    Video,
    VideoGroup,
    VideoHit,
    article_of,
    needs_detail,
    reader_of,
    video_of,
)
from advice.reading import Question
from advice.references import worded
from advice.search import LONGEST_TEXT, Hits
from advice.vocabulary import ArticleSort
from catalog.graphql.queries import ProductEdge, products_listed
from catalog.graphql.selection import needs_detail as needs_product_detail
from catalog.graphql.types import Product
from catalog.listing import Question as ProductQuestion
from catalog.shelf import Sort, Wish
from kernel.graphql.extending import extend
from kernel.graphql.keeping import KEPT
from kernel.graphql.paging import cursor, page_info, page_size, read_cursor
from kernel.graphql.payloads import ClientMistake, described

_MOST_TOPICS = 100


@strawberry.type(description="Products that answer a search.")
class ProductGroup:
    hits: list[ProductEdge] = strawberry.field(description="The best, as many as were asked for.")
    total_count: int = strawberry.field(description="How many there are in all.")
    corrected: str | None = strawberry.field(
        description="What was searched instead, when the text seemed misspelt."
    )


@strawberry.type(
    description="All that answers a text, in groups; only those selected are looked for."
)
class SearchResults:
    text: strawberry.Private[str]
    first: strawberry.Private[int]

    def _hits(self, info: Info) -> Hits:
        """Articles and videos stand in one index, which is asked once a request."""
        kept = info.context.kept
        key = ("hits", self.text)
        if key not in kept:
            kept[key] = search.search(self.text, as_of=info.context.revision)
        found: Hits = kept[key]
        return found

    @strawberry.field(description="Products, best first; `products(search)` goes on.")
    def products(self, info: Info) -> ProductGroup:
        names = names_below(info)
        question = ProductQuestion(
            wish=Wish(),
            text=self.text,
            sort=Sort.RELEVANCE,
            first=self.first,
            with_facets="facets" in names,
            with_detail=needs_product_detail(names),
        )
        found = products_listed(question, info, after=None)
        return ProductGroup(
            hits=found.edges, total_count=found.total_count or 0, corrected=found.corrected
        )

    @strawberry.field(description="Articles, best first; `articles(search)` goes on.")
    def articles(self, info: Info) -> ArticleGroup:
        names = names_below(info)
        question = Question(
            text=self.text,
            first=self.first,
            with_detail=needs_detail(names),
            hits=self._hits(info),
        )
        found = articles_listed(question, info, after=None)
        return ArticleGroup(
            hits=found.edges, total_count=found.total_count or 0, corrected=found.corrected
        )

    @strawberry.field(description="Videos, best first.")
    def videos(self, info: Info) -> VideoGroup:
        reader = reader_of(info.context)
        found = self._hits(info)
        rows = reading.videos_by_key(found.videos[: self.first])
        nodes = [video_of(each, reader.language) for each in rows]
        asked = found.corrected or self.text
        return VideoGroup(
            hits=[VideoHit(node=node, asked=asked, reader=reader) for node in nodes],
            total_count=len(found.videos),
            corrected=found.corrected,
        )


@strawberry.type
class AdviceQuery:
    @strawberry.field(
        metadata=KEPT,
        description="Articles on show, filtered, searched and sorted. RELEVANCE puts the best "
        "answers to `search` first (words of the title, then of standfirst, headings and topics, "
        "then of the text); without a search, the newest.",
    )
    def articles(
        self,
        info: Info,
        first: Annotated[int | None, described("How many, 1 to 100; 24 if not given.")] = None,
        after: Annotated[str | None, described("Cursor of the last article seen.")] = None,
        where: Annotated[ArticleWhere | None, described("What articles must be.")] = None,
        search: Annotated[str | None, described("What the reader typed.")] = None,
        sort: Annotated[ArticleSort, described("In which order.")] = ArticleSort.RELEVANCE,
    ) -> ArticleConnection:
        names = names_below(info)
        text = text_of(search)
        order = ArticleSort(sort)
        if not text and order is ArticleSort.RELEVANCE:
            order = ArticleSort.NEWEST
        question = Question(
            wanted=wanted_of(where),
            text=text,
            sort=order,
            first=page_size(first),
            after=place_of(after, order),
            with_detail=needs_detail(names),
            with_total="totalCount" in names,
        )
        return articles_listed(question, info, after=after)

    @strawberry.field(
        metadata=KEPT,
        description="The article at an address; an address of the past leads to it too. Null when "
        "there is none, or not yet.",
    )
    def article(
        self, info: Info, slug: Annotated[str, described("Its address.")]
    ) -> Article | None:
        reader = reader_of(info.context)
        body = reading.article_by_slug(slug[:LONGEST_TEXT], reader)
        return None if body is None else article_of(body, reader)

    @strawberry.field(
        metadata=KEPT,
        description="Topics with articles on show, in the clinic's order; at most 100.",
    )
    def topics(self, info: Info) -> list[Topic]:
        reader = reader_of(info.context)
        return [
            Topic(slug=topic.slug, name=worded(topic, "name", reader.language), article_count=count)
            for topic, count in reading.topics_with_articles(reader)[:_MOST_TOPICS]
        ]

    @strawberry.field(
        metadata=KEPT, description="The video at an address; null when there is none."
    )
    def video(self, info: Info, slug: Annotated[str, described("Its address.")]) -> Video | None:
        row = reading.video_by_slug(slug[:LONGEST_TEXT])
        return None if row is None else video_of(row, info.context.language)

    @strawberry.field(
        metadata=KEPT, description="Products, articles and videos that answer a text, in groups."
    )
    def search(
        self,
        text: Annotated[str, described("What the visitor typed, at most 200 characters.")],
        first: Annotated[
            int | None, described("How many of each group, 1 to 100; 24 if not given.")
        ] = None,
    ) -> SearchResults:
        return SearchResults(text=text_of(text), first=page_size(first))


@extend(Product)
@strawberry.field(description="What the clinic has written about it: the newest, at most four.")
def articles(root: strawberry.Parent[Product], info: Info) -> list[Article]:
    reader = reader_of(info.context)
    with_detail = needs_detail(names_below(info))
    found = reading.articles_of_product(root.body.key, reader, with_detail=with_detail)
    return [article_of(each, reader) for each in found]


def articles_listed(question: Question, info: Info, *, after: str | None) -> ArticleConnection:
    """The page of articles that answers a question; `after` is the cursor it goes on from."""
    reader = reader_of(info.context)
    found = reading.list_articles(question, reader)
    nodes = [article_of(body, reader) for body in found.bodies]
    cursors = [cursor(question.sort.value, *place) for place in found.places]
    asked = found.corrected or question.text
    return ArticleConnection(
        nodes=nodes,
        edges=[
            ArticleEdge(node=node, cursor=each, asked=asked)
            for node, each in zip(nodes, cursors, strict=True)
        ],
        page_info=page_info(cursors, has_next=found.has_next, after=after),
        total_count=found.total,
        corrected=found.corrected,
    )


def text_of(text: str | None) -> str:
    """Raises: ClientMistake, for more than 200 characters."""
    if text is not None and len(text) > LONGEST_TEXT:
        raise ClientMistake("BAD_ARGUMENT", f"At most {LONGEST_TEXT} characters to search.")
    return (text or "").strip()


def place_of(after: str | None, sort: ArticleSort) -> tuple[str, int] | None:
    """Raises: ClientMistake, for a cursor of a list in another order."""
    if after is None:
        return None
    name, value, key = read_cursor(after, str, str, int)
    if name != sort or not _is_place(str(value), sort):
        raise ClientMistake("BAD_CURSOR", "`after` is a cursor of a list sorted otherwise.")
    return str(value), int(key)


def _is_place(value: str, sort: ArticleSort) -> bool:
    if sort is ArticleSort.RELEVANCE:
        return value.isdecimal()
    try:
        return datetime.datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
