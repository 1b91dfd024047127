import csv
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from kernel.pictures import CheckedPicture, PictureFormat, check, render
from shop import demo
from shop.demo.packshots import SIDE, draw_packshot

FOLDER = Path(demo.__file__).parent / "data"


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def packshot(**changed: object) -> bytes:
    words: dict[str, object] = {
        "name": "Croquettes Chat",
        "brand": "Brisalune",
        "form": "dry",
        "species": ["cat"],
        "pack": "1,5 kg",
        "seed": 1,
    }
    return draw_packshot(**{**words, **changed})  # type: ignore[arg-type]


def pixel(data: bytes, at: tuple[int, int]) -> tuple[int, ...]:
    found = Image.open(BytesIO(data)).convert("RGB").getpixel(at)
    assert isinstance(found, tuple)
    return found


FORMS = sorted({row["form"] for row in rows("products.csv")})


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_demonstration_is_a_picture_that_the_shop_takes(form):
    row = next(row for row in rows("products.csv") if row["form"] == form)
    data = packshot(
        name=row["name_fr"], brand=row["brand"], form=form, species=row["species"].split("|")
    )
    assert check(data) == CheckedPicture(format=PictureFormat.JPEG, width=SIDE, height=SIDE)
    assert [rendition.width for rendition in render(data).renditions] == [320, 640, SIDE]


@pytest.mark.parametrize("form", sorted(set(FORMS) - {"tool", "fogger", "treat"}))
def test_a_form_is_told_from_a_plain_accessory(form):
    other = "dry" if form == "accessory" else "accessory"
    assert packshot(form=form) != packshot(form=other)


def test_the_same_words_and_seed_draw_the_same_picture():
    assert packshot(seed=7) == packshot(seed=7)


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "Croquettes Chien"},
        {"brand": "Kérouan"},
        {"form": "litter"},
        {"species": ["dog"]},
        {"species": ["dog", "cat"]},
        {"pack": "3 kg"},
        {"seed": 2},
    ],
)
def test_every_word_shows(changed):
    assert packshot(**changed) != packshot()


def test_a_bag_is_of_the_colour_of_its_brand():
    red, green, blue = pixel(packshot(), (SIDE * 42 // 100, SIDE * 19 // 100))
    assert [abs(red - 44) < 12, abs(green - 82) < 12, abs(blue - 148) < 12] == [True, True, True]


def test_dogs_eat_from_tins_and_cats_from_pouches():
    above_a_tin = (SIDE * 30 // 100, SIDE * 16 // 100)
    tin = pixel(packshot(form="wet", species=["dog"]), above_a_tin)
    pouch = pixel(packshot(form="wet", species=["cat"]), above_a_tin)
    assert (min(tin) > 200, min(pouch) < 100) == (True, True)


@pytest.mark.parametrize("form", ["accessory", "tool"])
def test_a_thing_is_drawn_rather_than_the_animal_it_is_for(form):
    bowl = {"name": "Gamelle Inox", "brand": "Petirelle", "form": form}
    assert packshot(**bowl, species=["dog"]) == packshot(**bowl, species=["cat"])


def test_the_brand_is_not_repeated_in_the_name():
    plain = packshot(name="Shampooing Doux", brand="Maravel", form="care")
    assert packshot(name="Maravel Shampooing Doux", brand="Maravel", form="care") == plain
    assert packshot(name="Shampooing Doux Maravel", brand="Maravel", form="care") == plain


@pytest.mark.parametrize(
    ("accented", "plain"),
    [("Pâtée", "Patee"), ("ÉÈÊ", "EEE"), ("maïs", "mais"), ("ça", "ca"), ("dîner", "diner")],
)
def test_accents_are_drawn(accented, plain):
    assert packshot(name=accented) != packshot(name=plain)


@pytest.mark.parametrize(
    ("written", "drawn"),
    [("œuf", "oeuf"), ("2 – 4", "2 - 4"), ("6 × 85", "6 x 85"), ("a猫b", "ab")],
)
def test_letters_that_the_font_lacks_are_spelled_otherwise_or_left_out(written, drawn):
    assert packshot(name=written) == packshot(name=drawn)


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "Hexakosioihexekontahexaphobie" * 4},
        {"name": "un mot puis un autre " * 30},
        {"name": "", "brand": "", "pack": "", "species": []},
        {"name": "\u0301", "form": "unheard of", "brand": "Nobody", "species": ["unicorn"]},
        {"species": ["dog", "cat", "rabbit", "rat"]},
    ],
)
def test_odd_words_still_make_a_picture(changed):
    assert check(packshot(**changed)).width == SIDE
