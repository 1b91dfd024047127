"""What happens in conversations."""

from dataclasses import dataclass

from kernel.events import Event


@dataclass(frozen=True, slots=True)
class AttachmentAdded(Event):
    """A picture of a conversation waits to be drawn."""

    attachment_id: int
