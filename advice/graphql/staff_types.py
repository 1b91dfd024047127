"""Articles as their writers see them: what is being written, its revisions, what is marked."""

import datetime
from typing import Annotated

import strawberry
from django.utils.translation import gettext

from advice import access, markdown, models, publishing, references
from advice.claims import Mark
from advice.content import Change, Content, differences
from advice.graphql.types import ArticleSource
from advice.vocabulary import ArticleForm, ArticleStatus
from kernel.animals import Condition, Language, LifeStage, Species
from kernel.graphql.nodes import global_id
from kernel.graphql.paging import PageInfo, cursor, page_info, page_size, read_cursor
from kernel.graphql.payloads import ClientMistake, described
from kernel.refusals import NotFound


@strawberry.type(description="The words of an article in one language.")
class ArticleWords:
    language: Language = strawberry.field(description="The language.")
    title: str = strawberry.field(description="The title.")
    standfirst: str = strawberry.field(description="What it says in two sentences.")
    body: str = strawberry.field(description="The text, in Markdown.")


@strawberry.type(description="All that an article says and is about.")
class ArticleContent:
    words: list[ArticleWords] = strawberry.field(description="Its words, by language.")
    form: ArticleForm = strawberry.field(description="How it is built.")
    author: str = strawberry.field(description="Slug of who signs; may be empty.")
    cover: str = strawberry.field(description="Key of its picture; may be empty.")
    topics: list[str] = strawberry.field(description="Slugs of its topics.")
    species: list[Species] = strawberry.field(description="For which species.")
    life_stages: list[LifeStage] = strawberry.field(description="For which ages.")
    conditions: list[Condition] = strawberry.field(description="The conditions it speaks of.")
    products: list[str] = strawberry.field(description="Slugs of the products it shows.")
    videos: list[str] = strawberry.field(description="Slugs of its videos.")
    sources: list[ArticleSource] = strawberry.field(description="What it rests on.")
    reviewed_on: datetime.date | None = strawberry.field(description="When a vet read it over.")
    next_review_on: datetime.date | None = strawberry.field(description="When one will again.")


@strawberry.type(description="A word that may not stand beside a food.")
class ClaimMark:
    language: Language = strawberry.field(description="In which words.")
    place: str = strawberry.field(description="`title`, `standfirst` or `body`.")
    word: str = strawberry.field(description="The word.")
    excerpt: str = strawberry.field(description="Where it stands.")
    source: str = strawberry.field(description="The article of law that bars it.")
    let_stand: bool = strawberry.field(description="Whether a vet has let it stand.")


@strawberry.type(description="A line of a comparison.")
class ComparedLine:
    change: Change = strawberry.field(description="What became of it.")
    text: str = strawberry.field(description="The line.")


@strawberry.type(description="What became of one field between two revisions.")
class ComparedField:
    field: str = strawberry.field(description="Its name, with the language for words.")
    lines: list[ComparedLine] = strawberry.field(description="Line by line.")


@strawberry.type(description="An article as somebody left it.")
class ArticleRevision:
    number: int = strawberry.field(description="The first is 1.")
    at: datetime.datetime = strawberry.field(description="When.")
    by: str = strawberry.field(description="Who; empty for the shop itself.")
    note: str = strawberry.field(description="What they said of it.")
    content: ArticleContent = strawberry.field(description="All that it said.")


