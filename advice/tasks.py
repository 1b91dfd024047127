from django.tasks import task
from django.utils import timezone

from advice import publishing, search


@task
def publish_due() -> None:
    publishing.publish_due(at=timezone.now())


@task
def check_search_index() -> None:
    search.mend(at=timezone.now())
