"""What an article says and is about: one value, kept whole with each revision and compared."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from advice.vocabulary import ArticleForm
from kernel.animals import Condition, Language, LifeStage, Species

#: Characters that a field may have, and how many things a list.
LONGEST = {"title": 160, "standfirst": 500, "body": 60_000}
MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class Words:
    """The words of an article in one language; `body` is Markdown."""

    title: str = ""
    standfirst: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """What a statement rests on; `url` may be empty for what is only printed."""

    title: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """All that a revision keeps. Authors, topics, products and videos are named by their slugs,
    the cover by the key of its picture.
    """

    words: Mapping[Language, Words] = field(default_factory=dict)
    form: ArticleForm = ArticleForm.ARTICLE
    author: str = ""
    cover: str = ""
    topics: tuple[str, ...] = ()
    species: tuple[Species, ...] = ()
    life_stages: tuple[LifeStage, ...] = ()
    conditions: tuple[Condition, ...] = ()
    products: tuple[str, ...] = ()
    videos: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    reviewed_on: date | None = None
    next_review_on: date | None = None

    def said(self, language: Language) -> tuple[Language, Words]:
        """The words for a reader, in French where there are none in their language."""
        found = self.words.get(language)
        if found is not None and found.body:
            return language, found
        return Language.FR, self.words.get(Language.FR, Words())

    @property
    def title(self) -> str:
        return self.said(Language.FR)[1].title


def to_json(content: Content) -> dict[str, Any]:
    """As the database keeps it."""
    return {
        "words": {
            str(language): {name: getattr(said, name) for name in LONGEST}
            for language, said in content.words.items()
        },
        "form": str(content.form),
        "author": content.author,
        "cover": content.cover,
        **{
            name: [str(each) for each in getattr(content, name)]
            for name in ("topics", "species", "life_stages", "conditions", "products", "videos")
        },
        "sources": [{"title": each.title, "url": each.url} for each in content.sources],
        **{
            name: day.isoformat() if (day := getattr(content, name)) else None
            for name in ("reviewed_on", "next_review_on")
        },
    }


def from_json(kept: Mapping[str, Any]) -> Content:
    """As it was kept, by this release or one before: what is not there is empty."""
    return Content(
        words={Language(each): Words(**said) for each, said in kept.get("words", {}).items()},
        form=ArticleForm(kept.get("form", ArticleForm.ARTICLE)),
        author=kept.get("author", ""),
        cover=kept.get("cover", ""),
        topics=tuple(kept.get("topics", ())),
        species=_known(Species, kept.get("species", ())),
        life_stages=_known(LifeStage, kept.get("life_stages", ())),
        conditions=_known(Condition, kept.get("conditions", ())),
        products=tuple(kept.get("products", ())),
        videos=tuple(kept.get("videos", ())),
        sources=tuple(Source(**each) for each in kept.get("sources", ())),
        reviewed_on=_day(kept.get("reviewed_on")),
        next_review_on=_day(kept.get("next_review_on")),
    )


def _known[Word: StrEnum](kind: type[Word], kept: Iterable[str]) -> tuple[Word, ...]:
    return tuple(kind(each) for each in kept if each in kind)


def _day(kept: str | None) -> date | None:
    return date.fromisoformat(kept) if kept else None


class Change(StrEnum):
    SAME = "SAME"
    ADDED = "ADDED"
    REMOVED = "REMOVED"


@dataclass(frozen=True, slots=True)
class Line:
    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one field: `field` is its name, with the language for words."""

    field: str
    lines: tuple[Line, ...]


def differences(before: Content, after: Content) -> list[Difference]:
    """Field by field, line by line; what is the same in both is left out."""
    old, new = dict(_told(before)), dict(_told(after))
    return [
        Difference(name, tuple(_lines(old.get(name, ()), new.get(name, ()))))
        for name in dict.fromkeys([*new, *old])
        if old.get(name, ()) != new.get(name, ())
    ]


def _told(content: Content) -> Iterator[tuple[str, tuple[str, ...]]]:
    for language in Language:
        words = content.words.get(language, Words())
        for name in LONGEST:
            yield f"{name}_{language}", tuple(getattr(words, name).splitlines())
    for each in fields(content):
        if each.name == "sources":
            yield "sources", tuple(f"{one.title} {one.url}".strip() for one in content.sources)
        elif each.name != "words":
            value = getattr(content, each.name)
            several = value if isinstance(value, tuple) else (value,) if value else ()
            yield each.name, tuple(str(one) for one in several)


def _lines(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind == "equal":
            yield from (Line(Change.SAME, text) for text in before[start:end])
            continue
        yield from (Line(Change.REMOVED, text) for text in before[start:end])
        yield from (Line(Change.ADDED, text) for text in after[first:last])
