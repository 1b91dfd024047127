"""Which of some products suit a pet of the one who looks at them."""

from collections.abc import Sequence

from accounts.access import Viewer
from catalog import listing
from catalog.listing import Reading
from catalog.product_facts import product_facts_of_card
from catalog.suitability import unsuitable
from catalog.vocabulary import Path
from clinic.details import PARIS
from pets.access import files_for
from pets.facts import facts_of
from recommendations.pet_shelves import households
from recommendations.serving import Shown


def suiting(found: Sequence[Shown], viewer: Viewer, reading: Reading) -> list[Shown]:
    """Those of which the pack suits one of the viewer's pets; all, for somebody without pets."""
    pets = files_for(viewer, with_closed=False) if viewer.person else []
    if not pets:
        return list(found)
    facts = facts_of(pets, on=reading.at.astimezone(PARIS).date())
    near = households(pets).species
    keys = [each.card.key for each in found]
    cards = {card.key: card for card in listing.cards_for(keys, reading, with_detail=True)}
    return [
        each
        for each in found
        if any(
            not unsuitable(
                facts[pet.pk],
                near[pet.pk],
                product_facts_of_card(cards[each.card.key], each.pack),
                Path.SUGGESTION,
            )
            for pet in pets
        )
    ]
