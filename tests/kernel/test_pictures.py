import struct
import zlib
from base64 import b64decode
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from kernel.pictures import (
    MAX_PIXELS,
    MAX_SCANS,
    MAX_SIDE,
    CheckedPicture,
    PictureFormat,
    PictureReason,
    PictureRefused,
    check,
    render,
)
from kernel.refusals import ErrorCode

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255)
FORMATS = ["JPEG", "PNG", "WEBP"]


def written(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def quarters(width: int = 48, height: int = 32) -> Image.Image:
    """Red and green above, blue and white below."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    image.paste(WHITE, (width // 2, height // 2, width, height))
    return image


def turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def png_chunk(kind: bytes, body: bytes) -> bytes:
    crc = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)


def png_of(width: int, height: int) -> bytes:
    """The header of a picture that says it is this large, and no pixel."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", b"") + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def webp_of(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(kind + struct.pack("<I", len(held)) + held for kind, held in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def refusal(
    call: Callable[[bytes], object], data: bytes
) -> tuple[PictureReason, dict[str, object]]:
    with pytest.raises(PictureRefused) as raised:
        call(data)
    return raised.value.reason, raised.value.facts


def reason(data: bytes) -> PictureReason:
    """Why it is refused, by `check` and `render` alike."""
    checked, rendered = refusal(check, data)[0], refusal(render, data)[0]
    assert checked is rendered
    return checked


def shown(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def nearest(pixel: object) -> tuple[int, int, int]:
    """Which of the four colours a lossy pixel was."""
    assert isinstance(pixel, tuple)
    colours = (RED, GREEN, BLUE, WHITE)
    return min(colours, key=lambda own: sum(abs(a - b) for a, b in zip(own, pixel, strict=False)))


def corners(image: Image.Image) -> list[tuple[int, int, int]]:
    """From left to right, then from top to bottom."""
    right, low = image.width - 4, image.height - 4
    return [nearest(image.getpixel(at)) for at in ((3, 3), (right, 3), (3, low), (right, low))]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_still_picture_is_what_its_bytes_say(kind):
    expected = CheckedPicture(format=PictureFormat[kind], width=48, height=32)
    assert check(written(quarters(), kind)) == expected


def test_an_empty_file_is_refused():
    assert reason(b"") is PictureReason.EMPTY


def test_a_file_over_the_bytes_allowed_is_refused():
    data = written(quarters(), "PNG")
    assert check(data, max_bytes=len(data)).width == 48
    with pytest.raises(PictureRefused) as raised:
        check(data, max_bytes=len(data) - 1)
    assert raised.value.code is ErrorCode.PICTURE_REFUSED
    assert raised.value.reason is PictureReason.TOO_HEAVY
    with translation.override("en"):
        said = raised.value.message
    assert said == f"The picture is over {len(data) - 1} bytes: save it smaller."


@pytest.mark.parametrize(
    "data",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b"<?php echo 1;",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"\x00\x00\x00\x18ftypheic",
        b"RIFF\x04\x00\x00\x00WAVE",
        written(quarters(), "BMP"),
        written(quarters(), "TIFF"),
    ],
)
def test_another_format_is_refused_by_naming_those_accepted(data):
    assert reason(data) is PictureReason.UNSUPPORTED_FORMAT
    with pytest.raises(PictureRefused) as raised:
        check(data)
    with translation.override("en"):
        said = raised.value.message
    assert said == "Unsupported format: send a JPEG, PNG or WebP."


@pytest.mark.parametrize(("kind", "found"), [("GIF", "GIF"), ("PNG", "PNG"), ("WEBP", "WebP")])
def test_an_animation_is_refused(kind, found):
    frames = [Image.new("RGB", (8, 8), colour) for colour in (RED, BLUE)]
    data = written(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    assert reason(data) is PictureReason.ANIMATED
    assert refusal(check, data)[1]["found"] == found


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("tail", [b"\0", b"PK\x05\x06" + bytes(18), b"<script>", b"<?php ?>"])
def test_a_picture_that_something_follows_is_refused(kind, tail):
    assert reason(written(quarters(), kind) + tail) is PictureReason.TRAILING_BYTES


def test_a_webp_that_states_less_than_its_length_is_refused():
    data = bytearray(written(quarters(), "WEBP"))
    data[4:8] = struct.pack("<I", struct.unpack("<I", data[4:8])[0] - 2)
    assert reason(bytes(data)) is PictureReason.DAMAGED


@pytest.mark.parametrize("kind", FORMATS)
@given(share=st.floats(min_value=0, max_value=1, exclude_max=True))
@settings(max_examples=25, deadline=None)
def test_no_beginning_of_a_picture_is_taken_for_a_whole_one(kind, share):
    whole = written(quarters(), kind, exif=turned(6))
    beginning = whole[: int(share * len(whole))]
    expected = PictureReason.TRUNCATED if beginning else PictureReason.EMPTY
    assert reason(beginning) is expected


@pytest.mark.parametrize("kind", FORMATS)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_changed_byte_is_either_refused_or_rendered(kind, data):
    whole = bytearray(written(quarters(), kind))
    whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        rendered = render(bytes(whole))
    except PictureRefused:
        return
    assert rendered.renditions[-1].width == min(rendered.width, 1280)


def test_a_png_whose_pixels_stop_early_is_refused():
    pixels = zlib.compress(bytes(8 * (3 * 8 + 1)), level=0)[:100]
    header = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    chunks = (png_chunk(b"IHDR", header), png_chunk(b"IDAT", pixels), png_chunk(b"IEND", b""))
    assert reason(b"\x89PNG\r\n\x1a\n" + b"".join(chunks)) is PictureReason.DAMAGED


def test_a_png_with_a_wrong_checksum_is_refused():
    data = bytearray(written(quarters(), "PNG"))
    data[29] ^= 1
    assert reason(bytes(data)) is PictureReason.DAMAGED


def test_a_png_that_lost_its_palette_is_refused():
    data = written(quarters().quantize(4), "PNG")
    start = data.index(b"PLTE") - 4
    end = start + 12 + struct.unpack_from(">I", data, start)[0]
    assert reason(data[:start] + data[end:]) is PictureReason.DAMAGED


def test_a_picture_of_too_many_pixels_is_refused_unread():
    data = png_of(8000, 5001)
    assert reason(data) is PictureReason.TOO_MANY_PIXELS
    assert refusal(check, data)[1]["limit"] == MAX_PIXELS


def test_a_bomb_is_refused_before_its_canvas_is_made():
    canvas = bytes(4) + (16382).to_bytes(3, "little") * 2
    data = webp_of((b"VP8X", canvas), (b"VP8L", b"\x2f" + bytes(9)))
    assert reason(data) is PictureReason.TOO_MANY_PIXELS


def test_a_side_longer_than_webp_can_write_is_refused():
    data = png_of(MAX_SIDE + 1, 1)
    assert reason(data) is PictureReason.TOO_LONG
    assert refusal(check, data)[1]["limit"] == MAX_SIDE


def test_a_jpeg_of_endless_scans_is_refused():
    data = written(quarters(), "JPEG", progressive=True)
    scan = data[data.index(b"\xff\xda") : -2]
    assert reason(data[:-2] + scan * MAX_SCANS + data[-2:]) is PictureReason.TOO_MANY_SCANS


def test_a_webp_without_a_picture_is_refused():
    canvas = bytes(4) + (7).to_bytes(3, "little") * 2
    assert reason(webp_of((b"VP8X", canvas))) is PictureReason.DAMAGED


def test_a_picture_is_rendered_at_the_widths_of_the_shop():
    rendered = render(written(quarters(2000, 1000), "PNG"))
    assert (rendered.width, rendered.height) == (2000, 1000)
    sizes = [(rendition.width, rendition.height) for rendition in rendered.renditions]
    assert sizes == [(320, 160), (640, 320), (1280, 640)]
    for rendition in rendered.renditions:
        image = shown(rendition.content)
        assert (image.format, image.size) == ("WEBP", (rendition.width, rendition.height))
        assert corners(image) == [RED, GREEN, BLUE, WHITE]


@pytest.mark.parametrize(
    ("width", "widths"),
    [(1, [1]), (320, [320]), (500, [320, 500]), (1280, [320, 640, 1280]), (1281, [320, 640, 1280])],
)
def test_a_picture_is_never_enlarged(width, widths):
    rendered = render(written(Image.new("RGB", (width, 4), RED), "PNG"))
    assert [rendition.width for rendition in rendered.renditions] == widths


def test_a_line_of_pixels_keeps_a_height_of_one():
    rendered = render(written(Image.new("RGB", (4000, 1), RED), "PNG"))
    assert [rendition.height for rendition in rendered.renditions] == [1, 1, 1]


def test_a_rendition_is_named_by_its_bytes_and_always_the_same():
    data = written(quarters(700, 400), "JPEG")
    rendered = render(data)
    assert [rendition.name for rendition in rendered.renditions] == [
        f"{sha256(rendition.content).hexdigest()[:32]}-{rendition.width}.webp"
        for rendition in rendered.renditions
    ]
    assert render(data) == rendered


UPRIGHT = {
    1: [RED, GREEN, BLUE, WHITE],
    2: [GREEN, RED, WHITE, BLUE],
    3: [WHITE, BLUE, GREEN, RED],
    4: [BLUE, WHITE, RED, GREEN],
    5: [RED, BLUE, GREEN, WHITE],
    6: [BLUE, RED, WHITE, GREEN],
    7: [WHITE, GREEN, BLUE, RED],
    8: [GREEN, WHITE, RED, BLUE],
}


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("orientation", [1, 2, 3, 4, 5, 6, 7, 8])
def test_a_picture_taken_sideways_is_turned_upright(kind, orientation):
    data = written(quarters(), kind, exif=turned(orientation))
    size = (48, 32) if orientation < 5 else (32, 48)
    rendered = render(data)
    assert (rendered.width, rendered.height) == size
    assert (check(data).width, check(data).height) == size
    image = shown(rendered.renditions[0].content)
    assert image.size == size
    assert corners(image) == UPRIGHT[orientation]


@pytest.mark.parametrize("exif", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"nonsense"])
def test_unreadable_metadata_is_passed_over(exif):
    assert check(written(quarters(), "JPEG", exif=exif)).width == 48


@pytest.mark.parametrize("kind", FORMATS)
def test_nothing_but_pixels_is_kept(kind):
    exif = turned(1)
    exif[0x010F] = "A camera that tells where it was"
    data = written(quarters(), kind, exif=exif, xmp=b"<secret/>")
    content = render(data).renditions[0].content
    assert shown(content).info.keys().isdisjoint({"exif", "xmp", "icc_profile", "comment"})
    assert b"camera" not in content


@pytest.mark.parametrize(
    ("image", "kind", "expected"),
    [
        (Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", RED),
        (Image.new("RGB", (8, 8), RED).quantize(4), "PNG", RED),
        (Image.new("1", (8, 8), 1), "PNG", WHITE),
        (Image.new("L", (8, 8), 255), "JPEG", WHITE),
        (Image.new("LA", (8, 8), (255, 255)), "PNG", WHITE),
        (Image.new("I;16", (8, 8), 65535), "PNG", WHITE),
        (Image.new("RGBA", (8, 8), (0, 0, 255, 255)), "WEBP", BLUE),
    ],
)
def test_every_kind_of_colour_is_understood(image, kind, expected):
    content = render(written(image, kind)).renditions[0].content
    assert nearest(shown(content).getpixel((4, 4))) == expected


def test_sixteen_bits_are_scaled_to_eight():
    grey = Image.new("I;16", (8, 8), 32768)
    pixel = shown(render(written(grey, "PNG")).renditions[0].content).getpixel((4, 4))
    assert pixel == (128, 128, 128)


def test_transparency_is_kept_but_in_the_placeholder():
    rendered = render(written(Image.new("RGBA", (64, 64), (255, 0, 0, 0)), "PNG"))
    assert shown(rendered.renditions[0].content).getpixel((4, 4))[3] == 0
    placeholder = shown(b64decode(rendered.placeholder.partition(",")[2]))
    assert (placeholder.mode, nearest(placeholder.getpixel((4, 4)))) == ("RGB", WHITE)


def test_a_transparent_colour_of_a_palette_is_kept():
    image = Image.new("P", (8, 8), 1)
    image.putpalette([*RED, *BLUE])
    content = render(written(image, "PNG", transparency=1)).renditions[0].content
    assert shown(content).getpixel((4, 4))[3] == 0


def test_a_colour_profile_is_applied_and_dropped():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    swapped = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # In the profile, red is where green was: whoever applies it sees the colours change places.
    swapped = swapped.replace(b"rXYZ", b"tXYZ").replace(b"gXYZ", b"rXYZ").replace(b"tXYZ", b"gXYZ")
    image = Image.new("RGB", (8, 8), (255, 0, 0))
    pixel = shown(render(written(image, "PNG", icc_profile=swapped)).renditions[0].content)
    red, green, blue = pixel.getpixel((4, 4))
    assert (red < 60, green > 200, blue < 60) == (True, True, True)
    unusable = render(written(image, "PNG", icc_profile=lab.tobytes()))
    assert nearest(shown(unusable.renditions[0].content).getpixel((4, 4))) == RED


def test_a_placeholder_is_tiny_even_of_noise():
    rendered = render(written(Image.effect_noise((16, 16), 200).convert("RGB"), "PNG"))
    head, _comma, body = rendered.placeholder.partition(",")
    assert head == "data:image/webp;base64"
    assert shown(b64decode(body)).size == (16, 16)
    assert len(rendered.placeholder) < 300
