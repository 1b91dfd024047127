from accounts.models.audit import AuditEntry, IdempotencyKey, Notice
from accounts.models.contacts import Address, PersonReference
from accounts.models.keys import FileClaim, ServiceToken
from accounts.models.people import Login, Person
from accounts.models.privacy import Consent, PrivacyRequest

__all__ = [
    "Address",
    "AuditEntry",
    "Consent",
    "FileClaim",
    "IdempotencyKey",
    "Login",
    "Notice",
    "Person",
    "PersonReference",
    "PrivacyRequest",
    "ServiceToken",
]
