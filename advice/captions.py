"""WebVTT captions read: refused where a player would not show them, and as plain text."""

import re
from collections.abc import Iterator
from html import unescape

LONGEST = 200_000
_TIME = r"(?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3}"
_TIMING = re.compile(rf"({_TIME})[ \t]+-->[ \t]+({_TIME})(?:[ \t]+\S.*)?")
_TAG = re.compile(r"<[^>\n]*>")
_BLANK = re.compile(r"\n{2,}")
_PARTS = (3600, 60, 1)


class UnsoundCaptions(ValueError):
    """No WebVTT; the message says in which block, from 1."""


def transcript_of(vtt: str) -> str:
    """What is said, cue by cue, a line each; markup and names of voices left out.

    Source: W3C WebVTT, section 4 (syntax).

    Raises:
        UnsoundCaptions: no header, no cue, a cue that ends before it begins or without text.
    """
    text = vtt.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").strip()
    header, *parts = _BLANK.split(text)
    if not re.match(r"WEBVTT(?:[ \t\n]|$)", header) or len(text) > LONGEST:
        raise UnsoundCaptions("1")
    lines = [said for number, part in enumerate(parts, start=2) for said in _said(part, number)]
    if not lines:
        raise UnsoundCaptions(str(len(parts) + 1))
    return "\n".join(lines)


def _said(part: str, number: int) -> Iterator[str]:
    if part.startswith(("NOTE", "STYLE", "REGION")):
        return
    lines = part.split("\n")
    # A cue may begin with a line that names it.
    place = 0 if "-->" in lines[0] else 1
    timing = _TIMING.fullmatch(lines[place].strip()) if place < len(lines) else None
    said = unescape(" ".join(_TAG.sub("", line).strip() for line in lines[place + 1 :]).strip())
    if timing is None or _milliseconds(timing[2]) <= _milliseconds(timing[1]) or not said:
        raise UnsoundCaptions(str(number))
    yield said


def _milliseconds(time: str) -> int:
    clock, _dot, thousandths = time.partition(".")
    parts = [int(part) for part in clock.split(":")]
    seconds = sum(part * worth for part, worth in zip(parts, _PARTS[-len(parts) :], strict=True))
    return seconds * 1000 + int(thousandths)
