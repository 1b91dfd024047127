"""What suggestions do when something has happened; handlers bear hearing it twice."""

from django.utils import timezone

from kernel import events
from orders.events import OrderPaid
from orders.models import Order
from pets.events import PetChanged
from recommendations import feedback, histories, pet_shelves, tasks
from recommendations.events import HistoryCorrected
from recommendations.serving import serving_version


@events.on(OrderPaid)
def learn_from_the_order(event: OrderPaid) -> None:
    """Say whose each line was, note what was suggested, and compute those pets anew."""
    order = Order.objects.get(pk=event.order_id)
    pets = histories.attribute_order(order)
    feedback.note_bought(order)
    for pet in sorted(pets):
        pet_shelves.refresh(pet, at=timezone.now())


@events.on(HistoryCorrected)
def compute_those_pets_anew(event: HistoryCorrected) -> None:
    for pet in event.pet_ids:
        pet_shelves.refresh(pet, at=timezone.now())


@events.on(PetChanged)
def compute_the_pet_anew(event: PetChanged) -> None:
    """By a task: whoever changed the file waits for the answer. Nothing while no model serves."""
    if serving_version() is not None:
        tasks.refresh_pet.enqueue(event.pet_id)