@strawberry.type(description="Revisions, the latest first.")
class RevisionConnection:
    nodes: list[ArticleRevision] = strawberry.field(description="The revisions.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@strawberry.type(description="An article as its writers see it.")
class ArticleDraft:
    id: strawberry.ID = strawberry.field(description="The id of the article.")
    slug: str = strawberry.field(description="Its address.")
    status: ArticleStatus = strawberry.field(description="How far it has come.")
    version: int = strawberry.field(
        description="Number of the latest revision: give it back as `expectedVersion`."
    )
    shown_version: int | None = strawberry.field(
        description="The revision that the public reads, or will read."
    )
    published_at: datetime.datetime | None = strawberry.field(
        description="Since when the public reads it, or from when it will."
    )
    content: ArticleContent = strawberry.field(description="What the latest revision says.")
    row: strawberry.Private[models.Article]
    kept: strawberry.Private[Content]

    @strawberry.field(description="The latest revision as HTML, in French.")
    def preview(self) -> str:
        things = references.gather([self.kept])
        words = self.kept.said(Language.FR)[1]
        return markdown.render(words.body, references.targets(things, Language.FR)).html

    @strawberry.field(description="What keeps it from being published.")
    def missing(self) -> list[str]:
        things = references.gather([self.kept])
        return [gettext(what) for what in publishing.missing_particulars(self.kept, things)]

    @strawberry.field(description="Words that may not stand beside a food.")
    def claims(self) -> list[ClaimMark]:
        marks = publishing.marks_of(self.row, self.kept, references.gather([self.kept]))
        standing = {mark.fingerprint for mark in publishing.standing(marks)}
        return [_mark(each, let_stand=each.fingerprint not in standing) for each in marks]

    @strawberry.field(description="Its revisions, the latest first.")
    def revisions(
        self,
        first: Annotated[int | None, described("How many, 1 to 100; 24 if not given.")] = None,
        after: Annotated[str | None, described("Cursor of the last revision seen.")] = None,
    ) -> RevisionConnection:
        size = page_size(first)
        before = int(read_cursor(after, int)[0]) if after else None
        found = access.revisions_of(self.row, most=size + 1, before=before)
        page = found[:size]
        cursors = [cursor(each.number) for each in page]
        return RevisionConnection(
            nodes=[_revision(each) for each in page],
            page_info=page_info(cursors, has_next=len(found) > size, after=after),
        )

    @strawberry.field(description="What changed from one revision to another.")
    def difference(
        self,
        before: Annotated[int, described("Number of the older revision.")],
        after: Annotated[int | None, described("Of the newer; the latest if not given.")] = None,
    ) -> list[ComparedField]:
        try:
            old = access.revision_of(self.row, before).content
            new = access.revision_of(self.row, after).content
        except NotFound as refusal:
            raise ClientMistake("NOT_FOUND", refusal.message) from None
        return [
            ComparedField(
                field=each.field,
                lines=[ComparedLine(change=line.change, text=line.text) for line in each.lines],
            )
            for each in differences(old, new)
        ]


def draft_of(article_id: int) -> ArticleDraft:
    """An article as it stands now, for those who have asked their duty."""
    row = access.article_for_staff(article_id)
    kept = access.revision_of(row).content
    return ArticleDraft(
        id=global_id("Article", row.pk),
        slug=row.slug,
        status=ArticleStatus(row.status),
        version=row.version,
        shown_version=row.shown.number if row.shown else None,
        published_at=row.published_at,
        content=_content(kept),
        row=row,
        kept=kept,
    )


def _content(kept: Content) -> ArticleContent:
    return ArticleContent(
        words=[
            ArticleWords(
                language=language, title=said.title, standfirst=said.standfirst, body=said.body
            )
            for language, said in kept.words.items()
        ],
        form=kept.form,
        author=kept.author,
        cover=kept.cover,
        topics=list(kept.topics),
        species=list(kept.species),
        life_stages=list(kept.life_stages),
        conditions=list(kept.conditions),
        products=list(kept.products),
        videos=list(kept.videos),
        sources=[ArticleSource(title=each.title, url=each.url or None) for each in kept.sources],
        reviewed_on=kept.reviewed_on,
        next_review_on=kept.next_review_on,
    )


def _revision(row: models.Revision) -> ArticleRevision:
    return ArticleRevision(
        number=row.number,
        at=row.at,
        by=str(row.by or ""),
        note=row.note,
        content=_content(row.content),
    )


def _mark(mark: Mark, *, let_stand: bool) -> ClaimMark:
    return ClaimMark(
        language=mark.language,
        place=mark.place,
        word=mark.word,
        excerpt=mark.excerpt,
        source=mark.article,
        let_stand=let_stand,
    )
