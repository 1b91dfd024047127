import logging

from django.tasks import task
from django.utils import timezone

from recommendations import pet_shelves, reminders, training
from recommendations.training import NothingToLearn

logger = logging.getLogger(__name__)


@task
def train_nightly() -> None:
    """Train on all orders; a model that is worse stays out, and the log says so."""
    try:
        version = training.train(at=timezone.now())
    except NothingToLearn:
        return
    if version.refused_because:
        logger.warning("model %s stays out: %s", version.pk, version.refused_because)


@task
def refresh_pet(pet_id: int) -> None:
    pet_shelves.refresh(pet_id, at=timezone.now())


@task
def remind_of_what_runs_out() -> None:
    reminders.remind_due(at=timezone.now())
