"""Words that may not stand beside a food: the claim that it prevents, treats or cures a disease.

The words are data with the article that bars them. A passage is beside a food if it names one, or
if a food's card stands in the passage before, in it or after it; a title and a standfirst are
beside every food that the article shows. A denial ("ne guérit pas") and a claim about a mere lack
of nutrients are free.
"""

import hashlib
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from advice.content import Words
from advice.markdown import Block, blocks
from kernel.animals import Language
from kernel.text_index.analysis import fold

_FEED = "Reg. (EC) 767/2009 art. 13(3)(a)"
_MEDICINE = "Code de la santé publique L.5141-1, L.5111-1"
_EXCERPT = 300


@dataclass(frozen=True, slots=True)
class Claim:
    """Forms of a word, without accents, as a pattern for whole words; and what bars them."""

    pattern: str
    article: str


_CLAIMS = {
    Language.FR: (
        Claim(r"gueri(?:r|t|s|ssent|ssez|ra|ront|rait|ssant|son|sons)", _FEED),
        Claim(r"soign(?:e|ent|er|ez|era|eront|ant)", _FEED),
        Claim(r"trait(?:e|ent|er|era)(?= (?:le|la|les|l|un|une|des|contre|toute?s?)\b)", _FEED),
        Claim(r"previen(?:t|nent|dra|dront)|preven(?:ir|ez|ant)", _FEED),
        Claim(r"(?:prevention|traitement) (?:de|des|du|d|contre)\b", _FEED),
        Claim(r"empeche(?:nt|r|ra)?(?= (?:la|les|le|l|une?) ?(?:maladie|cancer|infection))", _FEED),
        Claim(r"curati(?:f|fs|ve|ves)|therapeutiques?|remedes?", _FEED),
        Claim(r"anti-?(?:cancer|inflammatoires?|infectieu[xs]e?s?|diabetiques?)", _FEED),
        Claim(
            r"(?:remplace|evite)(?:nt|r)? (?:un|le|les|tout|votre|des) (?:medicament|traitement)s?",
            _MEDICINE,
        ),
        Claim(r"medicinal(?:e|es|aux)?|proprietes? medicales?", _MEDICINE),
    ),
    Language.EN: (
        Claim(r"cur(?:e|es|ed|ing)", _FEED),
        Claim(r"heal(?:s|ed|ing)?", _FEED),
        Claim(r"prevent(?:s|ed|ing|ion)?", _FEED),
        Claim(r"treat(?:s|ed|ing|ment)?(?= (?:a|an|the|its|of|for|any)\b)", _FEED),
        Claim(r"remed(?:y|ies)|therapeutic|curative|medicinal", _FEED),
        Claim(r"replaces? (?:a|the|any) (?:medicine|treatment)s?", _MEDICINE),
    ),
}
_FOODS = {
    Language.FR: (
        "aliment aliments alimentation croquette croquettes patee patees friandise friandises "
        "ration rations nourriture gamelle complement complements menu repas regime"
    ),
    Language.EN: (
        "food foods kibble kibbles diet diets ration rations supplement supplements meal meals"
    ),
}
#: Words that may stand between a negation and what it denies: "ne peut pas guérir".
_DENIALS = {
    Language.FR: r"(?:\bne|\bn|\bjamais|\bsans|\bni)(?:\W+\w+){0,3}\W+$",
    Language.EN: r"(?:\bnot|n.t|\bnever|\bcannot|\bno|\bwithout)(?:\W+\w+){0,3}\W+$",
}
#: What may follow: telling the vet is no claim, and a lack of nutrients is no disease (art. 13(3)).
_FREE_AFTER = {
    Language.FR: (
        r"^(?:\W+\w+){0,2}\W+(?:veterinaires?|cliniques?|proprietaires?|carences?|desequilibres?)\b"
    ),
    Language.EN: r"^(?:\W+\w+){0,2}\W+(?:deficienc(?:y|ies)|imbalances?)\b",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A word that is barred where it stands. `fingerprint` names the word in its passage."""

    language: Language
    place: str
    word: str
    excerpt: str
    article: str
    fingerprint: str


def marks(
    words: Words, language: Language, *, subject: str, foods: Collection[str], has_cards: bool
) -> list[Mark]:
    """The barred words of a text, in order.

    `foods` are the references (`product:slug`) that stand for foods; `has_cards` says that foods
    are shown below the text; `subject` names whose text it is, in each fingerprint.
    """
    found = [
        mark
        for place in ("title", "standfirst")
        for mark in _marks_in(
            getattr(words, place), place, language, subject=subject, is_beside=has_cards
        )
    ]
    passages = blocks(words.body)
    for passage, is_beside in zip(passages, _beside_cards(passages, foods), strict=True):
        found += _marks_in(passage.text, "body", language, subject=subject, is_beside=is_beside)
    return found


def _beside_cards(passages: Sequence[Block], foods: Collection[str]) -> list[bool]:
    """Of each passage, whether a food is shown in it, just before or just after."""
    shown = [any(each in foods for each in passage.shows) for passage in passages]
    beside = list(shown)
    for place, (first, second) in enumerate(pairwise(shown)):
        beside[place] |= second
        beside[place + 1] |= first
    return beside


def _marks_in(
    text: str, place: str, language: Language, *, subject: str, is_beside: bool
) -> Iterator[Mark]:
    # Folding letter by letter keeps the places of words.
    plain = "".join(fold(letter)[:1] or letter for letter in text).replace("’", "'")
    if not is_beside and not _food_words(language).search(plain):
        return
    for pattern, article in _patterns(language):
        for found in pattern.finditer(plain):
            if _is_free(plain, found, language):
                continue
            word = text[found.start() : found.end()]
            key = f"{subject}|{language}|{place}|{fold(word)}|{text}"
            yield Mark(
                language=language,
                place=place,
                word=word,
                excerpt=text[max(0, found.start() - 120) :][:_EXCERPT],
                article=article,
                fingerprint=hashlib.sha256(key.encode()).hexdigest(),
            )


def _is_free(plain: str, found: re.Match[str], language: Language) -> bool:
    sentence_start = max(plain.rfind(end, 0, found.start()) for end in ".!?;:") + 1
    before, after = plain[sentence_start : found.start()], plain[found.end() :]
    denied = re.search(_DENIALS[language], before)
    return bool(denied) or bool(re.match(_FREE_AFTER[language], after))


@lru_cache(maxsize=2)
def _patterns(language: Language) -> list[tuple[re.Pattern[str], str]]:
    return [
        (re.compile(rf"\b(?:{claim.pattern})(?!\w)"), claim.article) for claim in _CLAIMS[language]
    ]


@lru_cache(maxsize=2)
def _food_words(language: Language) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(_FOODS[language].split())})\b")
