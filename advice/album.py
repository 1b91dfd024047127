"""Pictures of advice: taken in, drawn in the background, described."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import Person
from advice import cards
from advice.events import PictureAdded
from advice.models import Picture
from catalog import gallery
from kernel import events, pictures
from kernel.pictures import Rendered
from kernel.refusals import Invalid

_KEY = 12


def add_picture(
    *,
    data: bytes,
    alt: tuple[str, str],
    by: Person | None,
    at: datetime,
    credit: str = "",
) -> Picture:
    """Take a picture in; its renditions are drawn by the worker. `alt` is (French, English).

    The same picture again is the one that is there.

    Raises:
        PictureRefused: not a sound still JPEG, PNG or WebP of reasonable size.
        Invalid: no French text for those who cannot see it.
    """
    french, english = (text.strip() for text in alt)
    if not french:
        raise Invalid(path=["input", "alt"], value="", expected=str(_("a description")))
    checked = pictures.check(data)
    content_hash, name = gallery.keep_original(data)
    with transaction.atomic():
        picture, is_new = Picture.objects.get_or_create(
            content_hash=content_hash,
            defaults={
                "key": content_hash[:_KEY],
                "alt_fr": french[:200],
                "alt_en": english[:200],
                "credit": credit.strip()[:120],
                "original": name,
                "width": checked.width,
                "height": checked.height,
                "added_at": at,
            },
        )
        if is_new:
            audit.record(action="advice_picture.add", subject=picture, by=by, at=at)
            events.enqueue(PictureAdded(picture_id=picture.pk))
    return picture


def render_picture(picture_id: int) -> None:
    """Draw the renditions of a picture and show it; one that has them already is left alone."""
    picture = Picture.objects.filter(pk=picture_id, renditions=[]).first()
    if picture is None:
        return
    with gallery.originals().open(picture.original) as file:
        drawn = pictures.render(file.read())
    keep_renditions(picture=picture, drawn=drawn)


def keep_renditions(*, picture: Picture, drawn: Rendered) -> None:
    """Store the renditions of a picture, and show it wherever it stands."""
    gallery.store(drawn)
    with transaction.atomic():
        Picture.objects.filter(pk=picture.pk).update(
            renditions=[[each.width, each.name] for each in drawn.renditions],
            placeholder=drawn.placeholder,
            width=drawn.width,
            height=drawn.height,
        )
        cards.project(cards.showing(picture=picture.key))


def describe_picture(
    *, picture: Picture, alt: tuple[str, str], credit: str, by: Person | None, at: datetime
) -> None:
    """Change a picture's text and credit, wherever it stands.

    Raises:
        Invalid: no French text for those who cannot see it.
    """
    if not alt[0].strip():
        raise Invalid(path=["input", "alt"], value="", expected=str(_("a description")))
    with transaction.atomic():
        changes = {"alt_fr": [picture.alt_fr, alt[0]], "credit": [picture.credit, credit]}
        Picture.objects.filter(pk=picture.pk).update(
            alt_fr=alt[0].strip(), alt_en=alt[1].strip(), credit=credit.strip()
        )
        audit.record(
            action="advice_picture.describe", subject=picture, by=by, at=at, changes=changes
        )
        cards.project(cards.showing(picture=picture.key))
