"""French text cut into words and terms, for documents and for queries, whichever the engine."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

import snowballstemmer

LONGEST_WORD = 40

_NUMBER = r"[0-9]{1,9}(?:[.,][0-9]{1,3})?"
_UNIT = r"(?:kg|mg|g|ml|cl|l|mm|cm|m)(?![\w'’])"
_WORDS = re.compile(
    rf"""
      (?P<over>[<>≤≥]\s?(?P<limit>{_NUMBER})\s?(?P<limit_unit>{_UNIT}))
    | (?P<range>(?P<low>{_NUMBER})\s?(?:-|–|à)\s?(?P<high>{_NUMBER})\s?(?P<range_unit>{_UNIT}))
    | (?P<measure>(?P<number>{_NUMBER})\s?(?P<unit>{_UNIT})(?P<more>\s?\+)?)
    | (?P<age>[0-9]{{1,3}}\+)
    | (?P<elision>(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’](?=\w))
    | (?P<word>(?:[^\W_][\u0300-\u036f]*)+)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_BREAK = re.compile(r"[,;:/()|\n.!?]")
_HYPHENS = frozenset("-‐‑–")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})

# To millimetres, grams and millilitres, so that "0,5 kg" and "500 g" are one term.
_MEASURES = {
    "kg": (Decimal(1000), "g"),
    "g": (Decimal(1), "g"),
    "mg": (Decimal("0.001"), "g"),
    "l": (Decimal(1000), "ml"),
    "cl": (Decimal(10), "ml"),
    "ml": (Decimal(1), "ml"),
    "m": (Decimal(1000), "mm"),
    "cm": (Decimal(10), "mm"),
    "mm": (Decimal(1), "mm"),
}

NEGATORS = frozenset({"sans", "ni"})
FLAVOUR_MARKS = frozenset({"au", "aux", "gout", "saveur"})

# Without accents. The last three lines are what people write around what they look for.
_NOTHING = """
a au aux avec c ce ces cet cette chez d dans de des du elle elles en entre est et eux il ils
j je la le les leur leurs lui ma mais me mes moi mon n ne nos notre nous on ou par pas pour qu
que qui sa se ses si son sont sur t ta te tes toi ton tu un une vos votre vous x y sans ni
tres plus acheter besoin cherche chercher comment contre faire faut meilleur meilleure
meilleurs prix quel quelle quelles quels recherche trouver veut veux voudrais
"""
_STOP_WORDS = frozenset(_NOTHING.split())

# First halves of compounds that people write in one word, in two, or with a hyphen.
_HALVES = "anti auto coupe demi gastro hyper hypo lance mono multi porte post spot tire"
_COMPOUND_FIRST = frozenset(_HALVES.split())

# The stemmer would make one of "pâtée" (food) and "pâte" (paste); without an accent it may be both.
_OWN_STEMS = {
    **dict.fromkeys(("pâtée", "pâtées", "patée", "patées", "patee", "patees"), ("patee",)),
    **dict.fromkeys(("pate", "pates"), ("patee", "pat")),
}

_stemmer = snowballstemmer.stemmer("french")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, with its place in it.

    `terms` are what an index holds for it: the stem without accents, and the stem of the word
    without accents where that differs, since people type both. `grams` is the range a mass means.
    """

    text: str
    start: int
    end: int
    terms: tuple[str, ...]
    grams: tuple[Decimal, Decimal] | None = None
    after_break: bool = False
    after_hyphen: bool = False

    @property
    def is_stop(self) -> bool:
        return self.text in _STOP_WORDS

    @property
    def is_negator(self) -> bool:
        return self.text in NEGATORS


@dataclass(frozen=True, slots=True)
class Term:
    """What an index holds for the characters from `start` to `end`."""

    value: str
    start: int
    end: int
    is_pair: bool = False


@lru_cache(maxsize=32_768)
def fold(text: str) -> str:
    """Lower case, without accents and ligatures."""
    return _without_accents(_lower(text))


def words(text: str) -> Iterator[Word]:
    """Each word, in order; of a mass only a bound ("< 10 kg", "10-20 kg") has no term."""
    end = 0
    for found in _WORDS.finditer(text):
        if found["elision"]:
            continue
        between = text[end : found.start()]
        terms, grams = _read(found)
        yield Word(
            text=fold(found.group())[:LONGEST_WORD],
            start=found.start(),
            end=found.end(),
            terms=terms,
            grams=grams,
            after_break=bool(_BREAK.search(between)),
            after_hyphen=end > 0 and between in _HYPHENS,
        )
        end = found.end()


def terms(text: str) -> Iterator[Term]:
    """What an index holds of a text: words, compounds in one word, and pairs of neighbours.

    A word that is negated ("sans céréales") is there as that pair only, so that a search for
    cereals does not find what is free of them.
    """
    previous: Word | None = None
    negated = False
    for word in words(text):
        if word.after_break:
            previous, negated = None, False
        if word.is_negator:
            negated = True
            continue
        if word.is_stop:
            continue
        if negated:
            yield from (Term(f"sans_{term}", word.start, word.end) for term in word.terms)
            previous, negated = None, False
            continue
        yield from (Term(term, word.start, word.end) for term in word.terms)
        if previous is not None:
            yield from (Term(value, previous.start, word.end) for value in joined(previous, word))
            pairs = paired((previous, word))
            yield from (Term(pair[0], previous.start, word.end, is_pair=True) for pair in pairs)
        previous = word


def joined(first: Word, second: Word) -> tuple[str, ...]:
    """The two as one word ("antipuce"), if they are a compound; else nothing."""
    if second.after_hyphen or first.text in _COMPOUND_FIRST:
        return word_terms(first.text + second.text)
    return ()


def paired(phrase: tuple[Word, ...]) -> list[tuple[str, ...]]:
    """A phrase as the pairs of neighbours that it consists of, once for each way to stem it."""
    if any(not word.terms for word in phrase):
        return []
    ways = []
    for way in (0, -1):
        stems = [word.terms[way] for word in phrase]
        ways.append(tuple(f"{a}_{b}" for a, b in pairwise(stems)))
    return list(dict.fromkeys(ways))


@lru_cache(maxsize=32_768)
def word_terms(word: str) -> tuple[str, ...]:
    """The stem of the word as written, for the stemmer needs accents, and as typed without any."""
    accented = _lower(word)[:LONGEST_WORD]
    if accented in _OWN_STEMS:
        return _OWN_STEMS[accented]
    plain = _without_accents(accented)
    stems = (_without_accents(_stemmer.stemWord(accented)), _stemmer.stemWord(plain))
    return tuple(dict.fromkeys(stem for stem in stems if stem))


def _read(found: re.Match[str]) -> tuple[tuple[str, ...], tuple[Decimal, Decimal] | None]:
    if found["word"]:
        return word_terms(found["word"]), None
    if found["age"]:
        return (found["age"],), None
    if found["range"]:
        low, measure = _measured(found["low"], found["range_unit"])
        high, _ = _measured(found["high"], found["range_unit"])
        return (), (low, high) if measure == "g" and low <= high else None
    if found["over"]:
        return (), None
    amount, measure = _measured(found["number"], found["unit"])
    grams = (amount, amount) if measure == "g" else None
    return (() if found["more"] else (f"{amount.normalize():f}{measure}",)), grams


def _measured(number: str, unit: str) -> tuple[Decimal, str]:
    factor, measure = _MEASURES[unit.lower()]
    return Decimal(number.replace(",", ".")) * factor, measure


def _lower(text: str) -> str:
    return unicodedata.normalize("NFC", text).lower().translate(_LIGATURES)


def _without_accents(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
