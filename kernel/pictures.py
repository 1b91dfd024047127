"""Pictures that people send: what they really are, and their renditions for the screen.

A picture is judged by its bytes alone, and Pillow is only shown what it needs: metadata (EXIF, XMP,
comments, previews) is cut out before, so no parser of it runs and none of it can leave the shop.
"""

import hashlib
import re
import struct
import zlib
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from kernel.refusals import ErrorCode, Refusal

WIDTHS = (320, 640, 1280)
MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_SIDE = 16_383  # the longest that WebP can write
MAX_SCANS = 64  # a progressive JPEG has about ten; each one costs a pass over the whole picture

_QUALITY, _METHOD = 80, 2
# At this quality 16 x 16 px of pure noise take 180 bytes: 263 characters of data URI.
_PLACEHOLDER_SIDE, _PLACEHOLDER_QUALITY = 16, 5


class PictureFormat(StrEnum):
    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"


class PictureReason(StrEnum):
    EMPTY = "empty"
    TOO_HEAVY = "too_heavy"
    UNSUPPORTED_FORMAT = "unsupported_format"
    ANIMATED = "animated"
    TRUNCATED = "truncated"
    TRAILING_BYTES = "trailing_bytes"
    DAMAGED = "damaged"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_LONG = "too_long"
    TOO_MANY_SCANS = "too_many_scans"


_WORDS = {
    PictureReason.EMPTY: _("The file is empty: choose it again."),
    PictureReason.TOO_HEAVY: _("The picture is over %(limit)d bytes: save it smaller."),
    PictureReason.UNSUPPORTED_FORMAT: _("Unsupported format: send a JPEG, PNG or WebP."),
    PictureReason.ANIMATED: _("%(found)s moves: send a still JPEG, PNG or WebP."),
    PictureReason.TRUNCATED: _("The end of the picture is missing: send the file again."),
    PictureReason.TRAILING_BYTES: _("Something follows the picture in its file: save it anew."),
    PictureReason.DAMAGED: _("The picture cannot be read: save it anew and send it again."),
    PictureReason.TOO_MANY_PIXELS: _("The picture is over %(limit)d pixels: save it smaller."),
    PictureReason.TOO_LONG: _("A side of the picture is over %(limit)d pixels: crop it."),
    PictureReason.TOO_MANY_SCANS: _("The JPEG has over %(limit)d scans: save it anew."),
}


class PictureRefused(Refusal):
    """The file is no picture that the shop takes; `facts` hold its format or the limit."""

    code = ErrorCode.PICTURE_REFUSED

    def __init__(self, reason: PictureReason, *, found: str = "", limit: int = 0) -> None:
        super().__init__(reason=reason, found=found, limit=limit)
        self.reason = reason

    @property
    def message(self) -> str:
        return str(_WORDS[self.reason]) % self.facts


@dataclass(frozen=True, slots=True)
class CheckedPicture:
    """A whole, still picture; width and height in pixels as people see it, turned upright."""

    format: PictureFormat
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Rendition:
    """A WebP named by its own bytes, so that it may be cached for ever."""

    name: str
    width: int
    height: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Rendered:
    """Width and height are the upright original's; renditions go from narrow to wide.

    `placeholder` is a data URI of a WebP at most 16 px long, under 300 characters.
    """

    width: int
    height: int
    renditions: tuple[Rendition, ...]
    placeholder: str


def check(data: bytes, *, max_bytes: int = MAX_BYTES) -> CheckedPicture:
    """What the file is, once it has been read to its end.

    Raises:
        PictureRefused: for one of the reasons of `PictureReason`.
    """
    if len(data) > max_bytes:
        raise PictureRefused(PictureReason.TOO_HEAVY, limit=max_bytes)
    image, anatomy = _open(data)
    width, height = _upright_size(image, anatomy)
    with _damage_refused():
        image.draft(None, (1, 1))
        image.load()
    return CheckedPicture(format=anatomy.format, width=width, height=height)


def render(data: bytes) -> Rendered:
    """The picture in sRGB WebP at the widths of the shop, upright and without metadata.

    Never enlarged: an original of 500 px is rendered 320 and 500 px wide. The same bytes give the
    same names. What `check` refuses is refused here too, but for the number of bytes.

    Raises:
        PictureRefused: for one of the reasons of `PictureReason`.
    """
    image, anatomy = _open(data)
    width, height = _upright_size(image, anatomy)
    widths = sorted({min(wanted, width) for wanted in WIDTHS})
    shown = _upright(image, anatomy, (widths[-1], _scaled(height, widths[-1], width)))
    renditions = []
    for wanted in reversed(widths):
        shown = shown.resize((wanted, _scaled(height, wanted, width)), Image.Resampling.BICUBIC)
        content = _webp(shown)
        name = f"{hashlib.sha256(content).hexdigest()[:32]}-{wanted}.webp"
        renditions.append(Rendition(name, *shown.size, content))
    return Rendered(width, height, tuple(reversed(renditions)), _placeholder(shown))


