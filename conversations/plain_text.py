"""Plain text out of what people paste: a mail in HTML becomes its words. Pure.

Nothing is trusted: no markup is kept, scripts and styles go with what is in them, and of a link
only its words and an address of the web stay. What is quoted of earlier mails goes too: the thread
has it.
"""

import re
from html.parser import HTMLParser
from typing import Final

#: What only markup has: the end of an element, or a beginning that no sentence holds.
_MARKUP: Final = re.compile(
    r"</(?:html|head|body|div|p|span|table|tr|td|ul|ol|li|a|b|i|u|em|strong|font|style|script"
    r"|blockquote|h[1-6]|iframe|svg|form|object|video|o:p)\s*>"
    r"|<(?:br|hr|img|meta|link|script|style|iframe|svg|input|html|body|div|p|embed|object)"
    r"(?:\s[^>]*)?/?>|<!doctype|<!--",
    re.IGNORECASE,
)
_BLOCKS: Final = frozenset(
    {"p", "div", "br", "hr", "pre", "ul", "ol", "li", "table", "tr", "section", "article"}
    | {"header", "footer", *(f"h{level}" for level in range(1, 7))}
)
_DROPPED: Final = frozenset(
    {"script", "style", "head", "title", "template", "noscript", "iframe", "object", "svg"}
    | {"math", "blockquote", "textarea"}
)
_WEB: Final = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_QUOTE_BEGINS: Final = re.compile(
    r"^\s*(?:Le .{4,120} a écrit\s?:|On .{4,120} wrote:"
    r"|-{2,} ?(?:Original Message|Message d.origine) ?-{2,})\s*$",
    re.MULTILINE,
)
_TRAILING_SPACE: Final = re.compile(r"[ \t\xa0]+$", re.MULTILINE)
_BLANK_LINES: Final = re.compile(r"\n{3,}")
#: More than this is no mail: what follows is not read.
LONGEST_MARKUP: Final = 200_000


def plain_text_of(text: str) -> str:
    """The words of a text: of HTML without its markup, of anything else as it is.

    A mail's own quotation of what it answers is left out, where it says so.
    """
    words = _without_markup(text[:LONGEST_MARKUP]) if _MARKUP.search(text) else text
    begins = _QUOTE_BEGINS.search(words)
    kept = words[: begins.start()] if begins and words[: begins.start()].strip() else words
    return _BLANK_LINES.sub("\n\n", _TRAILING_SPACE.sub("", kept)).strip()


def _without_markup(markup: str) -> str:
    reading = _Reading()
    reading.feed(markup)
    reading.close()
    return "".join(reading.pieces)


class _Reading(HTMLParser):
    """The text of a document, with the ends of its blocks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._dropping: list[str] = []
        self._address = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED:
            self._dropping.append(tag)
        elif self._dropping:
            return
        elif tag in _BLOCKS:
            self._break()
        elif tag == "a":
            found = _WEB.fullmatch((dict(attrs).get("href") or "").strip())
            self._address = found[0] if found else ""

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """`<br/>` breaks one line, and a void element drops nothing behind it."""
        if tag not in _DROPPED:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._dropping:
            if tag in self._dropping:
                del self._dropping[self._dropping.index(tag) :]
            return
        if tag == "a" and self._address and self._address not in "".join(self.pieces[-1:]):
            self.pieces.append(f" ({self._address})")
        if tag in _BLOCKS:
            self._break()

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            self.pieces.append(re.sub(r"\s+", " ", data))

    def _break(self) -> None:
        self.pieces.append("\n")
