"""What conversations do when something has happened; handlers bear hearing it twice."""

from conversations import attachments
from conversations.events import AttachmentAdded
from kernel import events


@events.on(AttachmentAdded)
def draw_the_picture(event: AttachmentAdded) -> None:
    attachments.draw(event.attachment_id)
