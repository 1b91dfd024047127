"""What the back office calls the words of orders."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.vocabulary import DeliveryMethod

METHODS: dict[DeliveryMethod, str | Promise] = {
    DeliveryMethod.HOME: _("home delivery"),
    DeliveryMethod.PICKUP: _("fetched at the clinic"),
    DeliveryMethod.RELAY: _("relay point"),
}

#: What the trail of changes calls what was done.
ACTIONS: dict[str, str | Promise] = {
    "slot.close": _("Day closed"),
    "slot.remove": _("Slot removed"),
    "slot.reopen": _("Day opened again"),
    "slot.room": _("Room of a day changed"),
    "slot.save": _("Slot changed"),
    "zone.remove": _("Zone removed"),
    "zone.save": _("Zone changed"),
}
