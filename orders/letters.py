"""A mail from one HTML template: its subject, its HTML with styles inside, and the same as text.

The template says what things are (`<p>`, `<h2>`, `<a class="button">`, `<table>`); how they look is
here, once, written into every element, since many mail programs read no style sheet.
"""

import re
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from types import MappingProxyType
from typing import Final

_STYLES: Final = MappingProxyType(
    {
        "body": "margin:0;padding:0;background:#ffffff;color:#1d2433;"
        "font-family:-apple-system,'Segoe UI',Roboto,Arial,sans-serif;font-size:16px;"
        "line-height:1.5",
        "div.page": "max-width:600px;margin:0 auto;padding:24px 20px",
        "p.shop": "margin:0 0 20px;font-size:15px;font-weight:600;color:#5b6475",
        "h1": "margin:0 0 16px;font-size:23px;line-height:1.25",
        "h2": "margin:28px 0 8px;font-size:17px;line-height:1.3",
        "p": "margin:0 0 14px",
        "p.small": "margin:0 0 10px;font-size:14px;color:#5b6475",
        "ul": "margin:0 0 14px;padding-left:20px",
        "li": "margin:0 0 6px",
        "table": "width:100%;border-collapse:collapse;margin:0 0 16px",
        "td": "padding:9px 0;border-bottom:1px solid #c9ced8;vertical-align:top",
        "td.amount": "padding:9px 0 9px 12px;border-bottom:1px solid #c9ced8;vertical-align:top;"
        "text-align:right;white-space:nowrap",
        "td.total": "padding:9px 0;vertical-align:top;font-weight:700",
        "td.totalled": "padding:9px 0 9px 12px;vertical-align:top;text-align:right;"
        "font-weight:700;white-space:nowrap",
        "span.soft": "font-size:14px;color:#5b6475",
        "a": "color:#1f5fa8",
        "a.button": "display:inline-block;padding:12px 20px;border-radius:8px;"
        "background:#1f5fa8;color:#ffffff;font-weight:600;text-decoration:none",
        "div.form": "margin:0 0 14px;padding:12px 16px;border:1px solid #c9ced8;border-radius:8px;"
        "font-size:14px",
        "div.foot": "margin-top:32px;padding-top:14px;border-top:1px solid #c9ced8;"
        "font-size:13px;color:#5b6475",
    }
)
_BLOCKS: Final = frozenset({"p", "h1", "h2", "li", "tr", "div", "ul", "table"})
_SPACED: Final = frozenset({"p", "h1", "h2", "ul", "table", "div"})
_CELL: Final = "\t"
_SPACES: Final = re.compile(r"[ \t\n\r]+")
_UNSEEN: Final = frozenset({"head", "title", "style"})


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    text: str
    html: str


def letter_of(markup: str) -> Letter:
    """Read a rendered template, whose title is the subject."""
    reading = _Reading()
    reading.feed(markup)
    reading.close()
    return Letter(
        subject=" ".join("".join(reading.title).split()),
        text=reading.text(),
        html="".join(reading.html).strip() + "\n",
    )


class _Reading(HTMLParser):
    """Writes the HTML again with its styles, and what it says beside."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.html: list[str] = []
        self.title: list[str] = []
        self._paragraphs: list[str] = []
        self._words: list[str] = []
        self._within: list[str] = []
        self._link: tuple[str, bool] = ("", False)

    def handle_decl(self, decl: str) -> None:
        self.html.append(f"<!{decl}>")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        style = _STYLES.get(f"{tag}.{given.get('class', '')}") or _STYLES.get(tag)
        if style:
            given["style"] = style
        written = "".join(f' {name}="{escape(value)}"' for name, value in given.items())
        self.html.append(f"<{tag}{written}>")
        if tag not in {"meta", "br"}:
            self._within.append(tag)
        self._begin(tag, given)

    def handle_endtag(self, tag: str) -> None:
        self.html.append(f"</{tag}>")
        if tag in self._within:
            while self._within.pop() != tag:
                pass
        self._end(tag)

    def handle_data(self, data: str) -> None:
        if "style" in self._within:
            self.html.append(data)
            return
        self.html.append(escape(data, quote=False))
        if "title" in self._within:
            self.title.append(data)
        elif not _UNSEEN.intersection(self._within):
            self._words.append(_SPACES.sub(" ", data))

    def text(self) -> str:
        self._flush()
        lines = "\n".join(self._paragraphs).split("\n")
        kept = [line for line, after in zip(lines, [*lines[1:], "."], strict=True) if line or after]
        return "\n".join(kept).strip() + "\n"

    def _begin(self, tag: str, given: dict[str, str]) -> None:
        if tag in _BLOCKS:
            self._flush()
        if tag in _SPACED:
            self._paragraphs.append("")
        if tag == "li":
            self._words.append("- ")
        if tag == "br":
            self._words.append("\n")
        if tag == "a":
            self._link = (given.get("href", ""), given.get("class") == "button")

    def _end(self, tag: str) -> None:
        if tag == "a" and self._link[0]:
            address, is_button = self._link
            shown = "".join(self._words).split("\n")[-1]
            if not shown.endswith(address.removeprefix("mailto:")):
                self._words.append(f"\n{address}" if is_button else f" ({address})")
            self._link = ("", False)
        if tag == "td":
            self._words.append(_CELL)
        if tag in _BLOCKS:
            self._flush()
        if tag in _SPACED:
            self._paragraphs.append("")

    def _flush(self) -> None:
        """A block ends: its words become a line, or several where it has breaks."""
        lines = "".join(self._words).split("\n")
        self._words = []
        self._paragraphs += [tidy for line in lines if (tidy := _tidy(line))]


def _tidy(line: str) -> str:
    """One space between words, two between the cells of a row; hard spaces stay."""
    cells = [_SPACES.sub(" ", cell).strip(" ") for cell in line.split(_CELL)]
    return "  ".join(cell for cell in cells if cell)
