"""One pack promised, or not, as checkout promises many."""

from django.db import transaction

from catalog import stock
from catalog.stock import OutOfStock
from tests.builders import NOW


def promised(variant, place, quantity=1, at=NOW):
    """Whether there were enough."""
    try:
        with transaction.atomic():
            stock.reserve_all(demand={variant.pk: quantity}, place=place, at=at)
    except OutOfStock:
        return False
    return True
