"""The door to rows of advice, by the names that people and machines use."""

from collections.abc import Sequence

from django.utils.translation import pgettext_lazy

from advice.models import Article, Picture, Revision, Video
from kernel.refusals import NotFound


def article_for_staff(article_id: int | None) -> Article:
    """Raises: NotFound."""
    articles = Article.objects.select_related("shown")
    found = articles.filter(pk=article_id).first() if article_id else None
    if found is None:
        raise NotFound(path=["input", "id"], what=pgettext_lazy("not found", "article"))
    return found


def revision_of(article: Article, number: int | None = None) -> Revision:
    """A revision by its number, or the latest. Raises: NotFound."""
    wanted = article.version if number is None else number
    found = article.revisions.filter(number=wanted).first()
    if found is None:
        raise NotFound(path=["input", "number"], what=pgettext_lazy("not found", "revision"))
    return found


def revisions_of(article: Article, *, most: int, before: int | None = None) -> Sequence[Revision]:
    """The latest revisions, newest first, with who left them."""
    rows = article.revisions.select_related("by")
    if before is not None:
        rows = rows.filter(number__lt=before)
    return list(rows[:most])


def video_for_staff(video_id: int | None) -> Video:
    """Raises: NotFound."""
    found = Video.objects.filter(pk=video_id).first() if video_id else None
    if found is None:
        raise NotFound(path=["input", "id"], what=pgettext_lazy("not found", "video"))
    return found


def picture_by_key(key: str) -> Picture:
    """Raises: NotFound."""
    found = Picture.objects.filter(key=key).first()
    if found is None:
        raise NotFound(path=["input", "key"], what=pgettext_lazy("not found", "picture"))
    return found
