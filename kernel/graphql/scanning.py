"""A document's text, counted before it is parsed: parsing costs ten times as much.

One pass of a regular expression over the text, then one over its signs, both linear whatever they
meet, so that what is far too much is refused at once. What passes is parsed, and measured well.
"""

import re
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from typing import Final

MOST_CHARACTERS: Final = 30_000
MOST_TOKENS: Final = 2000
MOST_ALIASES: Final = 30
MOST_NESTED: Final = 40
MOST_DEFINITIONS: Final = 40
MOST_REPEATED: Final = 100
MOST_UNKNOWN: Final = 10
#: An object of an argument takes up to 0.15 ms to read: a filter has many fields.
MOST_OBJECTS: Final = 200
_MOST_OF: Final = {
    "$": (100, "dollar signs of variables"),
    "@": (50, "directives"),
    "...": (100, "fragments that are spread"),
}
_SHOWN: Final = 5

# An unfinished text runs to the end, so that no sign is ever looked at twice.
_SIGN: Final = re.compile(
    r"""[_A-Za-z][_0-9A-Za-z]*+
    | "{3}(?:[^"\\]|\\"{3}|\\|"(?!""))*+(?:"{3}|\Z)
    | "(?:[^"\\\r\n]|\\[^\r\n])*+"?
    | \#[^\r\n]*+
    | -?[0-9][.0-9A-Za-z+-]*+
    | \.\.\.
    | [^\s,\ufeff]""",
    re.VERBOSE,
)
_NAME: Final = re.compile(r"[_A-Za-z]")
_OPENING: Final = frozenset("{[(")
_CLOSING: Final = frozenset("}])")


@dataclass(frozen=True, slots=True)
class TooMuch:
    """Why a document is not even parsed: a code, and words for whoever wrote it."""

    code: str
    message: str


@dataclass(slots=True)
class _Outline:
    """What the signs of a document show without a grammar."""

    nested: int = 0
    definitions: int = 0
    aliases: int = 0
    input_objects: int = 0
    fields: list[str] = field(default_factory=list)


def too_much(text: str, known_fields: Set[str]) -> TooMuch | None:
    """The first bound that a document's text oversteps, if any.

    `known_fields` are the names of all fields of the schema: a few others may be slips of the
    pen, which validation explains well; many are not.
    """
    if len(text) > MOST_CHARACTERS:
        message = f"A document has at most {MOST_CHARACTERS} characters: send texts as variables."
        return TooMuch("TOO_EXPENSIVE", message)
    signs = [found[0] for found in islice(_SIGN.finditer(text), MOST_TOKENS + 1)]
    if len(signs) > MOST_TOKENS:
        return TooMuch("TOO_EXPENSIVE", f"More than {MOST_TOKENS} tokens.")
    for problem in _excesses(Counter(signs)):
        return TooMuch("TOO_EXPENSIVE", problem)
    outline = _outline([sign for sign in signs if sign[0] != "#"])
    for found, most, what in (
        (outline.nested, MOST_NESTED, "levels of brackets"),
        (outline.definitions, MOST_DEFINITIONS, "operations and fragments"),
        (outline.aliases, MOST_ALIASES, "aliases"),
        (outline.input_objects, MOST_OBJECTS, "objects in arguments"),
    ):
        if found > most:
            return TooMuch("TOO_EXPENSIVE", f"More than {most} {what}.")
    unknown = [name for name in dict.fromkeys(outline.fields) if name not in known_fields]
    if len(unknown) > MOST_UNKNOWN:
        shown = ", ".join(name[:40] for name in unknown[:_SHOWN])
        return TooMuch("MALFORMED", f"Many fields that nothing here has: {shown}...")
    return None


def _excesses(counts: Counter[str]) -> Iterator[str]:
    for sign, (most, what) in _MOST_OF.items():
        if counts[sign] > most:
            yield f"More than {most} {what}."
    for sign, count in counts.items():
        if count > MOST_REPEATED and _NAME.match(sign):
            yield f"`{sign[:40]}` stands there more than {MOST_REPEATED} times."


def _outline(signs: list[str]) -> _Outline:
    """Only where braces hold selections do names name fields: not within parentheses."""
    found, braces, inner, before = _Outline(), 0, 0, ""
    for sign, after in zip_longest(signs, signs[1:], fillvalue=""):
        if sign in _OPENING:
            if sign != "{" or inner:
                inner += 1
                found.input_objects += sign == "{"
            else:
                found.definitions += braces == 0
                braces += 1
            found.nested = max(found.nested, braces + inner)
        elif sign in _CLOSING:
            inner, braces = (inner - 1, braces) if inner else (0, braces - 1)
        elif braces > 0 and not inner:
            if sign == ":":
                found.aliases += 1
            elif _is_field(sign, before, after):
                found.fields.append(sign)
        before = sign
    return found


def _is_field(sign: str, before: str, after: str) -> bool:
    return before not in ("...", "on", "@", "$") and after != ":" and bool(_NAME.match(sign))
