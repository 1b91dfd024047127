"""Cards of articles: all that a reader may see, written when it changes and read by every list.

`project` runs in the transaction that publishes an article, or changes a thing that it shows. A
card says what the revision says that was published, never what was written since.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction

from advice import markdown, references
from advice.content import Content
from advice.events import AdviceTextChanged
from advice.models import Article, ArticleCard, CardTag, Picture, Revision
from advice.references import Things, worded
from advice.vocabulary import ArticleForm, ArticleStatus, TagKind, VideoStatus
from clinic import revision
from kernel import events
from kernel.animals import Language, Species

type Json = dict[str, Any]
type Tag = tuple[TagKind, str]

PUBLIC = (ArticleStatus.SCHEDULED, ArticleStatus.PUBLISHED)
_CHUNK = 100
_LONGEST_TEXT = 1200  # of which excerpts are taken
_TEXTS = ("brief_fr", "brief_en", "detail_fr", "detail_en")
_COMPARED = ("slug", "published_at", "updated_at", *_TEXTS)


def project(article_ids: Iterable[int]) -> int:
    """Write the cards of articles anew inside the caller's transaction, and move the revision.

    An article that is neither scheduled nor published loses its card. Gives the number of cards
    that differ from what stood before; the revision moves only when there is one.
    """
    ids = sorted(set(article_ids))
    changed: list[int] = []
    with transaction.atomic():
        for start in range(0, len(ids), _CHUNK):
            changed += _project_chunk(ids[start : start + _CHUNK])
        if changed:
            events.enqueue(AdviceTextChanged(article_ids=changed, video_ids=[]))
            revision.bump()
    return len(changed)


def _project_chunk(ids: Sequence[int]) -> list[int]:
    fresh = {card.pk: (card, tags) for card, tags in fresh_cards(ids)}
    gone, differing = _compared(fresh, ids)
    ArticleCard.objects.filter(pk__in=[*gone, *differing]).delete()
    ArticleCard.objects.bulk_create([fresh[pk][0] for pk in differing])
    CardTag.objects.bulk_create(
        CardTag(card_id=pk, kind=kind, value=value)
        for pk in differing
        for kind, value in sorted(fresh[pk][1])
    )
    return gone + differing


def _compared(
    fresh: Mapping[int, tuple[ArticleCard, set[Tag]]], ids: Sequence[int]
) -> tuple[list[int], list[int]]:
    """Of some articles, those whose card should not be there, and those whose card is not right."""
    standing = {card.pk: card for card in ArticleCard.objects.filter(pk__in=ids)}
    tags: dict[int, set[Tag]] = {}
    rows = CardTag.objects.filter(card__in=ids).values_list("card_id", "kind", "value")
    for pk, kind, value in rows:
        tags.setdefault(pk, set()).add((TagKind(kind), value))
    wrong = [
        pk
        for pk, (card, wanted) in fresh.items()
        if not _same(card, standing.get(pk)) or wanted != tags.get(pk, set())
    ]
    return [pk for pk in standing if pk not in fresh], wrong


def _same(card: ArticleCard, other: ArticleCard | None) -> bool:
    return other is not None and all(
        getattr(card, name) == getattr(other, name) for name in _COMPARED
    )


def differing() -> list[int]:
    """Articles whose card is not what a fresh projection would be; `rebuild_cards --check`."""
    ids = list(Article.objects.order_by("pk").values_list("pk", flat=True))
    found: list[int] = []
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        gone, wrong = _compared({card.pk: (card, tags) for card, tags in fresh_cards(chunk)}, chunk)
        found += sorted(gone + wrong)
    return found


def fresh_cards(ids: Sequence[int]) -> Iterator[tuple[ArticleCard, set[Tag]]]:
    """The cards that articles should have, with their tags; not saved."""
    rows = Article.objects.filter(pk__in=ids, status__in=PUBLIC).select_related("shown")
    shown = [(row, row.shown, row.shown.content) for row in rows if row.shown]
    things = references.gather(content for _row, _revision, content in shown)
    for row, left, content in shown:
        yield card_of(row, left, content, things), tags_of(content, things)


def card_of(article: Article, left: Revision, content: Content, things: Things) -> ArticleCard:
    if article.published_at is None:
        raise ValueError(f"{article} is public without a moment.")
    updated = max(left.at, article.published_at)
    card = ArticleCard(
        article=article,
        slug=article.slug,
        published_at=article.published_at,
        updated_at=updated,
    )
    for language in Language:
        setattr(card, f"brief_{language}", _dumps(_brief(article, content, things, language)))
        setattr(card, f"detail_{language}", _dumps(_detail(content, things, language)))
    return card


def _dumps(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def tags_of(content: Content, things: Things) -> set[Tag]:
    """What an article is found by. Things are told by their keys: slugs may change."""
    named = references.named_in(content)
    tags: set[Tag] = {(TagKind.TOPIC, slug) for slug in content.topics if slug in things.topics}
    tags |= {(TagKind.AUTHOR, content.author)} if content.author in things.authors else set()
    # What names no species is for all of them.
    tags |= {(TagKind.SPECIES, str(each)) for each in content.species or Species}
    tags |= {(TagKind.LIFE_STAGE, str(each)) for each in content.life_stages}
    tags |= {(TagKind.CONDITION, str(each)) for each in content.conditions}
    tags |= {(TagKind.PICTURE, key) for key in named[TagKind.PICTURE]}
    tags |= {(TagKind.VIDEO, slug) for slug in named[TagKind.VIDEO]}
    for kind, found in ((TagKind.PRODUCT, things.products), (TagKind.ARTICLE, things.articles)):
        tags |= {(kind, str(found[name].pk)) for name in named[kind] if name in found}
    return tags


def showing(**things: str | int) -> list[int]:
    """The articles whose card shows a thing: `showing(picture="ab12")`, `showing(product=3)`."""
    found: set[int] = set()
    for kind, value in things.items():
        tags = CardTag.objects.filter(kind=TagKind(kind), value=str(value))
        found.update(tags.values_list("card_id", flat=True))
    return sorted(found)


def _brief(article: Article, content: Content, things: Things, language: Language) -> Json:
    spoken, words = content.said(language)
    author = things.authors.get(content.author)
    cover = things.pictures.get(content.cover)
    topics = [things.topics[slug] for slug in content.topics if slug in things.topics]
    return {
        "id": article.pk,
        "slug": article.slug,
        "language": spoken,
        "title": words.title,
        "standfirst": words.standfirst,
        "form": content.form,
        "minutes": markdown.minutes_to_read(markdown.plain_text(words.body)),
        "cover": picture_facts(cover, language) if cover else None,
        "author": author
        and {"slug": author.slug, "name": author.name, "title": worded(author, "title", language)},
        "topics": [{"slug": each.slug, "name": worded(each, "name", language)} for each in topics],
        "species": list(content.species),
        "life_stages": list(content.life_stages),
        "conditions": list(content.conditions),
    }


def _detail(content: Content, things: Things, language: Language) -> Json:
    _spoken, words = content.said(language)
    shown = markdown.render(words.body, references.targets(things, language))
    is_questions = content.form is ArticleForm.QUESTIONS
    return {
        "html": shown.html,
        "headings": [[each.level, each.text, each.anchor] for each in shown.headings],
        "sources": [{"title": each.title, "url": each.url} for each in content.sources],
        "reviewed_on": _iso(content.reviewed_on),
        "next_review_on": _iso(content.next_review_on),
        "text": markdown.plain_text(words.body)[:_LONGEST_TEXT],
        "questions": [list(each) for each in markdown.questions(words.body)]
        if is_questions
        else [],
        "products": _product_keys(content, words.body, things),
        "videos": _videos(content, words.body, things, language),
    }


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None


def _product_keys(content: Content, body: str, things: Things) -> list[int]:
    """Those listed come first, then those that the text shows."""
    names = [*content.products, *_referred(body, TagKind.PRODUCT)]
    found = [things.products[name].pk for name in names if name in things.products]
    return list(dict.fromkeys(found))


def _videos(content: Content, body: str, things: Things, language: Language) -> list[Json]:
    slugs = dict.fromkeys([*content.videos, *_referred(body, TagKind.VIDEO)])
    rows = [things.videos[slug] for slug in slugs if slug in things.videos]
    return [video_facts(row, language) for row in rows if row.status == VideoStatus.PUBLISHED]


def video_facts(video: Any, language: Language) -> Json:
    """What a list shows of a video."""
    return {
        "id": video.pk,
        "slug": video.slug,
        "title": worded(video, "title", language),
        "description": worded(video, "description", language),
        "duration_s": video.duration_s,
        "published_at": video.published_at.isoformat() if video.published_at else None,
        "poster": picture_facts(video.poster, language) if video.poster else None,
    }


def _referred(body: str, kind: TagKind) -> list[str]:
    found = (each.partition(":") for each in markdown.references(body))
    return [name for found_kind, _colon, name in found if found_kind == kind]


def picture_facts(picture: Picture, language: Language) -> Json:
    return {
        "alt": worded(picture, "alt", language),
        "width": picture.width,
        "height": picture.height,
        "placeholder": picture.placeholder,
        "renditions": picture.renditions,
    }
