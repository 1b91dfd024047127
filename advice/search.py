"""The search of advice: what goes into its index, what comes out, and who refreshes it."""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from advice import markdown, references
from advice.models import Article, ArticleCard, Video
from advice.search_document import AdviceText, document, vocabulary
from advice.vocabulary import VideoStatus
from catalog.models import SynonymGroup
from clinic import revision
from clinic.revision import Revision
from kernel import animals
from kernel.animals import Language, Species
from kernel.text_index import (
    Document,
    IndexUnavailable,
    Segment,
    Synonyms,
    TextIndex,
    Vocabulary,
    highlight,
    open_index,
)

logger = logging.getLogger(__name__)

INDEX = "advice"
MOST_HITS = 300
LONGEST_TEXT = 200
_CHUNK = 200
_EXCERPT = 200
_EVERYDAY_WORDS = Path(__file__).parent / "data" / "everyday_words_fr.txt"


@lru_cache(maxsize=1)
def everyday_words() -> tuple[tuple[str, ...], ...]:
    """Words of daily French that mean the same, a group each: "mordre", "morsure"."""
    lines = _EVERYDAY_WORDS.read_text(encoding="utf-8").splitlines()
    return tuple(tuple(word.strip() for word in line.split(",")) for line in lines if line)


@lru_cache(maxsize=2)
def _synonyms(as_of: Revision) -> Synonyms:
    kept = (group.terms.splitlines() for group in SynonymGroup.objects.all()[:2000])
    return Synonyms([*kept, *everyday_words()])


@lru_cache(maxsize=1)
def _vocabulary() -> Vocabulary:
    return vocabulary()


@lru_cache(maxsize=2)
def index(as_of: Revision) -> TextIndex:
    """The index of advice, with the synonyms of a revision."""
    return open_index(INDEX, synonyms=_synonyms(as_of), vocabulary=_vocabulary())


class Hits:
    """What answers a text: keys of articles and of videos, best first."""

    def __init__(self, keys: Iterable[str], corrected: str | None) -> None:
        split = [key.partition(":") for key in keys]
        self.articles = [int(key) for kind, _colon, key in split if kind == "article"]
        self.videos = [int(key) for kind, _colon, key in split if kind == "video"]
        self.corrected = corrected


def search(text: str, *, as_of: Revision) -> Hits:
    """Articles and videos that answer a text, at most 300; some may not be on show yet.

    While there is no index, titles are looked through in the database instead.
    """
    wanted = text[:LONGEST_TEXT].strip()
    if not wanted:
        return Hits([], None)
    try:
        found = index(as_of).search(wanted, limit=MOST_HITS)
    except IndexUnavailable:
        logger.warning("the index of advice is unavailable: searching the database")
        return Hits(_search_database(wanted), None)
    return Hits([hit.key for hit in found.hits], found.corrected)


def _search_database(text: str) -> list[str]:
    articles, videos = Q(), Q()
    for word in text.split()[:6]:
        articles &= Q(article__title__icontains=word)
        videos &= Q(title_fr__icontains=word)
    cards = ArticleCard.objects.filter(articles).order_by("pk")
    rows = Video.objects.filter(videos, status=VideoStatus.PUBLISHED).order_by("pk")
    return [
        *(f"article:{pk}" for pk in cards.values_list("pk", flat=True)[:200]),
        *(f"video:{pk}" for pk in rows.values_list("pk", flat=True)[:200]),
    ]


def highlighted(text: str, *, asked: str, as_of: Revision) -> list[Segment]:
    """A text in pieces, those that answer what was asked marked; joined, they are the text."""
    return highlight(text, asked, synonyms=_synonyms(as_of), vocabulary=_vocabulary())


def excerpt(text: str, *, asked: str, as_of: Revision) -> list[Segment]:
    """About 200 characters around the first word that answers, in pieces; of its beginning where
    nothing does.
    """
    pieces = highlighted(text, asked=asked, as_of=as_of)
    start = 0
    for piece in pieces:
        if piece.is_match:
            break
        start += len(piece.text)
    else:
        start = 0
    return _cut(pieces, *_window(text, start))


