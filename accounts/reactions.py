"""What accounts does when something has happened."""

from django.utils import timezone

from accounts import notices
from kernel import events


@events.on(notices.NoticeWritten)
def send_notice(event: notices.NoticeWritten) -> None:
    notices.send(event.notice_id, at=timezone.now())
