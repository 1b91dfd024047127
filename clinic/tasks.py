from django.tasks import task
from django.utils import timezone

from clinic import details


@task
def note_heartbeat() -> None:
    details.note_heartbeat(at=timezone.now())
