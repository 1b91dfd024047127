"""The door that Stripe knocks at: the signature is checked, the event stored once, nothing more.

What follows from an event is worked out by a worker, from what Stripe says when asked again: the
answer comes within milliseconds, and neither the order nor the number of deliveries matters.
"""

import logging
from http import HTTPStatus

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kernel import events
from orders.events import StripeEventStored
from orders.models import StripeEvent
from orders.stripe_gateway import SignatureRefused, read_event

logger = logging.getLogger(__name__)

MOST_BYTES = 256 * 1024


@csrf_exempt
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """200 once the event is kept, so that Stripe stops sending it; 400 if it is not Stripe's."""
    payload = request.read(MOST_BYTES + 1)
    if len(payload) > MOST_BYTES:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        told = read_event(payload, request.headers.get("Stripe-Signature", ""))
    except SignatureRefused as refused:
        logger.warning("refused an event: %s", str(refused)[:120])
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    with transaction.atomic():
        event, is_new = StripeEvent.objects.get_or_create(
            event_id=told.event_id,
            defaults={
                "kind": told.kind,
                "object_id": told.object_id,
                "received_at": timezone.now(),
            },
        )
        if is_new:
            events.enqueue(StripeEventStored(event_pk=event.pk, intent_id=told.intent_id))
    return HttpResponse(status=HTTPStatus.OK)
