"""Orders in the back office; Django's autodiscovery imports this package."""

from accounts.admin import ACTION_NAMES
from accounts.admin.files import add_panel
from accounts.models import Person
from orders.admin import agenda, approvals, client_panel, delivery, desk, labels

ACTION_NAMES.update(labels.ACTIONS)
add_panel(Person, client_panel.orders_of)

__all__ = ["agenda", "approvals", "client_panel", "delivery", "desk", "labels"]
