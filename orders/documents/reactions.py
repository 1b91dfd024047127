"""What the worker alone does when something has happened: the `worker` command imports it."""

from django.utils import timezone

from kernel import events
from orders.documents import rendering
from orders.invoices import DocumentIssued


@events.on(DocumentIssued)
def put_on_paper(event: DocumentIssued) -> None:
    rendering.render_document(event.document_id, at=timezone.now())
