"""Pictures of packs that do not exist, drawn for the demonstration clinic.

A drawing is a line of text: shapes apart by `;`, each a letter, a tone and whole numbers. `o` is an
ellipse in its box, `r` a box with its corner radius last, `p` a polygon, `c` a closed curve through
its points, `l` a line, its width first. A capital draws the shape and its mirror image. Packs stand
on a field of 1000, icons in one of 100.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

SIDE = 900
_FIELD = 1000
_DRAWN = 2 * SIDE  # twice as large, then averaged: Pillow's shapes have hard edges
_SCALE = _DRAWN / _FIELD
_SMALL = 120

_WHITE, _INK, _GREY, _KRAFT = (255, 255, 255), (38, 43, 56), (206, 211, 218), (214, 184, 146)
_ACCENTS = ((246, 178, 74), (239, 123, 102), (122, 190, 150), (116, 176, 222), (196, 150, 208))

type Colour = tuple[int, int, int]
type _Fill = Colour | int
type _Point = tuple[float, float]

_BRANDS = {
    "Brisalune": (44, 82, 148),
    "Kérouan": (20, 122, 130),
    "Norvelle Vet": (104, 74, 138),
    "Maravel": (206, 88, 92),
    "Solvène": (58, 118, 78),
    "Petirelle": (196, 118, 44),
}


@dataclass(frozen=True, slots=True)
class _Form:
    """How a kind of pack looks; `label` is the box of its words, `tone` their colour on it."""

    drawing: str
    label: tuple[int, int, int, int]
    tone: int = 0
    heap: Colour | None = None


# Tones: 0 white, 1 brand, 2 brand dark, 3 accent, 4 ink, 5 grey, 6 kraft, 7 brand light.
_BAG = (
    "p1 182 92 818 92 830 130 814 220 836 520 826 862 808 890 192 890 174 862 164 520 186 220 170"
    " 130;p2 182 92 818 92 830 130 821 170 179 170 170 130;l7 5 182 132 818 132;"
    "p3 167 730 390 766 610 736 832 686 826 862 808 890 192 890 174 862;"
    "p2 171 824 390 846 610 830 828 796 826 862 808 890 192 890 174 862"
)
_POUCH = (
    "c1 216 130 500 118 784 130 806 170 784 500 808 850 774 890 500 896 226 890 192 850 216 500"
    " 194 170;r2 202 120 798 188 14;o0 472 132 528 176;l7 5 216 208 784 208;"
    "p3 202 744 390 772 610 742 797 696 806 850 774 888 226 888 194 850"
)
_BOX = (
    "p5 730 130 830 174 830 848 730 890;r0 190 130 730 890 10;p1 190 130 730 130 730 236 190 236;"
    "p2 730 130 830 174 830 266 730 236;p3 190 778 730 722 730 890 190 890;"
    "p1 190 860 730 820 730 890 190 890"
)
_BESIDE_BOX = {
    "rx": "",
    "pipette": ";c5 800 600 820 560 840 600 846 760 828 816 824 902 800 902 796 816 780 760"
    ";c0 872 620 892 590 910 620 914 780 898 820 894 904 872 904 868 820 850 780",
    "tablet": ";r5 620 806 920 906 16;o0 642 818 712 892;o0 736 818 806 892;o0 830 818 900 892",
    "collar": ";o4 620 750 940 910;o5 634 760 926 892;o6 660 784 900 874;r3 610 808 660 858 8",
}
_FORMS = {
    "dry": _Form(_BAG, (216, 186, 784, 880), heap=(168, 112, 62)),
    "litter": _Form(_BAG + ";r7 400 108 600 134 13", (216, 186, 784, 880), heap=_GREY),
    "wet": _Form(_POUCH, (244, 222, 756, 876)),
    "treat": _Form(_POUCH, (244, 222, 756, 876), heap=(190, 120, 66)),
    "tin": _Form(
        "r5 160 270 840 890 60;r1 166 300 834 860 8;o5 160 190 840 380;o0 184 204 816 366;"
        "o5 204 216 796 356;o7 430 250 570 306;o5 458 262 542 292;r3 166 790 834 860 0",
        (196, 384, 804, 866),
    ),
    "supplement": _Form(
        "r2 232 100 768 250 26;l1 6 246 146 754 146;l1 6 246 186 754 186;r7 262 240 738 280 6;"
        "r1 192 268 808 890 70;p3 192 770 808 716 808 828 192 828",
        (222, 290, 778, 860),
    ),
    "care": _Form(
        "r2 420 70 580 190 18;r7 436 180 564 230 8;c1 300 242 500 216 700 242 756 330 756 850 726"
        " 888 500 894 274 888 244 850 244 330;p3 244 770 756 716 756 850 726 884 274 884 244 850",
        (264, 270, 736, 874),
    ),
    "spray": _Form(
        "p2 400 70 610 70 644 122 580 134 566 200 434 200;p5 410 122 376 210 404 216 444 150;"
        "r7 436 180 564 230 8;c1 310 242 500 216 690 242 746 330 746 850 716 888 500 894 284 888"
        " 254 850 254 330;p3 254 770 746 716 746 850 716 884 284 884 254 850",
        (274, 270, 726, 874),
    ),
    "milk": _Form(
        "p7 250 220 750 220 670 90 330 90;r2 322 66 678 110 8;p0 250 220 750 220 750 890 250 890;"
        "p1 250 220 750 220 750 310 250 310;p3 250 778 750 724 750 890 250 890;"
        "p1 250 860 750 820 750 890 250 890",
        (266, 230, 734, 882),
        tone=4,
    ),
    "accessory": _Form(
        "r6 210 90 790 890 28;r1 210 90 790 256 28;r1 210 190 790 256 0;r0 430 110 570 142 16;"
        "p3 210 778 790 722 790 862 762 890 238 890 210 862",
        (236, 160, 764, 884),
        tone=4,
    ),
    **{
        kind: _Form(_BOX + beside, (206, 138, 714, 882), tone=4)
        for kind, beside in _BESIDE_BOX.items()
    },
}
_FORMS |= {"tool": _FORMS["accessory"], "fogger": _FORMS["supplement"]}

# Tones of an icon: 0 what is behind it, 1 the animal or the thing, 3 a touch of accent.
_ANIMALS = {
    "dog": "o1 20 14 80 84;C1 24 16 8 22 4 50 12 66 24 52 30 30;C0 27 28 19 46 22 54;"
    "o0 33 50 67 84;O1 32 36 41 47;o1 42 54 58 66;l1 3 50 64 50 74;L1 3 50 74 41 77",
    "cat": "o1 14 22 86 92;P1 15 52 13 6 50 32;P3 21 34 20 17 38 30;O0 28 46 41 62;O1 33 48 37 61;"
    "p3 44 67 56 67 50 74;l0 3 50 74 50 80;L0 3 50 80 42 83;L0 2 26 68 4 63;L0 2 26 73 5 77",
    "rabbit": "o1 24 40 76 94;C1 30 50 24 20 30 2 40 4 45 24 46 48;C3 34 40 30 20 34 9 38 22 40 40;"
    "O0 34 58 43 70;p3 45 73 55 73 50 79;l0 3 50 79 50 88",
    "guinea_pig": "c1 4 62 16 36 46 26 78 32 96 54 92 78 70 86 20 86;o3 24 24 42 42;"
    "o0 14 48 22 57;c3 52 26 78 32 90 46 80 62 60 56;l1 7 28 82 28 92;l1 7 74 82 74 92",
    "ferret": "o1 22 26 78 86;O1 16 20 40 44;O3 22 26 34 38;o0 30 54 70 86;O4 30 42 48 58;"
    "O0 36 46 42 53;p1 44 64 56 64 50 71",
    "rat": "o1 28 34 72 94;O1 4 8 46 50;O3 12 16 38 42;O0 36 54 44 63;o3 44 80 56 90;"
    "L1 2 40 80 14 74;L1 2 40 85 16 90",
    "bird": "c1 8 40 16 20 34 12 52 20 62 38 84 62 98 92 66 80 40 84 18 68;p3 10 32 0 44 14 46;"
    "o0 22 26 32 36;c3 40 44 60 46 78 70 56 72 42 62;l1 4 44 80 44 96;l1 4 56 80 56 96",
}
# A thing by the words that its name begins with.
_THINGS = {
    "gamelle fontaine distributeur": "p1 18 44 82 44 94 84 6 84;o3 18 32 82 56;o1 30 24 70 48",
    "balle": "o1 10 10 90 90;l0 6 14 34 40 44 52 66 48 90;l0 6 88 36 66 40 58 12",
    "jouet": "o1 30 4 70 44;o1 18 34 82 96;o0 40 14 60 30;l0 6 22 62 78 62;l3 6 24 74 76 74",
    "laisse harnais": "o1 6 38 62 94;o0 18 50 50 82;l1 12 48 50 70 20 90 8;r3 60 14 84 36 6",
    "collier collerette muselière médaille": "o1 8 16 92 84;o0 20 26 80 72;o3 40 66 60 92",
    "panier coussin tapis": "o1 4 34 96 90;o3 16 38 84 72;c0 26 52 50 44 74 52 62 66 38 66",
    "caisse sac": "r1 8 26 92 88 12;r1 36 10 64 32 8;r0 42 17 58 26 4;r0 20 38 80 78 8;"
    "l1 5 35 38 35 78;l1 5 50 38 50 78;l1 5 65 38 65 78",
    "brosse peigne": "r1 10 20 90 50 14;l1 6 20 50 20 82;l1 6 32 50 32 82;l1 6 44 50 44 82;"
    "l1 6 56 50 56 82;l1 6 68 50 68 82;l1 6 80 50 80 82;r3 22 30 78 38 4",
}


def draw_packshot(
    *, name: str, brand: str, form: str, species: Sequence[str], pack: str, seed: int
) -> bytes:
    """A JPEG of 900 x 900 px; the same arguments draw the same picture.

    An unknown form is drawn as an accessory, an unknown brand in ink, an unknown animal never.
    """
    body, chance = _BRANDS.get(brand, _INK), np.random.default_rng(seed)
    # Dogs eat wet food from tins, cats from pouches.
    kind = "tin" if form == "wet" and list(species) == ["dog"] else form
    look = _FORMS.get(kind, _FORMS["accessory"])
    tones = _tones(body, accent=_ACCENTS[int(chance.integers(len(_ACCENTS)))])
    # A layer of colours and one of shapes, for Pillow averages the two apart much faster.
    layer, shape = Image.new("RGB", (_DRAWN, _DRAWN), tones[2]), Image.new("L", (_DRAWN, _DRAWN))
    _draw(ImageDraw.Draw(layer), look.drawing, tones, (0, 0), _SCALE)
    _draw(ImageDraw.Draw(shape), look.drawing, [255] * len(tones), (0, 0), _SCALE)
    title = name.removeprefix(brand).removesuffix(brand).strip() or name
    _write_label(layer, look, (brand.upper(), title, pack), _icons(title, species), tones)
    if look.heap:
        _pour(layer, shape, look.heap, chance)
    layer, shape = layer.reduce(2), shape.reduce(2)
    picture = _backdrop(_mixed(body, _WHITE, 0.82)).copy()
    _cast_shadow(picture, shape)
    picture.paste(ImageChops.multiply(layer, _shading()), mask=shape)
    written = BytesIO()
    picture.save(written, "JPEG", quality=90)
    return written.getvalue()


def _icons(name: str, species: Sequence[str]) -> list[str]:
    """The thing that the first word of the name says, or else the animals, two at most."""
    first = name.lower().partition(" ")[0]
    things = [drawing for words, drawing in _THINGS.items() if first in words.split()]
    return things or [_ANIMALS[animal] for animal in species if animal in _ANIMALS][:2]


def _mixed(colour: Colour, other: Colour, share: float) -> Colour:
    """The colour with this share of the other in it, from 0 to 1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))
    return red, green, blue