@dataclass(frozen=True, slots=True)
class _Anatomy:
    """A file taken apart; `plain` is what is left of it without metadata."""

    format: PictureFormat
    plain: bytes
    orientation: int


def _open(data: bytes) -> tuple[Image.Image, _Anatomy]:
    """Only the header is read; `Image.open` would try other formats, and warn where we refuse."""
    anatomy = _anatomy(data)
    with _damage_refused():
        image = _OPENERS[anatomy.format](BytesIO(anatomy.plain))
    if image.mode == "P" and image.palette is None:
        raise PictureRefused(PictureReason.DAMAGED)
    _refuse_size(*image.size)
    return image, anatomy


_OPENERS: dict[PictureFormat, type[JpegImageFile | PngImageFile | WebPImageFile]] = {
    PictureFormat.JPEG: JpegImageFile,
    PictureFormat.PNG: PngImageFile,
    PictureFormat.WEBP: WebPImageFile,
}


_DAMAGE = (
    *(OSError, SyntaxError, ValueError, LookupError, TypeError, EOFError, OverflowError),
    *(struct.error, zlib.error, Image.DecompressionBombError),
)


@contextmanager
def _damage_refused() -> Iterator[None]:
    """All the ways in which Pillow gives up on a broken file become one refusal."""
    try:
        yield
    except _DAMAGE as broken:
        raise PictureRefused(PictureReason.DAMAGED) from broken


def _refuse_size(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise PictureRefused(PictureReason.DAMAGED)
    if width * height > MAX_PIXELS:
        raise PictureRefused(PictureReason.TOO_MANY_PIXELS, limit=MAX_PIXELS)
    if max(width, height) > MAX_SIDE:
        raise PictureRefused(PictureReason.TOO_LONG, limit=MAX_SIDE)


def _anatomy(data: bytes) -> _Anatomy:
    if not data:
        raise PictureRefused(PictureReason.EMPTY)
    if data.startswith(_JPEG_SIGNATURE):
        return _read_jpeg(data)
    if data.startswith(_PNG_SIGNATURE):
        return _read_png(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _read_webp(data)
    if data.startswith((b"GIF87a", b"GIF89a")):
        raise PictureRefused(PictureReason.ANIMATED, found="GIF")
    starts = (_JPEG_SIGNATURE, _PNG_SIGNATURE, b"RIFF" + data[4:8] + b"WEBP")
    if any(start.startswith(data) for start in starts):
        raise PictureRefused(PictureReason.TRUNCATED)
    raise PictureRefused(PictureReason.UNSUPPORTED_FORMAT)


_JPEG_SIGNATURE = b"\xff\xd8\xff"
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"iCCP", b"IDAT", b"IEND"})
# Not a marker: a stuffed zero, a filler, TEM, a restart, a second start.
_JPEG_MARKER = re.compile(rb"\xff[^\x00\x01\xff\xd0-\xd8]")
_JPEG_SCAN, _JPEG_END, _JPEG_EXIF = 0xDA, 0xD9, 0xE1
# All but JFIF and Adobe, without which the colours would be wrong.
_JPEG_METADATA = frozenset({*range(0xE1, 0xEE), 0xEF, 0xFE})


def _read_jpeg(data: bytes) -> _Anatomy:
    plain, exif, copied, position, scans = list[bytes](), b"", 0, 2, 0
    while marker := _JPEG_MARKER.search(data, position):
        kind, start = data[marker.end() - 1], marker.end()
        if kind == _JPEG_END:
            plain.append(data[copied:start])
            return _whole(data, start, PictureFormat.JPEG, plain, exif)
        position = start + int.from_bytes(data[start : start + 2])
        body = data[start + 2 : position]
        scans += kind == _JPEG_SCAN
        if scans > MAX_SCANS:
            raise PictureRefused(PictureReason.TOO_MANY_SCANS, limit=MAX_SCANS)
        if kind == _JPEG_EXIF and body.startswith(b"Exif\0\0"):
            exif = body
        if kind in _JPEG_METADATA and not body.startswith(b"ICC_PROFILE\0"):
            plain.append(data[copied : marker.start()])
            copied = position
    raise PictureRefused(PictureReason.TRUNCATED)


def _read_png(data: bytes) -> _Anatomy:
    plain, exif, position = [_PNG_SIGNATURE], b"", len(_PNG_SIGNATURE)
    while position + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        if end > len(data):
            break
        if kind == b"acTL":
            raise PictureRefused(PictureReason.ANIMATED, found="PNG")
        chunk = data[position:end]
        if zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:]):
            raise PictureRefused(PictureReason.DAMAGED)
        if kind in _PNG_KEPT:
            plain.append(chunk)
        if kind == b"eXIf":
            exif = chunk[8:-4]
        if kind == b"IEND":
            return _whole(data, end, PictureFormat.PNG, plain, exif)
        position = end
    raise PictureRefused(PictureReason.TRUNCATED)


