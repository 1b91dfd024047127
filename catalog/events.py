"""What happens in the catalogue."""

from dataclasses import dataclass

from kernel.events import Event


@dataclass(frozen=True, slots=True)
class CatalogueTextChanged(Event):
    """Words of products changed, or products came or went: the search has something to learn."""

    product_ids: list[int]


@dataclass(frozen=True, slots=True)
class PictureAdded(Event):
    """A picture waits for its renditions."""

    picture_id: int
