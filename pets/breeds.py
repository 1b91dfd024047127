"""Breeds as people name them: found by a few letters, imported from lists."""

from django.db.models import Q, QuerySet

from kernel.animals import Species
from pets.models import Breed


def find_breeds(*, species: Species | None, text: str, first: int) -> QuerySet[Breed]:
    """Breeds whose French or English name holds the text, common ones first."""
    breeds = Breed.objects.order_by("-is_common", "name_fr", "pk")
    if species is not None:
        breeds = breeds.filter(species=species)
    words = text.split()[:5]
    for word in words:
        breeds = breeds.filter(
            Q(name_fr__icontains=word) | Q(name_en__icontains=word) | Q(slug__icontains=word)
        )
    return breeds[:first]
