"""Clients found by their pets; pets found by name, chip, or who looks after them."""

import re

from django.db.models import Exists, OuterRef, Q

from accounts.folding import fold
from pets.models import Guardian, Identification

_FEWEST_DIGITS = 6
_LONGEST_SEARCH = 200
_MOST_WORDS = 6
_NUMBER = re.compile(r"[0-9][0-9\s.-]+")


def whose_pet(word: str) -> Q:
    """People who look after a pet of that name, or with that number; `word` is folded."""
    called = Q(pet__name__iexact=word)
    if word.isdecimal() and len(word) >= _FEWEST_DIGITS:
        called |= Q(pet__identifications__value=word)
    return Q(Exists(Guardian.objects.filter(called, person=OuterRef("pk"))))


def pets_known_as(text: str) -> Q:
    """Pets of whom every word is known: their name, breed, chip or tattoo, or a guardian's name.

    A chip may be typed in groups, and by its first or last digits, six at least. Only the first
    200 characters and six words are looked at.
    """
    typed = text[:_LONGEST_SEARCH].strip()
    digits = re.sub(r"\D", "", typed)
    if _NUMBER.fullmatch(typed) and len(digits) >= _FEWEST_DIGITS:
        chip = Identification.objects.filter(value__contains=digits, pet=OuterRef("pk"))
        return Q(Exists(chip))
    wanted = Q()
    for word in typed.split()[:_MOST_WORDS]:
        wanted &= _by_word(word)
    return wanted


def _by_word(word: str) -> Q:
    numbered = Identification.objects.filter(value__iexact=word, pet=OuterRef("pk"))
    called = Q(name__icontains=word) | Q(breed__name_fr__icontains=word) | Q(Exists(numbered))
    key = fold(word)
    if not key:
        return called
    theirs = Guardian.objects.filter(person__name_key__contains=key, pet=OuterRef("pk"))
    return called | Q(Exists(theirs))