def _tones(body: Colour, *, accent: Colour) -> tuple[Colour, ...]:
    dark, light = _mixed(body, (0, 0, 0), 0.34), _mixed(body, _WHITE, 0.72)
    return _WHITE, body, dark, accent, _INK, _GREY, _KRAFT, light


def _draw(
    draw: ImageDraw.ImageDraw, drawing: str, tones: Sequence[_Fill], at: _Point, scale: float
) -> None:
    for kind, tone, lone, corners in _shapes(drawing):
        points = [(at[0] + x * scale, at[1] + y * scale) for x, y in corners]
        if kind == "o":
            draw.ellipse(points, fill=tones[tone])
        elif kind == "r":
            draw.rounded_rectangle(points, lone * scale, fill=tones[tone])
        elif kind == "l":
            draw.line(points, fill=tones[tone], width=round(lone * scale), joint="curve")
        else:
            draw.polygon(_curve(points) if kind == "c" else points, fill=tones[tone])


@cache
def _shapes(drawing: str) -> tuple[tuple[str, int, int, list[tuple[int, int]]], ...]:
    """Kind, tone, width or radius, and points of each shape, mirror images written out."""
    shapes = []
    for text in drawing.split(";"):
        head, *rest = text.split()
        kind, tone, numbers = head[0].lower(), int(head[1]), [int(word) for word in rest]
        lone = numbers.pop(0 if kind == "l" else -1) if kind in "lr" else 0
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        shapes.append((kind, tone, lone, points))
        if head[0].isupper():
            across = [100 - x for x, _y in points]
            columns = sorted(across) if kind == "o" else across
            rows = [y for _x, y in points]
            shapes.append((kind, tone, lone, list(zip(columns, rows, strict=True))))
    return tuple(shapes)


