"""Markdown into safe HTML: no raw HTML, our own things by reference, and everything cleaned twice.

`![words](picture:KEY)`, `![](product:SLUG)` and `![](video:SLUG)` show a thing of the shop,
`[words](article:SLUG)` and `[words](product:SLUG)` lead to one. A picture from elsewhere is never
shown: it would tell others who reads.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any, Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.footnote import footnote_plugin

from kernel.text_index.analysis import fold

_SHOWN = ("picture", "product", "video")
_LED_TO = ("article", "product")
_REFERENCE = re.compile(r"(picture|product|video|article):([a-z0-9][a-z0-9_-]{0,119})")
_NOT_IN_ANCHOR = re.compile(r"[^a-z0-9]+")
_ALIGNED = {"text-align:left": "left", "text-align:center": "center", "text-align:right": "right"}
_WORDS_A_MINUTE = 200


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference stands for: where it leads, and how it is called."""

    url: str
    title: str
    srcset: str = ""
    width: int = 0
    height: int = 0
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading, a line of a list or a cell, as plain text.

    `shows` are the references of things shown in it, such as `product:croquettes`.
    """

    text: str
    shows: tuple[str, ...] = ()
    heading_level: int = 0
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class Rendered:
    html: str
    headings: tuple[Heading, ...]


type Targets = Mapping[str, Target]


def render(body: str, targets: Targets) -> Rendered:
    """The HTML of a text; a reference without a target leaves its words, or nothing."""
    found = _parser().parse(body, {"targets": targets})
    html = _parser().renderer.render(found, _parser().options, {"targets": targets})
    return Rendered(html=_cleaned(html), headings=tuple(_headings(found)))


def references(body: str) -> tuple[str, ...]:
    """All references in a text, each once, in order."""
    return tuple(dict.fromkeys(each for token in _inline(body) for each in _referred(token)))


def foreign_pictures(body: str) -> tuple[str, ...]:
    """Addresses of pictures that are none of ours."""
    sources = (str(each.attrGet("src")) for each in _inline(body) if each.type == "image")
    return tuple(dict.fromkeys(each for each in sources if not is_shown(each)))


def blocks(body: str) -> list[Block]:
    """The text in its blocks, in order, without marks."""
    return list(_blocks(_parser().parse(body, {})))


def plain_text(body: str) -> str:
    return "\n".join(block.text for block in blocks(body) if block.text)


def minutes_to_read(text: str) -> int:
    """At 200 words a minute, at least one."""
    return max(1, round(len(text.split()) / _WORDS_A_MINUTE))


def questions(body: str) -> list[tuple[str, str]]:
    """Each heading of the second level with the plain text below it; those with none left out."""
    found: list[tuple[str, list[str]]] = []
    for block in blocks(body):
        if block.heading_level in (1, 2):
            found.append((block.text, []))
        elif found and block.text and not block.is_note:
            found[-1][1].append(block.text)
    return [(asked, "\n".join(answer)) for asked, answer in found if answer]


def is_shown(source: str) -> bool:
    """Whether an address of a picture is a reference to a thing that can be shown."""
    found = _REFERENCE.fullmatch(source)
    return found is not None and found[1] in _SHOWN


def anchor_of(title: str) -> str:
    return _NOT_IN_ANCHOR.sub("-", fold(title)).strip("-") or "partie"


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer)
    parser.enable(["table", "strikethrough"])
    parser.core.ruler.push("tame", _tame)
    parser.use(footnote_plugin).use(anchors_plugin, max_level=4, slug_func=anchor_of)
    return parser


def _tame(state: StateCore) -> None:
    """The title is the only first-level heading; a thing shown alone is no paragraph."""
    for place, token in enumerate(state.tokens):
        if token.type in ("heading_open", "heading_close") and token.tag == "h1":
            token.tag = "h2"
        style = str(token.attrs.pop("style", ""))
        if style in _ALIGNED:
            token.attrSet("class", f"align-{_ALIGNED[style]}")
        alone = _alone_in(token)
        if alone is not None:
            alone.meta["alone"] = True
            for beside in (state.tokens[place - 1], state.tokens[place + 1]):
                beside.hidden = beside.hidden or beside.type.startswith("paragraph_")


def _alone_in(token: Token) -> Token | None:
    """The image that is all there is of a block."""
    children = token.children or [] if token.type == "inline" else []
    return children[0] if len(children) == 1 and children[0].type == "image" else None


class _Renderer(RendererHTML):
    """Images and links whose address is a reference of ours."""

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        token = tokens[idx]
        source = str(token.attrGet("src"))
        target = env.get("targets", {}).get(source)
        words = self.renderInlineAsText(token.children or [], options, env)
        kind, _colon, slug = source.partition(":")
        if target is None or kind not in _SHOWN:
            left = escape(words)
            return f"<p>{left}</p>\n" if left and token.meta.get("alone") else left
        if kind == "picture":
            shown = _picture(target, words)
        else:
            shown = f'<a href="{escape(target.url)}">{escape(words or target.title)}</a>'
        if not token.meta.get("alone"):
            return shown
        named = "" if kind == "picture" else f' data-{kind}="{slug}"'
        caption = f"<figcaption>{escape(target.caption)}</figcaption>" if target.caption else ""
        return f'<figure class="{kind}"{named}>{shown}{caption}</figure>\n'

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        token = tokens[idx]
        address = str(token.attrGet("href"))
        if _REFERENCE.fullmatch(address):
            target = env.get("targets", {}).get(address)
            # Without an address it is no link: its words stay.
            token = Token("link_open", "a", 1, attrs={"href": target.url} if target else {})
        return self.renderToken([token], 0, options, env)


def _picture(target: Target, words: str) -> str:
    size = f' width="{target.width}" height="{target.height}"' if target.width else ""
    wide = f' srcset="{escape(target.srcset)}" sizes="100vw"' if target.srcset else ""
    alt = escape(words or target.title)
    return f'<img src="{escape(target.url)}"{wide}{size} alt="{alt}" loading="lazy">'


_TAGS: Final = {
    *("p", "br", "hr", "em", "strong", "s", "blockquote", "code", "pre", "a", "img"),
    *("ul", "ol", "li", "h2", "h3", "h4", "h5", "h6", "figure", "figcaption"),
    *("table", "thead", "tbody", "tr", "th", "td", "sup", "section"),
}
_ATTRIBUTES: Final = {
    "a": {"href", "id", "title"},
    "img": {"src", "srcset", "sizes", "width", "height", "alt", "loading"},
    "li": {"id"},
    "ol": {"start"},
    "figure": {"data-product", "data-video"},
    **{f"h{level}": {"id"} for level in range(2, 7)},
}
_CLASSES: Final = {
    "th": {"align-left", "align-center", "align-right"},
    "td": {"align-left", "align-center", "align-right"},
    "figure": {"picture", "product", "video"},
    "sup": {"footnote-ref"},
    "section": {"footnotes"},
    "ol": {"footnotes-list"},
    "li": {"footnote-item"},
    "hr": {"footnotes-sep"},
    "a": {"footnote-backref"},
}
_SCHEMES: Final = {"https", "http", "mailto", "tel"}


def _cleaned(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        url_schemes=_SCHEMES,
        link_rel="noopener",
    )


def _headings(tokens: Sequence[Token]) -> Iterator[Heading]:
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.attrGet("id"):
            text = _text_of(tokens[place + 1])
            yield Heading(int(token.tag[1]), text, str(token.attrGet("id")))


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    is_note = False
    for place, token in enumerate(tokens):
        is_note |= token.type == "footnote_block_open"
        if token.type == "inline":
            before = tokens[place - 1]
            level = int(before.tag[1]) if before.type == "heading_open" else 0
            shows = tuple(_shown_in(token))
            yield Block(_text_of(token), shows=shows, heading_level=level, is_note=is_note)
        elif token.type in ("fence", "code_block"):
            yield Block(text=token.content)


def _text_of(inline: Token) -> str:
    pieces = []
    for child in inline.children or []:
        if child.type in ("softbreak", "hardbreak"):
            pieces.append(" ")
        elif child.type in ("text", "code_inline", "image"):
            pieces.append(child.content)
    return "".join(pieces).strip()


def _shown_in(inline: Token) -> Iterator[str]:
    for child in inline.children or []:
        for name in ("src", "href"):
            address = str(child.attrGet(name) or "")
            if _REFERENCE.fullmatch(address):
                yield address


def _inline(body: str) -> Iterator[Token]:
    for token in _parser().parse(body, {}):
        yield from token.children or ()


def _referred(token: Token) -> Iterator[str]:
    address = str(token.attrGet("src") or token.attrGet("href") or "")
    found = _REFERENCE.fullmatch(address)
    allowed = _SHOWN if token.type == "image" else _LED_TO
    if found is not None and found[1] in allowed:
        yield address
