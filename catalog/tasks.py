from django.tasks import task
from django.utils import timezone

from catalog import cards, reviews, search
from kernel import uploads


@task
def reproject_due_cards() -> None:
    cards.reproject_due(at=timezone.now())


@task
def check_search_index() -> None:
    search.mend(at=timezone.now())


@task
def forget_stale_uploads() -> None:
    uploads.forget_stale(at=timezone.now())


@task
def ask_for_reviews() -> None:
    reviews.ask_buyers(at=timezone.now())
