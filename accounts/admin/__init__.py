"""People and access in the back office; Django's autodiscovery imports this package.

Of allauth's own pages none stays: they would show the secrets of authenticators and let staff prove
an address by hand.
"""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin

from accounts.admin import clients, logins, privacy, service_tokens
from accounts.admin.actions import ACTION_NAMES
from accounts.admin.shown import told_changes

__all__ = ["ACTION_NAMES", "clients", "logins", "privacy", "service_tokens", "told_changes"]

admin.site.unregister([EmailAddress, Authenticator, UserSession])
