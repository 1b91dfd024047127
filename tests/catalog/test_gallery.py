from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django_ox.testing import run_tasks
from PIL import Image

from catalog import gallery
from catalog.models import Card, Picture
from kernel.pictures import PictureRefused
from kernel.refusals import Invalid
from tests.builders import NOW, answered, make_clinic, published

pytestmark = pytest.mark.django_db


def png(width=800, height=400):
    file = BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, "PNG")
    return file.getvalue()


def add(product, data=None, alt=("Un sac", "A bag")):
    return gallery.add_picture(product=product, data=data or png(), alt=alt, by=None, at=NOW)


def test_a_picture_is_shown_once_its_renditions_are_drawn():
    make_clinic()
    product = published("p")
    add(product)
    run_tasks()
    found = answered(
        '{ product(slug: "p") { picture { alt width height placeholder small: url(width: 100) '
        "exact: url(width: 640) widest: url(width: 9999) } } }",
        language="en",
    )["product"]["picture"]
    assert (found["alt"], found["width"], found["height"]) == ("A bag", 800, 400)
    assert found["placeholder"].startswith("data:image/webp;base64,")
    widths = [found[name].rsplit("-", 1)[1] for name in ("small", "exact", "widest")]
    assert widths == ["320.webp", "640.webp", "800.webp"]
    name = found["small"].removeprefix("/media/")
    assert not default_storage.exists(Picture.objects.get().original)
    with default_storage.open(name) as file:
        assert file.read(4) == b"RIFF"


def test_the_same_picture_twice_is_one():
    make_clinic()
    product = published("p")
    assert add(product).pk == add(product).pk
    assert Picture.objects.count() == 1


def test_drawing_again_changes_nothing():
    make_clinic()
    picture = add(published("p"))
    gallery.render_picture(picture.pk, at=NOW)
    before = Card.objects.get().revision
    gallery.render_picture(picture.pk, at=NOW)
    assert Card.objects.get().revision == before


def test_what_is_no_picture_is_refused_and_nothing_written():
    make_clinic()
    product = published("p")
    with pytest.raises(PictureRefused):
        add(product, data=b"<svg/>")
    assert Picture.objects.count() == 0


def test_a_picture_without_words_is_refused():
    make_clinic()
    product = published("p")
    with pytest.raises(Invalid):
        add(product, alt=(" ", "A bag"))
    assert Picture.objects.count() == 0


def test_a_removed_picture_leaves_the_card():
    make_clinic()
    picture = add(published("p"))
    run_tasks()
    assert '"alt":"Un sac"' in Card.objects.get().brief_fr
    gallery.remove_picture(picture=picture, by=None, at=NOW)
    assert '"picture":null' in Card.objects.get().brief_fr
