"""People and access in the back office; Django's autodiscovery imports this package."""

from accounts.admin.shown import ACTION_NAMES, told_changes

__all__ = ["ACTION_NAMES", "told_changes"]
