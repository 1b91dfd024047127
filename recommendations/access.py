"""The door to lines of orders, for those who say for which pet they were."""

from django.utils.translation import pgettext_lazy

from accounts.access import Viewer
from kernel.refusals import NotFound
from orders.access import orders_for
from orders.models import OrderLine


def line_of(viewer: Viewer, line_id: int | None) -> OrderLine:
    """A line of an order of the viewer's own.

    Raises:
        NotFound: there is none, or it is none of the viewer's business.
    """
    refusal = NotFound(path=["input", "lineId"], what=pgettext_lazy("not found", "line"))
    if viewer.person is None or not line_id:
        raise refusal
    own = OrderLine.objects.filter(order__in=orders_for(viewer).values("pk"))
    found = own.filter(pk=line_id).first()
    if found is None:
        raise refusal
    return found
