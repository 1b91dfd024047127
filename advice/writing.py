"""Articles written: each saving is a revision, and two writers never undo one another unseen."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import Person
from advice import access, cards
from advice.content import LONGEST, MOST_LISTED, Content, differences, to_json
from advice.models import Article, Revision, SlugHistory
from kernel.refusals import ErrorCode, Invalid, LimitReached, Refusal, Stale

_LONGEST_SLUG = 120
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_SOURCE = 300
_LISTS = ("topics", "species", "life_stages", "conditions", "products", "videos", "sources")


class ArticleSlugTaken(Refusal):
    code = ErrorCode.ALREADY_USED
    words = _("The address %(slug)s belongs to another article.")


def start_article(
    *, content: Content, by: Person | None, at: datetime, slug: str = "", note: str = ""
) -> Article:
    """Open a draft with its first revision; its address comes from the title when not given.

    Raises:
        Invalid: no French title, an address that is none, a source without a web address.
        LimitReached: a text or a list is too long.
        ArticleSlugTaken: another article has, or had, that address.
    """
    refuse_unsound(content)
    slug = slug or slugify(content.title)[:_LONGEST_SLUG].strip("-")
    with transaction.atomic():
        refuse_slug(slug, article=None)
        article = Article.objects.create(slug=slug)
        _keep(article, content, by=by, at=at, note=note)
        audit.record(
            action="article.start",
            subject=article,
            by=by,
            at=at,
            changes={"slug": ["", slug], "title": ["", content.title]},
        )
    return article


def edit_article(
    *,
    article: Article,
    content: Content,
    expected_version: int,
    by: Person | None,
    at: datetime,
    note: str = "",
) -> Article:
    """Keep what was written as a new revision; the same content again is none.

    Readers go on with the revision that was published, until the new one is.

    Raises:
        Stale: somebody saved since `expected_version` was read.
        Invalid: no French title, or a source without a web address.
        LimitReached: a text or a list is too long.
    """
    refuse_unsound(content)
    with transaction.atomic():
        article = locked(article, expected_version=expected_version)
        before = access.revision_of(article).content
        changed = [each.field for each in differences(before, content)]
        if changed:
            _keep(article, content, by=by, at=at, note=note)
            changes = {
                "version": [expected_version, article.version],
                "fields": ["", ", ".join(changed)],
            }
            audit.record(action="article.edit", subject=article, by=by, at=at, changes=changes)
    return article


def restore_revision(
    *, article: Article, number: int, expected_version: int, by: Person | None, at: datetime
) -> Article:
    """Make what an older revision says the latest again; what came between stays in the list.

    Raises:
        Stale: somebody saved since `expected_version` was read.
        NotFound: no such revision.
    """
    content = access.revision_of(article, number).content
    note = str(_("As it was in revision %(number)d") % {"number": number})
    return edit_article(
        article=article, content=content, expected_version=expected_version, by=by, at=at, note=note
    )


def change_slug(*, article: Article, slug: str, by: Person | None, at: datetime) -> Article:
    """Give an article another address; the old one goes on leading to it.

    Raises:
        Invalid: no address of small letters, digits and hyphens.
        ArticleSlugTaken: another article has, or had, that address.
    """
    with transaction.atomic():
        article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        if slug == article.slug:
            return article
        refuse_slug(slug, article=article)
        # An address taken back is no old one any more: it leads here by itself.
        SlugHistory.objects.filter(article=article, slug=slug).delete()
        SlugHistory.objects.get_or_create(slug=article.slug, defaults={"article": article})
        changes = {"slug": [article.slug, slug]}
        article.slug = slug
        article.save(update_fields=["slug"])
        audit.record(action="article.slug", subject=article, by=by, at=at, changes=changes)
        cards.project([article.pk])
        cards.project(cards.showing(article=article.pk))
    return article


def locked(article: Article, *, expected_version: int) -> Article:
    """The article as it stands, held until the commit. Raises: Stale."""
    article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
    if article.version != expected_version:
        raise Stale(path=["input", "expectedVersion"], version=article.version)
    return article


def refuse_slug(slug: str, *, article: Article | None) -> None:
    """Raises: Invalid, ArticleSlugTaken."""
    if not _SLUG.fullmatch(slug) or len(slug) > _LONGEST_SLUG:
        expected = str(_("small letters, digits and hyphens"))
        raise Invalid(path=["input", "slug"], value=slug[:_LONGEST_SLUG], expected=expected)
    mine = article.pk if article else 0
    taken = Article.objects.exclude(pk=mine).filter(slug=slug).exists()
    if taken or SlugHistory.objects.exclude(article_id=mine).filter(slug=slug).exists():
        raise ArticleSlugTaken(path=["input", "slug"], slug=slug)


def refuse_unsound(content: Content) -> None:
    """Raises: Invalid, LimitReached, for what no draft may be."""
    for language, name, most in _too_long(content):
        raise LimitReached(path=["input", "words", language, name], most=most)
    for name in _LISTS:
        if len(getattr(content, name)) > MOST_LISTED:
            raise LimitReached(path=["input", name], most=MOST_LISTED)
    # What JSON escapes so is what PostgreSQL refuses to keep.
    if "\\u0000" in json.dumps(to_json(content)):
        expected = str(_("text without control characters"))
        raise Invalid(path=["input", "words"], value="\\x00", expected=expected)
    if not content.title.strip():
        expected = str(_("a French title"))
        raise Invalid(path=["input", "words", "fr", "title"], value="", expected=expected)
    for wrong in _unsound_sources(content):
        expected = str(_("a title, and an address that begins with https://"))
        raise Invalid(path=["input", "sources"], value=wrong, expected=expected)


def _too_long(content: Content) -> Iterator[tuple[str, str, int]]:
    for language, words in content.words.items():
        for name, most in LONGEST.items():
            if len(getattr(words, name)) > most:
                yield str(language), name, most


def _unsound_sources(content: Content) -> Iterator[str]:
    for source in content.sources:
        is_long = max(len(source.title), len(source.url)) > _LONGEST_SOURCE
        if is_long or not source.title.strip() or not is_web_address(source.url, may_lack=True):
            yield (source.url or source.title)[:_LONGEST_SOURCE]


def is_web_address(url: str, *, may_lack: bool = False) -> bool:
    """Whether it is a plain https address: a scheme that runs nothing, and a host."""
    if not url:
        return may_lack
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and not set(url) & set(" <>\"'\\\n\t")


def _keep(
    article: Article, content: Content, *, by: Person | None, at: datetime, note: str
) -> None:
    article.version += 1
    article.title = content.title
    article.next_review_on = content.next_review_on
    article.save(update_fields=["version", "title", "next_review_on"])
    Revision.objects.create(
        article=article,
        number=article.version,
        at=at,
        by=by,
        note=note[:200],
        kept=to_json(content),
    )