def _window(text: str, place: int) -> tuple[int, int]:
    """Where an excerpt begins and ends: at blanks, a third of it before the place."""
    first = max(0, place - _EXCERPT // 3)
    first = text.rfind(" ", 0, first) + 1 if first else 0
    last = first + _EXCERPT
    end = text.rfind(" ", place, last) if last < len(text) else len(text)
    return first, end if end > first else last


def _cut(pieces: Iterable[Segment], first: int, last: int) -> list[Segment]:
    found, place = [], 0
    for piece in pieces:
        text = piece.text[max(0, first - place) : max(0, last - place)]
        if text:
            found.append(Segment(text, is_match=piece.is_match))
        place += len(piece.text)
    return found


def refresh(*, article_ids: Iterable[int], video_ids: Iterable[int]) -> None:
    """Teach the index what changed; what is no longer public leaves it.

    Raises:
        IndexUnavailable: there is nothing to refresh; rebuild.
    """
    wanted = [f"article:{pk}" for pk in article_ids] + [f"video:{pk}" for pk in video_ids]
    as_of = revision.current()
    target = index(as_of)
    fresh = list(_documents(article_ids, video_ids))
    if fresh:
        target.replace(fresh)
    gone = sorted(set(wanted) - {each.key for each in fresh})
    if gone:
        target.remove(gone)
    with transaction.atomic():
        _mark_indexed(article_ids, video_ids)
        if wanted:
            revision.bump()


def rebuild() -> int:
    """Write the whole index anew beside the old one and switch over; how much is in it."""
    articles = list(ArticleCard.objects.order_by("pk").values_list("pk", flat=True))
    videos = list(Video.objects.order_by("pk").values_list("pk", flat=True))
    documents = list(_documents(articles, videos))
    index(revision.current()).rebuild(documents)
    with transaction.atomic():
        _mark_indexed(articles, videos)
        revision.bump()
    return len(documents)


def mend(*, at: datetime) -> bool:
    """Rebuild an index that is missing or damaged, or take what it has missed; for the schedule.

    Gives whether anything had to be done.
    """
    try:
        index(revision.current()).search("x", limit=1)
    except IndexUnavailable:
        logger.warning("rebuilding the index of advice at %s", at)
        rebuild()
        return True
    missed = list(ArticleCard.objects.filter(indexed=False).values_list("pk", flat=True)[:_CHUNK])
    unseen = Video.objects.filter(indexed=False, published_at__isnull=False)
    videos = list(unseen.values_list("pk", flat=True)[:_CHUNK])
    if missed or videos:
        refresh(article_ids=missed, video_ids=videos)
    return bool(missed or videos)


def _mark_indexed(article_ids: Iterable[int], video_ids: Iterable[int]) -> None:
    ArticleCard.objects.filter(pk__in=list(article_ids)).update(indexed=True)
    Video.objects.filter(pk__in=list(video_ids)).update(indexed=True)


def _documents(article_ids: Iterable[int], video_ids: Iterable[int]) -> Iterator[Document]:
    """What the index is told of articles with a card, and of videos on show."""
    ids = list(article_ids)
    for start in range(0, len(ids), _CHUNK):
        yield from map(document, _texts(ids[start : start + _CHUNK]))
    videos = Video.objects.filter(pk__in=list(video_ids), status=VideoStatus.PUBLISHED)
    for video in videos.prefetch_related("captions").order_by("pk"):
        said = {each.language: each.transcript for each in video.captions.all()}
        yield document(
            AdviceText(
                key=f"video:{video.pk}",
                title=video.title_fr,
                standfirst=video.description_fr,
                body=said.get(Language.FR, ""),
                labels=[animals.label(Species(each)) for each in video.species],
            )
        )


def _texts(article_ids: list[int]) -> Iterator[AdviceText]:
    rows = Article.objects.filter(pk__in=article_ids, card__isnull=False, shown__isnull=False)
    shown = [(row.pk, row.shown.content) for row in rows.select_related("shown") if row.shown]
    things = references.gather(content for _pk, content in shown)
    for pk, content in shown:
        words = content.said(Language.FR)[1]
        blocks = markdown.blocks(words.body)
        yield AdviceText(
            key=f"article:{pk}",
            title=words.title,
            standfirst=words.standfirst,
            body="\n".join(block.text for block in blocks),
            headings=[block.text for block in blocks if block.heading_level],
            labels=[
                *(things.topics[slug].name_fr for slug in content.topics if slug in things.topics),
                *(animals.label(each) for each in content.species),
                *(animals.label(each) for each in content.life_stages),
                *(animals.label(each) for each in content.conditions),
            ],
        )
