"""What happened to what the shop knows of pets' purchases."""

from dataclasses import dataclass

from kernel.events import Event


@dataclass(frozen=True, slots=True)
class HistoryCorrected(Event):
    """Somebody said for whom a line was: the shelves of these pets are to be computed anew."""

    pet_ids: list[int]
