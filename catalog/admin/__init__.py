"""The catalogue in the back office; Django's autodiscovery imports this package."""

from accounts.admin import ACTION_NAMES
from accounts.admin.files import add_panel
from catalog.admin import imports, labels, lots, packs, products, reviews, words
from catalog.admin.diet_panel import diet_panel
from pets.models import Pet

ACTION_NAMES.update(labels.ACTIONS)
add_panel(Pet, diet_panel)

__all__ = ["imports", "labels", "lots", "packs", "products", "reviews", "words"]
