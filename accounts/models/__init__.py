from accounts.models.audit import AuditEntry, IdempotencyKey, Notice
from accounts.models.people import Login, Person

__all__ = ["AuditEntry", "IdempotencyKey", "Login", "Notice", "Person"]