def _curve(points: Sequence[_Point]) -> list[_Point]:
    """A closed Catmull-Rom spline through the points, eight steps from each to the next."""
    knots, t = np.asarray(points), np.arange(8)[:, None, None] / 8
    before, after, beyond = (np.roll(knots, -by, axis=0) for by in (-1, 1, 2))
    bend, turn = 2 * before - 5 * knots + 4 * after - beyond, 3 * (knots - after) + beyond - before
    curve = (2 * knots + (after - before) * t + bend * t**2 + turn * t**3) / 2
    return [(float(x), float(y)) for x, y in curve.swapaxes(0, 1).reshape(-1, 2)]


@cache
def _backdrop(colour: Colour) -> Image.Image:
    """A tint of the brand with a glow behind the pack."""
    rows, columns = np.mgrid[0:_SMALL, 0:_SMALL] / _SMALL
    glow = np.exp(-(((columns - 0.5) / 0.42) ** 2 + ((rows - 0.42) / 0.42) ** 2))
    tint = np.asarray(colour, dtype=float)
    field = tint + (255 - tint) * (0.1 + 0.8 * glow[..., None])
    small = Image.fromarray(field.round().astype(np.uint8))
    return small.resize((SIDE, SIDE), Image.Resampling.BICUBIC)


@cache
def _shading() -> Image.Image:
    """Light from the left: the edges of a pack turn away, a band of it shines."""
    across = np.linspace(0, 1, 256)
    level = 1 - 0.30 * np.abs((across - 0.46) / 0.46) ** 3
    level = np.clip(level + 0.05 * np.exp(-(((across - 0.34) / 0.06) ** 2)), 0, 1)
    strip = Image.fromarray((255 * level).round().astype(np.uint8)[None, :])
    return strip.resize((SIDE, SIDE)).convert("RGB")


