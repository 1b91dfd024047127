"""What happens to advice."""

from dataclasses import dataclass

from kernel.events import Event


@dataclass(frozen=True, slots=True)
class AdviceTextChanged(Event):
    """Words of articles or videos changed, or some came or went: the search has to learn."""

    article_ids: list[int]
    video_ids: list[int]


@dataclass(frozen=True, slots=True)
class PictureAdded(Event):
    """A picture of advice waits for its renditions."""

    picture_id: int
