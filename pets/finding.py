"""Clients found by their pets: by a name, by a chip."""

from django.db.models import Exists, OuterRef, Q

from pets.models import Guardian

_FEWEST_DIGITS = 6


def whose_pet(word: str) -> Q:
    """People who look after a pet of that name, or with that number; `word` is folded."""
    called = Q(pet__name__iexact=word)
    if word.isdecimal() and len(word) >= _FEWEST_DIGITS:
        called |= Q(pet__identifications__value=word)
    return Q(Exists(Guardian.objects.filter(called, person=OuterRef("pk"))))
