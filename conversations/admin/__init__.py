"""Conversations in the back office; Django's autodiscovery imports this package."""

from accounts.admin import ACTION_NAMES
from accounts.admin.files import add_panel
from accounts.models import Person
from conversations.admin import desk, inbox, labels
from conversations.admin.client_panel import questions_panel

ACTION_NAMES.update(labels.ACTIONS)
add_panel(Person, questions_panel)

__all__ = ["desk", "inbox", "labels"]