def _cast_shadow(picture: Image.Image, shape: Image.Image) -> None:
    small = shape.resize((_SMALL, _SMALL), Image.Resampling.BOX)
    floor = Image.new("L", small.size)
    left, _top, right, bottom = small.getbbox() or (0, 0, _SMALL, _SMALL)
    ImageDraw.Draw(floor).ellipse([left - 4, bottom - 6, right + 8, bottom + 4], fill=150)
    beside = ImageChops.offset(small, 3, 2).point(lambda level: level // 4)
    blurred = ImageChops.lighter(floor, beside).filter(ImageFilter.GaussianBlur(2.6))
    picture.paste(_INK, mask=blurred.resize(picture.size, Image.Resampling.BICUBIC))


def _pour(
    layer: Image.Image, shape: Image.Image, colour: Colour, chance: np.random.Generator
) -> None:
    """A heap of what is inside, in front of the pack at its right foot."""
    draw, stencil = ImageDraw.Draw(layer), ImageDraw.Draw(shape)
    for row in range(4):
        for place in range(9 - 2 * row):
            x = 650 + 32 * row + 32 * place + int(chance.integers(-5, 6))
            y = 924 - 20 * row + int(chance.integers(-4, 5))
            box = [(x - 19) * _SCALE, (y - 14) * _SCALE, (x + 19) * _SCALE, (y + 14) * _SCALE]
            fill = _mixed(colour, _WHITE, float(chance.uniform(0, 0.28)))
            draw.ellipse(box, fill=fill, outline=_mixed(colour, _INK, 0.45), width=3)
            stencil.ellipse(box, fill=255)


def _write_label(
    layer: Image.Image,
    look: _Form,
    texts: tuple[str, str, str],
    icons: Sequence[str],
    tones: Sequence[Colour],
) -> None:
    """Brand, animal, name and net content, from the top of the label to its foot."""
    left, top, right, bottom = (round(edge * _SCALE) for edge in look.label)
    width, height, middle = right - left, bottom - top, (left + right) // 2
    (brand, name, pack), draw, size = texts, ImageDraw.Draw(layer), height * 29 // 100
    _write(layer, brand, (middle, top), (width, height * 11 // 100), _WHITE)
    for place, icon in enumerate(icons):
        x = middle + round((place - len(icons) / 2) * size * 1.06)
        y = top + height * 13 // 100
        draw.ellipse([x, y, x + size, y + size], fill=_WHITE)
        inner = (_WHITE, tones[2], tones[2], tones[3], _INK)
        _draw(draw, icon, inner, (x + size * 0.17, y + size * 0.17), size * 0.0066)
    name_room, pack_room = (width, height * 36 // 100), (width * 7 // 10, height * 9 // 100)
    _write(layer, name, (middle, top + height * 43 // 100), name_room, tones[look.tone])
    x, y = middle - width * 3 // 10, top + height * 86 // 100
    draw.rounded_rectangle([x, y, 2 * middle - x, y + pack_room[1] * 5 // 4], 50, fill=_WHITE)
    _write(layer, pack, (middle, y + pack_room[1] // 8), pack_room, _INK)


def _write(
    layer: Image.Image, text: str, at: tuple[int, int], room: tuple[int, int], colour: Colour
) -> None:
    """The text in the largest letters whose lines fit the room, centred in it."""
    width, height = room
    decomposed = unicodedata.normalize("NFD", text.translate(_PLAIN))
    spelled = "".join(letter for letter in decomposed if letter in _LETTERS or letter in _MARKS)
    for size in range(min(height, _LARGEST), 20, -6):
        lines = _wrapped(spelled, _font(size), width)
        if lines and len(lines) * size * 1.16 <= height:
            break
    lines = _balanced(spelled, _font(size), width) or [spelled]
    top = at[1] + (height - round(len(lines) * size * 1.16)) // 2
    for row, line in enumerate(lines):
        mask = _line(line, size)
        layer.paste(colour, (at[0] - mask.width // 2, top + round(row * size * 1.16)), mask)


_LARGEST = 128
# The letters that come with Pillow have no accents: they are drawn upon the plain letter, in
# hundredths of the letter size from the middle of its top (of its foot for the cedilla).
_LETTERS = frozenset(map(chr, range(32, 127))) | frozenset("«»‘’“”…°±·™")
_PLAIN = str.maketrans({"œ": "oe", "Œ": "OE", "×": "x", "–": "-", "≤": "<", "\xa0": " "})
_CEDILLA = "\u0327"
_MARKS = {
    "\u0300": ((-11, -19, 4, -8),),
    "\u0301": ((11, -19, -4, -8),),
    "\u0302": ((-12, -8, 0, -18), (0, -18, 12, -8)),
    "\u0308": ((-11, -13, -10, -13), (10, -13, 11, -13)),
    _CEDILLA: ((0, 0, 3, 8), (3, 8, -6, 16)),
}


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if isinstance(font, ImageFont.FreeTypeFont):
        return font
    raise TypeError("Pillow was built without FreeType.")


def _bare(spelled: str) -> str:
    return "".join(letter for letter in spelled if letter not in _MARKS)


def _wrapped(spelled: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Lines of whole words no wider than this, none when a word alone is."""
    lines: list[str] = []
    for word in spelled.split():
        if font.getlength(_bare(word)) > width:
            return []
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(_bare(longer)) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _balanced(spelled: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """As few lines as fill the width, but of like lengths, so that no word is left alone."""
    best = lines = _wrapped(spelled, font, width)
    while lines and len(lines) == len(best):
        best, width = lines, width - 24
        lines = _wrapped(spelled, font, width)
    return best


def _line(spelled: str, size: int) -> Image.Image:
    font, bare = _font(size), _bare(spelled)
    bold, margin, unit = max(1, size // 40), size // 8, size / 100
    mask = Image.new("L", (round(font.getlength(bare)) + 2 * margin, round(size * 1.3)))
    draw = ImageDraw.Draw(mask)
    draw.text((margin, size), bare, fill=255, font=font, anchor="ls", stroke_width=bold)
    written = ""
    for letter in spelled:
        if letter not in _MARKS or not written:
            written += letter
            continue
        x = margin + font.getlength(written) - font.getlength(written[-1]) / 2
        height = 0 if letter == _CEDILLA else 70 if written[-1].isupper() else 53
        y = size - unit * height
        if written[-1] == "i":
            draw.rectangle([x - size / 9, 0, x + size / 9, y - size / 20], fill=0)
        for stroke in _MARKS[letter]:
            points = [(x + stroke[at] * unit, y + stroke[at + 1] * unit) for at in (0, 2)]
            draw.line(points, fill=255, width=max(2, size // 11))
    return mask