def _read_webp(data: bytes) -> _Anatomy:
    """Measured here, for the decoder takes the memory of its canvas before it tells the size."""
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise PictureRefused(PictureReason.TRUNCATED)
    position, exif, measured = 12, b"", False
    while position + 8 <= end:
        kind, length = struct.unpack_from("<4sI", data, position)
        body = data[position + 8 : position + 8 + length]
        position += 8 + length + length % 2
        if position > end:
            break
        if kind in {b"ANIM", b"ANMF"}:
            raise PictureRefused(PictureReason.ANIMATED, found="WebP")
        if size := _webp_size(kind, body):
            _refuse_size(*size)
            measured = measured or kind != b"VP8X"
        if kind == b"EXIF":
            exif = body
    if position != end or not measured:
        raise PictureRefused(PictureReason.DAMAGED)
    return _whole(data, end, PictureFormat.WEBP, [data], exif)


def _whole(data: bytes, end: int, kind: PictureFormat, plain: list[bytes], exif: bytes) -> _Anatomy:
    if end < len(data):
        raise PictureRefused(PictureReason.TRAILING_BYTES)
    return _Anatomy(kind, b"".join(plain), _orientation(exif))


def _webp_size(kind: bytes, body: bytes) -> tuple[int, int] | None:
    """Width and height in pixels when the chunk tells them. Source: RFC 9649, 2.5 to 2.7."""
    if kind == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if kind == b"VP8 ":
        width, height = (int.from_bytes(body[at : at + 2], "little") for at in (6, 8))
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        packed = int.from_bytes(body[1:5], "little")
        return 1 + (packed & 0x3FFF), 1 + (packed >> 14 & 0x3FFF)
    return None


_ORIENTATION, _SHORT = 0x0112, 3
_TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = frozenset({5, 6, 7, 8})


def _orientation(exif: bytes) -> int:
    """1 to 8; 1 when it is absent or cannot be read. Source: EXIF 2.32, 4.6.4 and TIFF 6.0, 2."""
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return 1
    with suppress(struct.error):
        (directory,) = struct.unpack_from(f"{order}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, directory)
        for entry in range(entries):
            at = directory + 2 + 12 * entry
            tag, kind, _count, value = struct.unpack_from(f"{order}HHIH", tiff, at)
            if tag == _ORIENTATION and kind == _SHORT and value in _TURNED:
                return int(value)
    return 1


def _upright_size(image: Image.Image, anatomy: _Anatomy) -> tuple[int, int]:
    width, height = image.size
    return (height, width) if anatomy.orientation in _SIDEWAYS else (width, height)


def _scaled(height: int, wanted_width: int, width: int) -> int:
    return max(1, round(height * wanted_width / width))


def _upright(image: Image.Image, anatomy: _Anatomy, size: tuple[int, int]) -> Image.Image:
    """The picture in RGB or RGBA and sRGB at this upright size, made small as early as can be."""
    lying = size[::-1] if anatomy.orientation in _SIDEWAYS else size
    with _damage_refused():
        image.draft(None, lying)
        image.load()
    small = _resizable(image).resize(lying, Image.Resampling.BICUBIC, reducing_gap=2.0)
    coloured = _in_srgb(small, image.info.get("icc_profile"))
    turn = _TURNED.get(anatomy.orientation)
    return coloured if turn is None else coloured.transpose(turn)


def _resizable(image: Image.Image) -> Image.Image:
    """In L, RGB, RGBA or CMYK: the modes whose pixels can be averaged."""
    if image.mode.startswith("I"):
        return image.point(lambda level: level * (1 / 256)).convert("L")
    if image.mode != "RGBA" and image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in {"L", "RGB", "RGBA", "CMYK"} else image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """A profile that cannot be used is passed over: the picture is then taken for sRGB."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    with suppress(ImageCms.PyCMSError, OSError):
        source, target = BytesIO(profile or b""), ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, source, target, outputMode=mode)
        return converted or image.convert(mode)
    return image.convert(mode)


def _webp(image: Image.Image, *, quality: int = _QUALITY) -> bytes:
    written = BytesIO()
    image.save(written, "WEBP", quality=quality, method=_METHOD, exif=b"", icc_profile=b"", xmp=b"")
    return written.getvalue()


def _placeholder(image: Image.Image) -> str:
    """Transparent parts become white: a colour in the page, and no alpha to pay for."""
    opaque = Image.new("RGB", image.size, "white")
    opaque.paste(image, mask=image if image.mode == "RGBA" else None)
    opaque.thumbnail((_PLACEHOLDER_SIDE, _PLACEHOLDER_SIDE), Image.Resampling.BICUBIC)
    content = _webp(opaque, quality=_PLACEHOLDER_QUALITY)
    return f"data:image/webp;base64,{b64encode(content).decode()}"
