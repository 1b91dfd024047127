"""Advice in the back office; Django's autodiscovery imports this package."""

from accounts.admin import ACTION_NAMES
from advice.admin import articles, labels, things, videos

ACTION_NAMES.update(labels.ACTIONS)

__all__ = ["articles", "labels", "things", "videos"]
