"""The catalogue in the back office; Django's autodiscovery imports this package."""

from accounts.admin import ACTION_NAMES
from catalog.admin import imports, labels, lots, packs, products, words

ACTION_NAMES.update(labels.ACTIONS)

__all__ = ["imports", "labels", "lots", "packs", "products", "words"]
