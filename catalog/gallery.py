"""Pictures of products: taken in, rendered in the background, reordered, removed."""

import hashlib
from datetime import datetime
from functools import lru_cache

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage, storages
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import Person
from catalog import cards
from catalog.events import PictureAdded
from catalog.models import Picture, Product
from kernel import events, pictures
from kernel.pictures import Rendered
from kernel.refusals import Invalid

FOLDER = "pictures"


def add_picture(
    *, product: Product, data: bytes, alt: tuple[str, str], by: Person | None, at: datetime
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
    content_hash, name = keep_original(data)
    with transaction.atomic():
        picture, is_new = Picture.objects.get_or_create(
            product=product,
            content_hash=content_hash,
            defaults={
                "alt_fr": french,
                "alt_en": english,
                "original": name,
                "width": checked.width,
                "height": checked.height,
                "position": product.pictures.count(),
            },
        )
        if is_new:
            audit.record(action="picture.add", subject=product, by=by, at=at)
            events.enqueue(PictureAdded(picture_id=picture.pk))
    return picture


def keep_original(data: bytes) -> tuple[str, str]:
    """Keep a picture as it came; gives the hash of its content and the name that it is under."""
    content_hash = hashlib.sha256(data).hexdigest()[:32]
    name = f"{FOLDER}/originals/{content_hash}"
    if not originals().exists(name):
        originals().save(name, ContentFile(data))
    return content_hash, name


def originals() -> Storage:
    """Where pictures are kept as they came, out of the public's sight: they may tell of places."""
    return storages["private"]


def render_picture(picture_id: int, *, at: datetime) -> None:
    """Draw the renditions of a picture and show it; one that has them already is left alone."""
    picture = Picture.objects.filter(pk=picture_id, renditions=[]).first()
    if picture is None:
        return
    with originals().open(picture.original) as file:
        drawn = pictures.render(file.read())
    keep_renditions(picture=picture, drawn=drawn, at=at)


def keep_renditions(*, picture: Picture, drawn: Rendered, at: datetime) -> None:
    """Store the renditions of a picture, and show it."""
    store(drawn)
    with transaction.atomic():
        Picture.objects.filter(pk=picture.pk).update(
            renditions=[[each.width, each.name] for each in drawn.renditions],
            placeholder=drawn.placeholder,
            width=drawn.width,
            height=drawn.height,
        )
        cards.project([picture.product_id], at=at)


def store(drawn: Rendered) -> None:
    """Put renditions where they are served; those that are there already stay."""
    for rendition in drawn.renditions:
        name = f"{FOLDER}/{rendition.name}"
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(rendition.content))


def describe_picture(
    *, picture: Picture, alt: tuple[str, str], position: int, at: datetime
) -> None:
    """Change a picture's text and place."""
    with transaction.atomic():
        Picture.objects.filter(pk=picture.pk).update(
            alt_fr=alt[0], alt_en=alt[1], position=position
        )
        cards.project([picture.product_id], at=at)


def remove_picture(*, picture: Picture, by: Person | None, at: datetime) -> None:
    """Take a picture off its product; the files stay, for cards that are still kept somewhere."""
    with transaction.atomic():
        audit.record(action="picture.remove", subject=picture.product, by=by, at=at)
        picture.delete()
        cards.project([picture.product_id], at=at)


@lru_cache(maxsize=4096)
def rendition_url(name: str) -> str:
    """Where a rendition is served; its name never changes, so neither does its address."""
    return default_storage.url(f"{FOLDER}/{name}")
