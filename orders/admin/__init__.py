"""Orders in the back office; Django's autodiscovery imports this package."""

from accounts.admin import ACTION_NAMES
from orders.admin import agenda, approvals, delivery, desk, labels

ACTION_NAMES.update(labels.ACTIONS)

__all__ = ["agenda", "approvals", "delivery", "desk", "labels"]
