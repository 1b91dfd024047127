from django.tasks import task
from django.utils import timezone

from accounts import retention


@task
def forget_what_is_due() -> None:
    retention.forget_due(at=timezone.now())
